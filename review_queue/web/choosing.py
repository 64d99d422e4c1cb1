"""Who is meant, in a browser: the box beside the form, and the POST that says who it is.

What: what the item page includes, the same box alone for the page's script, one route for all acts.
Why: the box follows the form: a corrected birth date finds others.
Refuses: what `review_queue.choosing` refuses; to let a form be submitted with a choice that its values contradict by now.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from intake.forms.definition import FormDefinition
from review_queue import choosing, person_storage, reviewing
from review_queue.beside import Beside, beside_of
from review_queue.choosing import CannotBeMeant
from review_queue.page_making import PATIENT
from review_queue.persons import PersonAct, Persons
from review_queue.review_item import ReviewItem
from review_queue.web.guards import change
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]


def add_beside_route(router: APIRouter, services: DeskServices) -> None:
    """The box alone, as it stands now."""

    @router.get("/items/{item_id}/beside")
    def beside(request: Request, item_id: str) -> Response:
        with services.sessions() as session:
            item = reviewing.look_at(session, item_id)
            form = None if item.reading is None else services.forms.form(item.reading.form, item.reading.revision)
            box = beside_item(services, session, item, form, reviewer_of(request).name)
        if box is None:
            raise HTTPException(404, "This form names no patient.")
        return show(request, "_item_beside.html", beside=box)


def add_choosing_route(router: APIRouter, services: DeskServices, persons: Persons) -> None:
    """Saying who is meant."""

    @change(router, "/items/{item_id}/person", "say who is meant")
    def say(
        request: Request, item_id: str, version: Number, act: Text = "", patient_id: Text = "", reason: Text = ""
    ) -> Response:
        if act not in tuple(PersonAct):
            raise HTTPException(422, "The desk did not understand this request.")
        name, now = reviewer_of(request).name, services.clock()
        with services.sessions() as session, session.begin():
            choosing.say_who(session, item_id, version, PersonAct(act), patient_id, reason, name, now, persons, services.lease)
        return RedirectResponse(f"/desk/items/{item_id}", status_code=303)


def beside_item(
    services: DeskServices, session: Session, item: ReviewItem, form: FormDefinition | None, reviewer: str
) -> Beside | None:
    """The box of an item; None where its form names no patient, or the desk has no registry."""
    persons = services.persons
    if persons is None or form is None or not any(one.name == PATIENT for one in form.fields):
        return None
    standing = person_storage.standing(session, item.item_id)
    candidates = choosing.offered(session, item, persons, standing)
    values = item.values()
    against = "" if standing.choice is None else persons.against(session, values, standing.choice)
    return beside_of(item, standing, candidates, persons.written(values), against, reviewer)


def person_still_fits(services: DeskServices, session: Session, item_id: str) -> None:
    """`CannotBeMeant` where a person was chosen and the form's values contradict it by now."""
    item = reviewing.look_at(session, item_id)
    if services.persons is None or item.person is None:
        return
    against = services.persons.against(session, item.values(), item.person)
    if against:
        raise CannotBeMeant(against)
