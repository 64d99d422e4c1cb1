"""What operators do with letters and numbers, each with who and why.

What: send again, stop, a further copy, what the recipient says of an uncertain one; put a number on the do-not-fax list, vouch
for it, take a code that was told on the phone.
Why: the program stops where it does not know; then a person does, and what the person decided must stand beside the letter.
Refuses: an act without a reason; to send again what the gateway says has arrived, or cannot say anything about now (`NotYet`).
Acts that ask the gateway take a session factory, since no transaction is open while the line is asked; the others a session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import uuid4

from sqlalchemy.orm import Session, sessionmaker

from outbound import calls_storage, mail_storage, numbers_storage, storage
from outbound.calling import NO_CALLS, CallingRules
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, IllegalTransition
from outbound.gateway import Gateway, JobMark, NotTaken
from outbound.letter_kinds import MAILED
from outbound.lining_up import check_number
from outbound.notice import NoticeKey, Role
from outbound.numbers import WRONG_CODES_AT_MOST, Confirmed, same_code
from outbound.recipients import may_be_dialled
from outbound.retrying import Finished, LookAgain, Past, RetryPolicy, decide
from outbound.sending import PATIENCE, mark_of, settle
from registry.identifiers import normal_email, normal_phone


class NotYet(Exception):
    """A person asked to send again, but the gateway could not say, or is still at it; nothing was changed."""


class NoReason(ValueError):
    """An act without a name or a reason."""


class NoSuchNumber(ValueError):
    """Not a number that may be dialled."""


class NoSuchAddress(ValueError):
    """Not an address that this letter may go to."""


@dataclass(frozen=True)
class CodeTold:
    """What came of a code that was told on the phone."""

    right: bool
    words: str  # for the agent: whose number it is, or what to do
    released: tuple[DeliveryId, ...] = ()  # the letters that waited for it, due now


@runtime_checkable
class CanCancel(Protocol):
    """A gateway that can be asked to end an attempt."""

    def cancel(self, mark: JobMark) -> bool:
        """Ask for it; what became of the attempt is asked by `find` afterwards."""
        ...


def send_again(
    session_factory: sessionmaker[Session], delivery_id: DeliveryId, gateway: Gateway, now: datetime, *, by: str, reason: str
) -> DeliveryState:
    """An operator wants a letter out that is uncertain or was given up: the gateway is asked first.

    DELIVERED if the gateway now says that the call of its last attempt arrived, for every uncertain letter of that call; else
    DUE, this letter alone. `NotYet` if it is still sending or cannot be asked; `IllegalTransition` for a letter that is on its
    way or delivered.
    """
    _need(by, reason)
    with session_factory() as session:
        delivery, mark = _with_mark(session, delivery_id)
    outcome = gateway.find(mark) if delivery.attempts and delivery.email is None else NotTaken()  # of a mail nobody can be asked
    decision = decide(outcome, past=Past(), pages=delivery.pages, since=now, now=now, policy=PATIENCE)
    if isinstance(decision, LookAgain):
        raise NotYet(decision.reason)
    with session_factory.begin() as session:
        if not isinstance(decision, Finished) or delivery.state not in (DeliveryState.UNCERTAIN, DeliveryState.ABANDONED):
            return storage.note_event(session, delivery_id, Event.SEND_AGAIN_BY_PERSON, now, detail=reason, by=by, look_at=now)
        for one in calls_storage.members(session, delivery.call_tag):
            present = storage.delivery(session, one.delivery_id)
            uncertain = present.state is DeliveryState.UNCERTAIN or one.delivery_id == delivery_id
            if uncertain and present.attempts == one.number:
                storage.note_event(
                    session,
                    one.delivery_id,
                    Event.CONFIRMED,
                    now,
                    detail="asked again, the gateway says it arrived",
                    by=by,
                    gateway_reference=decision.gateway_reference,
                )
        return DeliveryState.DELIVERED


def arrival_told(
    session: Session, delivery_id: DeliveryId, by: str, reason: str, now: datetime, *, whole_call: bool = False
) -> tuple[DeliveryId, ...]:
    """The recipient of an uncertain letter told a person, `by`, that it is there: DELIVERED. `reason`: who said so, and how.

    The letters that this settles: with `whole_call` every uncertain one of that call too. IllegalTransition for one that is not
    uncertain. The attempt and its evidence stay as they are: they say what the line knew.
    """
    _need(by, reason)
    numbers_storage.at_the_exchange(session)  # a late word of the line is judged before or after this, never between
    delivery = storage.delivery(session, delivery_id)
    call = calls_storage.members(session, delivery.call_tag) if whole_call and delivery.call_tag else ()
    beside = [storage.delivery(session, one.delivery_id) for one in call if one.delivery_id != delivery_id]
    mates = [one for one in beside if one.state is DeliveryState.UNCERTAIN and one.call_tag == delivery.call_tag]
    told = (delivery_id, *(one.delivery_id for one in mates))
    for one in told:
        storage.note_event(session, one, Event.ARRIVAL_TOLD, now, detail=f"the recipient has it: {reason}", by=by)
    return told


def cancel(
    session_factory: sessionmaker[Session],
    delivery_id: DeliveryId,
    gateway: Gateway,
    now: datetime,
    *,
    by: str,
    reason: str,
    policy: RetryPolicy = PATIENCE,
    rules: CallingRules = NO_CALLS,
) -> DeliveryState:
    """Stop a letter. One that is not on its way is closed, one that was given up too. One that is is not tried again; the
    gateway, if it can, is asked to end the call, and then what became of it. `IllegalTransition` for one that arrived or was
    closed before."""
    _need(by, reason)
    with session_factory.begin() as session:
        delivery, mark = _with_mark(session, delivery_id)
        if delivery.closed_by:
            raise IllegalTransition(f"{delivery.closed_by} stopped it before")
        if delivery.state is not DeliveryState.SENDING:
            return storage.close(session, delivery_id, by, reason, now)
        calls_storage.note_cancel_wish(session, delivery_id, by, reason, now)
    if delivery.email is None and isinstance(gateway, CanCancel) and gateway.cancel(mark):
        settle(session_factory, delivery.call_tag, gateway.find(mark), now, policy, rules)
    with session_factory() as session:
        return storage.delivery(session, delivery_id).state


def copy(session: Session, delivery_id: DeliveryId, by: str, reason: str, now: datetime) -> DeliveryId:
    """A further copy of a letter that arrived, since its recipient asks for one: a letter of its own. IllegalTransition for one
    that did not arrive: that is sent again instead."""
    _need(by, reason)
    if storage.delivery(session, delivery_id).state is not DeliveryState.DELIVERED:
        raise IllegalTransition("only a delivered letter is copied; send this one again instead")
    new = DeliveryId(uuid4().hex)
    notices = [replace(one, key=NoticeKey(f"{one.key}/copy/{new}")) for one in storage.notices_of(session, delivery_id)]
    storage.plan_delivery(session, notices, new, now)
    storage.note(session, new, now, "copied", reason, by)
    storage.note(session, delivery_id, now, "copied", reason, by)
    return new


def give_number(
    session: Session, delivery_id: DeliveryId, fax: str, by: str, now: datetime, *, vouched: str = ""
) -> DeliveryState:
    """An operator found the fax number of a letter, in any notation; it is due at once. `vouched`: why the operator is certain
    that it is the recipient's; without, it is confirmed like any new number where numbers are confirmed."""
    number = dialable(fax)
    state = storage.give_number(session, delivery_id, number, by, now)
    if vouched:
        delivery = storage.delivery(session, delivery_id)
        vouch(session, number, delivery.role, delivery.name, by, vouched, now)
    return state


def give_address(session: Session, delivery_id: DeliveryId, email: str, by: str, now: datetime) -> DeliveryState:
    """An operator found the right address of an e-mail; it is due at once. NoSuchAddress for what is none, and for a letter of a
    kind that may not go by e-mail."""
    address = normal_email(email)
    if address is None:
        raise NoSuchAddress(f"{email!r} cannot be an e-mail address")
    if not MAILED.issuperset(storage.delivery(session, delivery_id).kinds):
        raise NoSuchAddress("this letter does not go by e-mail: give a fax number")
    return mail_storage.give_address(session, delivery_id, address, by, now)


def vouch(session: Session, fax: str, role: str, name: str, by: str, reason: str, now: datetime) -> tuple[DeliveryId, ...]:
    """An operator is certain that the number is that recipient's; the letters that waited for it, due now."""
    _need(by, reason)
    return numbers_storage.confirm(session, dialable(fax), role, name, Confirmed.VOUCHED, by, reason, now)


def doubt(session: Session, fax: str, role: str, name: str, by: str, reason: str, now: datetime) -> None:
    """The number is not that recipient's, or no more."""
    _need(by, reason)
    numbers_storage.doubt(session, dialable(fax), role, name, by, reason, now)


def confirm_number(session: Session, fax: str, code: str, by: str, now: datetime) -> CodeTold:
    """A recipient tells an agent, `by`, the code of the test page on the phone. A wrong one is counted, so commit in any case:
    after five the codes at the number are void, and `check_again` sends a new page."""
    _need(by, code)
    number = dialable(fax)
    rows = numbers_storage.rows_with_code(session, number)
    for row in rows:
        if same_code(code, row.code):
            told = f"the number is confirmed for {row.name or Role(row.role).label}"
            released = numbers_storage.confirm(session, number, row.role, row.name, Confirmed.CODE, by, "told the code", now)
            return CodeTold(True, told, released)
    for row in rows:
        row.wrong_codes += 1
        if row.wrong_codes >= WRONG_CODES_AT_MOST:
            row.code = ""
            numbers_storage.remember(session, number, now, "code_void", by, f"{row.wrong_codes} wrong codes were told")
    session.flush()
    if not any(row.code for row in rows):
        return CodeTold(False, "no code holds for this number, or none any more: send a new test page")
    return CodeTold(False, "no test page to this number bears this code: ask for the six digits in the box at its top")


def check_again(session: Session, fax: str, role: str, name: str, by: str, reason: str, now: datetime) -> DeliveryId | None:
    """A new test page with a new code; the earlier one's does not hold any more. None where the number is confirmed."""
    _need(by, reason)
    number = dialable(fax)
    numbers_storage.remember(session, number, now, "check_wanted", by, reason)
    return check_number(session, number, role, name, now, urgent=True, anew=True)


def put_on_list(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """Nothing is faxed to that number any more."""
    _need(by, reason)
    numbers_storage.bar(session, dialable(fax), by, reason, now)


def take_off_list(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """It may be faxed to again; what waited is due."""
    _need(by, reason)
    numbers_storage.unbar(session, dialable(fax), by, reason, now)


def clear_flag(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """A person has looked at a number that failed again and again."""
    _need(by, reason)
    numbers_storage.clear_flag(session, dialable(fax), by, reason, now)


def dialable(fax: str) -> str:
    """Ten digits; NoSuchNumber for what is no number of the United States, or an expensive one."""
    number = normal_phone(fax)
    if number is None or not may_be_dialled(number):
        raise NoSuchNumber(f"{fax!r} is no fax number of the United States: give ten digits, such as 312-555-0142")
    return number


def _with_mark(session: Session, delivery_id: DeliveryId) -> tuple[Delivery, JobMark]:
    """The letter, and by what the gateway knows the call of its last attempt."""
    delivery = storage.delivery(session, delivery_id)
    leader = None if delivery.leader_id is None else storage.delivery(session, delivery.leader_id)
    return delivery, mark_of(delivery, leader)


def _need(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise NoReason("who does this, and why, must be given")
