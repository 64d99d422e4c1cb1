"""What two fields of one form say about each other: contradictions, and blanks that another field makes a lack.

What: `cross_check` over a form as read, `cross_check_values` over plain values (the desk asks it again after each correction).
Why: a misread digit rarely agrees with the rest of the page; the tick beside an ANC, the order of the draws and the dates of the
signatures are witnesses that cost nothing.
Refuses: to decide. It knows no patient and no registry; who wins a contradiction is for a person, what follows for the registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from intake.forms.definition import FormDefinition, Meaning
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value
from registry.vocabulary import AncBand, FormCode, SignatureRole, SignatureVerdict

BAND_BORDERS = ((1500, AncBand.NORMAL), (1000, AncBand.MILD), (500, AncBand.MODERATE), (0, AncBand.SEVERE))
"""From this count per µL upward the band's tick is right (general-population borders, as printed)."""
SIGNERS = (SignatureRole.PRESCRIBER, SignatureRole.DESIGNEE, SignatureRole.SUBMITTER)


@dataclass(frozen=True)
class _Page:
    """The values of one form, and which of them could not be read."""

    form: FormDefinition
    values: Mapping[str, Value]
    unread: frozenset[str]

    def has(self, name: str) -> bool:
        return any(one.name == name for one in self.form.fields)

    def blank(self, name: str) -> bool:
        """True where the form has the field and nothing stands in it; False where something stands that nobody could read."""
        return self.has(name) and name not in self.unread and self.values.get(name) in (None, "", False)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        value = self.values.get(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def ticked(self, name: str) -> bool:
        return self.values.get(name) in (True, "yes")

    def rows(self, table: str) -> list[int]:
        """The numbers of a table's rows, in order."""
        found = {int(match[1]) for one in self.form.fields if (match := re.match(rf"{table}\.(\d+)\.", one.name))}
        return sorted(found)


def cross_check(form: FormDefinition, fields: Mapping[str, FieldReading]) -> list[Problem]:
    """The problems between the fields of one form as read. Ink nobody could read and fields of pages that did not arrive count as
    neither blank nor said.
    """
    values = {name: one.value for name, one in fields.items()}
    unread = {name for name, one in fields.items() if one.value is None and one.route is not Route.BLANK}
    unread.update(one.name for one in form.fields if one.name not in fields)
    return cross_check_values(form, values, frozenset(unread))


def cross_check_values(form: FormDefinition, values: Mapping[str, Value], unread: frozenset[str] = frozenset()) -> list[Problem]:
    """The same over plain values; `unread` names the fields that hold ink nobody could read. Never raises."""
    page = _Page(form, values, unread)
    return [problem for check in CHECKS for problem in check(page)]


def band_of(anc: float) -> AncBand:
    """The band whose tick belongs beside this count per µL."""
    return next((band for border, band in BAND_BORDERS if anc >= border), AncBand.SEVERE)


def _bands(page: _Page) -> Iterator[Problem]:
    for row in page.rows("labs"):
        anc, band = page.number(f"labs.{row}.anc"), page.text(f"labs.{row}.band")
        if anc is not None and band and band_of(anc) != band:
            words = f"The count {anc:g} belongs to “{band_of(anc).label}”, but another band is ticked ({_label(band)})."
            yield Problem(ProblemKind.CONTRADICTION, words, f"labs.{row}.anc")


def _half_rows(page: _Page) -> Iterator[Problem]:
    for row in page.rows("labs"):
        day, anc, band = (f"labs.{row}.{part}" for part in ("draw_date", "anc", "band"))
        if page.blank(anc) and not (page.blank(day) and (page.blank(band) or not page.has(band))):
            yield Problem(ProblemKind.MISSING_VALUE, "This row has a draw date or a tick but no ANC.", anc)
        if page.blank(day) and not page.blank(anc):
            yield Problem(ProblemKind.MISSING_VALUE, "This row has an ANC but no draw date.", day)


def _draw_order(page: _Page) -> Iterator[Problem]:
    days = [(page.text(name), name) for row in page.rows("labs") if page.text(name := f"labs.{row}.draw_date")]
    seen: dict[str, str] = {}
    for day, name in days:
        if day in seen:
            yield Problem(ProblemKind.CONTRADICTION, f"The same draw date stands in two rows ({day}).", name)
        seen.setdefault(day, name)
    if _in_order([day for day, _ in days]):
        return
    odd = [
        name for index, (_, name) in enumerate(days) if _in_order([day for place, (day, _) in enumerate(days) if place != index])
    ]
    for name in odd or [days[-1][1]]:
        yield Problem(ProblemKind.CONTRADICTION, "This draw date does not follow the order of the other rows.", name)


def _in_order(days: list[str]) -> bool:
    return all(a <= b for a, b in pairwise(days)) or all(a >= b for a, b in pairwise(days))


def _days_against_days(page: _Page) -> Iterator[Problem]:
    draws = [one.name for one in page.form.fields if one.meaning is Meaning.DRAW_DATE]
    signed = [(page.text(f"signature_{role}_date"), role.label) for role in SIGNERS]
    last = max(signed, default=("", ""))
    born = page.text("patient_date_of_birth")
    for name in draws:
        day = page.text(name)
        if day and last[0] and day > last[0]:
            words = f"Drawn on {day}, after the {last[1]} signed ({last[0]})."
            yield Problem(ProblemKind.CONTRADICTION, words, name)
        if day and born and day < born:
            yield Problem(ProblemKind.CONTRADICTION, f"Drawn on {day}, before the patient's birth ({born}).", name)


def _sender(page: _Page) -> Iterator[Problem]:
    sender = page.text("submitter")
    needed = {
        "designee": ("designee_first_name", "designee_last_name"),
        "pharmacy": ("pharmacy_name", "pharmacy_npi"),
    }.get(sender, ())
    for name in needed:
        if page.blank(name):
            yield Problem(ProblemKind.MISSING_VALUE, f"“Submitted by {sender}” is ticked, but this is blank.", name)
    signed = {role: page.text(f"signature_{role}") for role in SIGNERS}
    if sender == "prescriber" and signed[SignatureRole.PRESCRIBER] == SignatureVerdict.ABSENT:
        words = "“Submitted by prescriber” is ticked, but the prescriber did not sign"
        words += "; the designee did." if signed[SignatureRole.DESIGNEE] == SignatureVerdict.PRESENT else "."
        yield Problem(ProblemKind.CONTRADICTION, words, "signature_prescriber")
    unsigned = signed[SignatureRole.DESIGNEE] == SignatureVerdict.ABSENT
    if sender == "designee" and unsigned and signed[SignatureRole.PRESCRIBER] != SignatureVerdict.PRESENT:
        yield Problem(
            ProblemKind.MISSING_SIGNATURE, "“Submitted by designee” is ticked, but nobody signed.", "signature_designee"
        )


def _prescribers_own(page: _Page) -> Iterator[Problem]:
    """R24–R28, R33: what only the prescriber's own signature can carry."""
    if page.text("signature_prescriber") != SignatureVerdict.ABSENT:
        return
    parts = {
        "ben": "BEN",
        "hospice": "hospice",
        "rationale": "the Treatment Rationale",
        "missing_labs_authorized": "missing labs",
    }
    claimed = [words for name, words in parts.items() if page.ticked(name)]
    if claimed:
        detail = f"Only the prescriber's own signature can carry {' and '.join(claimed)}; it is absent."
        yield Problem(ProblemKind.MISSING_SIGNATURE, detail, "signature_prescriber")


def _second_baseline(page: _Page) -> Iterator[Problem]:
    if page.form.code != FormCode.PATIENT_ENROLLMENT or not page.ticked("ben"):
        return
    for name in ("labs.1.draw_date", "labs.1.anc"):
        if page.blank(name):
            yield Problem(ProblemKind.MISSING_VALUE, "A BEN patient needs two baseline counts; the second is blank.", name)


def _told_on_ticks(page: _Page) -> Iterator[Problem]:
    """Fields that a tick elsewhere makes required."""
    status = page.text("treatment_status")
    wanted = {
        "status_date": status in ("interrupted", "discontinued"),
        "status_reason": status in ("interrupted", "discontinued"),
        "missing_labs_reason": page.ticked("missing_labs_authorized"),
        "rationale_draw_date": page.ticked("rationale"),
        "rationale_anc": page.ticked("rationale"),
        "credentials_other": page.text("credentials") == "other",
        "locations.0.name": page.text("pharmacy_kind") in ("multiple", "chain"),
    }
    for name, needed in wanted.items():
        if needed and page.blank(name):
            yield Problem(
                ProblemKind.MISSING_VALUE, "What is ticked elsewhere on the form makes this required; it is blank.", name
            )


def _rationale(page: _Page) -> Iterator[Problem]:
    day, anc = page.text("rationale_draw_date"), page.number("rationale_anc")
    if not page.ticked("rationale") and any(name not in page.unread and page.values.get(name) for name in _RATIONALE_PARTS):
        yield Problem(ProblemKind.CONTRADICTION, "A count is named for a Treatment Rationale, but it is not ticked.", "rationale")
    if not day or anc is None:
        return
    same_day = [page.number(f"labs.{row}.anc") for row in page.rows("labs") if page.text(f"labs.{row}.draw_date") == day]
    counts = [one for one in same_day if one is not None]
    if counts and anc not in counts:
        words = f"The rationale names {anc:g} for {day}; the table has {counts[0]:g} for that day."
        yield Problem(ProblemKind.CONTRADICTION, words, "rationale_anc")


def _same_npi(page: _Page) -> Iterator[Problem]:
    prescriber, pharmacy = page.text("prescriber_npi"), page.text("pharmacy_npi")
    if prescriber and prescriber == pharmacy:
        yield Problem(ProblemKind.CONTRADICTION, "Prescriber and pharmacy bear the same NPI.", "pharmacy_npi")


def _label(band: str) -> str:
    return AncBand(band).label if band in set(AncBand) else band


_RATIONALE_PARTS = ("rationale_draw_date", "rationale_anc")
CHECKS: tuple[Callable[[_Page], Iterator[Problem]], ...] = (
    _bands,
    _half_rows,
    _draw_order,
    _days_against_days,
    _sender,
    _prescribers_own,
    _second_baseline,
    _told_on_ticks,
    _rationale,
    _same_npi,
)
