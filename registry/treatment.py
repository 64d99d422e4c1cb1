"""Treatment status: Enrolled, Interrupted, Discontinued, and what moves a patient between them.

What: one pure function from what was known before and what a submission brings to the status after it.
Why: R39–R44 in one place, so that an interruption has one cause and one way back.
Refuses: a return to Enrolled while the latest ANC is below its threshold and unanswered; that is the program's purpose.

The invariant every decision keeps: latest ANC below the threshold to continue and not answered by a rationale means the
patient is not Enrolled.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from registry.anc import acceptable_to_continue
from registry.patients import AncResult
from registry.policies import RATIONALE_LIFTS_DISCONTINUED
from registry.vocabulary import Population, TreatmentStatus


@dataclass(frozen=True)
class Outcome:
    """The status after a submission, and why it changed."""

    status: TreatmentStatus
    cause: str | None  # one sentence; None: unchanged


def open_low(newest: AncResult | None, answered: Container[tuple[date, float]], population: Population) -> AncResult | None:
    """The most current ANC, if it is below the threshold to continue and no rationale answers it (R39, R40, R44).

    `answered`: draw day and value of each ANC that a rationale names; a rationale answers one ANC [decision] (R42–R43).
    """
    if newest is None or acceptable_to_continue(newest.anc, population):
        return None
    return None if (newest.draw_date, newest.anc) in answered else newest


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
