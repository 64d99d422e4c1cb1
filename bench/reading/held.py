"""What keeps faxes from being untouched: for each cause, how many fields wait and how many faxes wait for nothing else.

What: a table for typed faxes and for status forms of known patients by hand, causes in words, the commonest first.
Why: a bar that is missed is worth its reasons: which of them a better reader could remove, and which only another sender.
Refuses: nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.reading.measuring import Judged

GROUPS: Mapping[str, frozenset[str]] = {
    "typed faxes": frozenset({"typed", "typed_strangers"}),
    "status forms of known patients by real pens": frozenset({"pen_known", "digits_known"}),
}
WORDS = {
    "damaged_rows": "rows lost or doubled by the line",
    "unregistered": "nothing printed found again near it",
    "stripe": "a stripe of the sender's machine",
    "contradiction": "says something else than the registry",
    "near_twin": "two people nearly alike",
    "check_digit": "its check digit fails",
    "low_certainty": "a letter and a digit that look alike, or dirt",
    "readers_disagree": "the readers disagree about characters in cells, or about print",
    "unsure_mark": "an odd mark",
    "unsure_signature": "an odd signature",
}
"""Kinds of problems that explain a field, the more telling first."""


def held(found: Sequence[Judged]) -> str:
    """The tables, in Markdown."""
    text = "\n## What waits for a person, and why\n"
    for group, strata in GROUPS.items():
        waiting: dict[str, list[Judged]] = defaultdict(list)
        causes: dict[str, set[str]] = defaultdict(set)
        for one in found:
            if one.about["stratum"] in strata and not one.verdict.accepted:
                waiting[cause(one.reading)].append(one)
                causes[one.verdict.sample].add(cause(one.reading))
        faxes = len({one.verdict.sample for one in found if one.about["stratum"] in strata})
        text += f"\nOf {faxes} {group} {len(causes)} wait:\n\n"
        text += "| cause | fields | read rightly all the same | faxes that wait for nothing else |\n|---|--:|--:|--:|\n"
        for why, fields in sorted(waiting.items(), key=lambda pair: -len(pair[1])):
            alone = sum(only == {why} for only in causes.values())
            text += f"| {why} | {len(fields)} | {sum(one.verdict.right for one in fields)} | {alone} |\n"
    return text


def cause(reading: Mapping[str, Any]) -> str:
    """Why a field waits, in words."""
    kinds = {problem["kind"] for problem in reading.get("problems", ())}
    if reading.get("manner") == "read_line" and kinds <= {"readers_disagree"}:
        return "a line by hand that nobody knows"
    telling = next((words for kind, words in WORDS.items() if kind in kinds), None)
    if telling is not None:
        return telling
    if reading.get("route") == "verified":
        return "a known value, but not surely enough"
    return "read, but not surely enough"
