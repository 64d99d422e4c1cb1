"""Two dozen lines, a clock, thousands of letters to hundreds of numbers: the day of a fax room, by the pure rules alone."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from outbound.calling import CallingRules, Go, Hold, Wait, Waiting, choose, may_go, rest_after_failure
from outbound.delivery import DeliveryId
from outbound.gateway import Cause, Delivered, NotSent, Outcome
from outbound.hours import hours_from
from outbound.numbers import FLAG_AFTER, Number
from outbound.retrying import Finished, GiveUp, Past, RetryPolicy, SendAgain, decide
from registry.moments import program_day

BEGIN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
POLICY = RetryPolicy()
AREAS = ("202", "312", "303", "415", "808", "208", "800")  # Eastern to Hawaii, one in two zones, one nowhere


@dataclass
class Letter:
    """One letter of the simulation."""

    waiting: Waiting
    due_at: datetime
    ended: dict[str, int] = field(default_factory=dict)
    ours_since: datetime | None = None
    state: str = "due"


@dataclass
class FaxRoom:
    """Runs the day; `broken` says what was done that must not be."""

    lines: int
    letters: list[Letter]
    rules: CallingRules
    dice: random.Random
    now: datetime = BEGIN
    broken: list[str] = field(default_factory=list)
    calls: int = 0
    busy_seconds: float = 0.0
    carried: int = 0
    numbers: dict[str, Number] = field(default_factory=dict)
    under_way: dict[str, list[Letter]] = field(default_factory=dict)
    ends: list[tuple[datetime, str]] = field(default_factory=list)
    called: Counter[tuple[str, date]] = field(default_factory=Counter)  # calls to a number, and to "" all, by program day
    habits: dict[str, str] = field(default_factory=dict)

    def run(self, until: datetime) -> None:
        """Begin calls whenever one may begin, until that moment."""
        while self.now < until:
            self._begin_what_may()
            self._look_for_idle_lines()
            pending = [at for at, _ in self.ends[:1]] + [
                one.due_at for one in self.letters if one.state == "due" and one.due_at > self.now
            ]
            if not pending:
                return
            self.now = min(pending)
            while self.ends and self.ends[0][0] <= self.now:
                self._end(heapq.heappop(self.ends)[1])

    def ready(self) -> list[Letter]:
        """Letters that may go now; what may not is put off."""
        found = []
        self.letters = [one for one in self.letters if one.state in ("due", "sending")]
        for one in self.letters:
            if one.state != "due" or one.due_at > self.now:
                continue
            today = self.called["", program_day(self.now)]
            verdict = may_go(one.waiting, self.number(one.waiting.fax), None, today, self.rules, self.now)
            match verdict:
                case Go():
                    found.append(one)
                case Wait(until=until):
                    one.due_at = until
                case Hold():
                    one.state = "held"
        return found

    def number(self, fax: str) -> Number:
        return replace(self.numbers.get(fax, Number(fax)), called_today=self.called[fax, program_day(self.now)])

    def _begin_what_may(self) -> None:
        ready = {one.waiting.delivery_id: one for one in self.ready()}
        free = self.lines - len(self.under_way)
        for call in choose([one.waiting for one in ready.values()], self.under_way.keys(), free):
            together = [ready[one.delivery_id] for one in (call.leader, *call.riders)]
            if call.leader.fax in self.under_way:
                self.broken.append(f"two calls to {call.leader.fax}")
            if len(self.under_way) >= self.lines:
                self.broken.append("more calls than lines")
            if not call.leader.urgent:
                passed_over = [one for one in ready.values() if one.waiting.urgent and one.state == "due"
                               and one.waiting.fax not in self.under_way and one not in together]  # fmt: skip
                if passed_over:
                    self.broken.append("a safety letter waited behind an ordinary one")
            for one in together:
                one.state = "sending"
            self.under_way[call.leader.fax] = together
            self.calls += 1
            self.called["", program_day(self.now)] += 1
            self.called[call.leader.fax, program_day(self.now)] += 1
            seconds = 25 + 30 * len(together) + self.dice.random() * 20
            self.busy_seconds += seconds
            heapq.heappush(self.ends, (self.now + timedelta(seconds=seconds), call.leader.fax))

    def _look_for_idle_lines(self) -> None:
        if len(self.under_way) < self.lines:
            left = [one for one in self.ready() if one.waiting.fax not in self.under_way]
            if left:
                self.broken.append(f"{self.lines - len(self.under_way)} lines idle while {len(left)} letters may go")

    def _end(self, fax: str) -> None:
        outcome = self._fate(fax)
        together = self.under_way.pop(fax)
        again: list[datetime] = []
        for one in together:
            past = Past(one.ended, one.ours_since)
            decision = decide(outcome, past=past, pages=2, since=self.now, now=self.now, policy=POLICY, together=len(together))
            match decision:
                case Finished():
                    one.state = "delivered"
                    self.carried += 1
                case GiveUp():
                    one.state = "given_up"
                case SendAgain(at=at):
                    one.state, one.due_at = "due", at
                    again.append(at)
                case _:
                    one.state = "uncertain"
            if isinstance(outcome, NotSent):
                one.ended = {**one.ended, outcome.cause: one.ended.get(outcome.cause, 0) + 1}
        number = self.number(fax)
        if isinstance(outcome, Delivered):
            self.numbers[fax] = Number(fax)
        elif isinstance(outcome, NotSent):
            failures = number.failures + 1
            persons = number.persons_answered + 1 if outcome.cause is Cause.NO_CARRIER else 0
            flagged = failures >= FLAG_AFTER or persons > 1
            rest = rest_after_failure(min(again, default=self.now + timedelta(minutes=3)), flagged, self.rules, self.now)
            self.numbers[fax] = Number(
                fax, failures=failures, persons_answered=persons, flagged_at=self.now if flagged else None, rests_until=rest
            )

    def _fate(self, fax: str) -> Outcome:
        habit = self.habits.setdefault(fax, self.dice.choices(["good", "often busy", "off", "person"], [80, 15, 3, 2])[0])
        if habit == "off":
            return NotSent(Cause.NO_ANSWER)
        if habit == "person":
            return NotSent(Cause.NO_CARRIER)
        if habit == "often busy" and self.dice.random() < 0.5:
            return NotSent(Cause.BUSY)
        return NotSent(Cause.PROTOCOL) if self.dice.random() < 0.03 else Delivered("job", 2)


def a_days_letters(dice: random.Random, letters: int, numbers: int, hours: float) -> list[Letter]:
    """Letters spread over so many hours, to numbers in several zones; one in twenty is a safety letter."""
    faxes = [f"{dice.choice(AREAS)}5550{100 + place % 100}{place // 100}"[:10] for place in range(numbers)]
    found = []
    for place in range(letters):
        at = BEGIN + timedelta(seconds=dice.random() * hours * 3600)
        fax = dice.choice(faxes)
        waiting = Waiting(DeliveryId(f"d{place}"), fax, "prescriber", f"at {fax}", dice.random() < 0.05, at, ("anc_recorded",))
        found.append(Letter(waiting, at))
    return found


def a_room(
    seed: int, letters: int, numbers: int, lines: int = 24, hours: float = 6, a_day: int | None = None, to_one: int | None = None
) -> FaxRoom:
    """A room with so many lines on such a day; at most so many calls `a_day`, and so many of them `to_one` number."""
    dice = random.Random(seed)
    rules = CallingRules(hours=hours_from("07:00-21:00"), lines=lines, calls_a_day=a_day, calls_a_day_to_one_number=to_one)
    return FaxRoom(lines, a_days_letters(dice, letters, numbers, hours), rules, dice)
