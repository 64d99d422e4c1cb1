"""The charts of what went out, each with the table that says the same. Pure: from counted days and calls to pictures and rows.

What: outcomes by day, time to delivery, attempts a letter took, why no page went out; the calls of one number by week.
Why: whether answers arrive is seen over weeks, and a number that stopped answering in its own picture.
Refuses: to count letters: days are counted as things happen, so a letter that was uncertain and then arrived stands in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from registry.moments import program_day
from review_queue.figures_page import Chart, share
from review_queue.sent_letters import Days, NumberCall, Tone
from review_queue.svg_charts import Column, bars, columns

DAYS = 28  # how far back the charts look, today included
WEEKS = 26  # of one number
ENDS = (("delivered", "delivered"), ("uncertain", "uncertain"), ("given_up", "failed"))
"""Ends of a letter that are drawn, by what is counted and in words."""
TOOK, TRIES, NOT_SENT = "took:", "tries:", "not_sent:"
MANY_TRIES = 5  # attempts told apart; so many or more stand together


def charts(found: Days) -> list[Chart]:
    """All of them."""
    whole: Counter[str] = Counter()
    for day in found.days.values():
        whole.update(day)
    return [by_day(found.days), time_to_delivery(whole, found.within), attempts(whole), causes(whole, found.causes)]


def by_day(days: Mapping[date, Mapping[str, int]]) -> Chart:
    """What letters ended in, by program day."""
    rows, drawn = [], []
    for day, what in days.items():
        numbers = [what.get(code, 0) for code, _ in ENDS]
        told = ", ".join(f"{number} {words}" for number, (_, words) in zip(numbers, ENDS, strict=True))
        drawn.append(Column(f"{day:%m/%d}", tuple(numbers), f"{day:%a %m/%d}: {told}"))
        more = (what.get("held", 0), what.get("closed", 0), what.get("calls", 0), what.get("mails", 0))
        rows.append((f"{day:%a %m/%d}", *(str(number) for number in (*numbers, *more))))
    whole = [sum(what.get(code, 0) for what in days.values()) for code, _ in ENDS]
    ended = sum(whole)
    says = f"{whole[0]} delivered in {len(days)} days, {share(whole[0], ended)} of what ended; {whole[1]} became uncertain, "
    says += f"{whole[2]} failed. Today is not over."
    heads = ("Day", "Delivered", "Uncertain", "Failed", "Held", "Stopped", "Calls", "E-mails")
    return Chart("What became of letters, by day", says, columns(drawn, 4), heads, tuple(rows), tuple(words for _, words in ENDS))


def time_to_delivery(whole: Mapping[str, int], within: Mapping[str, str]) -> Chart:
    """How long after they became due letters arrived."""
    counts = [(words, whole.get(TOOK + code, 0)) for code, words in within.items()]
    arrived = sum(count for _, count in counts)
    so_far, rows = 0, []
    for words, count in counts:
        so_far += count
        rows.append((_within(words), str(count), share(count, arrived), share(so_far, arrived)))
    drawn = bars([(_within(words), count, f"{count}, {share(count, arrived)}") for words, count in counts])
    hour = sum(whole.get(TOOK + code, 0) for code in ("quarter", "hour"))
    says = f"{share(hour, arrived)} of {arrived} letters arrived within an hour." if arrived else "Nothing has arrived yet."
    heads = ("Arrived", "Letters", "Share", "So far")
    return Chart("From due to delivered", says, drawn, heads, tuple(rows))


def attempts(whole: Mapping[str, int]) -> Chart:
    """How many attempts letters took that arrived."""
    counts = [(number, whole.get(f"{TRIES}{number}", 0)) for number in range(1, MANY_TRIES + 1)]
    arrived = sum(count for _, count in counts)
    named = [(_attempts(number), count) for number, count in counts]
    drawn = bars([(words, count, f"{count}, {share(count, arrived)}") for words, count in named])
    says = f"{share(counts[0][1], arrived)} arrived at the first attempt." if arrived else "Nothing has arrived yet."
    rows = tuple((words, str(count), share(count, arrived)) for words, count in named)
    return Chart("Attempts a letter took", says, drawn, ("Attempts", "Letters", "Share"), rows)


def causes(whole: Mapping[str, int], words: Mapping[str, str]) -> Chart:
    """Why no page went out: letters' attempts, each with its cause."""
    counts = {code.removeprefix(NOT_SENT): count for code, count in whole.items() if code.startswith(NOT_SENT)}
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    every = sum(counts.values())
    named = [(words.get(code, code.replace("_", " ")), count) for code, count in most]
    drawn = bars([(_short(name), count, f"{count}, {share(count, every)}") for name, count in named])
    says = f"{every} attempt{'' if every == 1 else 's'} brought nothing" + (f"; most often {named[0][0]}." if named else ".")
    rows = tuple((name, str(count), share(count, every)) for name, count in named)
    return Chart("Why no page went out", says, drawn, ("Cause", "Attempts", "Share"), rows)


def calls_by_week(calls: Sequence[NumberCall], now: datetime) -> Chart:
    """What calls to one number ended in, by week, this week last."""
    this = _monday(program_day(now))
    weeks = [this - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    found: Counter[tuple[date, int]] = Counter()
    for one in calls:
        found[_monday(program_day(one.began)), _series(one.tone)] += 1
    rows, drawn = [], []
    for week in weeks:
        numbers = tuple(found[week, series] for series in range(3))
        told = f"week of {week:%m/%d}: {numbers[0]} delivered, {numbers[1]} uncertain, {numbers[2]} without a page"
        drawn.append(Column(f"{week:%m/%d}", numbers, told))
        if any(numbers):
            rows.append((f"{week:%m/%d/%Y}", *(str(number) for number in numbers)))
    arrived = sum(found[week, 0] for week in weeks)
    made = "1 call" if len(calls) == 1 else f"{len(calls)} calls"
    says = f"{made} in the last {WEEKS} weeks; {arrived} brought every page."
    heads = ("Week of", "Delivered", "Uncertain", "No page went out")
    series = ("delivered", "uncertain", "no page went out")
    return Chart("Calls to this number, by week", says, columns(drawn, 4), heads, tuple(reversed(rows)), series)


def _series(tone: Tone) -> int:
    return {Tone.ARRIVED: 0, Tone.PERSON: 1}.get(tone, 2)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _within(words: str) -> str:
    return "after that" if words == "longer" else f"within {words}"


def _attempts(number: int) -> str:
    if number == MANY_TRIES:
        return f"{number} or more"
    return f"{number} attempt{'' if number == 1 else 's'}"


def _short(words: str) -> str:
    """What fits beside a bar; the table has all of it."""
    return words if len(words) <= 30 else f"{words[:28].rstrip(' ,')}…"
