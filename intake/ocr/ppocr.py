"""PP-OCRv6 small, run directly on onnxruntime: one strip at a time, masked to the characters the field may hold.

What: one lattice per strip (`intake.ocr.lattice`), and the greedy text with its probability over all paths.
Why: own session instead of rapidocr's pipeline, because the mask, the path probability and the lattice are what certainty is
made of; batch 1 and one thread because padding and threads cost more than they save (measured, docs/decisions). The time is
proportional to a strip's width and, without the cut, to the characters known: so the white between comb characters is closed and
the output layer is cut to Latin writing (together 27 ms a strip became 19 when it was tried).
Refuses: to repair lengths or check digits; that is the business of those who know the field.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.engine import EngineFailed, Strip, TextGuess
from intake.ocr.ink import extent
from intake.ocr.lattice import CTC_BLANK
from intake.ocr.lattice import Lattice as Lattice
from intake.ocr.output_layer import cut_to, metadata

HEIGHT = 48  # pixels the recogniser was trained on
NARROWEST = 48  # pixels; narrower strips are padded, since single characters read badly without white around them
WIDEST = 1600  # pixels; longer lines are squeezed
COMB_GAP = 0.3  # of the characters' height left between a comb's characters: of 0.3–0.6 and all tried the fastest and the surest
LATIN_ENDS = 0x180  # characters from here on, in Unicode's order, are dropped from the output layer …
KEPT_BEYOND = "’‘“”–—•⁴⁵⁶⁷⁸⁹⁰"  # … but for these


class PpOcr:
    """The recogniser; one instance per process, loaded once (12 MB of weights, about 0.06 s)."""

    name = "ppocr"

    def __init__(self) -> None:
        cv2.setNumThreads(1)  # as everything here: a second core serves a second process
        path = _model_path()
        self.version = f"PP-OCRv6-small/{_package_version(path)}"
        try:
            model, self._columns = _latin(path.read_bytes())
            self._session = onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])
        except (RuntimeError, ValueError, OSError, KeyError) as error:
            raise EngineFailed(f"the PP-OCR model at {path} cannot be loaded: {error}") from error
        self._input = self._session.get_inputs()[0].name

    @property
    def characters(self) -> frozenset[str]:
        """Everything it can tell apart; what else a strip's charset holds is never read."""
        return frozenset(self._columns)

    def read(self, strips: Sequence[Strip]) -> list[TextGuess]:
        """One guess per strip, masked to its characters."""
        return [TextGuess(*self.lattice(strip).best()) for strip in strips]

    def lattice(self, strip: Strip) -> Lattice:
        """The strip's masked lattice; steps are 8 pixels of the 48-pixel-high strip wide, its comb gaps closed."""
        columns, characters = self._mask(strip.charset)
        output = np.asarray(self._session.run(None, {self._input: _prepared(strip)})[0], np.float32)[0]
        picked = output[:, columns]
        picked = picked / np.maximum(picked.sum(axis=1, keepdims=True), 1e-12)
        return Lattice(np.log(np.maximum(picked, 1e-12)).astype(np.float32), characters)

    @lru_cache(maxsize=64)  # noqa: B019 - one instance lives as long as its process
    def _mask(self, charset: str) -> tuple[npt.NDArray[np.intp], str]:
        characters = "".join(character for character in dict.fromkeys(charset) if character in self._columns)
        return np.array([CTC_BLANK, *(self._columns[character] for character in characters)], dtype=np.intp), characters


def _model_path() -> Path:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineFailed("the package rapidocr, which carries the PP-OCR weights, is not installed")
    return Path(spec.origin).parent / "models" / "PP-OCRv6_rec_small.onnx"


def _package_version(model: Path) -> str:
    """ "rapidocr-3.10.0", by the folder that every wheel leaves beside its package: importlib.metadata takes 20 ms to load."""
    installed = model.parents[2].glob("rapidocr-*.dist-info")
    return next((folder.name.removesuffix(".dist-info") for folder in installed), "rapidocr")


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # strips differ in width: the arena would keep the sum of all sizes
    return options


def _latin(model: bytes) -> tuple[bytes, dict[str, int]]:
    """The model cut to Latin writing, and the column of each character in its output."""
    known = [*metadata(model)["character"].splitlines(), " "]
    kept = [
        (index + 1, character)
        for index, character in enumerate(known)
        if len(character) == 1 and (ord(character) < LATIN_ENDS or character in KEPT_BEYOND)
    ]
    columns = {character: column + 1 for column, (_, character) in enumerate(kept)}
    return cut_to(model, [CTC_BLANK, *(index for index, _ in kept)], len(known) + 1), columns


def _closed(image: GrayImage) -> GrayImage:
    """A comb's strip with the white between its characters cut down to `COMB_GAP` of their height."""
    ink = image < thresholds.DARK
    found = extent(ink)
    if found is None:
        return image
    gap = max(2, round((found[3] - found[1]) * COMB_GAP))
    columns = np.flatnonzero(ink.any(axis=0))
    keep = np.ones(image.shape[1], bool)
    for left, right in pairwise(columns):
        keep[left + 1 + gap : right] = False
    return np.asarray(image[:, keep], np.uint8)


def _prepared(strip: Strip) -> npt.NDArray[np.float32]:
    image = strip.image if strip.cells is None else _closed(strip.image)
    height, width = image.shape
    wanted = int(np.clip(round(width * HEIGHT / height), NARROWEST, WIDEST))
    scaled = cv2.resize(image, (wanted, HEIGHT), interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR)
    normalised = (scaled.astype(np.float32) / 127.5 - 1.0)[None, None]
    return np.repeat(normalised, 3, axis=1)
