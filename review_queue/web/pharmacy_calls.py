"""A pharmacy calls: may it dispense, and if not, does a Dispense Rationale help (R63-R71).

What: one page with two POST routes; each question is put to the rules, answered in words, and kept with who asked.
Why: R71 gives pharmacies the telephone beside the web; the patient stands at the counter meanwhile.
Refuses: a question without caller, account, number to call back and how the agent made sure; what the rules refuse is an answer.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from intake.forms.date_values import DayKind, parse_date
from registry.identifiers import iso_day, normal_email, normal_npi, normal_phone
from registry.moments import program_day
from review_queue import phone_storage
from review_queue.phone_entry import Verified
from review_queue.phone_port import PharmacyCaller, Phone, SpokenAnswer
from review_queue.web.guards import change
from review_queue.web.phone import Posted
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

CHECK, RATIONALE = "dispense_check", "dispense_rationale"


def add_pharmacy_questions(looking: APIRouter, changing: APIRouter, services: DeskServices, phone: Phone) -> None:
    """The page, the dispense check, the Dispense Rationale."""

    @looking.get("/phone/dispense")
    def dispense(request: Request) -> Response:
        return _page(request, {}, {}, None)

    @change(changing, "/phone/dispense", "ask for a dispense authorization")
    def check(request: Request, posted: Posted) -> Response:
        caller, troubles = _caller(posted)
        if caller is None:
            return _page(request, posted, troubles, None, status=422)
        now, agent = services.clock(), reviewer_of(request).name
        with services.sessions() as session, session.begin():
            answer = phone.may_dispense(session, caller, posted["patient"], agent, now)
            reference = _kept(session, phone, CHECK, caller, answer, agent, now)
        return _page(request, posted, {}, answer, reference)

    @change(changing, "/phone/dispense/rationale", "give a dispense rationale")
    def rationale(request: Request, posted: Posted) -> Response:
        caller, troubles = _caller(posted)
        now, agent = services.clock(), reviewer_of(request).name
        day = iso_day(parse_date(posted.get("draw_date", ""), program_day(now), DayKind.DRAW).iso or "")
        anc = _number(posted.get("anc", ""))
        if day is None:
            troubles["draw_date"] = "The draw date as MM/DD/YYYY, not in the future (R68)."
        if anc is None:
            troubles["anc"] = "The ANC per µL, as a number (R69)."
        if normal_npi(posted.get("prescriber_npi", "")) is None:
            troubles["prescriber_npi"] = "The prescriber’s NPI: ten digits, and the check digit must fit (R69)."
        if caller is None or troubles:
            return _page(request, posted, troubles, None, status=422, offered=True)
        with services.sessions() as session, session.begin():
            answer = phone.give_rationale(session, caller, posted["patient"], posted["prescriber_npi"], day, anc, agent, now)
            reference = _kept(session, phone, RATIONALE, caller, answer, agent, now)
        return _page(request, posted, {}, answer, reference, offered=not answer.done)


def _caller(posted: dict[str, str]) -> tuple[PharmacyCaller | None, dict[str, str]]:
    """Who asks, or what is wrong, by field of the page."""
    text = {name: " ".join(value.split()) for name, value in posted.items()}
    npi, callback = normal_npi(text.get("pharmacy_npi", "")), normal_phone(text.get("callback", ""))
    email = normal_email(text.get("email", ""))
    troubles = {}
    if npi is None:
        troubles["pharmacy_npi"] = "The pharmacy’s NPI: ten digits, and the check digit must fit."
    if not text.get("name"):
        troubles["name"] = "Ask for the caller’s name."
    if email is None:
        troubles["email"] = "Ask for the email address of the caller’s own account (R71)."
    if callback is None:
        troubles["callback"] = "A number to call back: ten digits."
    if text.get("verified") not in tuple(Verified):
        troubles["verified"] = "Say how you made sure who calls."
    if not text.get("patient"):
        troubles["patient"] = "The REMS Patient ID, or last name and birth date."
    if troubles or npi is None or email is None or callback is None:
        return None, troubles
    return PharmacyCaller(npi, text["name"][:80], email, callback, text["verified"]), {}


def _kept(
    session: Session, phone: Phone, about: str, caller: PharmacyCaller, answer: SpokenAnswer, agent: str, now: datetime
) -> str:
    """The call among the contacts of the pharmacy and the patient; its reference."""
    reference = phone.reference(session, now)
    told = {"name": caller.name, "role": "pharmacy", "npi": caller.npi, "email": caller.email, "callback": caller.callback,
            "verified": caller.verified}  # fmt: skip
    phone_storage.note_question(
        session, uuid4().hex, reference, about, told, caller.npi, answer.patient_id, agent, now, answer.lines
    )
    return reference


def _page(
    request: Request,
    posted: dict[str, str],
    troubles: dict[str, str],
    answer: SpokenAnswer | None,
    reference: str = "",
    *,
    status: int = 200,
    offered: bool = False,
) -> Response:
    return show(
        request, "phone_dispense.html", status, posted=posted, troubles=troubles, answer=answer, reference=reference,
        ways=Verified, offered=offered or (answer is not None and answer.rationale_offered),
    )  # fmt: skip


def _number(text: str) -> float | None:
    bare = text.strip().replace(",", "")
    return float(bare) if bare.replace(".", "", 1).isascii() and bare.replace(".", "", 1).isdigit() else None
