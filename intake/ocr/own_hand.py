"""A hand's own characters as a reader: what is known to stand in some combs of a form helps to read the others of the same hand.

What: the characters of combs whose values are known, by what the nets saw in each (`traits`); another cell's probabilities are
raised for the classes whose known characters look like it, and the class of the nearest ones is a vote of its own.
Why: people differ in how they write a 1, a 4, a 7, and a general reader takes one hand's 1 for another's 7; within one hand few
digits are alike. A status form of a known patient holds some forty digits that are known.
Refuses: to trust a hand blindly: how much its characters count is what helps to read each of its known fields by the others, and
what they are taken for firmly all the same is named (`mistaken`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from intake.ocr.handprint import CellLattice

Floats = npt.NDArray[np.float32]

TRUSTS = (0.0, 3.0, 6.0, 10.0)
"""How much a known character that looks exactly alike can count, in nats; the one that helps most is taken."""
NARROW = 5.0  # how fast likeness fades: e-fold per 1/NARROW of cosine distance
NEAREST = 2  # known characters of a class that are asked
UNSEEN = 0.6  # of a hand's usual likeness to itself: what a digit counts for that the hand has shown none of
LEAST_SAID = -3.0  # nats: one smudged character says no more about a hand than this
WORTH = 0.002  # nats a character that a step of trust must bring
FIRMLY = 0.7  # probability of a wrong character from which a hand's characters are called mistaken


@dataclass(frozen=True)
class KnownCells:
    """One field's cells and what is known to stand in them."""

    lattice: CellLattice
    text: str  # a character a cell


@dataclass(frozen=True)
class OwnHand:
    """Known characters of one hand; none at all is a hand of which nothing is known."""

    fields: tuple[KnownCells, ...] = ()
    trust: float = 0.0  # one of TRUSTS

    @staticmethod
    def of(fields: Sequence[KnownCells]) -> OwnHand:
        """The hand that wrote these; fields without a character a cell are left out."""
        hand = OwnHand(tuple(one for one in fields if one.text and len(one.text) == len(one.lattice)))
        if len(hand.fields) < 2:
            return hand
        told = [replace(hand, trust=trust)._told(hand._likeness_by_others) for trust in TRUSTS]
        gain = [float(np.maximum(one, LEAST_SAID).mean()) - WORTH * step for step, one in enumerate(told)]
        return replace(hand, trust=TRUSTS[int(np.argmax(gain))])

    def taught(self, one: KnownCells) -> OwnHand:
        """The same hand with one more field known."""
        return OwnHand.of((*self.fields, one))

    @cached_property
    def characters(self) -> str:
        """Every character that is known, in the order of the fields."""
        return "".join(one.text for one in self.fields)

    def adapted(self, lattice: CellLattice) -> CellLattice:
        """What cells may hold, the hand's own characters taken into account."""
        if self.trust == 0 or not self.characters or not len(lattice):
            return lattice
        return replace(lattice, log_probs=_normal(lattice.log_probs + self.trust * self._likeness(lattice)))

    def nearest(self, lattice: CellLattice, charset: str) -> str:
        """The text that the hand's own characters alone make of cells: each the class of those most like it; "" where none is
        known."""
        columns = [place for place, sign in enumerate(lattice.characters) if sign in charset and sign in self.characters]
        if not columns or not len(lattice):
            return ""
        likeness = self._likeness(lattice)[:, columns]
        return "".join(lattice.characters[columns[place]] for place in likeness.argmax(axis=1))

    @cached_property
    def legible(self) -> float:
        """How well the known characters are read, each by the nets and the hand's other fields: the geometric mean of the
        probabilities of what stands there, 0–1; 0 where nothing is known."""
        if not self.characters:
            return 0.0
        return float(np.exp(np.maximum(self._told(self._likeness_by_others), LEAST_SAID).mean()))

    @cached_property
    def consistent(self) -> float:
        """Share of the known digits that the hand's other fields alone would read rightly, by likeness, 0–1; 0 where none can
        be compared. One hand's digits are all alike; those of many hands on one form are not, and say little of each other."""
        right = compared = 0
        for place, (one, likeness) in enumerate(zip(self.fields, self._likeness_by_others, strict=True)):
            shown = set("".join(other.text for at, other in enumerate(self.fields) if at != place if other.text))
            columns = [column for column, sign in enumerate(one.lattice.characters) if sign.isdigit() and sign in shown]
            for row, sign in zip(likeness, one.text, strict=True):
                if sign.isdigit() and sign in shown:
                    compared += 1
                    right += one.lattice.characters[columns[int(row[columns].argmax())]] == sign
        return right / compared if compared else 0.0

    @cached_property
    def mistaken(self) -> frozenset[str]:
        """Characters that others of this hand are taken for, firmly and with the help of its other fields."""
        taken: set[str] = set()
        for one, likeness in zip(self.fields, self._likeness_by_others, strict=True):
            for row, sign in zip(_normal(one.lattice.log_probs + self.trust * likeness), one.text, strict=True):
                best = one.lattice.characters[int(row.argmax())]
                if best != sign and np.exp(row.max()) > FIRMLY:
                    taken.add(best)
        return frozenset(taken)

    def _told(self, likeness: Sequence[Floats]) -> Floats:
        """For each known character the log probability of what stands there, given each field's likeness to the others."""
        said = []
        for one, alike in zip(self.fields, likeness, strict=True):
            logs = _normal(one.lattice.log_probs + self.trust * alike)
            columns = [one.lattice.characters.find(sign) for sign in one.text]
            said.append(np.where(np.array(columns) < 0, LEAST_SAID, logs[np.arange(len(columns)), columns]))
        return np.concatenate(said).astype(np.float32)

    @cached_property
    def _likeness_by_others(self) -> tuple[Floats, ...]:
        """Each field's likeness to the characters of all other fields."""
        return tuple(
            OwnHand(self.fields[:place] + self.fields[place + 1 :])._likeness(one.lattice)
            for place, one in enumerate(self.fields)
        )

    def _likeness(self, lattice: CellLattice) -> Floats:
        """Cells × characters, 0–1: how far each cell looks like the hand's known characters of a class."""
        out = np.zeros((len(lattice), len(lattice.characters)), np.float32)
        if not self.characters:
            return out
        close = _close(lattice.traits, self._traits)
        known = np.array(list(self.characters))
        for sign in set(self.characters) & set(lattice.characters):
            own = np.sort(close[:, known == sign], axis=1)[:, ::-1][:, :NEAREST]
            out[:, lattice.characters.index(sign)] = own.mean(axis=1)
        unseen = [place for place, sign in enumerate(lattice.characters) if sign.isdigit() and sign not in self.characters]
        out[:, unseen] = UNSEEN * self._self_likeness
        return out

    @cached_property
    def _traits(self) -> Floats:
        return np.concatenate([one.lattice.traits for one in self.fields])

    @cached_property
    def _self_likeness(self) -> float:
        """How alike two characters of a class are in this hand, 0–1."""
        known = np.array(list(self.characters))
        same = known[:, None] == known[None, :]
        np.fill_diagonal(same, False)
        return float(_close(self._traits, self._traits)[same].mean()) if same.any() else 0.0


def _close(some: Floats, others: Floats) -> Floats:
    return np.asarray(np.exp(-NARROW * (1.0 - some @ others.T)), np.float32)


def _normal(logs: Floats) -> Floats:
    """Rows of log probabilities that sum to 1."""
    top = logs.max(axis=1, keepdims=True)
    return np.asarray(logs - top - np.log(np.exp(logs - top).sum(axis=1, keepdims=True)), np.float32)
