"""How sure a value is: what speaks for it, turned into a probability by a calibration that was fitted on labelled faxes.

What: evidence as a few numbers of which more is better, a logistic curve over them for each way a value can come about, and the
bars above which nobody need look, one for critical fields and one for ordinary ones.
Why: a probability that is true lets the bar follow from the errors a field's class allows, not from taste; a curve over few
numbers with signs that cannot turn is as much as a few thousand labelled fields can bear.
Refuses: evidence of a kind that the calibration does not know (it is never certain); a calibration file that is damaged
(`BadCalibration`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

SHIPPED = Path(__file__).with_name("models") / "calibration.json"
PRIOR = SHIPPED.with_name("calibration_prior.json")  # set by hand, before anything was measured; where every fit starts

SHARPEST = 25.0  # logits; a curve says no more
MOST_NINES = 5.0  # a reader's own 0.99999 and more are all alike: nothing measured tells them apart


class Manner(StrEnum):
    """The ways a value can come about that are calibrated apart."""

    READ_COMB = "read_comb"  # characters in cells, read
    CHECKED_COMB = "checked_comb"  # … whose check digit bears them out
    PRINTED_COMB = "printed_comb"  # characters in cells that tesseract reads alike: print
    READ_LINE = "read_line"  # free writing by hand, read
    PRINTED_LINE = "printed_line"  # a line of a form that is typed, by its combs, read
    VERIFIED_COMB = "verified_comb"  # a known value confirmed in cells
    VERIFIED_LINE = "verified_line"  # a known value confirmed on a line
    BLANK = "blank"  # no ink
    MARK = "mark"  # tick boxes
    SIGNATURE = "signature"
    TEXT = "text"  # the PDF's own text


@dataclass(frozen=True)
class Evidence:
    """What speaks for one value: numbers of which more is better, by name."""

    manner: Manner
    speaks: Mapping[str, float]


@dataclass(frozen=True)
class Curve:
    """One manner's logistic curve and bars."""

    base: float
    weights: Mapping[str, float]  # none below 0
    bar_critical: float  # certainty from which a critical field is accepted; above 1: never
    bar_ordinary: float
    fitted_on: int  # labelled fields
    wrong: int  # of these
    knee: float = 25.0  # logit from which the curve rises more steeply
    steeper: float = 1.0  # times as steeply, at least 1

    def certainty(self, speaks: Mapping[str, float]) -> float:
        """The probability that the whole value is right; evidence the curve does not know counts nothing."""
        total = self.base + sum(weight * speaks.get(name, 0.0) for name, weight in self.weights.items())
        if total > self.knee:
            total = self.knee + self.steeper * (total - self.knee)
        return 1.0 / (1.0 + math.exp(-max(-SHARPEST, min(SHARPEST, total))))


class BadCalibration(Exception):
    """A calibration file that cannot be used."""


@dataclass(frozen=True)
class Calibration:
    """All curves of one fit."""

    version: str
    curves: Mapping[Manner, Curve]

    def certainty(self, evidence: Evidence) -> float:
        """The probability that the whole value is right, 0–1; 0 for evidence of a manner that was never fitted."""
        curve = self.curves.get(evidence.manner)
        return 0.0 if curve is None else curve.certainty(evidence.speaks)

    def accepted(self, manner: Manner, certainty: float, critical: bool) -> bool:
        """Whether nobody need look."""
        curve = self.curves.get(manner)
        return curve is not None and certainty >= (curve.bar_critical if critical else curve.bar_ordinary)

    def collecting(self) -> Calibration:
        """The same, but what tesseract bears out in cells is never looked at again: a fit must see all, not only the sure."""
        printed = self.curves.get(Manner.PRINTED_COMB)
        if printed is None:
            return self
        curve = replace(printed, bar_critical=0.0, bar_ordinary=0.0)
        return replace(self, curves={**self.curves, Manner.PRINTED_COMB: curve})

    def to_json(self) -> str:
        """As it is kept in a file."""
        curves = {
            manner.value: {
                "base": round(curve.base, 5),
                "weights": {name: round(weight, 5) for name, weight in curve.weights.items()},
                "bar_critical": round(curve.bar_critical, 8),
                "bar_ordinary": round(curve.bar_ordinary, 8),
                "knee": round(curve.knee, 5),
                "steeper": round(curve.steeper, 5),
                "fitted_on": curve.fitted_on,
                "wrong": curve.wrong,
            }
            for manner, curve in self.curves.items()
        }
        return json.dumps({"version": self.version, "curves": curves}, indent=1) + "\n"

    @staticmethod
    def from_json(text: str) -> Calibration:
        """The way back; BadCalibration says what is wrong."""
        try:
            data = json.loads(text)
            curves = {
                Manner(manner): Curve(
                    base=float(one["base"]),
                    weights={str(name): float(weight) for name, weight in one["weights"].items()},
                    bar_critical=float(one["bar_critical"]),
                    bar_ordinary=float(one["bar_ordinary"]),
                    fitted_on=int(one["fitted_on"]),
                    wrong=int(one["wrong"]),
                    knee=float(one.get("knee", SHARPEST)),
                    steeper=float(one.get("steeper", 1.0)),
                )
                for manner, one in data["curves"].items()
            }
            calibration = Calibration(str(data["version"]), curves)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise BadCalibration(f"not a calibration: {problem!r}") from problem
        for manner, curve in curves.items():
            if any(weight < 0 for weight in curve.weights.values()) or curve.steeper < 1:
                raise BadCalibration(f"{manner}: a weight below 0 would take evidence for its opposite")
        return calibration

    @staticmethod
    def load(path: Path | None = None) -> Calibration:
        """The calibration of a file, else the shipped one. Raises BadCalibration with the file's name."""
        place = path or SHIPPED
        try:
            return Calibration.from_json(place.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, BadCalibration) as problem:
            raise BadCalibration(f"{place}: {problem}") from problem


def nines(probability: float) -> float:
    """How many nines a probability has: 0.9 is 1, 0.999 is 3; from 0 to `MOST_NINES`."""
    return min(MOST_NINES, max(0.0, -math.log10(max(1.0 - probability, 10.0**-MOST_NINES))))


TEXT_LAYER = Evidence(Manner.TEXT, {})
"""A value typed into a PDF form and transmitted as text: nothing was recognised, nothing can be misread."""


def mark_certainty(firmness: float, manner: Manner = Manner.MARK) -> Evidence:
    """What speaks for a tick box or a signature: how far it lies outside the band of doubt (0–1)."""
    return Evidence(manner, {"firm": min(1.0, firmness), "clear": float(firmness >= 0.25)})
