"""The absolute neutrophil count: what a value means, which one counts, what cannot be one.

What: bands per population, the thresholds to start and to continue, the latest result, plausibility of a value and a draw day.
Why: these lines decide whether a patient gets medicine; they are pure and compare the unrounded value in cells/µL.
Refuses: to convert units. 1.85 may be K/µL or a slip; a person decides, never the program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from registry.patients import AncResult
from registry.policies import (
    ACCEPTABLE_TO_CONTINUE,
    ACCEPTABLE_TO_START,
    ANC_LARGEST_SILENT,
    ANC_SMALLEST_SILENT,
    DRAW_DATE_SPAN,
)
from registry.submission import Value
from registry.vocabulary import Population


class Finding(StrEnum):
    """What an ANC means for its population [label]; the low ones are the codes of their notices (R36–R37)."""

    NORMAL = "normal"
    MILD = "neutropenia_mild"  # general, 1000–1499
    MODERATE = "neutropenia_moderate"  # general, 500–999
    SEVERE = "neutropenia_severe"  # general, below 500
    BEN_LOW = "neutropenia_ben"  # BEN, 500–999
    BEN_SEVERE = "neutropenia_ben_severe"  # BEN, below 500


BAND_WORDS = {
    Finding.NORMAL: "normal range",
    Finding.MILD: "mild neutropenia (1000–1499)",
    Finding.MODERATE: "moderate neutropenia (500–999)",
    Finding.SEVERE: "severe neutropenia (below 500)",
    Finding.BEN_LOW: "BEN neutropenia (500–999)",
    Finding.BEN_SEVERE: "BEN severe neutropenia (below 500)",
}


def finding(anc: float, population: Population) -> Finding:
    """The band of an ANC in cells/µL: R36–R37 and the label's table."""
    if population is Population.BEN:
        if anc >= 1000:
            return Finding.NORMAL
        return Finding.BEN_LOW if anc >= 500 else Finding.BEN_SEVERE
    if anc >= 1500:
        return Finding.NORMAL
    if anc >= 1000:
        return Finding.MILD
    return Finding.MODERATE if anc >= 500 else Finding.SEVERE


def acceptable_to_start(anc: float, population: Population) -> bool:
    """R31: general at least 1500, BEN at least 1000."""
    return anc >= ACCEPTABLE_TO_START[population]


def acceptable_to_continue(anc: float, population: Population) -> bool:
    """R39, R40: general at least 1000, BEN at least 500, unrounded: 999.9 interrupts."""
    return anc >= ACCEPTABLE_TO_CONTINUE[population]


def latest(results: Iterable[AncResult]) -> AncResult | None:
    """The most current result: by draw date, whenever it arrived; of two on one day the lower counts."""
    return min(results, key=_currency, default=None)


def more_current(one: AncResult | None, other: AncResult) -> AncResult:
    """Of two results the one that counts, as `latest` has it."""
    return other if one is None or _currency(other) < _currency(one) else one


def _currency(result: AncResult) -> tuple[int, float, str]:
    return (-result.draw_date.toordinal(), result.anc, result.result_id)


def is_on_file(results: Iterable[AncResult], draw_date: date, anc: float) -> bool:
    """True where this very result is already known, so that a resend adds nothing."""
    return any(result.draw_date == draw_date and result.anc == anc for result in results)


def number(value: Value) -> float | None:
    """The number a confirmed value holds; digits with at most a thousands comma count, anything else is None, NaN too."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if isinstance(value, int) or math.isfinite(value) else None
    found = re.fullmatch(r"([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?", value.strip())
    return float(found[0].replace(",", "")) if found else None


def implausible(anc: float) -> str | None:
    """Why a value per µL must be settled by a person, or None: 0, 1 to 99, more than 30,000 (section 2, "Units")."""
    if anc == 0:
        return "An ANC of 0 must be confirmed by telephone"
    if anc < ANC_SMALLEST_SILENT:
        return f"{anc:g} cannot be taken as cells/µL: it may be ×10⁹/L or a percentage. Write the ANC per µL, such as 1850"
    if anc > ANC_LARGEST_SILENT:
        return f"{anc:g}/µL is higher than any plausible ANC. Write the ANC per µL, such as 1850"
    return None


def impossible_draw(draw_date: date, received_on: date) -> str | None:
    """Why a draw day cannot be right on the day of receipt (`last_day_begun`), or None."""
    if draw_date > received_on:
        return f"the draw date {draw_date} lies after the day the form was received, {received_on}"
    if received_on - draw_date > DRAW_DATE_SPAN:
        return f"the draw date {draw_date} lies more than {DRAW_DATE_SPAN.days} days before the form was received"
    return None
