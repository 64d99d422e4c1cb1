"""R63–R78: may this be dispensed, and if not, every reason why."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import dispense_requests
from registry.dispense_requests import DispenseAnswer
from registry.identifiers import issue_patient_id
from registry.recording import admit
from tests.registry.world import BEA, CLINIC, CORNER, PHARMACY, STATUS, World, day, on


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    made.pharmacy()
    return made


def why(answer: DispenseAnswer) -> list[str]:
    return [one.rule for one in answer.reasons]


def later(world: World, frequency: str = "weekly") -> None:
    """Maria has had her first dispensing, and a status form on day 7."""
    world.dispense(world.maria, day(1))
    world.status(day(7), (7, 1900), monitoring_frequency=frequency)


def test_r64_the_first_dispensing_needs_no_status_form(world: World) -> None:
    answer = world.ask(world.maria, day(36))
    assert (answer.authorized, answer.authorization, answer.reasons) == (True, "A00000001", ())


def test_r64_r66_a_denial_names_every_failed_condition() -> None:
    world = World()
    maria = world.patient()
    world.status(day(1), (1, 400))
    answer = world.ask(maria, day(2))
    assert (answer.authorized, why(answer)) == (False, ["R64", "R64"])
    assert "not certified" in answer.reasons[0].reason
    assert "Interrupted" in answer.reasons[1].reason


def test_r64_r30_a_patient_who_is_not_enrolled_gets_nothing(world: World) -> None:
    assert why(world.ask(issue_patient_id(99), day(1))) == ["R64"]
    assert why(world.ask("nonsense", day(1))) == ["R64"]


@pytest.mark.parametrize("status", ["interrupted", "discontinued"])
def test_r41_an_interrupted_or_discontinued_patient_gets_nothing(world: World, status: str) -> None:
    world.status(day(1), treatment_status=status)
    answer = world.ask(world.maria, day(2))
    assert (answer.authorized, why(answer)) == (False, ["R64"])


def test_r65_later_dispensings_need_a_status_form_of_the_last_37_days(world: World) -> None:
    later(world, "other")
    assert world.ask(world.maria, day(44)).authorized is True
    denied = world.ask(world.maria, day(45))
    assert (denied.authorized, why(denied), denied.rationale_offered) == (False, ["R65"], True)


def test_r65_a_patient_without_any_status_form_after_the_first_dispensing_is_denied(world: World) -> None:
    world.dispense(world.maria, day(1))
    denied = world.ask(world.maria, day(2))
    assert (why(denied), denied.rationale_offered) == (["R65"], True)


def test_r65_the_day_of_receipt_counts_and_not_the_day_of_admission(world: World) -> None:
    world.dispense(world.maria, day(1))
    submission = world.submission("patient_status", {**STATUS, "monitoring_frequency": "other"}, day(7), ("prescriber",))
    assert not world.ask(world.maria, day(20)).authorized
    admit(world.session, submission, day(20))
    assert world.ask(world.maria, day(44)).authorized is True
    assert world.ask(world.maria, day(45)).authorized is False


def test_r65_missing_labs_deny_until_the_prescriber_authorizes_them(world: World) -> None:
    world.dispense(world.maria, day(1))
    world.status(day(28), (7, 1900), (28, 1900))
    denied = world.ask(world.maria, day(29))
    assert (why(denied), denied.rationale_offered) == (["R65"], False)
    assert f"{on(7)} to {on(28)}" in denied.reasons[0].reason
    world.status(day(29), missing_labs_authorized=True)
    assert world.ask(world.maria, day(29)).authorized is True


def test_r65_labs_that_arrive_late_fill_the_gap(world: World) -> None:
    world.dispense(world.maria, day(1))
    world.status(day(21), (7, 1900), (21, 1900))
    assert not world.ask(world.maria, day(22)).authorized
    world.lab(day(22), 14, 1850)
    assert world.ask(world.maria, day(22)).authorized is True


def test_r42_a_rationale_opens_dispensing_again(world: World) -> None:
    later(world)
    world.lab(day(8), 8, 850)
    assert why(world.ask(world.maria, day(9))) == ["R64", "R65"]
    world.status(day(9), rationale=True, rationale_draw_date=on(8), rationale_anc=850)
    assert world.ask(world.maria, day(9)).authorized is True


def test_an_authorization_never_reported_counts_as_a_dispensing_after_a_week(world: World) -> None:
    assert world.ask(world.maria, day(1)).authorized is True
    assert world.ask(world.maria, day(8)).authorized is True
    assert why(world.ask(world.maria, day(9))) == ["R65"]


def test_r76_a_deactivated_pharmacy_gets_no_authorization(world: World) -> None:
    dispense_requests.deactivate(world.session, CORNER, day(1))
    assert why(world.ask(world.maria, day(2))) == ["R76"]
    assert why(world.ask(world.maria, day(2), "1022345676")) == ["R64"]


def test_r75_a_decertified_pharmacy_gets_no_authorization(world: World) -> None:
    assert "R76" in why(world.ask(world.maria, day(800)))


def test_an_authorization_is_reported_once_and_unknown_ones_are_refused(world: World) -> None:
    answer = world.ask(world.maria, day(1))
    assert answer.authorization is not None
    assert dispense_requests.report_dispensed(world.session, answer.authorization, day(1)).done
    assert dispense_requests.report_dispensed(world.session, answer.authorization, day(3)).done
    assert not dispense_requests.report_dispensed(world.session, "A99999999", day(1)).done


def test_a_form_in_the_queue_is_shown_to_whoever_asks(world: World) -> None:
    world.dispense(world.maria, day(1))
    assert dispense_requests.ask_dispense(world.session, CORNER, world.maria, day(2), in_process=True).in_process is True


def test_r67_a_dispense_rationale_follows_only_a_rejection_for_want_of_a_status_form(world: World) -> None:
    early = world.rationale(world.maria, day(1), 1)
    assert why(early) == ["R67"]
    world.dispense(world.maria, day(1))
    unasked = world.rationale(world.maria, day(2), 2)
    assert why(unasked) == ["R67"]
    world.ask(world.maria, day(2))
    given = world.rationale(world.maria, day(2), 2)
    assert (given.authorized, given.used_this_year) == (True, 1)
    assert world.know(world.maria)["labs"][-1] == {"draw_date": on(2), "anc": 1900}


def test_r67_an_interrupted_patient_is_offered_no_dispense_rationale(world: World) -> None:
    world.dispense(world.maria, day(1))
    world.lab(day(2), 2, 850)
    denied = world.ask(world.maria, day(3))
    assert (why(denied), denied.rationale_offered) == (["R64", "R65", "R65"], False)
    refused = world.rationale(world.maria, day(3), 3)
    assert (refused.authorized, why(refused)) == (False, ["R64", "R65"])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"number": -20}, "R68"), ({"anc": 999}, "R68"), ({"anc": None}, "R69"), ({"anc": 21}, "R69"), ({"prescriber": None}, "R69"),
     ({"prescriber": "1234567890"}, "R69"), ({"number": 4}, "R68")],
)  # fmt: skip
def test_r68_r69_what_a_dispense_rationale_needs(world: World, changes: dict, rule: str) -> None:
    world.dispense(world.maria, day(1))
    world.ask(world.maria, day(3))
    refused = world.rationale(world.maria, day(3), **{"number": 3, **changes})
    assert (refused.authorized, why(refused)) == (False, [rule])


def test_r70_an_outpatient_has_three_dispense_rationales_in_365_days_across_pharmacies(world: World) -> None:
    world.pharmacy(pharmacy_npi=CLINIC)
    world.dispense(world.maria, day(1))
    for number, pharmacy in ((2, CORNER), (3, CLINIC), (4, CORNER)):
        world.ask(world.maria, day(number), pharmacy)
        assert world.rationale(world.maria, day(number), number, pharmacy=pharmacy).authorized is True
    assert world.ask(world.maria, day(5)).rationale_offered is False
    assert why(world.rationale(world.maria, day(5), 5)) == ["R70"]
    assert why(world.rationale(world.maria, day(366), 366)) == ["R70"]
    assert world.rationale(world.maria, day(367), 367).authorized is True


def test_r70_inpatients_have_no_limit_and_do_not_use_up_the_outpatients() -> None:
    world = World()
    maria = world.patient()
    world.pharmacy(form="inpatient_pharmacy")
    world.dispense(maria, day(1))
    world.ask(maria, day(2))
    for number in range(2, 8):
        answer = world.rationale(maria, day(number), number)
        assert (answer.authorized, answer.used_this_year) == (True, 0)


def test_r16_a_dispense_rationale_may_name_another_prescriber(world: World) -> None:
    world.dispense(world.maria, day(1))
    world.ask(world.maria, day(2))
    assert world.rationale(world.maria, day(2), 2, prescriber=BEA).authorized is True


def test_a_pharmacys_location_asks_under_its_own_npi() -> None:
    world = World()
    maria = world.patient()
    values = {**PHARMACY, "pharmacy_kind": "chain", "ar_title": "director_of_pharmacy", "locations.0.npi": CLINIC}
    world.pharmacy(**values)
    assert world.ask(maria, day(1), CLINIC).authorized is True


steps = st.lists(
    st.one_of(
        st.tuples(st.just("lab"), st.integers(1, 30), st.sampled_from([400, 850, 1200, 1900])),
        st.tuples(st.just("status"), st.integers(1, 30), st.sampled_from(["", "enrolled", "interrupted", "discontinued"])),
        st.tuples(st.just("rationale"), st.integers(1, 30), st.sampled_from([850, 400])),
        st.tuples(st.just("ask"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("dispense_rationale"), st.integers(1, 30), st.sampled_from([900, 1900])),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_no_history_leads_to_an_authorization_while_interrupted_or_discontinued(history: list) -> None:
    world = World()
    maria = world.patient()
    world.pharmacy()
    for index, (what, number, value) in enumerate(history):
        at = day(30 + index)
        before = world.know(maria)["treatment_status"]
        if what == "lab":
            world.lab(at, number, value)
        elif what == "status":
            world.status(at, **({"treatment_status": value} if value else {}))
        elif what == "rationale":
            world.status(at, rationale=True, rationale_draw_date=on(number), rationale_anc=value)
        elif what == "ask":
            assert not (world.ask(maria, at).authorized and before != "enrolled")
        else:
            answer = world.rationale(maria, at, number, value)
            assert not (answer.authorized and before != "enrolled")
            assert answer.used_this_year <= 3


def test_r36_a_mild_anc_that_a_dispense_rationale_brings_is_told_to_the_associated_prescriber(world: World) -> None:
    world.dispense(world.maria, day(1))
    world.ask(world.maria, day(8))
    (told,) = world.rationale(world.maria, day(8), 7, 1200).notices
    assert (told.kind, told.to, told.fax, told.facts["anc"]) == ("neutropenia_mild", "prescriber", "3125550143", 1200)
    assert world.rationale(world.maria, day(9), 7, 1200).notices == (), "it is on file"
