"""What a history comes to, whichever fax of it was settled first."""

from __future__ import annotations

import pytest

from registry.recording import admit
from registry.submission import Submission
from tests.registry.world import STATUS, World, day, kinds, on, rules


@pytest.fixture
def world() -> World:
    made = World()
    made.designee()
    made.maria = made.patient()  # type: ignore[attr-defined]
    made.pharmacy()
    return made


def form(world: World, number: float, signed: tuple[str, ...] = ("prescriber",), **values: object) -> Submission:
    """A Patient Status Form received on that day."""
    return world.submission("patient_status", {**STATUS, **values}, day(number), signed)


def low(number: int, anc: float = 800) -> dict[str, object]:
    return {"labs.0.draw_date": on(number), "labs.0.anc": anc}


def rationale(number: int, anc: float = 800) -> dict[str, object]:
    return {"rationale": True, "rationale_draw_date": on(number), "rationale_anc": anc}


def settle(world: World, *submissions: Submission) -> None:
    """Admits them in this order, long after all were received."""
    for one in submissions:
        admit(world.session, one, day(30))


def test_a_form_that_waited_at_the_desk_does_not_undo_one_received_after_it(world: World) -> None:
    waited, clear = form(world, 2, treatment_status="enrolled"), form(world, 3, treatment_status="interrupted")
    settle(world, clear, waited)
    assert world.know(world.maria)["treatment_status"] == "interrupted"


def test_an_interruption_received_first_and_settled_last_is_lifted_by_the_rationale_received_after_it(world: World) -> None:
    interrupts, lifts = form(world, 2, **low(1)), form(world, 4, **rationale(1))
    settle(world, lifts, interrupts)
    assert world.know(world.maria)["treatment_status"] == "enrolled"


def test_a_low_anc_received_before_a_newer_normal_one_interrupted_also_where_it_is_settled_after_it(world: World) -> None:
    settle(world, form(world, 4, **low(3, 1900)), form(world, 2, **low(1)))
    assert world.know(world.maria)["treatment_status"] == "interrupted"


def test_the_same_low_anc_counts_from_the_fax_that_brought_it_first(world: World) -> None:
    again, first, newer = form(world, 6, **low(1)), form(world, 2, **low(1)), form(world, 4, **low(3, 1900))
    settle(world, again, newer, first)
    assert world.know(world.maria)["treatment_status"] == "interrupted"
    assert [one["anc"] for one in world.know(world.maria)["labs"]] == [2100, 800, 1900]


def test_a_frequency_received_earlier_does_not_replace_the_later_one(world: World) -> None:
    settle(world, form(world, 5, monitoring_frequency="monthly"), form(world, 3, monitoring_frequency="every_two_weeks"))
    assert world.know(world.maria)["monitoring_frequency"] == "monthly"


def test_hospice_settled_late_lets_the_six_months_stand_that_came_after_it(world: World) -> None:
    six_months = form(world, 5, monitoring_frequency="every_six_months")
    settle(world, six_months, form(world, 3, hospice=True))
    assert world.know(world.maria)["monitoring_frequency"] == "every_six_months"


def test_a_status_form_settled_late_does_not_shorten_the_37_days(world: World) -> None:
    world.dispense(world.maria, day(1))
    settle(world, form(world, 20, **low(19, 1900)), form(world, 3, **low(2, 1900)))
    assert world.know(world.maria)["last_status_form"] == on(20)


def test_a_form_that_tells_of_a_status_already_reached_joins_the_history(world: World) -> None:
    """Received on day 4 it confirms Enrolled; the Interrupted of day 2, settled after it, is then no longer the last word."""
    settle(world, form(world, 4, treatment_status="enrolled"), form(world, 2, treatment_status="interrupted"))
    assert world.know(world.maria)["treatment_status"] == "enrolled"


def test_r42_a_rationale_for_another_value_than_the_lower_one_of_its_day_is_refused_and_lifts_nothing(world: World) -> None:
    world.status(day(2), (1, 800))
    answer = world.status(day(3), **rationale(1, 900))
    assert ("rationale", "R42") in rules(answer)
    assert world.know(world.maria)["treatment_status"] == "interrupted"


def test_r44_enrolled_over_an_open_low_anc_is_refused_and_holds_once_that_anc_is_withdrawn(world: World) -> None:
    from registry.audit import Cause
    from registry.corrections import withdraw

    interrupted = world.status(day(2), (1, 800))
    assert "rationale_needed" in kinds(interrupted)
    assert ("treatment_status", "R44") in rules(world.status(day(3), treatment_status="enrolled"))
    withdraw(world.session, f"{interrupted.submission_id}:labs.0", Cause(day(4), "pat", "web"), "it says 1800")
    assert world.know(world.maria)["treatment_status"] == "enrolled"


def test_what_was_held_before_the_enrollment_counts_with_it(world: World) -> None:
    """A draw received before anybody was enrolled interrupts nobody, where the enrollment brings a newer one."""
    other = World()
    other.lab(day(-3), -4, 800)
    maria = other.patient()
    assert other.know(maria)["treatment_status"] == "enrolled"


def gaps(world: World) -> str | None:
    found: str | None = world.know(world.maria)["missing_labs"]
    return found


def test_a_status_form_sent_again_does_not_hide_the_labs_that_were_missing_from_the_first(world: World) -> None:
    world.status(day(14), (13, 1900))
    assert gaps(world) == f"{on(-1)} to {on(13)}"
    world.status(day(15), (13, 1900))
    assert gaps(world) == f"{on(-1)} to {on(13)}"


def test_forms_without_any_draw_do_not_add_up_to_a_treatment_without_bloodwork(world: World) -> None:
    for number in (5, 10, 15):
        world.status(day(number))
    assert gaps(world) == f"{on(-1)} to {on(15)}"


def test_a_form_with_a_draw_of_its_own_is_judged_since_the_form_before(world: World) -> None:
    world.status(day(14), (13, 1900))
    world.status(day(20), (20, 1900))
    assert gaps(world) is None


def test_what_the_prescriber_authorized_is_not_asked_again(world: World) -> None:
    world.status(day(14), missing_labs_authorized=True)
    assert gaps(world) is None
    world.status(day(18))
    assert gaps(world) is None


def test_the_second_of_two_forms_of_one_day_is_judged_over_the_same_days_as_the_first(world: World) -> None:
    world.status(day(14), (1, 1900))
    world.status(day(14.1), (13, 1900))
    assert gaps(world) == f"{on(1)} to {on(13)}"


def test_of_two_forms_received_at_one_moment_either_may_be_settled_first(world: World) -> None:
    """One brings an ANC, the other the same ANC and BEN, under which it is acceptable."""

    def ends(*order: int) -> str:
        other = World()
        maria = other.patient()
        plain = other.submission("patient_status", {**STATUS, **low(1, 700)}, day(2), ("prescriber",))
        ben = other.submission("patient_status", {**STATUS, **low(1, 700), "ben": True}, day(2), ("prescriber",))
        forms = (plain, ben)
        settle(other, *(forms[one] for one in order))
        return str(other.know(maria)["treatment_status"])

    assert ends(0, 1) == ends(1, 0) == "enrolled"


def test_a_rationale_that_brings_its_own_anc_does_so_though_a_later_fax_with_it_was_read_first() -> None:
    """Read second, the rationale had left its ANC with the later fax, and the form's other value of that day interrupted."""

    def ends(*order: int) -> str:
        other = World()
        maria = other.patient()
        names = {"rationale": True, "rationale_draw_date": on(1), "rationale_anc": 400, "ben": True}
        form = other.submission("patient_status", {**STATUS, **low(1, 499.9), **names}, day(2), ("prescriber",))
        later = other.submission("patient_status", {**STATUS, **low(1, 400)}, day(3), ("prescriber",))
        forms = (form, later)
        settle(other, *(forms[one] for one in order))
        return str(other.know(maria)["treatment_status"])

    assert ends(0, 1) == ends(1, 0) == "enrolled"
