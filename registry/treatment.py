"""Treatment status: Enrolled, Interrupted, Discontinued, and what moves a patient between them.

What: one pure function from what was known before and what a submission brings to the status after it.
Why: R39–R44 in one place, so that an interruption has one cause and one way back.
Refuses: a return to Enrolled while the latest ANC is below its threshold and unanswered; that is the program's purpose.

The invariant every decision keeps: latest ANC below the threshold to continue and not answered by a rationale means the
patient is not Enrolled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.anc import acceptable_to_continue, latest
from registry.patients import AncResult, Rationale
from registry.policies import RATIONALE_LIFTS_DISCONTINUED
from registry.vocabulary import Population, TreatmentStatus


@dataclass(frozen=True)
class Outcome:
    """The status after a submission, and why it changed."""

    status: TreatmentStatus
    cause: str | None  # one sentence; None: unchanged


def answers(rationale: Rationale, result: AncResult) -> bool:
    """R42–R43 [decision]: a rationale answers one ANC: the same draw day and the same value."""
    return rationale.draw_date == result.draw_date and rationale.anc == result.anc


def open_low(results: Iterable[AncResult], rationales: Iterable[Rationale], population: Population) -> AncResult | None:
    """The latest ANC, if it is below the threshold to continue and no rationale answers it (R39, R40, R44)."""
    newest = latest(results)
    if newest is None or acceptable_to_continue(newest.anc, population):
        return None
    return None if any(answers(rationale, newest) for rationale in rationales) else newest


def status_after(
    before: TreatmentStatus,
    low: AncResult | None,
    population: Population,
    stated: TreatmentStatus | None = None,
    rationale_given: bool = False,
) -> Outcome:
    """The status once a submission's ANCs and rationales stand in the history.

    `low` is the latest ANC where it is below the threshold and unanswered (`open_low`), `stated` the status ticked on a form
    whose signature allows it, `rationale_given` that this submission brought a rationale. An older low result that arrives late
    is not the latest and interrupts nothing; a later normal ANC lifts nothing.
    """
    if stated is TreatmentStatus.DISCONTINUED:
        return _changed(before, stated, "reported as Discontinued on the status form")
    if stated is TreatmentStatus.INTERRUPTED:
        return _changed(before, stated, "reported as Interrupted on the status form")
    if low is not None:
        if before is TreatmentStatus.DISCONTINUED:
            return Outcome(before, None)
        rule = "R40" if population is Population.BEN else "R39"
        return _changed(before, TreatmentStatus.INTERRUPTED, f"ANC {low.anc:g}/µL drawn {low.draw_date} ({rule})")
    if stated is TreatmentStatus.ENROLLED:
        return _changed(before, stated, "the prescriber's status change on a signed form")
    liftable = before is TreatmentStatus.INTERRUPTED or (RATIONALE_LIFTS_DISCONTINUED and before is TreatmentStatus.DISCONTINUED)
    if rationale_given and liftable:
        return _changed(before, TreatmentStatus.ENROLLED, "the prescriber's Treatment Rationale (R42)")
    return Outcome(before, None)


def _changed(before: TreatmentStatus, after: TreatmentStatus, cause: str) -> Outcome:
    return Outcome(after, cause if after is not before else None)
