"""An absolute neutrophil count as it is written, in cells per µL.

What: plain counts ("1,850"), and counts with a unit that is written out ("1.85 K", "1.85 x10^9/L", "1850 /µL").
Why: 1 ×10⁹/L = 1 K/µL = 1000/µL; a count off by a thousand starts or stops a treatment (rems-rules §2).
Refuses: whatever leaves the unit open. A bare number from 1 to 99, a bare decimal, a percentage, 0 and more than 30,000 are never
converted and never accepted: a person decides, with the likely values as guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from intake.reading import ProblemKind

MOST = 30_000  # cells/µL
LEAST_BARE = 100  # below it a bare number is more likely in thousands, or a percentage
_NUMBER = r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,9}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})"
_WRITTEN = re.compile(_NUMBER + r"\s*(?P<unit>.*)")
_PER_MICROLITRE = re.compile(r"(?:cells?)?\s*/?\s*(?:per\s*)?(?:[µμu]l|mcl|mm\s*(?:\^?3|³)|cmm)", re.IGNORECASE)
_THOUSANDS = re.compile(
    r"(?:k|(?:x|×|\*)?\s*10\s*(?:\^|\*|e)?\s*(?:3|³))\s*(?:cells?)?\s*(?:/\s*(?:[µμu]l|mcl|mm\s*(?:\^?3|³)))?"
    r"|(?:(?:x|×|\*)?\s*10\s*(?:\^|\*|e)?\s*(?:9|⁹))\s*(?:cells?)?\s*/\s*l"
    r"|k/?[µμu]l|thou(?:sand)?s?(?:\s*/\s*[µμu]l)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadAnc:
    """A count, or why there is none."""

    value: int | float | None  # cells/µL, unrounded: thresholds compare 999.6 with 1000
    problem: ProblemKind | None = None
    detail: str = ""
    guesses: tuple[int | float, ...] = ()


def parse_anc(text: str) -> ReadAnc:
    """The count written in `text` (spaces folded, not blank). Never raises."""
    text = _joined(text)
    if "%" in text:
        return ReadAnc(None, ProblemKind.UNIT, f"“{text}” is a percentage; the form asks for cells per µL.")
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return ReadAnc(None, ProblemKind.FORMAT, f"“{text}” is not a count.", _comma_guess(text))
    number, unit = Decimal(found["number"].replace(",", "")), found["unit"].strip()
    if not unit:
        return _bare(text, number, found["number"])
    if _THOUSANDS.fullmatch(unit):
        return _within(text, number * 1000)
    if _PER_MICROLITRE.fullmatch(unit):
        return _within(text, number)
    return ReadAnc(None, ProblemKind.UNIT, f"The unit of “{text}” is not one we know.", _comma_guess(text))


def _joined(text: str) -> str:
    """Without the spaces a reader puts between the cells of a comb ("1 8 5 0") or a writer between thousands ("1 850")."""
    if re.fullmatch(r"[0-9](?: [0-9])+", text) or re.fullmatch(r"[0-9]{1,2} [0-9]{3}", text):
        return text.replace(" ", "")
    return re.sub(r"(?<=[0-9]) ?([.,]) ?(?=[0-9])", r"\1", text)


def _bare(text: str, number: Decimal, written: str) -> ReadAnc:
    if number == 0:
        return ReadAnc(None, ProblemKind.OUT_OF_RANGE, "An ANC of 0 is never taken without a person.")
    if "." in written:
        return ReadAnc(None, ProblemKind.UNIT, f"“{text}” has a decimal point and no unit: thousands?", _guesses(number))
    if number < LEAST_BARE:
        detail = f"“{text}” without a unit may be thousands, a percentage, or a very low count."
        return ReadAnc(None, ProblemKind.UNIT, detail, _guesses(number))
    return _within(text, number)


def _within(text: str, count: Decimal) -> ReadAnc:
    if count <= 0 or count > MOST:
        return ReadAnc(None, ProblemKind.OUT_OF_RANGE, f"“{text}” is {_plain(count):,} per µL; possible is 1 to {MOST:,}.")
    return ReadAnc(_plain(count))


def _guesses(number: Decimal) -> tuple[int | float, ...]:
    """A bare small number in thousands, then as it stands, where these are possible."""
    whole = number == number.to_integral_value()
    return tuple(_plain(one) for one in (number * 1000, number) if LEAST_BARE <= one <= MOST or (one == number and whole))


def _comma_guess(text: str) -> tuple[int | float, ...]:
    """ "1,85" with a decimal comma is no US notation, but a person may see what was meant."""
    found = re.fullmatch(r"([0-9]{1,2}),([0-9]{1,2})\b.*", text)
    return _guesses(Decimal(f"{found[1]}.{found[2]}"))[:1] if found else ()


def _plain(count: Decimal) -> int | float:
    return int(count) if count == count.to_integral_value() else float(count)
