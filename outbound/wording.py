"""How values are written for people in the United States: dates, times, telephone numbers, pages, codes.

What: small pure functions that the letters' templates use as filters.
Refuses: to hide a surprise; a date that is not ISO, or a code nobody knows, is an error of the one who made the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from registry.identifiers import patient_id_fits, print_patient_id
from registry.submission import Value
from registry.vocabulary import AncBand, FormCode, MonitoringFrequency, Population, TreatmentStatus

LABELS: dict[str, str] = {
    str(member): member.label
    for words in (AncBand, FormCode, MonitoringFrequency, Population, TreatmentStatus)
    for member in words
}


def us_date(iso: Value) -> str:
    """`2026-11-02` as `11/02/2026`; a missing date as "not given"; ValueError for anything else."""
    if iso in (None, ""):
        return "not given"
    try:
        return f"{date.fromisoformat(str(iso)):%m/%d/%Y}"
    except ValueError:
        raise ValueError(f"not an ISO date: {iso!r}") from None


def us_time(moment: datetime, zone: str) -> str:
    """An aware moment as `11/23/2026 4:55 AM EST` in the IANA zone; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be written: {moment!r}")
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there:%m/%d/%Y} {there.hour % 12 or 12}:{there:%M %p %Z}"


def us_moment(iso: Value, zone: str) -> str:
    """An ISO moment with its zone as `11/23/2026 4:55 AM EST`; a missing one as "not given"; ValueError for anything else."""
    return "not given" if iso in (None, "") else us_time(datetime.fromisoformat(str(iso)), zone)


def initials(name: Value) -> str:
    """`Maria Elena Garcia` and `GARCIA, MARIA ELENA` as `M.E.G.`: enough for who knows the patient, little for who does not."""
    last, comma, rest = str(name or "").partition(",")
    parts = [*rest.split(), *last.split()] if comma else last.split()
    return "".join(f"{part[0].upper()}." for part in parts) or "not given"


def patient_id(value: Value) -> str:
    """A REMS Patient ID as it is printed, `4417-0823-K`."""
    text = str(value or "")
    return print_patient_id(text) if patient_id_fits(text) else text or "not given"


def per_microlitre(anc: Value) -> str:
    """`1850` as `1,850 per µL`, `999.5` as `999.5 per µL`; a missing count as "not given"."""
    return f"{number(anc)} per µL" if isinstance(anc, int | float) else in_words(anc)


def telephone(digits: str | None) -> str:
    """Ten digits as `888-586-0758`; anything else as it is."""
    if digits is None:
        return ""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 and digits.isdigit() else digits


def page_list(pages: Iterable[int]) -> str:
    """Page numbers as `page 3`, `pages 1–3` or `pages 1–3, 5`; "" for none."""
    numbers = sorted(set(pages))
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return f"{'page' if len(numbers) == 1 else 'pages'} {words}" if numbers else ""


def in_words(value: Value) -> str:
    """A fact as a person reads it.

    Yes or no, numbers with separators, the vocabulary's codes by their label, ISO dates, also within a sentence, as US dates.
    """
    if value is None or value == "":
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    return LABELS.get(value) or re.sub(r"\b([0-9]{4})-(0[1-9]|1[0-2])-([0-3][0-9])\b", r"\2/\3/\1", value)


def number(value: int | float) -> str:
    """`1850` and `1850.0` as `1,850`, `999.5` as it is."""
    return f"{value:,.10g}"


def upper_first(text: str) -> str:
    """A phrase as the begin of a sentence."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str = "") -> str:
    """`1 page`, `2 pages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
