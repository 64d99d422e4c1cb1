"""Forms that callers give on the telephone: begun with who calls, kept as typed, read back, admitted, answered.

What: the pages of a call and its POST routes. The script saves each field as it is typed; without it one button saves all.
Why: a call may break off at any word: what was told is there under the reference the caller has.
Refuses: what `review_queue.phone_entry` refuses (a caller nobody made sure of, an entry that is no value), and admitting twice.
"""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from intake.forms.definition import FormDefinition
from registry.identifiers import normal_patient_id
from registry.moments import program_day
from registry.vocabulary import FormCode
from review_queue import phone_entry, phone_storage, storage
from review_queue.phone_entry import Call, Caller, CallState
from review_queue.phone_pages import call_sections
from review_queue.phone_port import Phone
from review_queue.rule_notes import rule_notes
from review_queue.web.guards import change
from review_queue.web.rendering import part, show
from review_queue.web.security import reviewer_of, wants_json
from review_queue.web.services import DeskServices, KnownPatient
from review_queue.wording import span


async def posted_fields(request: Request) -> dict[str, str]:
    """Everything a page posted, as text."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Posted = Annotated[dict[str, str], Depends(posted_fields)]


def add_phone_pages(router: APIRouter, services: DeskServices) -> None:
    """The list of calls, a call's form, what is read back, what the registry said."""

    @router.get("/phone")
    def phone(request: Request, form: str = "") -> Response:
        return start_page(request, services, {"form": form})

    @router.get("/phone/calls/{call_id}")
    def call(request: Request, call_id: str) -> Response:
        return call_page(request, services, call_id)

    @router.get("/phone/calls/{call_id}/read-back")
    def read_back(request: Request, call_id: str) -> Response:
        found, form = load(services, call_id)
        wrong = phone_entry.unsettled(found, form)
        if found.state is not CallState.DRAFT or wrong:
            return _to(call_id)
        return show(
            request, "phone_read_back.html", call=found, title=form.title, told=phone_entry.read_back(found, form),
            lacking=phone_entry.lacking(found, form), notes=rule_notes(form.code, found.values()),
        )  # fmt: skip


def add_phone_acts(router: APIRouter, services: DeskServices, phone: Phone) -> None:
    """Begin a call, keep what was typed, admit it, drop it."""

    @change(router, "/phone/begin", "begin a call")
    def begin(request: Request, posted: Posted) -> Response:
        form = next((one for one in phone_entry.FORMS_BY_PHONE if one == posted.get("form")), None)
        if form is None:
            return start_page(request, services, posted, {"form": "Pick the form first."}, status=422)
        caller = phone_entry.caller_of(posted, form)
        if not isinstance(caller, Caller):
            return start_page(request, services, posted, {one.field: one.why for one in caller}, status=422)
        now, agent = services.clock(), reviewer_of(request).name
        definition = services.forms.form(form.value)
        with services.sessions() as session, session.begin():
            fields = phone_entry.told_by_the_caller(definition, caller, program_day(now))
            begun = Call(
                uuid4().hex, phone.reference(session, now), form, definition.revision, caller, agent, now, now, CallState.DRAFT,
                0, fields,
            )  # fmt: skip
            phone_storage.begin(session, begun)
            _note(session, begun.call_id, "began", agent, services)
        return _to(begun.call_id)

    @change(router, "/phone/calls/{call_id}", "keep what a caller told")
    def keep(request: Request, call_id: str, posted: Posted) -> Response:
        found, form = load(services, call_id)
        now = services.clock()
        fields = phone_entry.kept(found.fields, posted, form, program_day(now))
        values = {name: one.value for name, one in fields.items() if one.value is not None}
        with services.sessions() as session, session.begin():
            patient = services.known_patient(session, values)
            if not phone_storage.keep(session, call_id, fields, _id_of(patient), reviewer_of(request).name, now):
                raise HTTPException(409, "This call has its end already: nothing was changed.")
        if wants_json(request):
            wrong = {name: {"why": one.why, "may_insist": one.may_insist} for name, one in fields.items() if one.why}
            notes = rule_notes(form.code, values)
            return JSONResponse(
                {"wrong": wrong, "rules": part("_rules.html", notes=notes), "patient": part("_patient.html", patient=patient)}
            )
        if "read-back" in posted and not any(one.why for one in fields.values()):
            return RedirectResponse(f"/desk/phone/calls/{call_id}/read-back", status_code=303)
        return call_page(
            request, services, call_id, told="Saved.", status=422 if any(one.why for one in fields.values()) else 200
        )

    @change(router, "/phone/calls/{call_id}/admit", "admit what a caller told")
    def admit(request: Request, call_id: str) -> Response:
        found, form = load(services, call_id)
        if phone_entry.unsettled(found, form):
            return _to(call_id)
        now, agent = services.clock(), reviewer_of(request).name
        with services.sessions() as session, session.begin():
            if phone_storage.end(session, call_id, CallState.ADMITTED, now):  # once: pressed twice, the first answer stands
                answer = phone.admit(session, phone_entry.submission(found, agent, now), now)
                phone_storage.note_answer(session, call_id, answer.lines, answer.patient_id)
                _note(session, call_id, "admitted", agent, services)
        return _to(call_id)

    @change(router, "/phone/calls/{call_id}/drop", "drop a call", words_in=("reason",))
    def drop(request: Request, call_id: str, posted: Posted) -> Response:
        load(services, call_id)
        with services.sessions() as session, session.begin():
            if not phone_storage.end(
                session, call_id, CallState.DROPPED, services.clock(), reason=posted["reason"].strip()[:300]
            ):
                raise HTTPException(409, "This call has its end already: nothing was changed.")
            _note(session, call_id, "dropped", reviewer_of(request).name, services, posted["reason"].strip())
        return RedirectResponse("/desk/phone", status_code=303)


def start_page(
    request: Request, services: DeskServices, posted: dict[str, str], troubles: dict[str, str] | None = None, status: int = 200
) -> Response:
    """Who calls and for what, and the calls that broke off."""
    now = services.clock()
    with services.sessions() as session:
        open_calls = phone_storage.drafts(session)
    return show(
        request, "phone.html", status, forms=phone_entry.FORMS_BY_PHONE, roles=phone_entry.CallerRole,
        ways=phone_entry.Verified, on_paper=phone_entry.ON_PAPER_ONLY, posted=posted, troubles=troubles or {},
        drafts=[(one, FormCode(one.form).label, span(now - one.changed_at)) for one in open_calls],
    )  # fmt: skip


def call_page(request: Request, services: DeskServices, call_id: str, *, told: str = "", status: int = 200) -> Response:
    """The call's form as it stands; once it was admitted, the answer to read out."""
    found, form = load(services, call_id)
    with services.sessions() as session, session.begin():
        patient = services.known_patient(session, found.values())
        _note(session, call_id, "opened", reviewer_of(request).name, services)
    if found.state is not CallState.DRAFT:
        return show(request, "phone_answer.html", call=found, title=form.title)
    return show(
        request, "phone_call.html", status, call=found, title=form.title, told=told, patient=patient,
        sections=call_sections(form, found), notes=rule_notes(form.code, found.values()),
        own_hand=phone_entry.OWN_HAND_WORDS if form.code == FormCode.PATIENT_STATUS else "",
    )  # fmt: skip


def load(services: DeskServices, call_id: str) -> tuple[Call, FormDefinition]:
    """The call and its form's definition; 404."""
    with services.sessions() as session:
        found = phone_storage.call(session, call_id)
    if found is None:
        raise HTTPException(404, "There is no such call.")
    return found, services.forms.form(found.form.value, found.revision)


def _id_of(patient: KnownPatient | None) -> str | None:
    return None if patient is None else normal_patient_id(patient.patient_id)


def _note(session: Session, call_id: str, event: str, by: str, services: DeskServices, detail: str = "") -> None:
    """Who looked at or changed a call, as with faxes (45 CFR 164.312)."""
    storage.add_event(session, f"call:{call_id}", event, by, services.clock(), detail)


def _to(call_id: str) -> Response:
    return RedirectResponse(f"/desk/phone/calls/{call_id}", status_code=303)
