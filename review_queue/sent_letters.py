"""Letters that went out and that are going out, as the desk shows them: the port that `app` fills.

What: lines of a list, one letter with the evidence of every call, one fax number with its history, what may be done about each;
words only, and moments where a chart needs them.
Why: the desk knows no letter's row, no fax line and no registry; a page that is made of words can be tested without them.
Refuses: nothing; whether an act is done, and why not, is the port's answer. Each act has who and why, and both are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session


class Tone(StrEnum):
    """How a state is to be met; each has a sign and a colour beside its words."""

    PERSON = "person"  # does not go on by itself: somebody must do something
    WAITS = "waits"
    CALLING = "calling"
    ARRIVED = "arrived"
    ENDED = "ended"  # a person stopped it


class Filter(StrEnum):
    """The states a list can be asked for."""

    PERSON = "person"  # all that does not go on by itself
    QUEUED = "queued"
    CALLING = "calling"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    HELD = "held"
    NO_NUMBER = "no-number"
    FAILED = "failed"
    STOPPED = "stopped"


class LetterAct(StrEnum):
    """What can be done about a letter, each with a reason."""

    AGAIN = "again"  # it failed, no page went out: once more
    NOT_ARRIVED = "not-arrived"  # uncertain, and the recipient says it is not there: once more
    AGAIN_ANYWAY = "again-anyway"  # uncertain, or stopped by a person: once more on the person's own word
    ARRIVED = "arrived"  # uncertain, and the recipient says it is there
    STOP = "stop"
    COPY = "copy"  # it arrived, and the recipient asks for a further copy
    GIVE_NUMBER = "give-number"  # a number is known now, or a better one


class NumberAct(StrEnum):
    """What can be done about a fax number, each with a reason; of a code, the code is the reason."""

    CODE = "code"  # the recipient told the code of the test page
    VOUCH = "vouch"  # somebody is certain that it is the recipient's
    DOUBT = "doubt"  # it is not, or no more, the recipient's
    CHECK = "check"  # a new test page with a new code
    CLEAR = "clear"  # a person has looked at a number that failed again and again
    BAR = "bar"  # nothing is faxed there any more
    UNBAR = "unbar"


@dataclass(frozen=True)
class Sought:
    """Which letters a list is asked for; what is empty asks for nothing."""

    state: str = ""  # a Filter
    kind: str = ""  # code of a kind of letter
    text: str = ""  # a fax number in any notation, or a reference
    begins: date | None = None  # program days, both included
    ends: date | None = None

    def __bool__(self) -> bool:
        return self != Sought()


@dataclass(frozen=True)
class Said:
    """A state in words."""

    state: str  # short: "Delivered"
    why: str  # the rest: what is known, what is waited for
    tone: Tone


@dataclass(frozen=True)
class LetterLine:
    """One letter in a list."""

    letter_id: str
    name: str  # "R-20231120-0417-1"
    what: str  # its kinds in words
    to: str  # the recipient's name; "" where nobody knows it
    role: str  # "Prescriber"
    number: str  # "312-555-0142"; "" where none is known
    fax: str  # the same as ten digits
    email: str  # address, of one that goes by e-mail; "" else
    reference: str  # of what it answers
    fax_id: str  # the fax of that reference; "" where it answers none
    said: Said
    attempts: int
    at: str  # when it became due, the program's clock
    urgent: bool


@dataclass(frozen=True)
class LetterList:
    """One page of a list."""

    lines: tuple[LetterLine, ...]
    then: str  # where the next page goes on, for `after`; "": that was all
    looked: str = ""  # why the list may be shorter than it is: how far this look went, in words


@dataclass(frozen=True)
class CallLine:
    """One call for a letter, with all that is known of it."""

    number: int  # 1, 2, … of the letter's attempts
    at: str
    ended: str  # "" while it is not known
    to: str  # the number called, formatted, or the address
    outcome: str
    tone: Tone
    words: str  # the gateway's, and why no page went out
    pages: str  # "3 of 3 confirmed"
    facts: tuple[tuple[str, str], ...]  # far station, rate, log, the gateway's reference, and what else it told
    beside: tuple[LetterLine, ...]  # other letters of this call, under one cover


@dataclass(frozen=True)
class Step:
    """One line of a history."""

    at: str
    what: str
    by: str  # "" where the program did it
    detail: str


@dataclass(frozen=True)
class Link:
    """A page about what caused a letter, or whom it is about."""

    words: str
    address: str


@dataclass(frozen=True)
class Offered:
    """An act that is possible now."""

    act: LetterAct
    warning: str = ""  # what the person must know before; "" where there is nothing
    beside: int = 0  # uncertain letters of the same call that the act may concern too


@dataclass(frozen=True)
class MailText:
    """An e-mail, written once more."""

    subject: str
    text: str
    same: bool | None  # letter for letter what went out; None: it has not gone out


@dataclass(frozen=True)
class LetterPage:
    """One letter with everything that is known of it."""

    line: LetterLine
    brings: tuple[str, ...]  # what it tells, a sentence each
    causes: tuple[Link, ...]  # fax, call, persons
    calls: tuple[CallLine, ...]  # the latest first
    history: tuple[Step, ...]  # the oldest first
    acts: tuple[Offered, ...]
    number_state: str  # what is known of its number, in words
    mail: MailText | None = None  # of one that goes by e-mail; None: it has pages, or cannot be written


@dataclass(frozen=True)
class DrawnPages:
    """The pages of one call, drawn once more."""

    count: int
    same: bool | None  # dot for dot what went out; None: nothing was kept to compare with, or it has not gone out
    page: Callable[[int], bytes | None]  # the PNG of a page (from 1); None: no such page


@dataclass(frozen=True)
class HolderLine:
    """One recipient at a number."""

    role: str  # its code
    role_words: str
    name: str
    confirmed: str  # when, how and by whom; "" where it is not
    code_awaited: bool = False  # a test page with a code is out
    exempt: str = ""  # why nobody has to confirm it, in words; "" where somebody has to


@dataclass(frozen=True)
class NumberCall:
    """One call to a number."""

    began: datetime  # aware UTC
    at: str
    letter_id: str
    letter: str  # its name
    outcome: str
    tone: Tone
    words: str
    pages: str
    far: str


@dataclass(frozen=True)
class NumberPage:
    """One fax number with everything that is known of it."""

    fax: str  # ten digits
    number: str  # formatted
    barred: str  # since when, by whom, why; "" where it is not on the do-not-fax list
    flagged: str  # since when a person should look, and why; "" else
    facts: tuple[tuple[str, str], ...]
    holders: tuple[HolderLine, ...]
    on_file: tuple[Link, ...]  # parties of the registry with this number
    calls: tuple[NumberCall, ...]  # the latest first
    history: tuple[Step, ...]  # what people and proofs did to it, the latest first
    letters: LetterList


@dataclass(frozen=True)
class Wanted:
    """An act somebody asks for."""

    by: str
    reason: str
    number: str = ""  # GIVE_NUMBER: in any notation, or an address for e-mail
    whole_call: bool = False  # ARRIVED: the other uncertain letters of the call too
    role: str = ""  # of a recipient at a number
    name: str = ""
    code: str = ""  # as told


@dataclass(frozen=True)
class Answer:
    """What came of it."""

    told: str = ""  # a word of `sent_words_told`: what was done
    trouble: str = ""  # why nothing was done; "" where it was


@dataclass(frozen=True)
class Days:
    """What days brought, counted as it happened."""

    days: Mapping[
        date, Mapping[str, int]
    ]  # every day asked for; "calls", "delivered", "not_sent:busy", "took:hour", "tries:1", …
    causes: Mapping[str, str] = field(default_factory=dict)  # why no page went out, in words by code
    within: Mapping[str, str] = field(default_factory=dict)  # how soon it arrived, in words by code, the soonest first


class Sent(Protocol):
    """The letters."""

    def kinds(self) -> Sequence[tuple[str, str]]:
        """Code and words of every kind of letter."""
        ...

    def wanting(self, session: Session, most: int) -> int:
        """How many letters want a person, counted up to `most`."""
        ...

    def letters(self, session: Session, wanted: Sought, after: str, limit: int, now: datetime) -> LetterList:
        """The newest such letters behind `after`; of those that want a person the urgent and the oldest first."""
        ...

    def letter(self, session: Session, letter_id: str, now: datetime) -> LetterPage | None:
        """One letter, by its id or its name; None where there is none."""
        ...

    def drawn(self, session: Session, letter_id: str, call: int) -> Callable[[], DrawnPages | None] | None:
        """What draws the pages of its `call`-th call (0: as they would go now) with no session open; None: no such call."""
        ...

    def number(self, session: Session, fax: str, after: str, limit: int, now: datetime) -> NumberPage | None:
        """One fax number of ten digits, also one nobody has called yet; None for what is no number."""
        ...

    def days(self, session: Session, first: date, last: date) -> Days:
        """What each program day brought."""
        ...

    def act(self, letter_id: str, act: LetterAct, wanted: Wanted, now: datetime) -> Answer:
        """Does it, in transactions of its own, since the line may have to be asked first; KeyError for no such letter."""
        ...

    def act_on_number(self, fax: str, act: NumberAct, wanted: Wanted, now: datetime) -> Answer:
        """Does it, in a transaction of its own."""
        ...
