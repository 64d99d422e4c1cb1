"""Which letter goes next, on which line: the rules of calling, as values. Pure.

What: `may_go`, whether one letter may be called for at all at this moment; `choose`, which of those that may are called for now.
Why: with two dozen lines and thousands of letters the order is a decision: a safety letter must not stand behind reminders, two
lines must not ring at one machine, and no line may idle while a letter that it might bring waits.
Refuses: to look at anything but what it is given; who keeps the facts is `outbound.calls_storage`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from outbound.delivery import DeliveryId, HeldFor
from outbound.hours import Hours, opening
from outbound.numbers import Holder, Number, carries_patient_data
from registry.moments import day_ends, program_day
from registry.policies import PROGRAM_ZONE

MOST_TOGETHER = 8
"""Letters in one call: more would hold a line, and the recipient's machine, for too long."""


@dataclass(frozen=True)
class CallingRules:
    """How we use the telephone; made from the settings."""

    calls: bool = True  # False: nothing rings, such as with a folder; then neither hours nor limits nor company matter
    hours: Hours | None = None  # when ordinary letters may ring at their recipients; None: at any hour
    zone: str = PROGRAM_ZONE  # for numbers that stand nowhere
    lines: int | None = None  # calls at the same time; None: as many as there are numbers
    calls_a_day: int | None = None  # of the whole program day, ordinary letters; None: any number
    calls_a_day_to_one_number: int | None = None  # None: any number
    confirm_numbers: bool = False  # patient data goes to confirmed numbers only
    flagged_pause: timedelta = timedelta(hours=4)  # between two calls for ordinary letters to a number that fails again and again


NO_CALLS = CallingRules(calls=False)
"""For a gateway that rings nowhere."""


@dataclass(frozen=True)
class Waiting:
    """A letter that is due, as far as choosing must know it."""

    delivery_id: DeliveryId
    fax: str
    role: str
    name: str
    urgent: bool
    created_at: datetime
    kinds: tuple[str, ...] = ()
    alone: bool = False  # takes no others along and rides with none

    @property
    def rank(self) -> tuple[bool, datetime, str]:
        """Safety first, then the oldest."""
        return (not self.urgent, self.created_at, self.delivery_id)

    @property
    def recipient(self) -> tuple[str, str, str]:
        """Whose one cover page could stand before it."""
        return (self.fax, self.role, self.name)


@dataclass(frozen=True)
class Go:
    """It may be called for."""


@dataclass(frozen=True)
class Wait:
    """Not before `until`; it then goes on by itself."""

    until: datetime
    why: str


@dataclass(frozen=True)
class Hold:
    """Not until something is settled that time does not settle."""

    reason: HeldFor
    why: str


@dataclass(frozen=True)
class Call:
    """One call to begin: the letter it is for, and those that ride along."""

    leader: Waiting
    riders: tuple[Waiting, ...] = ()


def may_go(
    letter: Waiting, number: Number, holder: Holder | None, calls_today: int, rules: CallingRules, now: datetime
) -> Go | Wait | Hold:
    """Whether a letter may go at `now`. `holder`: its recipient at its number, None where nothing is known;
    `calls_today`: calls begun on this program day, to all numbers."""
    held = holds(letter, number, holder, rules)
    if held is not None:
        return held
    if not rules.calls:
        return Go()
    tomorrow = day_ends(program_day(now))
    if number.rests_until is not None and number.rests_until > now and not (letter.urgent and number.flagged_at):
        return Wait(number.rests_until, "the last call to this number brought nothing")
    if rules.calls_a_day_to_one_number is not None and number.called_today >= rules.calls_a_day_to_one_number:
        return Wait(tomorrow, f"this number was called {number.called_today} times today")
    if letter.urgent:
        return Go()
    if rules.hours is not None:
        opens = opening(now, letter.fax, rules.hours, rules.zone)
        if opens > now:
            return Wait(opens, f"ordinary letters ring at {rules.hours} of the recipient's day")
    if rules.calls_a_day is not None and calls_today >= rules.calls_a_day:
        return Wait(tomorrow, f"{calls_today} calls were made today")
    return Go()


def holds(letter: Waiting, number: Number, holder: Holder | None, rules: CallingRules) -> Hold | None:
    """What keeps a letter from its number whatever the time is; urgent ones too. None: nothing."""
    if number.barred_at is not None:
        return Hold(HeldFor.DO_NOT_FAX, f"the number is on the do-not-fax list: {number.barred_reason}")
    confirmed = holder is not None and holder.confirmed_at is not None
    if rules.confirm_numbers and not confirmed and carries_patient_data(letter.kinds, letter.role):
        return Hold(HeldFor.UNCONFIRMED, "nobody has confirmed yet that this number is the recipient's; a test page goes first")
    if number.no_machine and rules.calls and not letter.urgent:
        return Hold(HeldFor.NO_MACHINE, f"people answered the last {number.persons_answered} calls, no fax machine")
    return None


def choose(waiting: Iterable[Waiting], calling: Collection[str], free: int | None, together: bool = True) -> list[Call]:
    """The calls to begin now, the most pressing first: of letters that may go, with one call a number, on `free` lines.

    `calling`: numbers with a call under way. `free`: lines without one; None: as many as needed. `together`: others to the same
    recipient ride along.
    """
    ranked = sorted(waiting, key=lambda one: one.rank)
    company: dict[tuple[str, str, str], list[Waiting]] = {}
    for one in ranked:
        if not one.alone:
            company.setdefault(one.recipient, []).append(one)
    taken = set(calling)
    calls: list[Call] = []
    for one in ranked:
        if free is not None and len(calls) >= free:
            break
        if one.fax in taken:
            continue
        taken.add(one.fax)
        riders = () if one.alone or not together else [each for each in company[one.recipient] if each is not one]
        calls.append(Call(one, tuple(riders[: MOST_TOGETHER - 1])))
    return calls


def rest_after_failure(again_at: datetime, flagged: bool, rules: CallingRules, now: datetime) -> datetime:
    """Until when a number rests after a call that brought nothing: as long as its letter waits, a flagged one longer."""
    return max(again_at, now + rules.flagged_pause) if flagged else again_at
