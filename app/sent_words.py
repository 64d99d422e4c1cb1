"""What a letter's state, a call's end and an event are called at the desk: pure.

What: `said_of` a letter, `outcome_of` a call, the words of an event, the program's clock.
Why: a tired person must see at a glance what needs them; so each state has one short word, a reason, and whether it wants them.
Refuses: nothing; what it has no words for is told by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outbound.attempts import Attempt, How
from outbound.delivery import Delivery, DeliveryState, Event, HeldFor
from outbound.gateway import Cause
from outbound.numbers import Confirmed, Holder, Number
from registry.moments import program_day
from registry.policies import PROGRAM_ZONE
from review_queue.sent_letters import Said, Tone

HELD: Mapping[str, str] = {
    HeldFor.UNCONFIRMED: "nobody has confirmed that this number is the recipient’s; a test page with a code goes first",
    HeldFor.DO_NOT_FAX: "the number is on the do-not-fax list",
    HeldFor.MAIL_OFF: "it goes by e-mail, and no mail server is set; it goes once there is one",
    HeldFor.NO_MACHINE: "people answered there, no fax machine; somebody must look at the number",
}
BY_MAIL = "taken by the mail server"
IN_FOLDER = "laid into the outbox"
OUTCOMES: Mapping[How, tuple[str, Tone]] = {
    How.DELIVERED: ("Delivered", Tone.ARRIVED),
    How.PARTLY: ("Not every page was confirmed", Tone.PERSON),
    How.NOT_SENT: ("No page went out", Tone.WAITS),
    How.NOT_TAKEN: ("The call was never made", Tone.WAITS),
    How.IMPOSSIBLE: ("It cannot be sent like this", Tone.ENDED),
    How.UNKNOWN: ("Nobody knows whether it arrived", Tone.PERSON),
    How.STEPPED_OUT: ("Taken out of the call before it began", Tone.WAITS),
}
EVENTS: Mapping[str, str] = {
    "planned": "became due",
    Event.SUBMIT: "a call begins",
    Event.HOLD: "held",
    Event.RELEASE: "let go",
    Event.STEP_OUT: "taken out of the call",
    Event.LOOK_AGAIN: "still on the line",
    Event.CONFIRMED: "delivered",
    Event.NOT_SENT: "not sent; tried again",
    Event.GIVE_UP: "given up",
    Event.LOSE_SIGHT: "uncertain",
    Event.ARRIVAL_TOLD: "said to have arrived",
    Event.SEND_AGAIN_BY_PERSON: "sent again by a person",
    Event.CLOSE_BY_PERSON: "stopped by a person",
    Event.NUMBER_GIVEN: "a number or an address was given",
    "cancel_wished": "to be stopped",
    "copied": "a further copy was made",
    "late_word": "a late word from the line",
    "barred": "put on the do-not-fax list",
    "unbarred": "taken off the do-not-fax list",
    "flagged": "flagged: a person should look",
    "flag_cleared": "a person has looked",
    "checked": "a test page was sent",
    "check_wanted": "a new test page was asked for",
    "code_void": "the code is void",
    "doubted": "confirmed no more",
    "machine_there": "a fax machine is there",
    f"confirmed:{Confirmed.CALLER}": "confirmed: a form came from there",
    f"confirmed:{Confirmed.CODE}": "confirmed by the code",
    f"confirmed:{Confirmed.VOUCHED}": "confirmed: somebody vouched for it",
    f"confirmed:{Confirmed.EARLIER}": "confirmed: letters had arrived there",
}
CONFIRMED: Mapping[str, str] = {
    Confirmed.CALLER: "a form of theirs came from this number",
    Confirmed.CODE: "they told the code of the test page",
    Confirmed.VOUCHED: "somebody vouched for it",
    Confirmed.EARLIER: "letters had arrived there before numbers were confirmed",
}


def said_of(letter: Delivery, last: Attempt | None, now: datetime) -> Said:
    """A letter's state in words; `last`: the latest attempt at it."""
    match letter.state:
        case DeliveryState.DUE:
            return _due(letter, now)
        case DeliveryState.HELD:
            why = HELD.get(letter.waits_for, letter.waits_for)
            told = letter.last_word.partition(": ")[2] if letter.waits_for == HeldFor.DO_NOT_FAX else ""
            return Said("Held", f"{why}: {told}" if told else why, Tone.PERSON)
        case DeliveryState.SENDING:
            since = "" if letter.sending_since is None else f"since {moment(letter.sending_since, now)}"
            stop = f"; not again after this call ({letter.cancel_wish})" if letter.cancel_wish else ""
            return Said("Calling" if letter.email is None else "Mailing", f"{since}{stop}", Tone.CALLING)
        case DeliveryState.DELIVERED:
            proven = last is not None and last.how is How.DELIVERED
            if proven and letter.email is not None:
                return Said("Delivered", f"{BY_MAIL}; whether it was read nobody knows", Tone.ARRIVED)
            if proven and last is not None and last.folder:
                return Said("Handed over", f"{IN_FOLDER}; whether it was sent on, and arrived, is not known here", Tone.ARRIVED)
            return Said("Delivered", _proof(last) if proven and last else letter.last_word, Tone.ARRIVED)
        case DeliveryState.UNCERTAIN:
            return Said("Uncertain", f"it may have arrived, ask the recipient: {letter.last_word}", Tone.PERSON)
        case DeliveryState.NO_ADDRESS:
            return Said("No number", letter.last_word or "no fax number is known", Tone.PERSON)
    if letter.closed_by:
        return Said("Stopped", f"by {letter.closed_by}: {letter.last_word}", Tone.ENDED)
    return Said("Failed", letter.last_word, Tone.PERSON)


def _due(letter: Delivery, now: datetime) -> Said:
    if letter.next_look_at is None or letter.next_look_at <= now + timedelta(minutes=1):
        goes = "goes as soon as a line is free" if letter.email is None else "goes by e-mail in a moment"
        return Said("Queued", goes, Tone.WAITS)
    why = letter.waits_for or letter.last_word
    return Said(f"Waits until {moment(letter.next_look_at, now)}", why, Tone.WAITS)


def _proof(last: Attempt) -> str:
    """ "3 of 3 pages confirmed by “ANACOSTIA B H” at 14400 bit/s"."""
    confirmed = last.pages if last.pages_confirmed is None else last.pages_confirmed
    by = f" by “{last.far_station}”" if last.far_station else ""
    rate = f" at {last.rate}" if last.rate else ""
    when = "" if last.ended_at is None else f", {clock(last.ended_at)}"
    return f"{confirmed} of {last.pages} page{'' if last.pages == 1 else 's'} confirmed{by}{rate}{when}"


def outcome_of(call: Attempt) -> tuple[str, Tone]:
    """What became of a call."""
    if call.how is None:
        return "On the line", Tone.CALLING
    if not call.fax and call.how is How.DELIVERED:
        return f"{BY_MAIL[:1].upper()}{BY_MAIL[1:]}", Tone.ARRIVED
    if call.folder and call.how is How.DELIVERED:
        return IN_FOLDER.capitalize(), Tone.ARRIVED
    if call.how is How.NOT_SENT and call.cause:
        return f"{'No page went out' if call.fax else 'Not taken'}: {Cause(call.cause).label}", Tone.WAITS
    return OUTCOMES[call.how]


def pages_of(call: Attempt) -> str:
    """What the far machine confirmed."""
    if not call.fax:
        return "an e-mail"
    if not call.pages:
        return "not drawn"
    if call.pages_confirmed is None:
        return f"{call.pages}, none confirmed" if call.how in (How.UNKNOWN, How.NOT_SENT) else str(call.pages)
    if call.folder:
        return str(call.pages)
    return f"{call.pages_confirmed} of {call.pages} confirmed"


def event_words(event: str) -> str:
    """One thing that happened to a letter or a number."""
    return EVENTS.get(event, event.replace("_", " ").replace(":", ": "))


def number_words(number: Number, holder: Holder | None, confirm: bool) -> str:
    """What is known of a letter's number; `confirm`: patient data goes to confirmed ones only."""
    known = []
    if number.barred_at is not None:
        known.append(f"on the do-not-fax list ({number.barred_reason})")
    if number.flagged_at is not None:
        known.append(f"flagged: {number.flag_reason}")
    if holder is not None and holder.confirmed_at is not None:
        known.append(f"confirmed: {CONFIRMED.get(holder.confirmed_how, holder.confirmed_how)}")
    elif confirm:
        known.append("not confirmed")
    return "; ".join(known) or "nothing against it"


def moment(at: datetime, now: datetime) -> str:
    """A time of today, "16:04", or with its day, "11/24 07:00"; the program's clock."""
    local = at.astimezone(ZoneInfo(PROGRAM_ZONE))
    return f"{local:%H:%M}" if program_day(at) == program_day(now) else f"{local:%m/%d %H:%M}"


def clock(at: datetime) -> str:
    """ "11/23/2026 16:04", the program's clock."""
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y %H:%M}"


def clock_seconds(at: datetime) -> str:
    """The same with seconds: calls are told apart by them."""
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y %H:%M:%S}"
