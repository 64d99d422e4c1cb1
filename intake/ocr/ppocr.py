"""PP-OCRv6 small, run directly on onnxruntime: one strip at a time, masked to the characters the field may hold.

What: greedy CTC decoding with the product over the whole path as confidence, and the forward probability of a given string.
Why: own session instead of rapidocr's pipeline, because the mask, the path probability and the lattice are what certainty is
made of; batch 1 and one thread because padding and threads cost more than they save (measured, docs/decisions).
Refuses: to repair lengths or check digits; that is the business of those who know the field.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from intake.fax import GrayImage
from intake.ocr.engine import EngineFailed, Strip, TextGuess

HEIGHT = 48  # pixels the recogniser was trained on
NARROWEST = 48  # pixels; narrower strips are padded, since single characters read badly without white around them
WIDEST = 1600  # pixels; longer lines are squeezed
CTC_BLANK = 0


@dataclass(frozen=True)
class Lattice:
    """The recogniser's output for one strip: log probabilities, time steps × (blank, characters…)."""

    log_probs: npt.NDArray[np.float32]
    characters: str  # column i + 1 stands for characters[i]

    def best(self) -> tuple[str, float]:
        """The greedy text and its probability over all paths, 0–1."""
        path = self.log_probs.argmax(axis=1)
        kept = [index for step, index in enumerate(path) if index != CTC_BLANK and (step == 0 or path[step - 1] != index)]
        text = "".join(self.characters[index - 1] for index in kept)
        return text, self.probability(text)

    def probability(self, text: str) -> float:
        """The probability of `text` over all its paths, 0–1: greedy decoding's one path is often the lesser part."""
        return float(np.exp(min(0.0, self._forward(text))))

    def score(self, text: str) -> float:
        """How well `text` explains the strip: its forward probability over the best path's, per root of its length, 0–1."""
        total = self._forward(text)
        if not np.isfinite(total):
            return 0.0
        best = float(self.log_probs.max(axis=1).sum())
        return float(min(1.0, np.exp((total - best) / np.sqrt(len(text)))))

    def _forward(self, text: str) -> float:
        """The log of the summed probability of all paths that spell `text`; minus infinity where none can."""
        if not text or any(character not in self.characters for character in text):
            return -np.inf
        labels = [CTC_BLANK]
        for character in text:
            labels += [self.characters.index(character) + 1, CTC_BLANK]
        if len(text) > len(self.log_probs):
            return -np.inf
        picked = self.log_probs[:, labels]
        skip = np.array([i >= 2 and labels[i] != CTC_BLANK and labels[i] != labels[i - 2] for i in range(len(labels))])
        alpha = np.full(len(labels), -np.inf, np.float64)
        alpha[:2] = picked[0, :2]
        for step in range(1, len(picked)):
            one = np.concatenate(([-np.inf], alpha[:-1]))
            two = np.where(skip, np.concatenate(([-np.inf, -np.inf], alpha[:-2])), -np.inf)
            alpha = np.logaddexp(np.logaddexp(alpha, one), two) + picked[step]
        return float(np.logaddexp(alpha[-1], alpha[-2]))


class PpOcr:
    """The recogniser; one instance per process, loaded once (20 MB of weights, about 0.1 s)."""

    name = "ppocr"

    def __init__(self) -> None:
        model = _model_path()
        self.version = f"PP-OCRv6-small/rapidocr-{importlib.metadata.version('rapidocr')}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # strips differ in width: the arena would keep the sum of all sizes
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineFailed(f"the PP-OCR model at {model} cannot be loaded: {error}") from error
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._columns = {character: index + 1 for index, character in enumerate([*listed, " "])}
        self._input = self._session.get_inputs()[0].name

    def read(self, strips: Sequence[Strip]) -> list[TextGuess]:
        """One guess per strip, masked to its characters."""
        return [TextGuess(*self.lattice(strip).best()) for strip in strips]

    def lattice(self, strip: Strip) -> Lattice:
        """The strip's masked lattice; steps are 8 pixels of the 48-pixel-high strip wide."""
        columns, characters = self._mask(strip.charset)
        output = np.asarray(self._session.run(None, {self._input: _prepared(strip.image)})[0], np.float32)[0]
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


def _prepared(image: GrayImage) -> npt.NDArray[np.float32]:
    height, width = image.shape
    wanted = int(np.clip(round(width * HEIGHT / height), NARROWEST, WIDEST))
    scaled = cv2.resize(image, (wanted, HEIGHT), interpolation=cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR)
    normalised = (scaled.astype(np.float32) / 127.5 - 1.0)[None, None]
    return np.repeat(normalised, 3, axis=1)
