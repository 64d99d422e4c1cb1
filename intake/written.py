"""A field with writing in it, and what the readers make of it, each asked only when its answer is needed.

What: between cutting and deciding: the strips of ink, the characters of the cells, the recogniser's lattices; how well a known
text explains the writing, and which texts are likely.
Why: reading costs; most fields are settled by what is known or by the small reader of cells alone, and the large one need not
look.
Refuses: to decide; that is for `verification` and `voting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from itertools import groupby

import numpy as np
import numpy.typing as npt

from intake.forms.definition import FieldDefinition, Meaning
from intake.forms.field_values import charset
from intake.laid_page import LaidPage
from intake.ocr.engine import Strip
from intake.ocr.handprint import CellLattice
from intake.ocr.lattice import Lattice
from intake.ocr.own_hand import OwnHand
from intake.ocr.ppocr import PpOcr
from intake.ocr.strips import Cut

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LIKELY = 8  # readings of a comb kept beside the best
LIKELY_LINES = 4  # of a line
LEAST = 1e-7  # probability below which two readings are equally impossible


class WrittenField:
    """One written field of one page."""

    def __init__(
        self,
        definition: FieldDefinition,
        page: LaidPage,
        cut: Cut,
        strips: Sequence[Strip],
        cells: CellLattice | None,
        recogniser: PpOcr,
    ) -> None:
        self.definition = definition
        self.page = page
        self.cut = cut
        self.strips = tuple(strips)  # one per line of writing; one alone in comb cells and on single lines
        self.cells = cells  # the characters of the inked cells; None without cells
        self.by_own_hand = ""  # what the known characters of the same hand alone make of the cells; "" where none are known
        self._recogniser = recogniser

    def read_by(self, hand: OwnHand) -> WrittenField:
        """The same field, its cells read with the help of what is known of the hand that wrote them."""
        if self.cells is None:
            return self
        other = copy(self)
        other.cells = hand.adapted(self.cells)
        allowed = "".join(dict.fromkeys("".join(cell_charsets(self.definition, len(self.cells)))))
        other.by_own_hand = hand.nearest(self.cells, allowed)
        for name in ("_picked", "in_cells", "likely"):  # what was found without the hand
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def lattices(self) -> tuple[Lattice, ...]:
        """The recogniser's lattice of each strip."""
        return tuple(self._recogniser.lattice(strip) for strip in self.strips)

    @cached_property
    def line(self) -> tuple[str, float]:
        """The recogniser's text, lines joined by a space, and its probability over all its paths."""
        best = [lattice.best() for lattice in self.lattices]
        return " ".join(text for text, _ in best), float(np.prod([probability for _, probability in best]))

    @cached_property
    def _picked(self) -> tuple[tuple[str, npt.NDArray[np.float64]], ...]:
        """Per cell: the characters it may hold, and the probability of each."""
        if self.cells is None:
            return ()
        charsets = cell_charsets(self.definition, len(self.cells))
        runs = [(allowed, len(list(run))) for allowed, run in groupby(charsets)]
        rows: list[tuple[str, npt.NDArray[np.float64]]] = []
        for allowed, length in runs:
            picked = self.cells.part(len(rows), len(rows) + length).within(allowed).astype(np.float64)
            rows += [(allowed, row) for row in picked]
        return tuple(rows)

    @cached_property
    def in_cells(self) -> tuple[tuple[str, float], ...]:
        """The likeliest readings of the cells with their probabilities, best first; empty without cells."""
        found = [("", 1.0)] if self._picked else []
        for allowed, row in self._picked:
            # the n best of a longer row begin with the n best of a shorter: a product of numbers up to 1 keeps their order
            best = np.argsort(-row, kind="stable")[:LIKELY]
            longer = [(text + allowed[at], probability * float(row[at])) for text, probability in found for at in best]
            found = sorted(longer, key=lambda pair: -pair[1])[:LIKELY]
        return tuple(found)

    @property
    def count(self) -> int | None:
        """Characters counted by ink in the cells; None without cells."""
        return None if self.cells is None else len(self.cells)

    def cell_probability(self, text: str) -> float:
        """The probability of a text by the reader of cells; 0 where there are none or their number is another."""
        if len(text) != len(self._picked):
            return 0.0
        total = 1.0
        for sign, (allowed, row) in zip(text, self._picked, strict=True):
            total *= float(row[allowed.index(sign)]) if sign in allowed else 0.0
        return total if text else 0.0

    def scores(self, texts: Sequence[str]) -> list[float]:
        """How well each known text explains the writing against the best that can be read there, 0–1."""
        if self.cells is None:
            return [float(one) for one in self.lattices[0].scores(texts)] if len(self.lattices) == 1 else [0.0] * len(texts)
        best = self.in_cells[0][1] if self.in_cells else 0.0
        return [min(1.0, self.cell_probability(text) / best) if best > LEAST else 0.0 for text in texts]

    @cached_property
    def likely(self) -> tuple[str, ...]:
        """What it may say, best first, as raw text."""
        if self.cells is not None:
            return tuple(text for text, _ in self.in_cells)
        if len(self.lattices) != 1:
            return (self.line[0],)
        return tuple(dict.fromkeys((self.line[0], *(text for text, _ in self.lattices[0].alternatives(LIKELY_LINES)))))


def cell_charsets(definition: FieldDefinition, cells: int) -> Sequence[str]:
    """The characters each of `cells` inked cells may hold."""
    if definition.meaning is Meaning.PATIENT_ID and cells == definition.max_length:
        return [DIGITS] * (cells - 1) + [CAPITALS]
    if definition.meaning is Meaning.DEA and cells == definition.max_length:
        return [CAPITALS, CAPITALS + "9"] + [DIGITS] * (cells - 2)
    if definition.meaning is Meaning.ANC:
        return [DIGITS + ".,-/<>%K"] * cells
    allowed = "".join(sign for sign in charset(definition) if sign != " ")
    return [allowed] * cells
