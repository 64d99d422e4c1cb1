"""What time alone makes due is told once, at its latest stage, whenever and however often the clock's work runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from registry import clock, clock_storage, dispense_requests, questions
from registry.clock import ORDER, Stage, Telling
from tests.registry.world import BEA, CLINIC, CORNER, OTHER_PRESCRIBER, PATIENT, STATUS, World, day


def run(world: World, at: datetime) -> list[Telling]:
    """The clock's work at that moment."""
    return clock.tell(world.session, clock.untold(world.session, at), at)


def stages(world: World, *numbers: float) -> list[list[str]]:
    """What each run tells, by day."""
    return [[one.stage.value for one in run(world, day(number))] for number in numbers]


def test_r75_the_ar_is_reminded_at_sixty_and_thirty_days_and_told_of_the_end_each_once() -> None:
    world = World()
    world.pharmacy()
    told = stages(world, 670, 671, 672, 700, 701, 701.2, 731, 732, 733, 900)
    assert told == [[], ["ar_reminded_early"], [], [], ["ar_reminded_late"], [], [], ["pharmacy_decertified"], [], []]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([705], ["ar_reminded_late"]),
        ([671, 732], ["ar_reminded_early", "pharmacy_decertified"]),
        ([2000], ["pharmacy_decertified"]),
    ],
)
def test_r75_after_downtime_only_the_latest_stage_is_told(numbers: list[float], told: list[str]) -> None:
    world = World()
    world.pharmacy()
    assert [one for each in stages(world, *numbers) for one in each] == told


def test_r75_a_reconfirmation_begins_a_new_occasion() -> None:
    world = World()
    world.pharmacy()
    assert stages(world, 705) == [["ar_reminded_late"]]
    dispense_requests.reconfirm(world.session, CORNER, day(710))
    assert stages(world, 711, 1381, 1441) == [[], ["ar_reminded_early"], ["pharmacy_decertified"]]


def test_a_deactivated_pharmacy_is_reminded_of_nothing() -> None:
    world = World()
    world.pharmacy()
    dispense_requests.deactivate(world.session, CORNER, day(5))
    assert stages(world, 690, 740) == [[], []]


def test_r65_a_status_form_is_due_from_day_30_and_overdue_after_day_37_each_told_once_per_last_form() -> None:
    world = World()
    world.patient()
    assert stages(world, 29, 30, 31, 37, 38, 39) == [[], ["status_form_due"], [], [], ["status_form_overdue"], []]
    world.status(day(40), (39, 2000))
    assert stages(world, 41, 69, 70, 78, 400) == [[], [], ["status_form_due"], ["status_form_overdue"], []]


def test_r65_a_missed_reminder_is_not_told_once_the_form_is_overdue() -> None:
    world = World()
    world.patient()
    assert stages(world, 45) == [["status_form_overdue"]]


def test_the_clock_turned_back_tells_no_earlier_stage() -> None:
    world = World()
    world.patient()
    assert stages(world, 38, 31) == [["status_form_overdue"], []]


def test_r65_discontinued_patients_are_not_reminded() -> None:
    world = World()
    world.patient()
    world.status(day(3), (2, 1800), treatment_status="discontinued", discontinuation_reason="other")
    assert world.know(questions_id(world))["treatment_status"] == "discontinued"
    assert stages(world, 40, 60) == [[], []]


def questions_id(world: World) -> str:
    from registry import storage
    from registry.patients import Patient

    return storage.find(world.session, Patient, {})[0].patient_id


def test_what_is_told_names_the_prescriber_the_patient_and_the_day() -> None:
    world = World()
    patient_id = world.patient()
    (told,) = run(world, day(31))
    assert (told.subject, told.occasion, told.key) == (patient_id, "2023-11-01", f"{patient_id}/2023-11-01/status_form_due")
    assert (told.notice.to, told.notice.name, told.notice.fax) == ("prescriber", "ANN LEE", "3125550143")
    assert told.notice.facts["next_status_form_by"] == "2023-12-08"
    assert told.notice.facts["last_received_on"] is None


def test_looking_changes_nothing_and_the_play_s_question_answers_everything_due() -> None:
    world = World()
    world.patient()
    world.pharmacy()
    assert [one.kind for one in clock.due_work(world.session, day(31))] == ["status_form_due"]
    assert [one.stage for one in run(world, day(31))] == [Stage.STATUS_FORM_DUE]
    assert clock.due_work(world.session, day(31)) == []
    assert [one.kind for one in questions.due(world.session, day(31))] == ["status_form_due"]


@pytest.mark.parametrize(
    ("received", "first_told"),
    [
        # a form of Sunday 3 March 2024, 23:30 Eastern, is already Monday's in UTC; clocks go forward on 10 March
        (datetime(2024, 3, 4, 4, 30, tzinfo=UTC), datetime(2024, 4, 2, 4, 0, tzinfo=UTC)),
        # 00:30 on the same night: a day later
        (datetime(2024, 3, 4, 5, 30, tzinfo=UTC), datetime(2024, 4, 3, 4, 0, tzinfo=UTC)),
        # clocks go back on 3 November 2024: midnight is at 04:00 UTC before and at 05:00 after
        (datetime(2024, 10, 15, 3, 59, tzinfo=UTC), datetime(2024, 11, 13, 5, 0, tzinfo=UTC)),
        (datetime(2024, 10, 15, 4, 0, tzinfo=UTC), datetime(2024, 11, 14, 5, 0, tzinfo=UTC)),
    ],
)
def test_days_are_the_program_s_also_when_the_clocks_change(received: datetime, first_told: datetime) -> None:
    world = World()
    world.patient(received - timedelta(days=20), **{"labs.0.draw_date": (received - timedelta(days=22)).date().isoformat()})
    draw = (received - timedelta(days=2)).date().isoformat()
    world.send("patient_status", {**STATUS, "labs.0.draw_date": draw, "labs.0.anc": 2000}, received, ("prescriber",))
    assert run(world, first_told - timedelta(seconds=1)) == []
    assert [one.stage for one in run(world, first_told)] == [Stage.STATUS_FORM_DUE]


def settled_world() -> World:
    """Two pharmacies and two patients of two prescribers, begun on different days."""
    world = World()
    world.patient()
    world.prescriber(day(3), OTHER_PRESCRIBER)
    second = {
        **PATIENT, "patient_first_name": "OLGA", "patient_last_name": "PETROV", "patient_date_of_birth": "1955-12-24",
        "prescriber_npi": BEA, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX",
    }  # fmt: skip
    world.send("patient_enrollment", second, day(10), ("prescriber",))
    world.pharmacy()
    world.pharmacy(day(20), pharmacy_npi=CLINIC, ar_email="eva@example.org", ar_first_name="EVA", pharmacy_name="CLINIC")
    return world


def latest(tellings: Iterable[Telling]) -> dict[tuple[str, str], int]:
    """How far each subject's occasion has come."""
    found: dict[tuple[str, str], int] = {}
    for one in tellings:
        place = (one.subject, one.occasion)
        found[place] = max(found.get(place, -1), ORDER.index(one.stage))
    return found


moments = st.lists(
    st.one_of(
        st.integers(0, 24 * 80).map(lambda hours: hours / 24),
        st.integers(24 * 660, 24 * 760).map(lambda hours: hours / 24),
    ),
    min_size=1, max_size=12,
).map(sorted)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(moments, st.lists(st.integers(5, 60), max_size=2, unique=True).map(sorted))
def test_whenever_it_runs_each_stage_is_told_once_and_at_the_end_nothing_due_is_untold(
    numbers: Sequence[float], forms: Sequence[int]
) -> None:
    world = settled_world()
    told: list[Telling] = []
    waiting = list(forms)
    for number in numbers:
        while waiting and waiting[0] <= number:
            form = waiting.pop(0)
            world.status(day(form), (form - 1, 2000))
        told += run(world, day(number))
        assert run(world, day(number)) == [], "played twice, nothing is told twice"
    assert max(Counter((one.subject, one.occasion, one.stage) for one in told).values(), default=1) == 1
    last = day(numbers[-1])
    everything = clock.all_due(world.session, last)
    so_far = latest(told)
    for (subject, occasion), stage in latest(everything).items():
        assert so_far[subject, occasion] >= stage
    by_place: dict[tuple[str, str], list[int]] = {}
    for one in told:
        by_place.setdefault((one.subject, one.occasion), []).append(ORDER.index(one.stage))
    assert all(before < after for order in by_place.values() for before, after in pairwise(order)), "no stage after a later one"


def test_a_second_job_that_found_the_same_tells_nothing() -> None:
    world = World()
    world.patient()
    both = clock.untold(world.session, day(31))
    assert len(clock.tell(world.session, both, day(31))) == 1
    assert clock.tell(world.session, both, day(31)) == []


def test_a_transaction_that_fails_leaves_everything_to_tell() -> None:
    world = World()
    world.patient()
    world.session.commit()
    assert len(run(world, day(31))) == 1
    world.session.rollback()
    assert len(run(world, day(31))) == 1


def test_the_last_run_is_remembered() -> None:
    world = World()
    assert clock_storage.last_run(world.session) is None
    for number in (1, 1.1, 2):
        clock_storage.note_run(world.session, day(number))
    assert clock_storage.last_run(world.session) == day(2)


def test_pharmacies_are_found_by_the_index_of_their_last_day() -> None:
    world = World()
    statements: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        statements.append((statement, parameters))

    event.listen(world.session.get_bind(), "before_cursor_execute", note)
    clock_storage.pharmacies_to_reconfirm(world.session, day(0).date())
    ((statement, parameters),) = statements
    plan = [row[3] for row in world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert any("ix_registry_pharmacies_reconfirm_by" in step for step in plan)
