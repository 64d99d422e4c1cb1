"""The life of a delivery: its states, the table of legal transitions, and what is kept of it.

Why: a letter holds health data. Sending it again when the first copy may have gone out is a disclosure, not a nuisance; losing it
is a patient without medicine. So every way between states stands in one table; what to do after each thing a fax line can say is
decided in `outbound.retrying`, and what may be called when in `outbound.calling`.
Refuses: any transition not in the table (`IllegalTransition`, nothing changes), and every automatic way out of UNCERTAIN but the
gateway's own word that the pages arrived. What the recipient says is heard by a person, who says so with a name and a reason.

    DUE → SENDING → DELIVERED | DUE again (busy, no answer) | ABANDONED | UNCERTAIN
    HELD: the number is not confirmed or is on the do-not-fax list. It goes on by itself once that is settled.
    NO_ADDRESS: nobody knows a fax number. Operators see it; it is never silently dropped and never "abandoned" by a program.

A call may bring several letters. The one it was begun for leads, the others ride along. What holds, always:

1. The letters of one call enter SENDING in one transaction, under one tag (`call_tag`, the leader's), and each whose attempt that
   call is leaves SENDING in one transaction, by one word of the gateway on that tag. Before the pages are handed over, a letter
   can be taken out of the call again, in a transaction of its own.
2. Only the leader is ever looked at by time (`next_look_at`); a rider on its way has none. So nobody asks about a rider, or sends
   it, while what became of its leader's call is not known.
3. Whose attempt a call was stands in the attempts' rows: also a word that comes late finds everybody whom it concerns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

DeliveryId = NewType("DeliveryId", str)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    DUE = "due"  # to be sent when its time comes
    HELD = "held"  # may not go to this number, or not yet; `waits_for` says why, and a person can settle it
    SENDING = "sending"  # handed, or about to be handed, to the gateway
    DELIVERED = "delivered"  # every page was confirmed, the mail server took the mail, or a person heard that it is there
    ABANDONED = "abandoned"  # given up; a person may start it again
    UNCERTAIN = "uncertain"  # the pages may have gone out; a person decides after the gateway was asked
    NO_ADDRESS = "no_address"  # no fax number is known; a person finds one


class Event(StrEnum):
    """What can happen to a delivery."""

    SUBMIT = "submit"  # an attempt begins; counted before the work
    HOLD = "hold"  # the number may not be faxed, or not with patient data yet
    RELEASE = "release"  # what it was held for is settled
    STEP_OUT = "step_out"  # taken out of a call again before any page was handed over
    LOOK_AGAIN = "look_again"  # the gateway is still at it, or could not be asked
    CONFIRMED = "confirmed"  # every page arrived
    NOT_SENT = "not_sent"  # no page went out: busy, no answer; or the gateway never took it
    ARRIVAL_TOLD = "arrival_told"  # the recipient told a person that it is there
    GIVE_UP = "give_up"  # as often as the policy allows, or it cannot be sent at all
    LOSE_SIGHT = "lose_sight"  # some pages may have gone out
    SEND_AGAIN_BY_PERSON = "send_again_by_person"
    CLOSE_BY_PERSON = "close_by_person"
    NUMBER_GIVEN = "number_given"  # a person found a fax number, or the right address of an e-mail


_S, _E = DeliveryState, Event
TRANSITIONS: dict[tuple[DeliveryState, Event], DeliveryState] = {
    (_S.DUE, _E.SUBMIT): _S.SENDING,
    (_S.DUE, _E.HOLD): _S.HELD,
    (_S.DUE, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    (_S.DUE, _E.NUMBER_GIVEN): _S.DUE,  # a person knows a better one before it was tried
    (_S.DUE, _E.CONFIRMED): _S.DELIVERED,  # a worker presumed dead was only slow, and had sent it after all
    (_S.DUE, _E.LOSE_SIGHT): _S.UNCERTAIN,  # likewise, but what it did cannot be told
    (_S.HELD, _E.RELEASE): _S.DUE,
    (_S.HELD, _E.NUMBER_GIVEN): _S.DUE,
    (_S.HELD, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    (_S.HELD, _E.CONFIRMED): _S.DELIVERED,  # as from DUE: an earlier worker was only slow
    (_S.HELD, _E.LOSE_SIGHT): _S.UNCERTAIN,
    (_S.SENDING, _E.STEP_OUT): _S.DUE,
    (_S.SENDING, _E.LOOK_AGAIN): _S.SENDING,
    (_S.SENDING, _E.CONFIRMED): _S.DELIVERED,
    (_S.SENDING, _E.NOT_SENT): _S.DUE,
    (_S.SENDING, _E.GIVE_UP): _S.ABANDONED,
    (_S.SENDING, _E.LOSE_SIGHT): _S.UNCERTAIN,
    (_S.UNCERTAIN, _E.CONFIRMED): _S.DELIVERED,  # asked later, the gateway knew after all
    (_S.UNCERTAIN, _E.ARRIVAL_TOLD): _S.DELIVERED,  # who said so stands in the history; the attempt stays what it was
    (_S.UNCERTAIN, _E.SEND_AGAIN_BY_PERSON): _S.DUE,  # the only way back: `sending.send_again` asks the gateway first
    (_S.UNCERTAIN, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    (_S.ABANDONED, _E.SEND_AGAIN_BY_PERSON): _S.DUE,
    (_S.ABANDONED, _E.CLOSE_BY_PERSON): _S.ABANDONED,  # given up by the program, told by phone: it wants a person no more
    (
        _S.ABANDONED,
        _E.CONFIRMED,
    ): _S.DELIVERED,  # a person wanted it sent again, and the gateway, asked first, knew that it arrived
    (_S.ABANDONED, _E.NUMBER_GIVEN): _S.DUE,  # the number on file was wrong
    (_S.NO_ADDRESS, _E.NUMBER_GIVEN): _S.DUE,
    (_S.NO_ADDRESS, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    # DELIVERED is the end: a further copy is a new notice with a key of its own.
}


class HeldFor(StrEnum):
    """What a held letter waits for."""

    UNCONFIRMED = "unconfirmed"  # nobody has shown yet that the number is the recipient's
    DO_NOT_FAX = "do_not_fax"  # the number is on the do-not-fax list
    MAIL_OFF = "mail_off"  # an e-mail, and no mail server is set; it goes once there is one
    NO_MACHINE = "no_machine"  # people answered there, again and again; ordinary letters wait until a person has looked


class IllegalTransition(Exception):
    """Something happened that cannot happen in this state; nothing was changed."""


def after(state: DeliveryState, event: Event) -> DeliveryState:
    """The state after `event`; IllegalTransition if the table does not know it."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"a delivery that is {state} cannot {event}") from None


@dataclass(frozen=True)
class Delivery:
    """One letter on its way to one machine, as stored."""

    delivery_id: DeliveryId
    kinds: tuple[str, ...]  # of the notices it brings, in their order
    role: str  # the recipient's role
    name: str  # the recipient's name; "" where nobody knows it
    reference: str
    number: int  # 1, 2, … among the letters of one reference
    urgent: bool  # overtakes ordinary letters
    fax: str | None  # ten digits; None: no number is known, or it goes by e-mail
    state: DeliveryState
    attempts: int  # begun, whatever became of them; never counted back, the tag is made of it
    attempts_before: int  # of these, begun before a person last started the delivery anew
    created_at: datetime  # aware UTC
    next_look_at: datetime | None  # DUE: when to send; SENDING: when to ask the gateway; None: nothing by itself
    sending_since: datetime | None  # begin of the current attempt
    gateway_reference: str  # the gateway's own id of the job, such as a file name; "" before
    pages: int  # of the rendered letter; 0 before the first attempt
    last_word: str  # what was heard last, for operators
    leader_id: DeliveryId | None = None  # the letter whose call it rides, or last rode, along in; None: it led its own
    call_tag: str = ""  # the tag of the call of its current or last attempt: its leader's; "" before the first
    waits_for: str = ""  # HELD: a HeldFor; DUE: why it is not called now, in words; "" else
    alone: bool = False  # never again in one call with others: such a call could not be made
    cancel_wish: str = ""  # on its way when a person wanted it stopped: who and why; "" else
    closed_by: str = ""  # the person who ended it; "" where the program gave up, or it goes on
    email: str | None = None  # address, of one that goes by e-mail; None: it goes by fax

    @property
    def tries(self) -> int:
        """Attempts that count against the policy's patience."""
        return self.attempts - self.attempts_before

    @property
    def letter(self) -> str:
        """What the letter is called: reference and number, "R-20231120-0417-1"."""
        return f"{self.reference}-{self.number}"

    @property
    def tag(self) -> str:
        """Our own mark on this attempt, where it leads its call: by it the gateway can be asked whether it took the call."""
        return f"{self.delivery_id}-{self.attempts}"
