"""What people do at the desk about letters and numbers: which acts are possible now, and doing them by `outbound.letter_acts`.

What: `offered` for a letter, `act_on_letter`, `act_on_number`.
Why: what a page offers and what a request is granted must be one table, or a request that comes late does what no page offers.
Refuses: an act that the letter's state does not allow now; in words that say what the letter is instead. Nothing is done then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.case_flow import Stage
from app.database import Database
from app.nudging import Nudge, Nudges
from outbound import calls_storage, letter_acts, sent_storage, storage
from outbound.calling import CallingRules
from outbound.delivery import Delivery, DeliveryId, DeliveryState, IllegalTransition
from outbound.gateway import Gateway
from outbound.notice import Role
from outbound.numbers import VOUCHED_BY_SETTING
from outbound.retrying import RetryPolicy
from review_queue.sent_letters import Answer, LetterAct, NumberAct, Offered, Wanted

ARRIVED_AFTER_ALL = "arrived-after-all"
"""Told where a person wanted it sent again, and the line, asked first, knew that it had arrived."""
ON_ITS_WAY = "stops-after-call"
MOVED = "It has just moved: the line or a colleague was faster. Look again; nothing was changed."
TWICE = "The recipient may get it twice, and it holds health data: it may have arrived. Ask them first if you can."


@dataclass(frozen=True)
class Line:
    """What acts need of the service."""

    database: Database
    gateway: Gateway
    nudges: Nudges
    patience: RetryPolicy
    rules: CallingRules


def offered(session: Session, letter: Delivery) -> tuple[Offered, ...]:
    """What may be done about the letter as it stands, what is likeliest wanted first."""
    stop, number = Offered(LetterAct.STOP), Offered(LetterAct.GIVE_NUMBER)
    match letter.state:
        case DeliveryState.DUE | DeliveryState.HELD:
            return stop, number
        case DeliveryState.NO_ADDRESS:
            return number, stop
        case DeliveryState.SENDING if letter.cancel_wish:
            return ()
        case DeliveryState.SENDING:
            return (Offered(LetterAct.STOP, "A call is under way. If pages went out already, they are out."),)
        case DeliveryState.DELIVERED:
            return (Offered(LetterAct.COPY),)
        case DeliveryState.UNCERTAIN:
            return (
                Offered(LetterAct.ARRIVED, beside=_uncertain_beside(session, letter)),
                Offered(LetterAct.NOT_ARRIVED),
                Offered(LetterAct.AGAIN_ANYWAY, TWICE),
                Offered(LetterAct.STOP, "Nobody will know whether it arrived, and nobody will be asked any more."),
            )
    if letter.closed_by:
        return (Offered(LetterAct.AGAIN_ANYWAY, f"{letter.closed_by} stopped it: {letter.last_word}"),)
    return Offered(LetterAct.AGAIN), number, stop


def _uncertain_beside(session: Session, letter: Delivery) -> int:
    members = calls_storage.members(session, letter.call_tag) if letter.call_tag else ()
    others = [storage.delivery(session, one.delivery_id) for one in members if one.delivery_id != letter.delivery_id]
    return sum(one.state is DeliveryState.UNCERTAIN and one.call_tag == letter.call_tag for one in others)


def act_on_letter(line: Line, delivery_id: DeliveryId, act: LetterAct, wanted: Wanted, now: datetime) -> Answer:
    """Does it, and wakes the line where something is due; KeyError for no such letter."""
    with line.database.reading() as session:
        possible = {one.act for one in offered(session, storage.delivery(session, delivery_id))}
    if act not in possible:
        return Answer(trouble=MOVED)
    try:
        told, due = _ACTS[act](line, delivery_id, wanted, now)
    except letter_acts.NotYet as problem:
        return Answer(trouble=f"The line was asked first and cannot say yet: {problem}. Nothing was sent; try again in a minute.")
    except (IllegalTransition, StaleDataError):
        return Answer(trouble=MOVED)
    except ValueError as problem:  # no number, no reason
        return Answer(trouble=_sentence(problem))
    line.nudges.send(Nudge(Stage.SEND, one) for one in due)
    return Answer(told or act.value)


OF_A_RECIPIENT = frozenset({NumberAct.VOUCH, NumberAct.DOUBT, NumberAct.CHECK})
TO_CONFIRM = frozenset(one.value for one in Role if one not in VOUCHED_BY_SETTING)
"""Roles whose numbers are confirmed: others get no patient data, or stand in a setting."""

Done = tuple[str, Iterable[DeliveryId]]
"""What is told ("": the act's own word), and the letters that are due by it."""


def _again(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    state = letter_acts.send_again(
        line.database.writing_sessions, delivery_id, line.gateway, now, by=wanted.by, reason=wanted.reason
    )
    return (ARRIVED_AFTER_ALL, ()) if state is DeliveryState.DELIVERED else ("", (delivery_id,))


def _not_arrived(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    said = Wanted(wanted.by, f"the recipient has not got it: {wanted.reason}")
    return _again(line, delivery_id, said, now)


def _arrived(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    with line.database.writing() as session:
        letter_acts.arrival_told(session, delivery_id, wanted.by, wanted.reason, now, whole_call=wanted.whole_call)
    return "", ()


def _stop(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    state = letter_acts.cancel(
        line.database.writing_sessions, delivery_id, line.gateway, now,
        by=wanted.by, reason=wanted.reason, policy=line.patience, rules=line.rules,
    )  # fmt: skip
    return ("" if state is DeliveryState.ABANDONED else ON_ITS_WAY), ()


def _copy(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    with line.database.writing() as session:
        new = letter_acts.copy(session, delivery_id, wanted.by, wanted.reason, now)
    return "", (new,)


def _give_number(line: Line, delivery_id: DeliveryId, wanted: Wanted, now: datetime) -> Done:
    with line.database.writing() as session:
        give = letter_acts.give_address if "@" in wanted.number else letter_acts.give_number
        give(session, delivery_id, wanted.number, wanted.by, now)
        storage.note(session, delivery_id, now, "number_given", wanted.reason, wanted.by)
    return "", (delivery_id,)


_ACTS: Mapping[LetterAct, Callable[[Line, DeliveryId, Wanted, datetime], Done]] = {
    LetterAct.AGAIN: _again,
    LetterAct.NOT_ARRIVED: _not_arrived,
    LetterAct.AGAIN_ANYWAY: _again,
    LetterAct.ARRIVED: _arrived,
    LetterAct.STOP: _stop,
    LetterAct.COPY: _copy,
    LetterAct.GIVE_NUMBER: _give_number,
}


def act_on_number(line: Line, fax: str, act: NumberAct, wanted: Wanted, now: datetime) -> Answer:
    """Does it in one transaction, and wakes the line for what is due by it."""
    due: Iterable[DeliveryId] = ()
    by, reason = wanted.by, wanted.reason
    if act in OF_A_RECIPIENT and wanted.role not in TO_CONFIRM:
        return Answer(trouble="For them no number has to be confirmed.")
    try:
        with line.database.writing() as session:
            if act is NumberAct.CODE:
                told = letter_acts.confirm_number(session, fax, wanted.code, by, now)
                if not told.right:  # a wrong one is counted, so it is committed
                    return Answer(trouble=_sentence(told.words))
                due = told.released
            elif act is NumberAct.VOUCH:
                due = letter_acts.vouch(session, fax, wanted.role, wanted.name, by, reason, now)
            elif act is NumberAct.DOUBT:
                letter_acts.doubt(session, fax, wanted.role, wanted.name, by, reason, now)
            elif act is NumberAct.CHECK:
                page = letter_acts.check_again(session, fax, wanted.role, wanted.name, by, reason, now)
                due = () if page is None else (page,)
            else:
                held = sent_storage.held_at(session, fax)
                _BY_NUMBER[act](session, fax, by, reason, now)
                due = [one for one in held if storage.delivery(session, one).state is DeliveryState.DUE]
    except ValueError as problem:
        return Answer(trouble=_sentence(problem))
    line.nudges.send(Nudge(Stage.SEND, one) for one in due)
    return Answer(act.value)


_BY_NUMBER: Mapping[NumberAct, Callable[[Session, str, str, str, datetime], None]] = {
    NumberAct.CLEAR: letter_acts.clear_flag,
    NumberAct.BAR: letter_acts.put_on_list,
    NumberAct.UNBAR: letter_acts.take_off_list,
}


def _sentence(words: object) -> str:
    text = str(words).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
