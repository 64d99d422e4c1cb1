"""Forms and questions that come by phone: the desk's port, filled from the registry.

What: `PhoneDesk`: the next reference, a form admitted with its letters, the dispense check and the Dispense Rationale, in words.
Why: the registry is asked by the same functions whichever door it is; only who may speak for a pharmacy is made sure here.
Refuses: a pharmacy's question by anybody but its authorized representative or enrolled staff (R71), where it is certified; one
that is not gets the rules' own answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.acts import tell_of_act
from app.answers import Desk
from app.api.dispensing import IN_PROCESS, is_in_process
from app.person_desk import PersonDesk
from app.web_forms import admit_told_form, reference_for
from registry import dispense_requests
from registry import storage as registry
from registry.certification import Standing, pharmacy_standing
from registry.dispensing import Reason
from registry.identifiers import normal_patient_id, print_patient_id
from registry.staffing import may_ask
from registry.submission import Admission, Admitted, Submission
from registry.vocabulary import Channel
from review_queue.phone_port import PharmacyCaller, SpokenAnswer

NOT_OF_THE_PHARMACY = Reason(
    "R71", "Only the pharmacy’s authorized representative or enrolled staff may ask; the email address given is neither’s."
)
NOBODY = Reason("R64", "Nobody in the registry has this REMS Patient ID, or this last name and birth date.")


class PhoneDesk:
    """The registry for telephone agents."""

    def __init__(self, desk: Desk, people: PersonDesk) -> None:
        self._desk = desk
        self._people = people

    def reference(self, session: Session, now: datetime) -> str:
        """The next reference, from the same count as those of faxes."""
        return reference_for(session, now)

    def admit(self, session: Session, submission: Submission, now: datetime) -> SpokenAnswer:
        """The registry's answer to a form; what is due by letter is sent by the sweep."""
        admission, _ = admit_told_form(session, submission, self._desk, now)
        return SpokenAnswer(admission.admitted is Admitted.YES, tuple(_in_words(admission)), admission.ids.get("patient_id"))

    def may_dispense(self, session: Session, caller: PharmacyCaller, patient: str, agent: str, now: datetime) -> SpokenAnswer:
        """R63-R67 by phone; a denied patient's form that waits is told (R64)."""
        found, refused = self._asked(session, caller, patient, now)
        if refused is not None:
            return _denied([refused], found)
        answer = dispense_requests.ask_dispense(session, caller.npi, found or "", now, agent, channel=Channel.PHONE)
        if answer.authorized:
            return SpokenAnswer(True, (f"Authorized under {_spelled(answer.authorization)}.",), found)
        lines = [*_denied(answer.reasons, found).lines]
        if answer.rationale_offered:
            lines.append(f"A Dispense Rationale may be given; {answer.used_this_year} of 3 were used this year (R67, R70).")
        if is_in_process(session, found or ""):
            lines.append(IN_PROCESS)
        return SpokenAnswer(False, tuple(lines), found, answer.rationale_offered)

    def give_rationale(
        self, session: Session, caller: PharmacyCaller, patient: str, prescriber_npi: str, draw_date: date | None,
        anc: float | None, agent: str, now: datetime,
    ) -> SpokenAnswer:  # fmt: skip
        """R67-R71 by phone."""
        found, refused = self._asked(session, caller, patient, now)
        if refused is not None:
            return _denied([refused], found)
        answer = dispense_requests.give_rationale(
            session, caller.npi, found or "", prescriber_npi, draw_date, anc, now, agent, Channel.PHONE
        )
        tell_of_act(session, f"dispense-rationale:{answer.authorization}", answer.notices, self._desk, now)
        if not answer.authorized:
            return _denied(answer.reasons, found)
        used = f"{answer.used_this_year} of 3 Dispense Rationales are used this year (R70)."
        return SpokenAnswer(True, (f"Authorized under {_spelled(answer.authorization)}.", used), found)

    def _asked(self, session: Session, caller: PharmacyCaller, patient: str, now: datetime) -> tuple[str | None, Reason | None]:
        """The patient meant, and why the question is not put to the rules at all."""
        certified = pharmacy_standing(registry.pharmacy_for(session, caller.npi), now) is Standing.CERTIFIED
        if certified and not may_ask(session, caller.email, caller.npi, now):
            return None, NOT_OF_THE_PHARMACY  # before the patient is looked for: nothing is said of whom it is not about
        meant = normal_patient_id(patient)
        known = None if meant is None else registry.patient_meant(session, meant)
        if known is not None:
            return known.patient_id, None
        named = [one for one in self._people.find(session, patient, now) if one.kind == "patient"]
        return (named[0].key, None) if len(named) == 1 else (None, NOBODY)


def _denied(reasons: Sequence[Reason], patient_id: str | None) -> SpokenAnswer:
    return SpokenAnswer(False, ("Not authorized.", *(f"{one.reason} ({one.rule})" for one in reasons)), patient_id)


def _in_words(admission: Admission) -> list[str]:
    lines = [f"Recorded: {one.detail}" for one in admission.applied]
    lines += [f"Not recorded: {one.reason} ({one.rule})" for one in admission.refused]
    if admission.treatment_status is not None:
        lines.append(f"Treatment status now: {admission.treatment_status.label}.")
    if "patient_id" in admission.ids:
        lines.append(f"REMS Patient ID: {print_patient_id(admission.ids['patient_id'])}.")
    told = sorted({one.to.replace("_", " ") for one in admission.notices if one.to != "sender"})
    if told:
        lines.append(f"A letter goes to: {', '.join(told)}.")
    return lines or ["Nothing was recorded and nothing refused."]


def _spelled(authorization: str | None) -> str:
    """`A00000001` as `A 0000 0001`: read out without a slip."""
    text = authorization or ""
    return f"{text[:1]} {text[1:5]} {text[5:]}"
