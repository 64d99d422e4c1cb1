"""Questions to senders on an item's page, and a reviewer's word on what answers what.

What: the lines of the page, what was settled on the earlier fax as guesses, and two POST routes: it answers, it does not.
Why: a page that came without a name can be put to its form by a person who sees both; by nobody else.
Refuses: what `Answering` refuses, with its sentence (409); nothing is changed then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.reading import Value
from review_queue import asking_storage, storage
from review_queue.answers import NOT_TICKED, TICKED
from review_queue.page_models import ItemPage
from review_queue.review_item import ReviewItem, VerdictKind
from review_queue.talking import Talk, talk, with_earlier
from review_queue.web.guards import change
from review_queue.web.security import reviewer_of
from review_queue.web.services import Answering, DeskServices
from review_queue.wording import as_typed

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]
Said = tuple[dict[str, str], str]
"""By field, what was said on the earlier fax, and that fax's reference."""


def add_question_routes(router: APIRouter, services: DeskServices, answering: Answering) -> None:
    """A reviewer says which question the form in hand answers."""

    @change(router, "/items/{item_id}/answers", "say what it answers")
    def answers(request: Request, item_id: str, version: Number, reference: Text = "") -> Response:
        name, now = reviewer_of(request).name, services.clock()
        with services.sessions() as session, session.begin() as transaction:
            trouble = answering.join(session, item_id, version, name, reference, now, services.lease)
            if trouble:
                transaction.rollback()
        return _back(item_id, trouble)

    @change(router, "/items/{item_id}/answers-nothing", "say that it answers something else")
    def answers_nothing(request: Request, item_id: str, version: Number) -> Response:
        name, now = reviewer_of(request).name, services.clock()
        with services.sessions() as session, session.begin() as transaction:
            trouble = answering.part(session, item_id, version, name, now, services.lease)
            if trouble:
                transaction.rollback()
        return _back(item_id, trouble)


def talk_about(session: Session, item: ReviewItem, now: datetime) -> Talk:
    """What the page says: questions about the item's form with their answers, and what it answers itself."""
    asked = asking_storage.questions_about(session, item.document_id)
    came = {one: tuple(asking_storage.answers_to(session, one.number)) for one in asked}
    return talk(came, asking_storage.answer_of(session, item.document_id), now)


def said_before(session: Session, form: FormDefinition | None, about: Talk) -> Said:
    """What people said the fields are on the fax that this one answers; nothing of what they left blank or could not read."""
    earlier = None if about.answers is None else storage.item(session, about.answers.item_id)
    if about.answers is None or earlier is None or form is None:
        return {}, ""
    told = (VerdictKind.CONFIRMED, VerdictKind.CORRECTED)
    said = {key: one.value for key, one in earlier.verdicts.items() if one.kind in told and one.value is not None}
    typed = {one.name: _code(one, said[one.name]) for one in form.fields if one.name in said}
    return typed, about.answers.reference


def with_earlier_words(page: ItemPage, said: Said) -> ItemPage:
    """The page with them under one key each."""
    values, reference = said
    return with_earlier(page, {key: (code, code) for key, code in values.items()}, reference)


def _code(field: FieldDefinition, value: Value) -> str:
    """The value as the page posts it."""
    if isinstance(value, bool):
        return TICKED if value else NOT_TICKED
    return str(value) if field.kind in (FieldKind.CHOICE, FieldKind.SIGNATURE) else as_typed(field, value)


def _back(item_id: str, trouble: str) -> Response:
    if trouble:
        raise HTTPException(409, trouble)
    return RedirectResponse(f"/desk/items/{item_id}", status_code=303)
