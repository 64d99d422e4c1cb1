"""Knowledge assessments: the versioned answer key and the grading of one assessment (R12, R73).

What: `load_keys` reads a key file, `grade` counts right answers.
Why: pass mark, key and allowed attempts are not public; they are configuration with an example shipped [decision].
Refuses: a key file that is incomplete (`BadAnswerKey` names file and entry), and to grade an assessment with blanks: a question
that a fax machine swallowed is not a wrong answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

EXAMPLE_KEYS = Path(__file__).parent / "answer_keys" / "example-2023-11.yaml"
AUDIENCES = ("prescriber_knowledge", "pharmacy_knowledge")
OPTIONS = frozenset("abcd")


class BadAnswerKey(ValueError):
    """A key file that cannot be graded by."""


@dataclass(frozen=True)
class AnswerKey:
    """The key of one assessment."""

    version: str
    audience: str  # the assessment's form code
    answers: Mapping[str, str]  # by field name, "answers.1"
    pass_mark: int  # right answers needed
    attempts: int | None  # allowed; None: as many as it takes


@dataclass(frozen=True)
class Grade:
    """How an assessment was answered."""

    correct: int
    questions: int
    passed: bool


def load_keys(path: Path = EXAMPLE_KEYS) -> Mapping[str, AnswerKey]:
    """Both keys by form code; BadAnswerKey for a file that is not one."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("version"), str):
        raise BadAnswerKey(f"{path}: a mapping with a `version` is needed")
    return {audience: _key(path, content["version"], audience, content.get(audience)) for audience in AUDIENCES}


@cache
def example_keys() -> Mapping[str, AnswerKey]:
    """The keys that are shipped, read once."""
    return load_keys()


def example_answer_keys() -> dict[str, dict[str, str]]:
    """The shipped example keys in the shape of `remsfax registry keys --json`."""
    return {audience: dict(key.answers) for audience, key in example_keys().items()}


def grade(key: AnswerKey, answers: Mapping[str, str]) -> Grade:
    """Right answers against the key; every question must have an answer (ValueError), letters in any case."""
    blank = [field for field in key.answers if field not in answers]
    if blank:
        raise ValueError(f"unanswered: {', '.join(blank)}")
    correct = sum(answers[field].casefold() == right for field, right in key.answers.items())
    return Grade(correct, len(key.answers), correct >= key.pass_mark)


def _key(path: Path, version: str, audience: str, entry: Any) -> AnswerKey:
    if not isinstance(entry, dict) or not isinstance(entry.get("answers"), dict) or not entry["answers"]:
        raise BadAnswerKey(f"{path}: {audience} needs `answers`")
    answers = {f"answers.{number}": str(letter).casefold() for number, letter in sorted(entry["answers"].items())}
    if wrong := [field for field, letter in answers.items() if letter not in OPTIONS]:
        raise BadAnswerKey(f"{path}: {audience} {wrong[0]} is none of a, b, c, d")
    pass_mark, attempts = entry.get("pass_mark"), entry.get("attempts")
    if not isinstance(pass_mark, int) or not 0 < pass_mark <= len(answers):
        raise BadAnswerKey(f"{path}: {audience} `pass_mark` lies between 1 and {len(answers)}")
    if attempts is not None and (not isinstance(attempts, int) or attempts < 1):
        raise BadAnswerKey(f"{path}: {audience} `attempts` is a number of at least 1, or null")
    return AnswerKey(version, audience, answers, pass_mark, attempts)
