"""Who stands for a form that comes over the API: the party of the token, and whose account signs. Pure.

What: from what a program sent and who the caller is to the values and signatures of a submission.
Why: R71, `WEB_ACCOUNT_SIGNS`: on the web the submitter's own account is the signature of that role, and of no other.
So who submits is what the token says, never what the body says; a designee's token never signs for the prescriber (R24–R28).
Refuses: another party's NPI, a form that this kind of party does not send, and another role's signature, each with 403.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.api.problems import Problem
from app.api.tokens import Caller, PartyKind
from registry.identifiers import normal_email, normal_npi
from registry.submission import Value
from registry.vocabulary import FormCode, SignatureRole, SignatureVerdict

ABOUT_PATIENTS = frozenset({FormCode.PATIENT_ENROLLMENT, FormCode.PATIENT_STATUS, FormCode.ANC_LAB_REPORTING})
PHARMACY_ENROLLMENTS = frozenset({FormCode.OUTPATIENT_PHARMACY, FormCode.INPATIENT_PHARMACY})

FORMS_OF: Mapping[PartyKind, frozenset[FormCode]] = {
    PartyKind.OPERATOR: frozenset(FormCode),
    PartyKind.PRESCRIBER: ABOUT_PATIENTS
    | {FormCode.PRESCRIBER_ENROLLMENT, FormCode.PRESCRIBER_KNOWLEDGE, FormCode.PRESCRIBER_DESIGNEE},
    PartyKind.DESIGNEE: ABOUT_PATIENTS,
    PartyKind.PHARMACY: PHARMACY_ENROLLMENTS | {FormCode.PHARMACY_KNOWLEDGE, FormCode.ANC_LAB_REPORTING, FormCode.PATIENT_STATUS},
    PartyKind.DISTRIBUTOR: frozenset(),
}
"""Which forms a party may send over the API."""

OWN_ROLES: Mapping[PartyKind, frozenset[SignatureRole]] = {
    PartyKind.OPERATOR: frozenset(SignatureRole),
    PartyKind.PRESCRIBER: frozenset({SignatureRole.PRESCRIBER, SignatureRole.SUBMITTER, SignatureRole.RESPONDENT}),
    PartyKind.DESIGNEE: frozenset({SignatureRole.DESIGNEE, SignatureRole.SUBMITTER}),
    PartyKind.PHARMACY: frozenset({SignatureRole.AR, SignatureRole.SUBMITTER, SignatureRole.RESPONDENT}),
    PartyKind.DISTRIBUTOR: frozenset(),
}
"""Whose signature a party's own account can be."""


@dataclass(frozen=True)
class Standing:
    """Values and signatures as the registry shall see them."""

    values: Mapping[str, Value]
    signatures: Mapping[SignatureRole, SignatureVerdict]


def stand_for(
    caller: Caller, form: FormCode, values: Mapping[str, Value], signatures: Mapping[SignatureRole, SignatureVerdict]
) -> Standing:
    """The submission's values and signatures; Problem 403 for what this caller may not send."""
    if form not in FORMS_OF[caller.kind]:
        raise Problem(403, "form", f"A {caller.kind.value} does not send the {form.label} over the API.")
    if beyond := sorted(set(signatures) - OWN_ROLES[caller.kind]):
        raise Problem(403, "signature", f"The token does not stand for the signature of: {', '.join(beyond)}.")
    if caller.is_operator:
        # an operator keys what others signed on paper: the account signs for nobody, so what is not said is absent
        return Standing(values, dict.fromkeys(SignatureRole, SignatureVerdict.ABSENT) | dict(signatures))
    if any(verdict is SignatureVerdict.PRESENT for verdict in signatures.values()):
        raise Problem(403, "signature", "The account itself is the signature: leave it out, or say absent.")
    given = dict(values)
    if caller.kind is PartyKind.PHARMACY:
        _own(given, "pharmacy_npi", caller)
        given["submitter"] = _role_of_pharmacy(caller, form, given)
    else:
        _own(given, "prescriber_npi", caller)
        given["submitter"] = caller.kind.value
    if caller.kind is PartyKind.DESIGNEE:  # the designee is who holds the token, whatever the form says
        given.pop("designee_first_name", None)
        given.pop("designee_last_name", None)
        given["submitter_name"] = caller.person
    return Standing(given, dict(signatures))


def _own(values: dict[str, Value], field: str, caller: Caller) -> None:
    """The party's NPI: filled in where it is left out; Problem 403 for another one."""
    written = values.get(field)
    if written is None or written == "":
        values[field] = caller.identifier
    elif isinstance(written, bool) or normal_npi(str(written)) != caller.identifier:
        raise Problem(403, "other-party", f"{field} is not the NPI that the token acts for.")


def _role_of_pharmacy(caller: Caller, form: FormCode, values: Mapping[str, Value]) -> str:
    """R73: an enrollment is signed by the AR's own account, so by the one of the AR's email address on the form."""
    if form not in PHARMACY_ENROLLMENTS:
        return "pharmacy"
    if normal_email(str(values.get("ar_email") or "")) != caller.email or not caller.email:
        raise Problem(403, "signature", "Only the representative's own token signs an enrollment: its email must be ar_email.")
    return SignatureRole.AR.value
