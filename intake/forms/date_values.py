"""Days as people write them on US forms: month, day, year, and nothing else.

What: MM/DD/YYYY with one-digit parts, two-digit years, slashes, dashes, dots, spaces, or eight bare digits of a comb; ISO as PDF
viewers write it.
Why: rems-rules §4. A day that is read wrongly shifts an ANC in its history.
Refuses: DD/MM, days that do not exist, a two-digit year of birth that fits two centuries. The future where only the past is
possible keeps its value and is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intake.reading import ProblemKind

OLDEST_YEAR = 1900  # of anything on a form; a birth before 1 January 1900 is impossible
OLDEST_PERSON_YEARS = 110  # a two-digit year of birth that would make the patient older means the other century
OLDEST_DRAW_DAYS = 400
"""Days before the fax beyond which a draw date is more likely a slip than a draw (rems-rules §4): a year and a month."""
_SEPARATED = re.compile(r"([0-9]{1,2})\s*([/.\- ])\s*([0-9]{1,2})\s*([/.\- ])\s*([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class DayKind(StrEnum):
    """What a day can be."""

    BIRTH = "birth"  # in the past, after 1900
    DRAW = "draw"  # not after the fax came, and not long before
    PAST = "past"  # a signature: not after the fax came
    ANY = "any"


@dataclass(frozen=True)
class ReadDay:
    """A day, or why there is none."""

    iso: str | None  # YYYY-MM-DD
    problem: ProblemKind | None = None
    detail: str = ""
    guesses: tuple[str, ...] = ()


def parse_date(text: str, today: date, kind: DayKind) -> ReadDay:
    """The day written in `text` (spaces folded, not blank); `today` is the day the fax was received. Never raises."""
    parts = _parts(text)
    if parts is None:
        return ReadDay(None, ProblemKind.FORMAT, f"“{text}” is not a date of the form MM/DD/YYYY.")
    month, day, year, two_digits = parts
    if not two_digits:
        return _judged(text, [_day(year, month, day)], today, kind)
    if kind is not DayKind.BIRTH:
        return _judged(text, [_day(2000 + year, month, day)], today, kind)
    centuries = [one for one in (_day(2000 + year, month, day), _day(1900 + year, month, day)) if one is not None]
    possible = [one for one in centuries if one <= today and today.year - one.year <= OLDEST_PERSON_YEARS]
    if len(possible) > 1:
        years = " or ".join(str(one.year) for one in possible)
        detail = f"The year of “{text}” may be {years}."
        return ReadDay(None, ProblemKind.IMPOSSIBLE_DATE, detail, tuple(one.isoformat() for one in possible))
    return _judged(text, [*possible, *centuries, None], today, kind)


def _parts(text: str) -> tuple[int, int, int, bool] | None:
    """Month, day, year, and whether the year has two digits."""
    if found := _ISO.fullmatch(text):
        return int(found[2]), int(found[3]), int(found[1]), False
    if found := _SEPARATED.fullmatch(text):
        if found[2] != found[4] and " " not in (found[2], found[4]):
            return None  # 11/02-2023 is more likely a misreading than a habit
        return int(found[1]), int(found[3]), int(found[5]), len(found[5]) == 2
    bare = text.replace(" ", "")
    if re.fullmatch(r"[0-9]{8}", bare):
        return int(bare[:2]), int(bare[2:4]), int(bare[4:]), False
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _judged(text: str, candidates: list[date | None], today: date, kind: DayKind) -> ReadDay:
    day = candidates[0]
    if day is None:
        return ReadDay(None, ProblemKind.IMPOSSIBLE_DATE, f"There is no day “{text}” (month, day, year).")
    if day.year < OLDEST_YEAR or day.year > 2999:
        return ReadDay(day.isoformat(), ProblemKind.IMPOSSIBLE_DATE, f"The year {day.year} cannot be meant.")
    if kind is DayKind.BIRTH and day >= today:
        return ReadDay(day.isoformat(), ProblemKind.IMPOSSIBLE_DATE, f"A date of birth is in the past; {_us(day)} is not.")
    if kind in (DayKind.PAST, DayKind.DRAW) and day > today:
        detail = f"{_us(day)} is after the fax was received ({_us(today)})."
        return ReadDay(day.isoformat(), ProblemKind.IMPOSSIBLE_DATE, detail)
    if kind is DayKind.DRAW and (today - day).days > OLDEST_DRAW_DAYS:
        detail = f"{_us(day)} is {(today - day).days} days before the fax was received ({_us(today)}): was the blood drawn then?"
        return ReadDay(day.isoformat(), ProblemKind.IMPOSSIBLE_DATE, detail)
    return ReadDay(day.isoformat())


def _us(day: date) -> str:
    return day.strftime("%m/%d/%Y")
