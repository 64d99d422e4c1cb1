"""R12, R73, R74: how often a Knowledge Assessment may be taken, and whose attempts count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.grading import example_keys
from registry.recording import admit
from tests.registry.world import CORNER, PHARMACY, World, day

TWO_ATTEMPTS = {code: replace(key, attempts=2) for code, key in example_keys().items()}
USED_UP = "All 2 allowed attempts are used. Call the contact centre before taking the assessment again."


@pytest.fixture
def world() -> World:
    made = World()
    made.send("outpatient_pharmacy", PHARMACY, day(0), ("ar",))
    return made


def fail(world: World, first: str, last: str, number: int) -> str:
    """An assessment with every answer wrong; the reason it was refused for."""
    wrong = {field: "d" if right == "a" else "a" for field, right in TWO_ATTEMPTS["pharmacy_knowledge"].answers.items()}
    who = {"respondent_first_name": first, "respondent_last_name": last, "pharmacy_npi": CORNER, "pharmacy_name": "CORNER"}
    submission = world.submission("pharmacy_knowledge", {**who, **wrong}, day(number))
    return admit(world.session, submission, day(number), TWO_ATTEMPTS).refused[0].reason


def test_after_the_allowed_attempts_the_next_is_not_graded(world: World) -> None:
    assert "are needed" in fail(world, "RAY", "HILL", 1)
    assert "are needed" in fail(world, "RAY", "HILL", 2)
    assert fail(world, "RAY", "HILL", 3) == USED_UP


def test_r74_the_attempts_of_the_representative_before_are_not_those_of_the_new_one(world: World) -> None:
    for number in (1, 2):
        fail(world, "RAY", "HILL", number)
    meg = {"ar_first_name": "MEG", "ar_last_name": "OAK", "ar_email": "meg@example.org"}
    world.send("outpatient_pharmacy", {**PHARMACY, **meg}, day(4), ("ar",))
    assert "are needed" in fail(world, "MEG", "OAK", 5)
    assert "are needed" in fail(world, "MEG", "OAK", 6)
    assert fail(world, "MEG", "OAK", 7) == USED_UP
