"""The sender dies at every step, and the server misbehaves in every way: nothing lost, nothing twice, nothing claimed."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState
from tests.outbound.gateways import ProcessDied
from tests.outbound.letters_for_tests import NOW
from tests.outbound.misbehaving import (
    Death,
    Found,
    MisbehavingServer,
    MortalSessions,
    at_rest,
    judge,
    next_moment,
    plan_letters,
    step,
)

RULES = CallingRules(lines=2)


def a_database() -> sessionmaker[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


def run(folder: Path, seed: int, deaths: list[int], letters: int = 6, numbers: int = 3) -> tuple[Found, int]:
    """Letters on a server with that seed, by senders that die one after the other; what it came to, and the steps it took."""
    factory, now, steps = a_database(), NOW, 0
    plan_letters(factory, seed, letters, numbers, now)
    deaths = list(deaths)
    while not at_rest(factory):
        death = Death(deaths.pop(0)) if deaths else Death()
        mortal, server = MortalSessions(factory, death), MisbehavingServer(folder, seed, death)
        with contextlib.suppress(ProcessDied):
            while not at_rest(factory):
                acted = step(mortal, server, now, RULES)
                now = now + timedelta(seconds=1) if acted else next_moment(factory, now)
                assert now < NOW + timedelta(days=30)
        steps += death.steps
    return judge(factory, MisbehavingServer(folder, seed)), steps


@pytest.mark.parametrize("fate", ["arrives", "receipt lost"])
def test_wherever_the_sender_dies_all_letters_of_its_call_come_to_the_same_rest(fate, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.outbound.misbehaving.FATES", {fate: 1})
    (tmp_path / "clean").mkdir()
    _, steps = run(tmp_path / "clean", 1, [], letters=3, numbers=1)
    for at in range(1, min(steps, 16) + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        found, _ = run(folder, 1, [at], letters=3, numbers=1)
        assert found.faults == (), f"died at step {at}"


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 40), max_size=6))
def test_whatever_the_server_does_and_whenever_the_sender_dies_nothing_is_lost_and_nothing_sent_twice(seed, deaths):
    with TemporaryDirectory() as folder:
        found, _ = run(Path(folder), seed, deaths)
    assert found.faults == ()
    assert found.delivered + found.uncertain + found.given_up == found.letters


def test_an_uncertain_call_leaves_every_letter_of_it_to_a_person(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.outbound.misbehaving.FATES", {"receipt lost": 1})
    found, _ = run(tmp_path, 3, [], letters=3, numbers=1)
    assert (found.uncertain, found.calls) == (3, 1)


def test_several_letters_to_one_recipient_are_one_call_and_every_one_has_its_evidence(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.outbound.misbehaving.FATES", {"arrives": 1})
    factory, server = a_database(), MisbehavingServer(tmp_path, 5)
    plan_letters(factory, 5, 4, 1, NOW)
    now = NOW
    while not at_rest(factory):
        step(factory, server, now, RULES)
        now = next_moment(factory, now)
    (job,) = server.jobs()
    assert len(job["letters"]) == 4
    with factory() as session:
        from outbound import looking_storage

        for one in storage.in_state(session, DeliveryState.DELIVERED):
            full = looking_storage.letter(session, DeliveryId(one.delivery_id))
            assert (full.attempts[0].far_station, full.attempts[0].pages_confirmed) == ("A CLINIC", 2)
            assert len(full.together_with) == 3
            assert [event.event for event in full.history][-1] == "confirmed"
