"""Single characters of comb cells, read by two small nets trained here, with probabilities that mean something.

What: a lattice of cells × characters for any number of cells in one run; the best text within a field's characters, the exact n
best, and the probability of a known text. What is no character at all ("?") and what no field allows count as doubt.
Why: a general text recogniser drops and joins digits of a comb with full confidence; here every cell is one character.
Refuses: to guess where nothing is written, and to fit a length, a check digit or a date: those who know the field do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.ocr import thresholds
from intake.ocr.cells import SIZE, CellImage
from intake.ocr.engine import EngineFailed
from intake.ocr.onnx_session import OnnxModel

Floats = npt.NDArray[np.float32]

MODEL = Path(__file__).parent / "models" / "handprint.onnx"
NO_CHARACTER = "?"
"""The class of what is no character: a scribble, a crossing-out, two characters in one cell, an empty cell."""

LOOK_ALIKES: Mapping[str, str] = {
    "O": "0",
    "I": "1",
    "Z": "2",
    "S": "5",
    "B": "8",
    "0": "O",
    "1": "I",
    "2": "Z",
    "5": "S",
    "8": "B",
}
"""Pairs that hands write alike: in a field that allows one of the two, either is that one."""

LEAST = 1e-7  # probability that no character falls below, so that one odd cell does not make all texts alike


@dataclass(frozen=True)
class CellLattice:
    """What each cell of a row may hold."""

    log_probs: Floats  # cells × characters; each row sums to 1
    characters: str  # column i stands for characters[i]
    agreement: Floats  # per cell, 0–1: how far the two nets' probabilities overlap
    traits: Floats  # cells × any number: what the nets saw, of length 1 or 0; the product of two cells' is how alike they look

    def __len__(self) -> int:
        return len(self.log_probs)

    def part(self, first: int, last: int) -> CellLattice:
        """The cells from `first` up to, not with, `last`: one field's of a whole document's."""
        return CellLattice(self.log_probs[first:last], self.characters, self.agreement[first:last], self.traits[first:last])

    def within(self, charset: str) -> Floats:
        """Cells × len(charset): the probability of each character of a field that allows only these.

        A look-alike that the field does not allow counts for the one it does. The rest of the probability is doubt and missing.
        """
        probs = np.exp(self.log_probs).astype(np.float32)
        out = np.zeros((len(probs), len(charset)), np.float32)
        for place, character in enumerate(charset):
            for one in (character, LOOK_ALIKES.get(character, "")):
                if one in self.characters and one and (one == character or one not in charset):
                    out[:, place] += probs[:, self.characters.index(one)]
        allowed = out.sum(axis=1, keepdims=True)
        nothing = probs[:, [self.characters.index(NO_CHARACTER)]]
        others = np.maximum(1.0 - allowed - nothing, 0.0) * thresholds.HANDPRINT_OUTSIDE
        return np.asarray(out / np.maximum(allowed + nothing + others, LEAST), np.float32)

    def best(self, charset: str) -> tuple[str, float]:
        """The likeliest text of these characters, one per cell, and the probability that it is right as a whole, 0–1."""
        picked = self.within(charset)
        if not len(picked) or not charset:
            return "", 0.0
        return "".join(charset[i] for i in picked.argmax(axis=1)), float(np.prod(picked.max(axis=1), dtype=np.float64))

    def probability(self, text: str, charset: str | None = None) -> float:
        """The probability that the cells hold `text`, 0–1; 0 if it is not as long as the row. Without a charset each character is
        taken together with its look-alike."""
        if not text or len(text) != len(self):
            return 0.0
        total = 1.0
        for cell, character in enumerate(text):
            allowed = character if charset is None else charset
            if character not in allowed:
                return 0.0
            total *= float(self.part(cell, cell + 1).within(allowed)[0, allowed.index(character)])
        return total

    def alternatives(self, charset: str, n: int) -> list[tuple[str, float]]:
        """The n likeliest texts of these characters, exact, the likeliest first, each with its probability."""
        picked = self.within(charset).astype(np.float64)
        if not len(picked) or not charset or n < 1:
            return []
        texts, scores = [""], np.ones(1)
        for row in picked:
            # the n best of a longer row begin with the n best of a shorter: a product of numbers up to 1 keeps their order
            product = (scores[:, None] * row[None, :]).ravel()
            order = np.argsort(-product, kind="stable")[:n]
            texts = [texts[at // len(charset)] + charset[at % len(charset)] for at in order]
            scores = product[order]
        return list(zip(texts, scores.tolist(), strict=True))


class HandprintReader:
    """The reader; one instance per process, loaded once (about 2 MB, 20 ms). Raises EngineFailed if its model is broken."""

    name = "handprint"

    def __init__(self, model: Path = MODEL) -> None:
        self._model = OnnxModel(model)
        self.characters = self._model.described.get("characters", "")
        if NO_CHARACTER not in self.characters:
            raise EngineFailed(f"the model {model} does not say which characters it reads; install remsfax again")
        self.version = f"handprint-{_hash_of(model)}"

    def read(self, cells: Sequence[CellImage]) -> CellLattice:
        """What each cell may hold, all in one run; a cell without any stroke is "?"."""
        if not cells:
            nothing = np.zeros((0, len(self.characters)), np.float32)
            return CellLattice(nothing, self.characters, np.zeros(0, np.float32), np.zeros((0, 1), np.float32))
        images = np.stack([cell.image for cell in cells]).astype(np.float32)
        if images.shape[1:] != (SIZE, SIZE):
            raise ValueError(f"cell images are {SIZE} × {SIZE}, not {images.shape[1:]}")
        logs, traits = self._model.outputs(images)
        each = np.exp(logs)  # cells × nets × characters
        blank = ~images.any(axis=(1, 2))
        each[blank] = 0.0
        each[blank, :, self.characters.index(NO_CHARACTER)] = 1.0
        probs = np.maximum(each.mean(axis=1), LEAST)
        probs /= probs.sum(axis=1, keepdims=True)
        return CellLattice(
            np.log(probs).astype(np.float32), self.characters, np.asarray(each.min(axis=1).sum(axis=1), np.float32), traits
        )


@cache
def _hash_of(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()[:12]
