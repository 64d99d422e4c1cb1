"""docs/play.jsonl and the table of events in docs/operating.md: every event there is, playable as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from registry.played import _EVENTS, play
from registry.played_acts import ACTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINES = [json.loads(line) for line in (DOCS / "play.jsonl").read_text(encoding="utf-8").splitlines()]
MANUAL = (DOCS / "operating.md").read_text(encoding="utf-8").partition("| event | what it does |")[2].partition("\n## ")[0]


def answers() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return list(zip(LINES, play(LINES), strict=True))


def test_the_example_holds_every_event_and_the_manual_names_each() -> None:
    asked = {line["ask"] for line in LINES if "ask" in line}
    played = {event for line in LINES for event in line} - {"at"}
    assert {*_EVENTS, *ACTS} <= played
    said = set(re.findall(r'`\{"([a-z_]+)"', MANUAL))
    assert {*_EVENTS, *ACTS} == said
    assert set(re.findall(r'\{"ask": "([a-z_]+)"', MANUAL)) == asked


def test_every_line_of_the_example_is_answered_and_all_but_the_refused_ones_are_done() -> None:
    refused = []
    for number, (_, answer) in enumerate(answers(), start=1):
        assert "error" not in answer, answer
        refused += [number for key in ("done", "admitted", "authorized", "reversed", "deactivated") if answer.get(key) is False]
    assert refused == [14, 17], "the check without a current status form, and the rationale of somebody who may not"


def test_r71_whoever_is_said_to_give_a_rationale_is_the_representative_or_enrolled_staff() -> None:
    given = [(line["dispense_rationale"]["asked_by"], answer) for line, answer in answers() if "dispense_rationale" in line]
    assert [(who, answer["authorized"], [one["rule"] for one in answer["reasons"]]) for who, answer in given] == [
        ("zoe@example.org", False, ["R71"]),
        ("kit@example.org", True, []),
    ]


def test_a_history_and_the_changes_of_the_list_are_asked_for() -> None:
    found = {line["ask"]: answer for line, answer in answers() if line.get("ask") in ("history", "changes")}
    (page,) = found["history"]["histories"]
    patient = next(one for one in page["records"] if one["record"] == "Patient")
    assert (page["kind"], patient["values"]["treatment_status"]) == ("patient", "interrupted")
    assert [one["what"] for one in page["events"]].count("submission") == 2
    assert [(one["change"], one["what"]) for one in found["changes"]["changes"]] == [("left", "deactivated")]


def test_a_removed_person_gives_no_rationale_and_nobody_known_has_no_history() -> None:
    at = {"at": "2025-09-01T15:00:00Z"}
    wanted = {**next(line for line in reversed(LINES) if "dispense_rationale" in line), **at}
    asked = [{**at, "ask": "history", "of": "nobody"}, {**at, "ask": "changes", "since": "yesterday"}, wanted]
    unknown, odd, late = list(play([*LINES[:-3], *asked]))[-3:]
    assert unknown == {"histories": []}
    assert "since as YYYY-MM-DD" in odd["error"]
    assert [one["rule"] for one in late["reasons"]] == ["R71"]
