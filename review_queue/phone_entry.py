"""A form told on the telephone: what may be, what is keyed, and the submission it becomes. Pure.

What: the caller, the forms and fields a call can give, each answer judged as typed, the lines that are read back, and one of the
makers of a `Submission` (channel phone).
Why: a caller and a fax go through the same fields, parser and rules; what differs is that nobody can sign on a telephone.
Refuses: signatures, and with them every part that needs the prescriber's own (R24-R28, R33), each enrollment and assessment
(R12, R21, R73): 21 CFR 11.50 wants a signature with name, time and meaning, and an agent's word for somebody else's is none. What
the caller says for a status form or an ANC counts because the agent has identified the caller (R35, R65).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.reading import Value
from registry.identifiers import normal_npi, normal_phone
from registry.submission import Reference, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode, Labelled
from review_queue.answers import Said, Settled, settle
from review_queue.needed_fields import is_blank, is_needed
from review_queue.wording import field_label, shown


class CallerRole(Labelled):
    """Who calls."""

    PRESCRIBER = "prescriber", "Prescriber"
    DESIGNEE = "designee", "Prescriber designee"
    PHARMACY = "pharmacy", "Pharmacy"


class Verified(Labelled):
    """How the agent made sure who calls."""

    CALLED_BACK = "called_back", "called back at the number on file"
    ON_FILE = "on_file", "told NPI, address and phone as they stand on file"


class CallState(StrEnum):
    """Where a call's form stands."""

    DRAFT = "draft"  # being keyed, or broken off: can be gone on with
    ADMITTED = "admitted"  # the registry has answered
    DROPPED = "dropped"  # nothing is to come of it, with a reason


FORMS_BY_PHONE: Mapping[FormCode, frozenset[CallerRole]] = {
    FormCode.PATIENT_STATUS: frozenset({CallerRole.PRESCRIBER, CallerRole.DESIGNEE}),
    FormCode.ANC_LAB_REPORTING: frozenset(CallerRole),
}
"""What can be told on the telephone, and by whom (R03, R04, R23, R35) [decision]."""

ON_PAPER_ONLY: Mapping[str, str] = {
    FormCode.PATIENT_ENROLLMENT.label: "the prescriber or designee signs it (R33)",
    FormCode.PRESCRIBER_ENROLLMENT.label: "the prescriber signs it (R12)",
    FormCode.PRESCRIBER_DESIGNEE.label: "both sign it (R21)",
    "Pharmacy enrollment forms": "the authorized representative signs them (R73)",
    "Knowledge assessments": "who is assessed answers, nobody for them (R12, R73)",
    FormCode.DISTRIBUTOR_ENROLLMENT.label: "it is sent to the caller to sign (R90)",
}
"""Forms that no call can give, and why: what the agent tells the caller."""

_OWN_HAND = re.compile(r"ben|hospice|missing_labs_.*|rationale.*|signature_.*")
"""Fields that only a signature fills with life; on the telephone they are not asked."""

OWN_HAND_WORDS = (
    "BEN, hospice, continuation without required labs and a Treatment Rationale need the prescriber’s own signature (R28): a "
    "call cannot give it. Ask them to fax the signed Patient Status Form."
)

INSIST = "insist."
"""Before a field's name: what was told is to be kept although a check complains."""

_SECTIONS = (
    (re.compile(r"patient_.*"), "Patient"),
    (re.compile(r"prescriber_.*|submitter.*|designee_.*|pharmacy_.*"), "Prescriber and sender"),
    (re.compile(r"labs\..*"), "Blood draws"),
    (re.compile(r"adverse_event.*"), "Adverse event"),
    (re.compile(r"treatment_status|status_.*|monitoring_.*"), "Treatment"),
)


@dataclass(frozen=True)
class Caller:
    """Who is on the line."""

    name: str  # as told
    role: CallerRole
    npi: str  # of the prescriber or pharmacy called for, ten digits; "" where it was not told
    organisation: str  # as told; may be empty
    callback: str  # ten digits
    verified: Verified
    verified_note: str = ""  # what the agent adds


@dataclass(frozen=True)
class Keyed:
    """One field as the agent keyed it."""

    raw: str  # as typed
    value: Value = None  # what it is; None where it is no value yet
    why: str = ""  # what is wrong with it; empty: nothing
    may_insist: bool = False  # the same again keeps it as told


@dataclass(frozen=True)
class Call:
    """One call and its form."""

    call_id: str
    reference: str  # told to the caller at the start
    form: FormCode
    revision: str
    caller: Caller
    taken_by: str  # the agent's sign-in name
    began_at: datetime  # aware UTC
    changed_at: datetime  # aware UTC
    state: CallState
    version: int  # counts changes of state
    fields: Mapping[str, Keyed] = field(default_factory=dict)
    answer: tuple[str, ...] = ()  # the registry's answer in words, once admitted
    reason: str = ""  # why it was dropped

    def values(self) -> dict[str, Value]:
        """Each field's value as it stands."""
        return {name: one.value for name, one in self.fields.items() if one.value is not None}


@dataclass(frozen=True)
class CallerTrouble:
    """What is wrong with what was told about the caller."""

    field: str  # its name on the page
    why: str  # a sentence for the agent


def caller_of(posted: Mapping[str, str], form: FormCode) -> Caller | list[CallerTrouble]:
    """Who calls, from the page's fields `name`, `role`, `npi`, `organisation`, `callback`, `verified`; or what is wrong."""
    text = {key: " ".join(value.split()) for key, value in posted.items()}
    troubles = []
    if not text.get("name"):
        troubles.append(CallerTrouble("name", "Ask for the caller’s name."))
    role = next((one for one in CallerRole if one == text.get("role")), None)
    if role is None:
        troubles.append(CallerTrouble("role", "Say in which role the caller speaks."))
    elif role not in FORMS_BY_PHONE.get(form, frozenset()):
        troubles.append(CallerTrouble("role", f"A {role.label.lower()} does not give this form (R23, R35)."))
    npi = normal_npi(text.get("npi", ""))
    if npi is None:
        troubles.append(CallerTrouble("npi", "The NPI is ten digits, and its check digit must fit. Ask again."))
    callback = normal_phone(text.get("callback", ""))
    if callback is None:
        troubles.append(CallerTrouble("callback", "Ask for a number to call back: ten digits."))
    verified = next((one for one in Verified if one == text.get("verified")), None)
    if verified is None:
        troubles.append(CallerTrouble("verified", "Say how you made sure who calls (R35)."))
    if troubles or role is None or npi is None or callback is None or verified is None:
        return troubles
    return Caller(
        text["name"][:80], role, npi, text.get("organisation", "")[:80], callback, verified, text.get("verified_note", "")[:200]
    )


def asked_fields(form: FormDefinition) -> tuple[FieldDefinition, ...]:
    """The fields a call can give, in the form's order."""
    return tuple(one for one in form.fields if not _OWN_HAND.fullmatch(one.name) and one.kind is not FieldKind.SIGNATURE)


def sections(form: FormDefinition) -> list[tuple[str, list[FieldDefinition]]]:
    """The same, grouped as the paper is, in its order."""
    grouped: list[tuple[str, list[FieldDefinition]]] = []
    for one in asked_fields(form):
        title = next((words for pattern, words in _SECTIONS if pattern.fullmatch(one.name)), "Further")
        if not grouped or grouped[-1][0] != title:
            grouped.append((title, []))
        grouped[-1][1].append(one)
    return grouped


def told_by_the_caller(form: FormDefinition, caller: Caller, day: date) -> dict[str, Keyed]:
    """What follows from who calls: who submits, in whose name, and the caller's own name where the form asks for it."""
    first, _, last = caller.name.rpartition(" ")
    given = {"submitter": caller.role.value}
    if caller.role is CallerRole.PHARMACY:
        given |= {"pharmacy_npi": caller.npi, "pharmacy_name": caller.organisation, "submitter_name": caller.name}
    else:
        given |= {"prescriber_npi": caller.npi, "submitter_name": caller.name}
        own = "prescriber" if caller.role is CallerRole.PRESCRIBER else "designee"
        given |= {f"{own}_first_name": first, f"{own}_last_name": last}
    asked = {one.name: one for one in asked_fields(form)}
    return {name: judged(asked[name], raw, day) for name, raw in given.items() if raw and name in asked}


def judged(definition: FieldDefinition, raw: str, day: date, *, insist: bool = False) -> Keyed:
    """What was typed, as a value or with what is wrong; `insist` keeps what only a check complains about."""
    raw = raw.strip()
    if not raw:
        return Keyed("")
    found = settle(definition, None, Said.VALUE, raw, day, insist=insist)
    if isinstance(found, Settled):
        return Keyed(raw, found.value)
    return Keyed(raw, None, found.why, found.may_insist)


def kept(before: Mapping[str, Keyed], posted: Mapping[str, str], form: FormDefinition, day: date) -> dict[str, Keyed]:
    """All fields after what was posted; what was not posted stays, what did not change is not judged anew.

    `posted` holds what was typed by field name, and `insist.FIELD` where a value is to be kept as told.
    """
    found = dict(before)
    for one in asked_fields(form):
        raw, known = posted.get(one.name), before.get(one.name)
        if raw is None:
            continue
        insist = known is not None and known.may_insist and known.raw == raw.strip() and f"{INSIST}{one.name}" in posted
        if known is None or known.raw != raw.strip() or insist:
            found[one.name] = judged(one, raw, day, insist=insist)
    return {name: one for name, one in found.items() if one.raw}


def read_back(call: Call, form: FormDefinition) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the agent reads to the caller: by section, each label with its value in words."""
    values = call.values()
    lines = []
    for title, fields in sections(form):
        told = [(field_label(one), shown(one, values[one.name])) for one in fields if not is_blank(values.get(one.name))]
        if told:
            lines.append((title, told))
    return lines


def unsettled(call: Call, form: FormDefinition) -> list[tuple[str, str]]:
    """Fields whose entry is no value yet, with why: nothing is admitted before they are right or empty."""
    return [(field_label(one), call.fields[one.name].why) for one in asked_fields(form)
            if one.name in call.fields and call.fields[one.name].why]  # fmt: skip


def lacking(call: Call, form: FormDefinition) -> list[str]:
    """Labels of what the form needs and nobody told yet; the registry says what follows from it."""
    values = call.values()
    return [field_label(one) for one in asked_fields(form) if is_needed(one, form, values) and is_blank(values.get(one.name))]


def submission(call: Call, agent: str, now: datetime) -> Submission:
    """The submission of a call whose caller agreed to what `agent` read back; `now` is when, and the day that counts (R65).

    Not the day on which the call began: what was told counts once it was read back. ValueError where an entry is no value yet.
    """
    if any(one.why for one in call.fields.values()):
        raise ValueError("an entry that is no value yet cannot be submitted")
    return Submission(
        submission_id=SubmissionId(f"phone-{call.call_id}"),
        reference=Reference(call.reference),
        form=call.form,
        revision=None,
        channel=Channel.PHONE,
        received_at=now,
        values=call.values(),
        signatures={},  # a call has no zone to sign in: nothing that needs a signature stands by it
        confirmed_by=agent,
    )
