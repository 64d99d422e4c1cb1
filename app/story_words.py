"""States and events in the words of the pages of contacts: pure.

What: what became of a fax, a document and a letter, one event of the desk, and what people said fields are.
Why: codes are for programs; who asks what became of a fax gets sentences.
Refuses: nothing; an event it has no words for is told by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from app.case_flow import DocumentState
from intake.fax_lifecycle import FaxState
from intake.forms.definition import FormDefinition
from outbound.delivery import Delivery, DeliveryState
from outbound.notice import ACKNOWLEDGEMENT
from review_queue.contacts import Corrected, StoryLine
from review_queue.review_item import Verdict, VerdictKind
from review_queue.tables import EventRow
from review_queue.wording import field_label, shown

FAX_STATES: Mapping[FaxState, str] = {
    FaxState.RECEIVED: "received, not read yet",
    FaxState.READ: "read; its documents are being settled",
    FaxState.SETTLED: "settled and answered",
    FaxState.QUARANTINED: "in quarantine: it could not be read",
}
DOCUMENT_STATES: Mapping[DocumentState, str] = {
    DocumentState.READ: "read",
    DocumentState.IN_REVIEW: "at the desk",
    DocumentState.CONFIRMED: "confirmed, on its way to the registry",
    DocumentState.RECORDED: "the registry has answered",
    DocumentState.TURNED_AWAY: "turned away at the desk",
    DocumentState.ANSWERED: "done, answered",
}
LETTER_STATES: Mapping[DeliveryState, str] = {
    DeliveryState.DUE: "waits for the line",
    DeliveryState.HELD: "held until a person has settled why",
    DeliveryState.SENDING: "on the line",
    DeliveryState.DELIVERED: "arrived",
    DeliveryState.ABANDONED: "given up",
    DeliveryState.UNCERTAIN: "may have arrived: a person must ask",
    DeliveryState.NO_ADDRESS: "waits for a fax number",
}
MAIL_STATES: Mapping[DeliveryState, str] = {
    **LETTER_STATES,
    DeliveryState.DUE: "waits to be sent by e-mail",
    DeliveryState.SENDING: "on its way to the mail server",
    DeliveryState.DELIVERED: "taken by the mail server; whether it was read nobody knows",
    DeliveryState.UNCERTAIN: "may have been taken by the mail server: a person must ask",
}


def letter_state(delivery: Delivery, state: DeliveryState) -> str:
    """Where a letter stands or stood, in words."""
    return (LETTER_STATES if delivery.email is None else MAIL_STATES)[state]


EVENTS: Mapping[str, str] = {
    "enqueued": "put before the reviewers",
    "taken": "taken in hand",
    "taken_over": "taken over",
    "released": "put back",
    "submitted": "submitted",
    "sent_back": "the sender was asked",
    "rejected": "rejected",
    "escalated": "passed to a senior reviewer",
    "second_look_asked": "passed on for a second look",
    "handed": "handed on",
    "answer_came": "the sender’s answer came",
    "answers": "said to answer our question",
    "answers nothing": "said to answer nothing we asked",
}


def event_line(event: EventRow) -> tuple[datetime, StoryLine]:
    """When, and what happened at the desk."""
    by = "" if event.by == "remsfax" else event.by
    what = EVENTS.get(event.event, event.event.replace("_", " "))
    return event.at, StoryLine("", what, by, (event.detail,) if event.detail else ())


def kinds_in_words(kinds: Iterable[str]) -> str:
    """What a letter tells."""
    words = ["answer to the fax" if one == ACKNOWLEDGEMENT else _spelled(one) for one in kinds]
    return ", ".join(dict.fromkeys(words)) or "letter"


def _spelled(kind: str) -> str:
    """ "anc_recorded" as "ANC recorded"."""
    return " ".join(one.upper() if one in ("anc", "ar", "ben") else one for one in kind.split("_"))


def correction_lines(verdicts: Mapping[str, Verdict], form: FormDefinition) -> Iterator[Corrected]:
    """What people said the fields are, in the form's order; what they only confirmed is left out."""
    for field in form.fields:
        verdict = verdicts.get(field.name)
        if verdict is None or verdict.kind is VerdictKind.CONFIRMED:
            continue
        said = "illegible" if verdict.kind is VerdictKind.ILLEGIBLE else shown(field, verdict.value) or "blank"
        yield Corrected(field_label(field), shown(field, verdict.read) or "nothing", said, verdict.by)
