"""Tesseract, the independent voter on print: all strips of a page stand on one sheet, read in one call.

What: strips packed line under line, one process a document for digits and one for text, words brought back to their strips by
where they stand.
Why: a process a field costs 120 ms each; and tesseract shares no errors with PP-OCR, so that agreement on print means much.
Refuses: handwriting, in effect; its guesses there are only kept as raw text.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
import pytesseract

from intake.fax import GrayImage
from intake.ocr.engine import EngineFailed, Strip, TextGuess
from intake.ocr.ink import tightened

LINE = 36  # pixels: height of a strip on the sheet; of 32–52 tried the most samples came back right
GAP = 28  # pixels of white between lines, so that no line is taken for part of its neighbour
MARGIN = 24
SECONDS = 60.0  # one sheet never takes more than a few; longer means it hangs
DIGITS = frozenset("0123456789")  # strips that can hold nothing else stand on a sheet of their own, masked to them
WIDEST = 1500  # pixels; longer strips are squeezed


class Tesseract:
    """The `tesseract` program through pytesseract; English, fast model, one line block."""

    name = "tesseract"

    def __init__(self) -> None:
        self.version = _version()
        self.cpu_seconds = 0.0  # of the tesseract processes so far

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

    def _read_sheet(self, strips: Sequence[Strip], only_digits: bool, line: int) -> list[TextGuess]:
        if not strips:
            return []
        sheet, spans = _sheet([tightened(strip.image, strip.cells is not None) for strip in strips], line)
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost twice the CPU for no gain on small sheets
        config = "--oem 1 --psm 6 --dpi 300" + (" -c tessedit_char_whitelist=0123456789" if only_digits else "")
        before = _children_seconds()
        try:
            found = pytesseract.image_to_data(
                sheet, lang="eng", config=config, output_type=pytesseract.Output.DICT, timeout=SECONDS
            )
        except (pytesseract.TesseractError, RuntimeError, OSError) as error:  # RuntimeError is pytesseract's time-out
            raise EngineFailed(f"tesseract failed: {error}") from error
        finally:
            self.cpu_seconds += _children_seconds() - before
        words: list[list[tuple[int, str, float]]] = [[] for _ in strips]
        for text, left, top, height, confidence in zip(
            found["text"], found["left"], found["top"], found["height"], found["conf"], strict=True
        ):
            if not text.strip() or float(confidence) < 0:
                continue
            middle = top + height / 2
            for index, (y0, y1) in enumerate(spans):
                if y0 - GAP / 2 <= middle < y1 + GAP / 2:
                    words[index].append((int(left), text.strip(), float(confidence) / 100))
                    break
        return [_joined(line) for line in words]

    def page_text(self, image: GrayImage) -> str:
        """All words of a whole page, for telling what kind of page it is."""
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        before = _children_seconds()
        try:
            return str(pytesseract.image_to_string(image, lang="eng", config="--oem 1 --psm 3 --dpi 200", timeout=SECONDS))
        except (pytesseract.TesseractError, RuntimeError, OSError) as error:
            raise EngineFailed(f"tesseract failed: {error}") from error
        finally:
            self.cpu_seconds += _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _joined(line: list[tuple[int, str, float]]) -> TextGuess:
    ordered = sorted(line)
    confidence = float(np.prod([certain for _, _, certain in ordered])) if ordered else 0.0
    return TextGuess(" ".join(text for _, text, _ in ordered), confidence)


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


@cache
def _version() -> str:
    try:
        return f"tesseract-{pytesseract.get_tesseract_version()}"
    except pytesseract.TesseractNotFoundError as error:
        raise EngineFailed("the program tesseract is not installed; see system-packages.txt") from error
