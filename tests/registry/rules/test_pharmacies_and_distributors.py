"""R60–R62, R73–R76, R80, R81, R90–R93: which pharmacy is certified and for how long; distributors."""

from __future__ import annotations

import pytest

from registry.grading import example_answer_keys
from tests.registry.rules.played_registry import Registry, at, cited, rules, told, why
from tests.registry.world import CLINIC, CORNER, DESIGNEE, DISTRIBUTOR, PHARMACY

BOTH = {"prescriber": "present", "designee": "present"}
KEY = example_answer_keys()["pharmacy_knowledge"]
TWO_WRONG = {field: "b" if KEY[field] == "a" else "a" for field in ("answers.1", "answers.2")}


def test_r60_a_pharmacy_without_certification_gets_no_authorization(maria: Registry) -> None:
    assert why(maria.ask(1)) == ["R64"]
    maria.submit("outpatient_pharmacy", PHARMACY, 1, signed={"ar": "present"})
    assert maria.ask(1)["authorized"] is False, "pending is not certified"
    maria.assessment(1, pharmacy=True)
    assert maria.ask(1)["authorized"] is True


def test_r61_a_chains_stores_are_certified_with_the_representative_who_answers_for_them(maria: Registry) -> None:
    store = "1234567893"
    maria.pharmacy(pharmacy_kind="chain", ar_title="director_of_pharmacy", **{"locations.0.name": "STORE 1",
                   "locations.0.npi": store, "locations.0.zip": "62703"})  # fmt: skip
    assert maria.certified(1) == sorted([CORNER, store])
    assert maria.ask(1, store)["authorized"] is True
    maria.line(2, deactivate={"pharmacy_npi": CORNER})
    assert maria.ask(2, store)["authorized"] is False


def test_r61_a_store_outside_the_chains_form_is_not_certified(maria: Registry) -> None:
    maria.pharmacy(pharmacy_kind="chain", ar_title="director_of_pharmacy")
    assert maria.ask(1, CLINIC)["authorized"] is False


def test_r61_a_single_pharmacy_certifies_no_other_store(empty: Registry) -> None:
    answer = empty.pharmacy(0, **{"locations.0.name": "STORE 1", "locations.0.npi": CLINIC})
    assert (answer["admitted"], rules(answer)) == ("partly", {("locations.0", "R61")})
    assert empty.certified(1) == [CORNER]


def test_r61_r93_a_store_that_left_by_itself_is_not_on_the_list_of_its_chain(empty: Registry) -> None:
    chain = {"pharmacy_kind": "chain", "ar_title": "corporate_executive", "locations.0.npi": CLINIC, "locations.0.name": "N"}
    empty.pharmacy(0, **chain)
    empty.pharmacy(1, pharmacy_npi=CLINIC, ar_email="north@example.org", ar_first_name="SUE")
    assert empty.certified(2) == [CORNER, CLINIC], "each once"
    empty.line(3, deactivate={"pharmacy_npi": CLINIC})
    assert empty.standing(CLINIC, 3)["certified"] is False
    assert empty.certified(3) == [CORNER]


@pytest.mark.parametrize("order", [("outpatient_pharmacy", "inpatient_pharmacy"), ("inpatient_pharmacy", "outpatient_pharmacy")])
def test_r62_a_pharmacy_of_both_kinds_is_outpatient_whichever_form_came_first(empty: Registry, order: tuple[str, str]) -> None:
    for day, form in enumerate(order):
        empty.pharmacy(day, form=form)
    assert empty.standing(CORNER, 3)["kind"] == "outpatient"


@pytest.mark.parametrize("form", ["outpatient_pharmacy", "inpatient_pharmacy"])
@pytest.mark.parametrize("first", ["form", "assessment"])
def test_r73_a_pharmacys_certification_is_form_and_assessment_in_either_order(empty: Registry, form: str, first: str) -> None:
    steps = [lambda: empty.submit(form, PHARMACY, 1, signed={"ar": "present"}), lambda: empty.assessment(1, pharmacy=True)]
    alone, then = steps if first == "form" else steps[::-1]
    assert told(alone()) == {"pharmacy_pending"}
    assert empty.standing(CORNER, 1)["missing"] != []
    assert told(then()) == {"pharmacy_certified"}
    assert empty.standing(CORNER, 1)["certified"] is True


@pytest.mark.parametrize("verdict", ["absent", "unsure"])
def test_r73_the_form_must_be_signed_by_the_representative(empty: Registry, verdict: str) -> None:
    empty.assessment(1, pharmacy=True)
    refused = empty.submit("outpatient_pharmacy", PHARMACY, 1, signed={"ar": verdict})
    assert (refused["admitted"], cited(refused)) == (False, {"R73"})
    assert empty.standing(CORNER, 1)["certified"] is False


@pytest.mark.parametrize("field", [field for field in PHARMACY if field not in ("pharmacy_dea", "pharmacy_hin")])
def test_r73_the_form_must_be_complete(empty: Registry, field: str) -> None:
    refused = empty.submit("outpatient_pharmacy", {**PHARMACY, field: None}, 1, signed={"ar": "present"})
    assert (refused["admitted"], rules(refused)) == (False, {(field, "R73")})


def test_r73_the_assessment_must_be_passed_by_that_very_representative(empty: Registry) -> None:
    empty.submit("outpatient_pharmacy", PHARMACY, 1, signed={"ar": "present"})
    empty.assessment(1, pharmacy=True, respondent_first_name="TIM", respondent_last_name="COLE")
    assert empty.standing(CORNER, 1)["certified"] is False
    empty.assessment(2, pharmacy=True)
    assert empty.standing(CORNER, 2)["certified"] is True


def test_r73_a_failed_assessment_certifies_nobody(empty: Registry) -> None:
    empty.submit("outpatient_pharmacy", PHARMACY, 1, signed={"ar": "present"})
    empty.assessment(1, pharmacy=True, **TWO_WRONG)
    assert empty.standing(CORNER, 1)["certified"] is False


NEW_AR = {**PHARMACY, "ar_first_name": "TIM", "ar_last_name": "COLE", "ar_email": "tim@example.org"}


def test_r74_a_new_representative_needs_an_assessment_of_the_own(empty: Registry) -> None:
    empty.pharmacy()
    empty.submit("outpatient_pharmacy", NEW_AR, 10, signed={"ar": "present"})
    assert empty.standing(CORNER, 10)["certified"] is False
    empty.assessment(11, pharmacy=True)
    assert empty.standing(CORNER, 11)["certified"] is False, "the former representative's counts no more"
    empty.assessment(12, pharmacy=True, respondent_first_name="TIM", respondent_last_name="COLE")
    assert empty.standing(CORNER, 12)["certified"] is True


def test_r74_a_new_representative_needs_a_form_of_the_own(empty: Registry) -> None:
    empty.pharmacy()
    empty.assessment(10, pharmacy=True, respondent_first_name="TIM", respondent_last_name="COLE")
    assert empty.standing(CORNER, 10)["ar_name"] == "RAY HILL"
    empty.submit("outpatient_pharmacy", NEW_AR, 11, signed={"ar": "present"})
    asked = empty.standing(CORNER, 11)
    assert (asked["ar_name"], asked["certified"]) == ("TIM COLE", True)


def test_r74_a_new_representative_starts_two_new_years(empty: Registry) -> None:
    empty.pharmacy()
    empty.pharmacy("2024-03-01T15:00:00Z", **{key: NEW_AR[key] for key in ("ar_first_name", "ar_last_name", "ar_email")})
    assert empty.standing(CORNER, "2024-03-02T15:00:00Z")["reconfirm_by"] == "2026-03-01"


def test_r74_a_form_received_before_the_new_representatives_and_read_after_it_brings_nobody_back(empty: Registry) -> None:
    empty.pharmacy(10, ar_first_name="SUE", ar_email="sue.hill@example.org")
    empty.assessment(1, pharmacy=True)
    late = empty.submit("outpatient_pharmacy", PHARMACY, 2, admitted=12, signed={"ar": "present"})
    assert (late["admitted"], rules(late)) == (False, {("enrollment", "R74")})
    assert empty.standing(CORNER, 12)["ar_name"] == "SUE HILL"
    assert empty.certified(12) == [CORNER]


def test_r74_a_representative_who_returns_is_a_new_one(empty: Registry) -> None:
    empty.pharmacy()
    empty.submit("outpatient_pharmacy", NEW_AR, 10, signed={"ar": "present"})
    empty.assessment(10, pharmacy=True, respondent_first_name="TIM", respondent_last_name="COLE")
    empty.submit("outpatient_pharmacy", PHARMACY, 20, signed={"ar": "present"})
    assert empty.standing(CORNER, 20)["certified"] is False
    empty.assessment(21, pharmacy=True)
    assert empty.standing(CORNER, 21)["certified"] is True


@pytest.mark.parametrize(("certified", "last_moment", "too_late"), [
    ("2023-11-01T15:00:00Z", "2025-11-02T03:59:59Z", "2025-11-02T04:00:00Z"),  # the anniversary ends at midnight, daylight time
    ("2024-01-10T15:00:00Z", "2026-01-11T04:59:59Z", "2026-01-11T05:00:00Z"),  # and in winter an hour later by UTC
    ("2024-01-11T04:30:00Z", "2026-01-11T04:59:59Z", "2026-01-11T05:00:00Z"),  # certified on the 10th, US Eastern
    ("2024-02-29T15:00:00Z", "2026-03-01T04:59:59Z", "2026-03-01T05:00:00Z"),  # no 29 February in 2026: the 28th is the last
    ("2022-02-28T15:00:00Z", "2024-02-29T04:59:59Z", "2024-02-29T05:00:00Z"),  # the 28th stays the 28th in a leap year
], ids=["daylight", "winter", "evening", "leap-day", "into-a-leap-year"])  # fmt: skip
def test_r75_the_anniversary_two_years_on_is_the_last_good_day(
    empty: Registry, certified: str, last_moment: str, too_late: str
) -> None:
    empty.pharmacy(certified)
    assert empty.standing(CORNER, last_moment)["certified"] is True
    lapsed = empty.standing(CORNER, too_late)
    assert (lapsed["certified"], lapsed["standing"]) == (False, "decertified")


def test_r75_reconfirming_gives_two_years_from_that_day(empty: Registry) -> None:
    empty.pharmacy()
    kept = empty.line("2025-06-15T15:00:00Z", reconfirm={"pharmacy_npi": CORNER})
    assert (kept["reconfirmed"], kept["reconfirm_by"]) == (True, "2027-06-15")
    assert empty.certified("2027-06-15T15:00:00Z") == [CORNER]
    assert empty.certified("2027-06-16T15:00:00Z") == []


def test_r75_the_representative_is_reminded_before_the_last_day_and_told_after_it(empty: Registry) -> None:
    empty.pharmacy()
    assert empty.due("2025-09-01T15:00:00Z") == []
    assert empty.due("2025-09-02T15:00:00Z") == ["ar_reconfirmation_due"]
    assert empty.due("2025-11-01T15:00:00Z") == ["ar_reconfirmation_due"]
    assert empty.due("2025-11-02T15:00:00Z") == ["pharmacy_decertified"]


@pytest.mark.parametrize("how", ["deactivated", "decertified"])
def test_r76_out_of_the_program_a_pharmacy_neither_orders_nor_dispenses_until_it_certifies_again(
    maria: Registry, how: str
) -> None:
    maria.pharmacy()
    out = "2025-11-03T15:00:00Z"
    if how == "deactivated":
        out = at(2)
        maria.line(out, deactivate={"pharmacy_npi": CORNER})
    asked = maria.ask(out)
    assert (asked["authorized"], why(asked)) == (False, ["R76"])
    assert maria.certified(out) == [], "a distributor does not find it (R93)"
    assert maria.line(out, reconfirm={"pharmacy_npi": CORNER})["reconfirmed"] is False
    again = "2025-11-04T15:00:00Z"
    maria.submit("outpatient_pharmacy", PHARMACY, again, signed={"ar": "present"})
    assert maria.ask(again)["authorized"] is False, "the assessment of before counts no more"
    maria.assessment(again, pharmacy=True)
    assert maria.ask(again)["authorized"] is True


def test_r76_an_assessment_alone_does_not_bring_a_deactivated_pharmacy_back(maria: Registry) -> None:
    maria.pharmacy()
    maria.line(2, deactivate={"pharmacy_npi": CORNER})
    maria.assessment(3, pharmacy=True)
    assert maria.ask(3)["authorized"] is False


def test_r76_a_form_received_before_the_deactivation_and_read_after_it_counts_no_more(empty: Registry) -> None:
    empty.pharmacy()
    empty.line(2, deactivate={"pharmacy_npi": CORNER})
    empty.submit("outpatient_pharmacy", PHARMACY, 1, admitted=3, signed={"ar": "present"})
    empty.assessment(3, pharmacy=True)
    assert empty.standing(CORNER, 3)["certified"] is False


@pytest.mark.parametrize("form", ["pharmacy_staff", "pharmacy_staff_enrollment", "staff_enrollment"])
def test_r80_there_is_no_form_by_which_pharmacy_staff_could_join(empty: Registry, form: str) -> None:
    answer = empty.submit(form, {**PHARMACY, "staff_first_name": "KIM"}, signed={"ar": "present"})
    assert set(answer) == {"error"}


def test_r80_a_staff_members_name_on_the_pharmacys_form_enrolls_nobody_but_the_representative(empty: Registry) -> None:
    empty.pharmacy(staff_first_name="KIM", staff_last_name="POE", staff_email="kim@example.org")
    assert empty.standing(CORNER, 1)["ar_name"] == "RAY HILL"
    kims = {**DESIGNEE, "designee_first_name": "KIM", "designee_last_name": "POE", "designee_email": "kim@example.org"}
    empty.prescriber()
    assert empty.submit("prescriber_designee", kims, 1, signed=BOTH)["admitted"] is True, "the address is still free"


@pytest.mark.parametrize(("title", "kind", "stands"), [
    ("pharmacy_manager", "single", True), ("staff_pharmacist", "single", True),
    ("pharmacy_manager", "multiple", False), ("staff_pharmacist", "multiple", False),
    ("pharmacy_manager", "chain", False), ("staff_pharmacist", "chain", False),
    ("director_of_pharmacy", "multiple", True), ("corporate_executive", "multiple", True),
    ("director_of_pharmacy", "chain", True), ("corporate_executive", "chain", True),
])  # fmt: skip
def test_r81_a_manager_or_staff_pharmacist_represents_one_site_only(empty: Registry, title: str, kind: str, stands: bool) -> None:
    answer = empty.submit("outpatient_pharmacy", {**PHARMACY, "ar_title": title, "pharmacy_kind": kind}, signed={"ar": "present"})
    assert answer["admitted"] is stands
    assert rules(answer) == (set() if stands else {("ar_title", "R81")})


def test_r81_a_representative_has_one_of_the_forms_titles(empty: Registry) -> None:
    answer = empty.submit("outpatient_pharmacy", {**PHARMACY, "ar_title": "owner"}, signed={"ar": "present"})
    assert answer["admitted"] is False


@pytest.mark.parametrize("statement", ["attestation_1", "attestation_2"])
def test_r90_a_distributor_states_both_that_it_ships_through_the_program_only_and_that_it_complies(
    empty: Registry, statement: str
) -> None:
    answer = empty.submit("distributor_enrollment", {**DISTRIBUTOR, statement: False}, channel="phone", signed={"ar": "present"})
    assert (answer["admitted"], rules(answer)) == (False, {(statement, "R90")})


@pytest.mark.parametrize("statement", ["attestation_1", "attestation_2"])
def test_r90_a_statement_left_out_is_not_stated(empty: Registry, statement: str) -> None:
    values = {field: value for field, value in DISTRIBUTOR.items() if field != statement}
    answer = empty.submit("distributor_enrollment", values, signed={"ar": "present"})
    assert (answer["admitted"], rules(answer)) == (False, {(statement, "R90")})


@pytest.mark.parametrize("verdict", ["absent", "unsure"])
def test_r90_a_distributors_form_is_signed(empty: Registry, verdict: str) -> None:
    answer = empty.submit("distributor_enrollment", DISTRIBUTOR, signed={"ar": verdict})
    assert (answer["admitted"], cited(answer)) == (False, {"R90"})


def test_r91_the_list_holds_every_certified_pharmacy_with_its_place_and_no_other(empty: Registry) -> None:
    empty.pharmacy()
    empty.submit(
        "inpatient_pharmacy", {**PHARMACY, "pharmacy_npi": CLINIC, "ar_email": "x@example.org"}, signed={"ar": "present"}
    )
    listed = empty.line(1, ask="certified_pharmacies")["pharmacies"]
    assert listed == [{"npi": CORNER, "name": "CORNER DRUGS", "city": "Springfield", "state": "IL", "zip": "62702"}]


def test_r92_one_pharmacy_is_looked_up_by_its_npi(empty: Registry) -> None:
    empty.pharmacy()
    assert empty.standing(CORNER, 1)["certified"] is True
    unknown = empty.standing(CLINIC, 1)
    assert (unknown["certified"], unknown["standing"]) == (False, "unknown")


def test_r93_a_pharmacy_leaves_the_list_with_its_certification_and_returns_with_it(empty: Registry) -> None:
    empty.pharmacy()
    empty.line(2, deactivate={"pharmacy_npi": CORNER})
    assert empty.certified(2) == []
    empty.pharmacy(3)
    assert empty.certified(3) == [CORNER]
