"""What people said on a fax's items before its pages were put together anew, carried to the items that come in their place.

What: `carried` picks the verdicts on fields of the same form on the same page of the fax; `set_aside` closes an item for good.
Why: nobody should say twice what stands on a page; and a page that went to another document takes its words along.
Refuses: doubts about a whole document: another document is another doubt. A verdict never moves to another page or form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from intake.forms.definition import FormDefinition
from intake.reading import FormReading
from review_queue import arranging_storage, storage
from review_queue.lifecycle import ReviewEvent, states_allowing
from review_queue.review_item import Closing, ReviewItem, Verdict


def carried(reading: FormReading, form: FormDefinition, earlier: Iterable[ReviewItem]) -> tuple[Verdict, ...]:
    """The verdicts that hold for this reading, the latest of each field, in the order in which they were given."""
    page_of = {page.form_page: page.fax_page for page in reading.pages}
    latest: dict[str, Verdict] = {}
    for item in earlier:
        read = item.reading
        if read is None or (read.form, read.revision) != (reading.form, reading.revision):
            continue
        was_on = {page.form_page: page.fax_page for page in read.pages}
        for field in form.fields:
            verdict = item.verdicts.get(field.name)
            here = page_of.get(field.page)
            if verdict is None or here is None or was_on.get(field.page) != here:
                continue
            if field.name not in latest or latest[field.name].at < verdict.at:
                latest[field.name] = replace(verdict, carried_from=verdict.carried_from or item.item_id)
    return tuple(sorted(latest.values(), key=lambda one: one.at))


def carry(session: Session, item_id: str, verdicts: Sequence[Verdict]) -> None:
    """Give them to a new item, each still by whoever gave it."""
    for verdict in verdicts:
        storage.add_verdict(session, item_id, verdict)


def set_aside(session: Session, item: ReviewItem, by: str, now: datetime, reason: str) -> bool:
    """The item's pages are put together anew: it is over. False, and nothing done, if it went on meanwhile."""
    states = states_allowing(ReviewEvent.PAGES_REARRANGED)
    if not arranging_storage.set_aside(session, item.item_id, item.version, states, Closing(by, now, reason)):
        return False
    storage.add_event(session, item.item_id, ReviewEvent.PAGES_REARRANGED.value, by, now, reason)
    return True
