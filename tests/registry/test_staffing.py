"""Pharmacy staff and designees: how they come, what they may do, how they end; one address serves one account."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import designees, questions, staffing, storage
from registry.parties import Account, AccountRole, Designee, Staff
from registry.submission import Admission
from registry.vocabulary import FormCode
from tests.registry.world import (
    ANN,
    BEA,
    CORNER,
    DESIGNEE,
    DISTRIBUTOR,
    OTHER_PRESCRIBER,
    PHARMACY,
    PRESCRIBER,
    STATUS,
    World,
    day,
    rules,
)  # fmt: skip

RAY, KIT = "ray@example.org", "kit@example.org"


@pytest.fixture
def world() -> World:
    made = World()
    made.pharmacy()
    return made


def invited(world: World, at: float = 1, ar: str = RAY, email: str = KIT, first: str = "KIT", npi: str = CORNER) -> str | None:
    """The rule by which an invitation is refused; None: it was made."""
    answer = staffing.invite(world.session, ar, npi, first, "ROE", email, day(at))
    return None if answer.reason is None else answer.reason.rule


def may(world: World, email: str, at: float = 3, npi: str = CORNER) -> bool:
    return staffing.may_ask(world.session, email, npi, day(at))


def test_r80_staff_join_by_the_ar_s_invitation_and_their_own_word(world: World) -> None:
    assert may(world, RAY)
    assert not may(world, KIT)
    assert invited(world) is None
    assert not may(world, KIT), "an invitation alone opens nothing"
    assert staffing.accept(world.session, "Kit@Example.org ", CORNER, day(2)).done
    assert may(world, KIT)
    account = storage.load(world.session, Account, KIT)
    assert account is not None
    assert account.role is AccountRole.STAFF
    assert [one.full_name for one in staffing.staff_of(world.session, CORNER)] == ["KIT ROE"]
    assert [row.actor for row in storage.audit_of(world.session, f"{CORNER}:{KIT}")] == [RAY, KIT]


@pytest.mark.parametrize("ar", [KIT, "ann@example.org", "", "not an address"])
def test_r80_nobody_but_the_ar_invites(world: World, ar: str) -> None:
    assert invited(world, ar=ar) == "R80"
    assert staffing.staff_of(world.session, CORNER) == []


def test_r80_without_an_invitation_nobody_can_accept(world: World) -> None:
    assert not staffing.accept(world.session, KIT, CORNER, day(1)).done
    assert storage.load(world.session, Account, KIT) is None


def test_r80_a_pharmacy_that_is_not_certified_invites_nobody() -> None:
    world = World()
    world.send("outpatient_pharmacy", PHARMACY, signed=("ar",))
    assert invited(world) == "R80"
    assert invited(world, npi="2012345676") == "R80"


def test_r80_what_cannot_be_a_person_is_refused(world: World) -> None:
    assert invited(world, email="kit at example") == "R80"
    assert invited(world, first="  ") == "R80"


def test_no_form_of_all_ten_makes_staff() -> None:
    world = World()
    world.pharmacy()
    world.patient()
    world.designee()
    world.status(day(2), (1, 2000))
    world.send("distributor_enrollment", DISTRIBUTOR, signed=("ar",))
    for form in FormCode:
        world.send(
            form.value, {**PHARMACY, **PRESCRIBER, **STATUS, "staff_email": KIT, "role": "staff"}, day(3), ("ar", "prescriber")
        )
    assert storage.find(world.session, Staff, {}) == []


def test_a_removed_person_may_not_ask_and_may_be_invited_again(world: World) -> None:
    invited(world)
    staffing.accept(world.session, KIT, CORNER, day(2))
    assert not staffing.remove(world.session, KIT, CORNER, RAY, day(3)).done, "staff do not remove anybody"
    assert staffing.remove(world.session, RAY, CORNER, KIT, day(3)).done
    assert not may(world, KIT, 4)
    assert not staffing.accept(world.session, KIT, CORNER, day(4)).done
    assert invited(world, 5) is None
    assert not may(world, KIT, 5)
    assert staffing.accept(world.session, KIT, CORNER, day(6)).done
    assert may(world, KIT, 7)


def test_invited_or_accepted_twice_changes_nothing(world: World) -> None:
    for at in (1, 2):
        assert invited(world, at) is None
        assert staffing.accept(world.session, KIT, CORNER, day(at)).done
    (one,) = staffing.staff_of(world.session, CORNER)
    assert (one.invited_at, one.accepted_at) == (day(1), day(1))


def test_r74_under_a_new_ar_staff_stay_but_may_ask_only_once_the_pharmacy_is_certified_again(world: World) -> None:
    invited(world)
    staffing.accept(world.session, KIT, CORNER, day(2))
    new = {"ar_first_name": "EVA", "ar_last_name": "STONE", "ar_email": "eva@example.org"}
    world.send("outpatient_pharmacy", {**PHARMACY, **new}, day(10), ("ar",))
    assert [may(world, who, 11) for who in (KIT, RAY, "eva@example.org")] == [False, False, False]
    assert [one.enrolled for one in staffing.staff_of(world.session, CORNER)] == [True]
    world.assessment("pharmacy_knowledge", day(12), respondent_first_name="EVA", respondent_last_name="STONE")
    assert [may(world, who, 13) for who in (KIT, RAY, "eva@example.org")] == [True, False, True]
    assert invited(world, 13, ar=RAY, email="joe@example.org") == "R80", "the former AR invites nobody"


def test_r75_staff_of_a_lapsed_pharmacy_may_not_ask(world: World) -> None:
    invited(world)
    staffing.accept(world.session, KIT, CORNER, day(2))
    assert may(world, KIT, 731)
    assert not may(world, KIT, 732)
    assert not may(world, RAY, 732)


def test_r61_staff_of_the_headquarters_ask_for_its_stores() -> None:
    world = World()
    store = {"locations.0.name": "CORNER NORTH", "locations.0.npi": "2012345676", "locations.0.zip": "62703"}
    world.pharmacy(pharmacy_kind="chain", ar_title="corporate_executive", **store)
    assert invited(world) is None
    assert staffing.accept(world.session, KIT, "2012345676", day(2)).done
    assert may(world, KIT, npi="2012345676")
    assert may(world, KIT, npi=CORNER)


def send_role(world: World, role: str, email: str, first: str) -> bool:
    """Whether a person of that first name gets the role under the address."""
    answers: dict[str, Admission] = {}
    if role == "staff":
        world.pharmacy(ar_email="the-ar@example.org", pharmacy_npi="2012345676")
        return (
            invited(world, 2, "the-ar@example.org", email, first, "2012345676") is None
            and staffing.accept(world.session, email, "2012345676", day(3)).done
        )
    if role == "prescriber":
        values = {**PRESCRIBER, "prescriber_email": email, "prescriber_first_name": first, "prescriber_last_name": "ROE"}
        answers[role] = world.send("prescriber_enrollment", values, signed=("prescriber",))
    elif role == "designee":
        values = {**DESIGNEE, "designee_email": email, "designee_first_name": first, "designee_last_name": "ROE"}
        answers[role] = world.send("prescriber_designee", {**values, "prescriber_npi": BEA, "prescriber_first_name": "BEA",
                                   "prescriber_last_name": "FOX"}, signed=("prescriber", "designee"))  # fmt: skip
    elif role == "ar":
        values = {**PHARMACY, "ar_email": email, "ar_first_name": first, "ar_last_name": "ROE"}
        answers[role] = world.send("outpatient_pharmacy", values, signed=("ar",))
    else:
        values = {**DISTRIBUTOR, "ar_email": email, "ar_first_name": first, "ar_last_name": "ROE"}
        answers[role] = world.send("distributor_enrollment", values, signed=("ar",))
    refused = {rule for _, rule in rules(answers[role])}
    assert refused <= {"R02"}
    return not refused


ROLES = ("prescriber", "designee", "ar", "staff", "distributor")


@settings(deadline=None)  # two records of a party in a database each time
@given(st.sampled_from(ROLES), st.sampled_from(ROLES), st.sampled_from(["KIT", "Kit"]), st.sampled_from(["KIT@example.org", KIT]))
def test_r02_an_address_serves_one_role_of_one_person(one: str, other: str, first: str, email: str) -> None:
    world = World()
    assert send_role(world, one, KIT, "KIT")
    assert send_role(world, other, email, first) is (one == other)
    # a prescriber's own form may correct the name that goes with the own NPI and address
    assert one == "prescriber" or not send_role(world, one, KIT, "ZOE")


def test_an_address_taken_between_invitation_and_acceptance_is_refused(world: World) -> None:
    assert invited(world) is None
    world.send("prescriber_enrollment", {**PRESCRIBER, "prescriber_email": KIT}, day(2), ("prescriber",))
    refused = staffing.accept(world.session, KIT, CORNER, day(3))
    assert refused.reason is not None
    assert refused.reason.rule == "R02"
    assert not may(world, KIT, 4)


def reported(world: World, at: float) -> set[tuple[str, str]]:
    """What is refused of a status form that Don sends for Ann."""
    don = {"submitter": "designee", "designee_first_name": "DON", "designee_last_name": "MAY"}
    return rules(world.status(day(at), (int(at), 1800), signed=("designee",), **don))


def test_a_designee_whom_the_prescriber_takes_back_reports_no_more() -> None:
    world = World()
    world.patient()
    world.designee()
    assert "R35" not in {rule for _, rule in reported(world, 5)}
    assert designees.remove(world.session, ANN, "DON@example.org", day(6)).done
    assert designees.remove(world.session, ANN, "don@example.org", day(9)).done
    (ended,) = storage.designees_of(world.session, ANN)
    assert (ended.enrolled_at, ended.ended_at) == (day(0), day(6)), "the record stays, and the first removal stands"
    assert "R35" in {rule for _, rule in reported(world, 7)}
    assert questions.prescriber(world.session, ANN)["designees"] == []


def test_what_a_designee_sent_before_being_taken_back_counts_however_late_it_is_decided() -> None:
    world = World()
    world.patient()
    world.designee()
    designees.remove(world.session, ANN, "don@example.org", day(6))
    assert "R35" not in {rule for _, rule in reported(world, 5)}


def test_a_new_form_enrolls_again_and_one_from_before_the_removal_does_not() -> None:
    world = World()
    world.prescriber()
    world.designee()
    designees.remove(world.session, ANN, "don@example.org", day(6))
    assert ("designee", "R21") in rules(world.designee(day(5)))
    assert rules(world.designee(day(8))) == set()
    (again,) = storage.designees_of(world.session, ANN)
    assert (again.enrolled_at, again.ended_at) == (day(8), None)


def test_one_designee_of_two_prescribers_stays_with_the_one_when_the_other_takes_back() -> None:
    world = World()
    world.prescriber()
    world.prescriber(values=OTHER_PRESCRIBER)
    world.designee()
    beas = {**DESIGNEE, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    assert rules(world.send("prescriber_designee", beas, signed=("prescriber", "designee"))) == set()
    assert designees.remove(world.session, BEA, "don@example.org", day(3)).done
    assert questions.prescriber(world.session, ANN)["designees"] == ["DON MAY"]
    assert questions.prescriber(world.session, BEA)["designees"] == []
    assert not designees.remove(world.session, BEA, "eve@example.org", day(3)).done
    assert storage.count(world.session, Designee) == 2


def test_r80_an_invitation_is_written_to_the_person_once_and_again_after_a_removal(world: World) -> None:
    def told(at: float) -> list[tuple[str, str, str | None]]:
        answer = staffing.invite(world.session, RAY, CORNER, "KIT", "ROE", KIT, day(at))
        return [(one.kind, one.to, one.email) for one in answer.notices]

    assert told(1) == [("staff_invitation", "staff", KIT)]
    assert told(2) == []
    staffing.remove(world.session, RAY, CORNER, KIT, day(3))
    assert told(4) == [("staff_invitation", "staff", KIT)]
    staffing.accept(world.session, KIT, CORNER, day(5))
    assert told(6) == []
