"""The ANCs on a form: which can stand, which must be asked about, and what the new ones mean for the patient.

What: rows of draw date and ANC become results; what is refused is named row by row, so that one bad row costs no other.
Why: three forms carry the same rows; a low value must alarm whichever brought it.
Refuses: a value without its day or the other way round, units in doubt, days that cannot be; never repairs either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry.anc import BAND_WORDS, Finding, finding, implausible, impossible_draw, is_on_file, latest, number
from registry.decision import Findings, status_facts
from registry.form_values import FormValues
from registry.moments import last_day_begun
from registry.parties import Prescriber
from registry.patients import AncResult, Patient
from registry.submission import Submission


@dataclass(frozen=True)
class LabRow:
    """A row that can stand."""

    part: str  # "labs.0"
    draw_date: date
    anc: float


def read_rows(submission: Submission, form: FormValues, findings: Findings, rule: str) -> list[LabRow]:
    """The rows that can stand; each other one is refused under `rule` with what to do."""
    received_on = last_day_begun(submission.received_at)
    found = []
    for row in form.rows("labs", "draw_date", "anc"):
        part = f"labs.{row}"
        date_field, anc_field, nth = f"{part}.draw_date", f"{part}.anc", f"of blood draw {row + 1}"
        day, text, anc = form.day(date_field), form.text(anc_field), number(form.raw(anc_field))
        if day is None:
            written = form.text(date_field)
            blank = form.blank(date_field, f"The date {nth}").reason
            findings.refuse(date_field, rule, blank if written is None else f"“{written}” is no date; give the date {nth}.")
        elif (wrong := impossible_draw(day, received_on)) is not None:
            findings.refuse(date_field, rule, f"The ANC is not recorded: {wrong}. Correct the date and send the form again.")
            day = None
        doubt = None if anc is None else implausible(anc)
        if text is None:
            findings.refuse(anc_field, rule, form.blank(anc_field, f"The ANC {nth}").reason)
        elif anc is None:
            findings.refuse(
                anc_field, rule, f"“{text}” is no ANC per µL. Write the number per µL, such as 1850, and send it again."
            )
        elif doubt is not None:
            findings.refuse(anc_field, rule, f"{doubt}, and send the form again.")
        if day is not None and anc is not None and doubt is None:
            found.append(LabRow(part, day, anc))
    return found


def new_results(
    rows: Sequence[LabRow], on_file: Sequence[AncResult], patient_id: str, submission: Submission
) -> list[tuple[LabRow, AncResult | None]]:
    """Each row with the result it adds; None where this very value of this day had been received before (a resend).

    One that is on file from a later fax only is recorded again: when a low ANC was first received decides what it interrupts.
    """
    found: list[tuple[LabRow, AncResult | None]] = []
    known = [one for one in on_file if one.received_at <= submission.received_at]
    for row in rows:
        if is_on_file(known, row.draw_date, row.anc):
            found.append((row, None))
            continue
        result = AncResult(
            result_id=f"{submission.submission_id}:{row.part}",
            patient_id=patient_id,
            draw_date=row.draw_date,
            anc=row.anc,
            received_at=submission.received_at,
            source=submission.form.value,
            submission_id=submission.submission_id,
        )
        known.append(result)
        found.append((row, result))
    return found


def apply_rows(findings: Findings, rows: Sequence[tuple[LabRow, AncResult | None]]) -> list[AncResult]:
    """The rows as applied parts; gives the results that are new."""
    for row, result in rows:
        if result is None:
            findings.apply(row.part, f"ANC {row.anc:g}/µL drawn {row.draw_date} was already on file.")
        else:
            findings.apply(row.part, f"ANC {row.anc:g}/µL drawn {row.draw_date} is recorded.", result)
    return [result for _, result in rows if result is not None]


def tell_low(
    findings: Findings, fresh: Sequence[AncResult], all_results: Sequence[AncResult], patient: Patient, to: Prescriber | None
) -> None:
    """R36–R37: one notice a band to the associated prescriber, for the newest of the new low results in it, lowest on a day."""
    newest = latest(all_results)
    by_band: dict[Finding, list[AncResult]] = {}
    for result in fresh:
        if (band := finding(result.anc, patient.population)) is not Finding.NORMAL:
            by_band.setdefault(band, []).append(result)
    for band, results in by_band.items():
        shown = latest(results)
        assert shown is not None
        others = sorted((one for one in results if one is not shown), key=lambda one: (one.draw_date, one.anc))
        facts = {
            **status_facts(patient),
            "anc": shown.anc,
            "draw_date": shown.draw_date.isoformat(),
            "band": BAND_WORDS[band],
            "population": patient.population.value,
            "is_latest": newest is not None and (newest.draw_date, newest.anc) == (shown.draw_date, shown.anc),
            "other_results": "; ".join(f"{one.draw_date}: {one.anc:g}" for one in others) or None,
        }
        findings.tell_prescriber(band.value, to, facts)
