"""Pharmacy staff: invited by the authorized representative, and by nobody else (R01, R71, R80).

What: `invite`, `accept`, `remove` and `may_ask`, in the caller's transaction. `may_ask` is asked before a dispense check or a
Dispense Rationale (R63, R71): the AR or enrolled staff, of a pharmacy that is certified today.
Why: R71 lets staff do what the AR may; so the way in must be the AR's own word, and end with it.
Refuses: an invitation by anybody but the present AR of a certified pharmacy, an address that belongs to another account (R02),
and any form: there is none for staff. A new AR (R74) or a lapse (R75, R76) ends nobody's record; while the pharmacy is not
certified, staff may not ask.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from registry import storage
from registry.accounts import account_for, taken
from registry.audit import Cause
from registry.certification import Standing, pharmacy_standing
from registry.dispense_requests import RequestAnswer
from registry.dispensing import Reason
from registry.identifiers import normal_email
from registry.parties import Account, AccountRole, Pharmacy, Staff
from registry.submission import NoticeDue
from registry.vocabulary import Channel


def invite(
    session: Session,
    ar_email: str,
    pharmacy_npi: str,
    first_name: str,
    last_name: str,
    email: str,
    now: datetime,
    asked_by: str | None = None,
) -> RequestAnswer:
    """R80: the AR of a certified pharmacy invites a person. Nothing may be asked before the person accepts.

    The answer's notice is the invitation. Invited again, somebody who is enrolled stays so, and who has not accepted yet is not
    told twice; who was removed may be invited anew. `asked_by`: who wrote it down, for the audit trail; None: the AR.
    """
    address = normal_email(email)
    if address is None:
        return _no("R80", f"“{email}” cannot be an email address. Correct it and invite again.")
    if not (first_name.strip() and last_name.strip()):
        return _no("R80", "First and last name of the person are needed. Give both and invite again.")
    pharmacy, refused = _invited_by(session, ar_email, pharmacy_npi, now)
    if pharmacy is None:
        return refused
    account = account_for(address, AccountRole.STAFF, first_name, last_name)
    conflict = taken(account, storage.accounts(session, [address]))
    if conflict is not None:
        return _no("R02", conflict)
    known = storage.load(session, Staff, _key(pharmacy.npi, address))
    if known is not None and known.enrolled:
        return RequestAnswer(True)
    invited = Staff(
        _key(pharmacy.npi, address), pharmacy.npi, first_name.strip(), last_name.strip(), address, pharmacy.ar_email or "", now
    )
    storage.put(session, invited, _by(asked_by or ar_email, now))
    if known is not None and known.ended_at is None:
        return RequestAnswer(True)  # a second invitation is no reason to write to a stranger again
    return RequestAnswer(True, notices=(_invitation(invited, pharmacy),))


def accept(session: Session, email: str, pharmacy_npi: str, now: datetime) -> RequestAnswer:
    """R80: the invited person accepts and has an account from now on; accepted twice, the first time stands."""
    address = normal_email(email) or ""
    found = _staff(session, address, pharmacy_npi)
    if found is None or found.ended_at is not None:
        return _no("R80", "There is no invitation for this address. Ask the pharmacy's authorized representative for one.")
    if found.accepted_at is not None:
        return RequestAnswer(True)
    account = account_for(address, AccountRole.STAFF, found.first_name, found.last_name)
    conflict = taken(account, storage.accounts(session, [address]))  # somebody else may have taken it since the invitation
    if conflict is not None:
        return _no("R02", conflict)
    storage.put_all(session, [account, replace(found, accepted_at=now)], _by(address, now))
    return RequestAnswer(True)


def remove(
    session: Session, ar_email: str, pharmacy_npi: str, email: str, now: datetime, asked_by: str | None = None
) -> RequestAnswer:
    """The present AR removes a person, or takes an invitation back; also while the pharmacy is not certified. `asked_by` as in
    `invite`."""
    pharmacy = storage.pharmacy_for(session, pharmacy_npi)
    if pharmacy is None or not _is_ar(pharmacy, ar_email):
        return _no("R80", "Only the pharmacy's authorized representative can remove staff.")
    found = _staff(session, normal_email(email) or "", pharmacy_npi)
    if found is None:
        return _no("R80", f"{email} is not of this pharmacy's staff. Check the address.")
    if found.ended_at is None:
        storage.put(session, replace(found, ended_at=now), _by(asked_by or ar_email, now))
    return RequestAnswer(True)


def may_ask(session: Session, email: str, pharmacy_npi: str, now: datetime) -> bool:
    """R63, R71: whether the holder of that address may ask in the pharmacy's name: its present AR or enrolled staff, while the
    pharmacy is certified. For a location (R61) the pharmacy that answers for it counts."""
    address = normal_email(email)
    pharmacy = storage.pharmacy_for(session, pharmacy_npi)
    if address is None or pharmacy is None or pharmacy_standing(pharmacy, now) is not Standing.CERTIFIED:
        return False
    if _is_ar(pharmacy, address):
        return _holds(session, address, AccountRole.AUTHORIZED_REPRESENTATIVE)
    found = _staff(session, address, pharmacy_npi)
    return found is not None and found.enrolled and _holds(session, address, AccountRole.STAFF)


def staff_of(session: Session, pharmacy_npi: str) -> list[Staff]:
    """Everyone ever invited by a pharmacy's AR, by address: enrolled, invited and removed."""
    pharmacy = storage.pharmacy_for(session, pharmacy_npi)
    return [] if pharmacy is None else storage.find(session, Staff, {"pharmacy_npi": pharmacy.npi})


def _invited_by(session: Session, ar_email: str, npi: str, now: datetime) -> tuple[Pharmacy | None, RequestAnswer]:
    """The pharmacy whose present AR this is; else None and why not."""
    pharmacy = storage.pharmacy_for(session, npi)
    standing = pharmacy_standing(pharmacy, now)
    if pharmacy is None or standing is not Standing.CERTIFIED:
        text = f"The pharmacy with NPI {npi} is {standing.value}, not certified: certify it first, then invite staff."
        return None, _no("R80", text)
    if not _is_ar(pharmacy, ar_email):
        return None, _no("R80", "Only the pharmacy's authorized representative can invite staff.")
    return pharmacy, RequestAnswer(True)


def _invitation(invited: Staff, pharmacy: Pharmacy) -> NoticeDue:
    """What the invited person is told; a person's own address is all we have."""
    name = f"{invited.first_name} {invited.last_name}"
    facts = {"staff_name": name, "pharmacy_name": pharmacy.name or "the pharmacy", "ar_name": pharmacy.ar_name}
    return NoticeDue("staff_invitation", "staff", name, None, invited.email, facts)


def _is_ar(pharmacy: Pharmacy, email: str) -> bool:
    return pharmacy.ar_email is not None and normal_email(email) == pharmacy.ar_email


def _holds(session: Session, address: str, role: AccountRole) -> bool:
    """The account of an address is the one door in; a record without it opens nothing."""
    account = storage.load(session, Account, address)
    return account is not None and account.role is role


def _staff(session: Session, address: str, npi: str) -> Staff | None:
    pharmacy = storage.pharmacy_for(session, npi)
    return None if pharmacy is None else storage.load(session, Staff, _key(pharmacy.npi, address))


def _key(npi: str, address: str) -> str:
    return f"{npi}:{address}"


def _by(email: str, now: datetime) -> Cause:
    return Cause(now, normal_email(email) or email, Channel.WEB.value)


def _no(rule: str, reason: str) -> RequestAnswer:
    return RequestAnswer(False, Reason(rule, reason))
