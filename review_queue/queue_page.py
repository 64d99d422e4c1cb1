"""From lines of the queue to what its page shows: lanes, clocks, filters, who holds what, and what comes next. Pure.

What: the frozen types of the queue page and how they are filled.
Why: what a tired person reads in one look (what is late, what is theirs, what Enter will give) is decided and tested here.
Refuses: to read or write anything; it gets what was loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from intake.reading import ProblemKind
from registry.policies import PROGRAM_ZONE
from review_queue.business_days import SOON, due_at, due_words
from review_queue.lifecycle import ReviewState, may_take
from review_queue.queue_storage import LOOSE, NOBODY, LaneCount, Line, Wanted
from review_queue.review_item import Lane, Urgency
from review_queue.wording import clock, span

Titles = Callable[[str], str]
"""A form's title by its code."""

NO_FORM = "Pages without a form"
SENDER = "sender"
LANES: tuple[tuple[str, int | None, str], ...] = (
    *((lane.value, lane.rank, lane.label) for lane in Lane),
    (SENDER, None, "Waiting for the sender"),
)
"""Code, rank (None: whatever rank, the sender must answer) and name of each lane, in their order."""


@dataclass(frozen=True)
class QueueLine:
    """One line of the queue."""

    item_id: str
    title: str  # of the form
    urgency: str  # what makes it urgent, in words; empty for ordinary
    reference: str
    sender: str  # name, else number; empty if the caller sent neither
    age: str  # since the fax arrived
    received: str  # the same moment, written out on the program's clock
    due: str  # how its clock stands, in words
    late: bool  # it is overdue
    soon: bool  # the last hours run
    doubts: int
    state: str  # who has it, or what it waits for; "free"
    free: bool
    takeable: bool  # by who looks at the page


@dataclass(frozen=True)
class LaneView:
    """One lane of the queue."""

    code: str
    key: int  # the key that leads to it
    label: str
    count: int
    oldest: str  # age in words; empty where nothing waits
    late: int  # how many are overdue
    lines: tuple[QueueLine, ...]
    more: str  # address of the lane's next lines; empty if these are all


@dataclass(frozen=True)
class Holder:
    """What one person has in hand."""

    name: str
    item_id: str
    version: int
    what: str  # urgency or title
    reference: str
    since: str  # how long they have had it
    left: str  # of the lease, in words
    mine: bool


@dataclass(frozen=True)
class Choice:
    """One choice of a filter."""

    code: str
    words: str
    chosen: bool


def queue_line(line: Line, titles: Titles, reviewer: str, now: datetime, *, senior: bool) -> QueueLine:
    """One line as that reviewer sees it."""
    due = due_at(line.received_at)
    with_sender = line.state == ReviewState.SENT_BACK
    state, free = _state_words(line, reviewer, now)
    return QueueLine(
        item_id=line.item_id,
        title=title_of(line, titles),
        urgency=urgency_words(line),
        reference=line.reference,
        sender=line.sender_name or line.sender_fax or "",
        age=span(now - line.received_at),
        received=moment(line.received_at),
        due=f"asked {span(now - (line.closed_at or line.received_at))} ago" if with_sender else due_words(line.received_at, now),
        late=now > due and not with_sender,
        soon=due - SOON <= now <= due and not with_sender,
        doubts=line.doubt_count,
        state=state,
        free=free,
        takeable=may_take(
            ReviewState(line.state), line.holder, line.lease_until, line.passed_by, reviewer, now, senior=senior,
            meant_for=line.meant_for, meant_until=line.meant_until,
        ),
    )  # fmt: skip


def _state_words(line: Line, reviewer: str, now: datetime) -> tuple[str, bool]:
    """Who has it or what it waits for, and whether it waits for just anybody."""
    state = ReviewState(line.state)
    if state is ReviewState.IN_HAND:
        who = "you" if line.holder == reviewer else line.holder or ""
        lapsed = line.lease_until is None or line.lease_until <= now
        return (f"free, {who} left it", True) if lapsed else (f"{who}, {clock(line.lease_until, now)} left", False)
    if state is ReviewState.WAITING and line.meant_for == reviewer:
        return f"handed to you by {line.passed_by}", False
    if state is ReviewState.WAITING and line.meant_for and (line.meant_until is None or line.meant_until > now):
        return f"handed to {line.meant_for}", False
    if state is ReviewState.WAITING:
        return "free", True
    words = {
        ReviewState.SECOND_LOOK: f"second look, asked by {line.passed_by}",
        ReviewState.ESCALATED: f"for a senior, from {line.passed_by}" if line.passed_by else "for a senior",
        ReviewState.BEING_KEYED: "being keyed a second time",
        ReviewState.SENT_BACK: "with the sender",
    }
    return words.get(state, state.label), False


def title_of(line: Line, titles: Titles) -> str:
    """The form's title."""
    return NO_FORM if line.form is None else titles(line.form)


def urgency_words(line: Line) -> str:
    """What makes it urgent; empty for ordinary."""
    if line.urgency == Urgency.ORDINARY:
        return ""
    if line.state == ReviewState.BEING_KEYED:  # a note such as "ANC 820" would tell whoever keys it next what was read
        return Urgency(line.urgency).label
    return line.urgency_note or Urgency(line.urgency).label


def next_words(line: Line | None, titles: Titles, reviewer: str, now: datetime) -> str:
    """What the big button gives, said beforehand."""
    if line is None:
        return "nothing is free for you"
    what = f"{urgency_words(line) or title_of(line, titles)}, {span(now - line.received_at)} old"
    if line.holder == reviewer and line.lease_until is not None and line.lease_until > now:
        return f"go on: {what}, in your hands"
    if line.meant_for == reviewer:
        return f"next: handed to you by {line.passed_by}: {what}"
    return f"next: {what}"


def lane_view(number: int, count: LaneCount | None, found: Sequence[QueueLine], more: str, now: datetime) -> LaneView:
    """The lane of that place in `LANES`."""
    code, rank, label = LANES[number]
    oldest = "" if count is None or count.oldest is None else span(now - count.oldest)
    late = 0 if count is None or rank is None else count.overdue
    return LaneView(code, number + 1, label, 0 if count is None else count.count, oldest, late, tuple(found), more)


def holder(line: Line, titles: Titles, reviewer: str, now: datetime) -> Holder:
    """Who has this in hand."""
    lapsed = line.lease_until is None or line.lease_until <= now
    return Holder(
        name=line.holder or "",
        item_id=line.item_id,
        version=line.version,
        what=urgency_words(line) or title_of(line, titles),
        reference=line.reference,
        since="" if line.taken_at is None else span(now - line.taken_at),
        left="ran out: free" if lapsed else f"{clock(line.lease_until, now)} left",
        mine=line.holder == reviewer,
    )


def moment(at: datetime) -> str:
    """Written out on the program's clock, with its zone: "11/23/2026 09:24 EST"."""
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y %H:%M %Z}"


def form_choices(counted: Mapping[str | None, int], titles: Titles, wanted: Wanted) -> list[Choice]:
    """The forms that wait, by title; the one asked for is there even if none waits."""
    codes = {LOOSE if code is None else code: count for code, count in counted.items()}
    if wanted.form:
        codes.setdefault(wanted.form, 0)
    named = [(NO_FORM if code == LOOSE else titles(code), code, count) for code, count in codes.items()]
    return [Choice(code, f"{title} ({count})", code == wanted.form) for title, code, count in sorted(named)]


def doubt_choices(wanted: Wanted) -> list[Choice]:
    """Every kind of doubt, by its words."""
    return [Choice(kind.value, kind.label, kind == wanted.doubt) for kind in sorted(ProblemKind, key=lambda one: one.label)]


def holder_choices(holders: Sequence[str], wanted: Wanted) -> list[Choice]:
    """Nobody, and who has something in hand."""
    names = sorted({*holders, *([wanted.holder] if wanted.holder not in ("", NOBODY) else [])})
    return [Choice(NOBODY, "nobody", wanted.holder == NOBODY), *(Choice(name, name, name == wanted.holder) for name in names)]


def address(wanted: Wanted, lane: str = "", after: tuple[datetime, str] | None = None) -> str:
    """The queue page with these filters, from that lane's line on."""
    asked = {"lane": lane, "form": wanted.form, "sender": wanted.sender, "doubt": wanted.doubt, "holder": wanted.holder}
    given = {name: value for name, value in asked.items() if value}
    if after is not None:
        given["after"] = f"{after[0].isoformat()}~{after[1]}"
    return f"/desk?{urlencode(given)}" if given else "/desk"


def behind(after: str) -> tuple[datetime, str] | None:
    """The place in a lane as `address` wrote it; None for anything else: the lane then begins at its beginning."""
    at, _, item_id = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return None if moment.tzinfo is None or not item_id else (moment, item_id)
