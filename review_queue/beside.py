"""The registry's person beside the form, as the page shows it. Pure but for the look-ups it is given.

What: `Beside`, the box under the patient's: what stands on the form, each candidate item by item, and what was chosen.
Why: templates stay dumb.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.submission import PersonSaid
from review_queue.persons import Candidate, PersonAct, PersonStanding
from review_queue.review_item import ReviewItem


@dataclass(frozen=True)
class Beside:
    """Everything the box shows."""

    item_id: str
    version: int
    mine: bool  # the reviewer may choose
    open: bool  # nobody has said yet who is meant, and it is in doubt
    summary: str  # one line: what it comes to
    chosen: str  # who was chosen, by whom and why, a sentence; empty: nobody has said
    trouble: str  # why the choice cannot stand any more; empty where it can
    chosen_id: str  # of the patient chosen; empty for a new one
    written: Mapping[str, str]  # what stands on the form, by item
    items: tuple[str, ...]  # the items compared, in order
    candidates: tuple[Candidate, ...]
    undo: str  # what an undo takes back, in words; empty: nothing
    ruled_out: int  # how many are not offered any more


def beside_of(
    item: ReviewItem,
    standing: PersonStanding,
    candidates: Sequence[Candidate],
    written: Mapping[str, str],
    against: str,
    reviewer: str,
) -> Beside:
    """The box of an item; `against`: why the choice cannot stand, empty where it can or nobody has chosen."""
    choice = standing.choice
    doubted = any(doubt.about_person for doubt in item.doubts)
    chosen = ""
    if choice is not None:
        who = next((one.name for one in candidates if one.patient_id == choice.patient_id), choice.patient_id or "")
        what = "A new patient" if choice.said is PersonSaid.NEW else f"The same person: {who}"
        chosen = f"{what}, said {choice.by}" + (f": {choice.reason}" if choice.reason else ".")
    return Beside(
        item_id=item.item_id,
        version=item.version,
        mine=item.holder == reviewer,
        open=doubted and choice is None,
        summary=_summary(candidates, chosen),
        chosen=chosen,
        trouble=against,
        chosen_id="" if choice is None or choice.patient_id is None else choice.patient_id,
        written=written,
        items=tuple(one.item for one in candidates[0].compared) if candidates else (),
        candidates=tuple(candidates),
        undo=_undo(standing),
        ruled_out=len(standing.ruled_out),
    )


def _summary(candidates: Sequence[Candidate], chosen: str) -> str:
    if chosen:
        return "Who it is has been said"
    if not candidates:
        return "Nobody known is near"
    if len(candidates) == 1:
        return "1 known patient may be meant" if not candidates[0].named_exactly else "Exactly one known patient is named"
    return f"{len(candidates)} known patients may be meant"


def _undo(standing: PersonStanding) -> str:
    last = standing.last
    if last is None:
        return ""
    if last.act is PersonAct.NOT_THIS:
        return "offer again the last one ruled out"
    return "take the choice back"
