"""R12, R73: a key file that may be graded by, and how answers are counted against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from registry.grading import AUDIENCES, AnswerKey, BadAnswerKey, Grade, example_answer_keys, example_keys, grade, load_keys

THREE = {"pass_mark": 2, "attempts": None, "answers": {1: "a", 2: "B", 3: "d"}}
KEY = AnswerKey("v1", "prescriber_knowledge", {"answers.1": "a", "answers.2": "b", "answers.3": "d"}, 2, None)


def written(folder: Path, content: Any) -> Path:
    path = folder / "key.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def both(**changes: Any) -> dict[str, Any]:
    entry = {name: value for name, value in {**THREE, **changes}.items() if value != "left out"}
    return {"version": "v1", **dict.fromkeys(AUDIENCES, entry)}


def test_a_key_is_read_with_version_mark_attempts_and_letters_made_small(tmp_path: Path) -> None:
    keys = load_keys(written(tmp_path, both(attempts=3)))
    assert keys == {
        audience: AnswerKey("v1", audience, {"answers.1": "a", "answers.2": "b", "answers.3": "d"}, 2, 3)
        for audience in AUDIENCES
    }


@pytest.mark.parametrize(
    "changes", [{"pass_mark": 1}, {"pass_mark": 3}, {"attempts": 1}, {"attempts": None}, {"attempts": "left out"}]
)
def test_the_outermost_values_of_a_key_are_allowed(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert load_keys(written(tmp_path, both(**changes)))


@pytest.mark.parametrize("changes", [
    {"pass_mark": 0}, {"pass_mark": 4}, {"pass_mark": -1}, {"pass_mark": "2"}, {"pass_mark": "left out"}, {"pass_mark": 1.5},
    {"attempts": 0}, {"attempts": -1}, {"attempts": "3"}, {"attempts": 1.5}, {"answers": {}}, {"answers": ["a", "b"]},
    {"answers": "left out"}, {"answers": {1: "e", 2: "a", 3: "b"}}, {"answers": {1: "ab", 2: "a", 3: "b"}},
])  # fmt: skip
def test_a_key_that_cannot_be_graded_by_is_refused_with_its_file_and_assessment(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = written(tmp_path, both(**changes))
    with pytest.raises(BadAnswerKey) as refused:
        load_keys(path)
    assert str(path) in str(refused.value)
    assert "prescriber_knowledge" in str(refused.value)


@pytest.mark.parametrize("content", [
    [], "v1", {}, {"version": 1, **dict.fromkeys(AUDIENCES, THREE)}, {"version": "v1"},
    {"version": "v1", "prescriber_knowledge": THREE}, {"version": "v1", **dict.fromkeys(AUDIENCES, "a, b, c")},
])  # fmt: skip
def test_a_file_that_is_no_key_of_both_assessments_is_refused(tmp_path: Path, content: Any) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadAnswerKey) as refused:
        load_keys(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(("answers", "correct", "passed"), [
    ("abd", 3, True), ("ABD", 3, True), ("abc", 2, True), ("aac", 1, False), ("ccc", 0, False),
])  # fmt: skip
def test_right_answers_are_counted_in_any_case_and_the_pass_mark_itself_passes(answers: str, correct: int, passed: bool) -> None:
    given = {f"answers.{number}": letter for number, letter in enumerate(answers, 1)}
    assert grade(KEY, given) == Grade(correct, 3, passed)


def test_an_assessment_with_blanks_is_not_graded_and_each_is_named() -> None:
    with pytest.raises(ValueError, match=r"^unanswered: answers\.1, answers\.3$"):
        grade(KEY, {"answers.2": "b"})


def test_the_shipped_keys_are_shown_by_form_and_field() -> None:
    shown = example_answer_keys()
    assert set(shown) == set(AUDIENCES)
    assert all(shown[audience] == dict(example_keys()[audience].answers) for audience in AUDIENCES)
    assert example_keys() is example_keys(), "read once"
