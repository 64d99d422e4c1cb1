"""The distributors' list, its changes, one NPI, and what the public may see."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from registry import dispense_requests, questions, storage
from registry.distribution import ListChange, changes_csv, list_csv
from registry.looking_up import (
    certified_list,
    check_pharmacy,
    list_changes,
    public_pharmacies,
    public_prescribers,
    record_from_json,
)
from registry.parties import Pharmacy
from tests.registry.world import ANN, CLINIC, CORNER, OTHER_PRESCRIBER, PHARMACY, World, day

STORES = {
    "locations.0.name": "CORNER NORTH",
    "locations.0.npi": CLINIC,
    "locations.0.ncpdp": "1499999",
    "locations.0.zip": "62703",
}


def chain() -> World:
    """Headquarters with one store, certified on day 0."""
    world = World()
    world.pharmacy(pharmacy_kind="chain", ar_title="corporate_executive", pharmacy_hin="A1B2C3D40", **STORES)
    return world


def npis(world: World, number: float) -> list[str]:
    return [one.npi for one in certified_list(world.session, day(number))]


def told(world: World, since: int, now: float) -> list[tuple[str, str, str]]:
    """Change, NPI and what, from the program day of day `since` on."""
    found = list_changes(world.session, day(since).date(), day(now))
    return [(one.change.value, one.row.npi, one.what) for one in found]


def test_r91_each_row_holds_what_a_wholesaler_needs_to_check() -> None:
    rows = list(csv.DictReader(io.StringIO(list_csv(certified_list(chain().session, day(1)), date(2023, 11, 2)).decode())))
    assert rows == [
        {
            "npi": CORNER, "name": "CORNER DRUGS", "address": "2 Elm St", "city": "Springfield", "state": "IL", "zip": "62702",
            "ncpdp": "1412345", "dea": "", "hin": "A1B2C3D40", "certified_on": "2023-11-01", "valid_until": "2025-11-01",
            "answered_for_by": "", "as_of": "2023-11-02",
        },
        {
            "npi": CLINIC, "name": "CORNER NORTH", "address": "", "city": "", "state": "", "zip": "62703", "ncpdp": "1499999",
            "dea": "", "hin": "", "certified_on": "2023-11-01", "valid_until": "2025-11-01", "answered_for_by": CORNER,
            "as_of": "2023-11-02",
        },
    ]  # fmt: skip


def test_r76_whoever_lapsed_or_was_deactivated_is_off_the_list_with_all_stores() -> None:
    world = chain()
    assert npis(world, 731) == [CORNER, CLINIC]
    assert npis(world, 732) == []
    dispense_requests.deactivate(world.session, CORNER, day(5))
    assert npis(world, 6) == []


def test_a_store_that_began_to_certify_by_itself_is_listed_by_its_own_standing() -> None:
    world = chain()
    own = {**PHARMACY, "pharmacy_npi": CLINIC, "ar_email": "eva@example.org", "ar_first_name": "EVA"}
    world.send("outpatient_pharmacy", own, day(2), ("ar",))
    assert questions.pharmacy(world.session, CLINIC, day(3))["certified"] is False
    assert npis(world, 3) == [CORNER]


def test_a_name_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    world = World()
    world.pharmacy(pharmacy_name='=HYPERLINK("http://example.org")', city="+1\n2")
    row = list_csv(certified_list(world.session, day(1)), date(2023, 11, 2)).decode().splitlines()[1]
    assert row.startswith(f"{CORNER},\"'=HYPERLINK(")
    assert ",'+1 2," in row


def test_changes_since_a_day_name_who_came_left_and_what_is_different() -> None:
    world = chain()
    assert told(world, 0, 1) == [("certified", CORNER, ""), ("certified", CLINIC, "")]
    assert told(world, 1, 1) == []
    several = {"pharmacy_kind": "chain", "ar_title": "corporate_executive", "zip": "62799"}
    store = {"locations.0.npi": CLINIC, "locations.0.name": "CORNER N.", "locations.0.zip": "62703"}
    world.send("outpatient_pharmacy", {**PHARMACY, **several, **store}, day(4), ("ar",))
    assert told(world, 4, 5) == [("changed", CORNER, "zip"), ("changed", CLINIC, "name ncpdp")]
    assert told(world, 5, 6) == []
    assert told(world, 0, 5) == [("certified", CORNER, ""), ("certified", CLINIC, "")]
    dispense_requests.deactivate(world.session, CORNER, day(8))
    assert told(world, 5, 9) == [("left", CORNER, "deactivated"), ("left", CLINIC, "deactivated")]
    assert told(world, 9, 9) == []
    assert told(world, 0, 9) == [], "came and left since"


def test_a_lapse_by_time_alone_is_a_change_though_no_record_was_written() -> None:
    world = chain()
    assert told(world, 731, 731) == []
    assert told(world, 731, 732) == [("left", CORNER, "decertified"), ("left", CLINIC, "decertified")]
    assert told(world, 732, 733) == []


def test_a_reconfirmation_changes_how_long_the_row_is_valid() -> None:
    world = chain()
    dispense_requests.reconfirm(world.session, CORNER, day(10))
    assert told(world, 10, 10) == [("changed", CORNER, "valid_until"), ("changed", CLINIC, "valid_until")]
    (first, *_) = changes_csv(list_changes(world.session, day(10).date(), day(10)), day(10).date(), day(10).date()).splitlines()[
        1:
    ]
    assert first.decode().startswith(f"changed,valid_until,{CORNER},CORNER DRUGS")


def test_a_day_to_come_has_no_changes() -> None:
    assert told(chain(), 3, 1) == []


steps = st.lists(st.sampled_from(["certify", "deactivate", "reconfirm", "move", "store", "wait"]), max_size=8)


@settings(max_examples=40, deadline=None)
@given(steps, st.integers(0, 8))
def test_yesterdays_list_with_the_changes_is_todays(what: list[str], since: int) -> None:
    world = World()
    lists = []
    for number, step in enumerate(what):
        lists.append({one.npi: one for one in certified_list(world.session, day(number))})
        if step == "certify":
            world.pharmacy(day(number))
        elif step == "deactivate":
            dispense_requests.deactivate(world.session, CORNER, day(number))
        elif step == "reconfirm":
            dispense_requests.reconfirm(world.session, CORNER, day(number))
        elif step == "move":
            world.send("outpatient_pharmacy", {**PHARMACY, "city": f"Town {number}"}, day(number), ("ar",))
        elif step == "store":
            several = {
                "pharmacy_kind": "multiple",
                "ar_title": "corporate_executive",
                **STORES,
                "locations.0.name": f"S {number}",
            }
            world.send("outpatient_pharmacy", {**PHARMACY, **several}, day(number), ("ar",))
    if since >= len(lists):
        return
    now = day(len(what))
    after = dict(lists[since])
    for one in list_changes(world.session, day(since).date(), now):
        if one.change is ListChange.LEFT:
            del after[one.row.npi]
        else:
            assert (one.row.npi in after) is (one.change is ListChange.CHANGED)
            after[one.row.npi] = one.row
    assert after == {one.npi: one for one in certified_list(world.session, now)}


def test_a_record_comes_back_whole_from_its_trail_also_one_from_before_a_field_was_there() -> None:
    world = chain()
    pharmacy = storage.load(world.session, Pharmacy, CORNER)
    stored = storage.audit_of(world.session, CORNER)[-1].after
    assert record_from_json(Pharmacy, stored) == pharmacy
    older = {name: value for name, value in stored.items() if name != "reconfirmed_at"}
    assert record_from_json(Pharmacy, {**older, "gone": 1}) == pharmacy


@pytest.mark.parametrize(
    ("npi", "number", "row", "reason"),
    [
        (CORNER, 1, True, ""), (CLINIC, 1, True, ""), ("101-234-5678", 1, True, ""),
        (CORNER, 732, False, "decertified"), (CLINIC, 732, False, "decertified"),
        (ANN, 1, False, "No pharmacy"), ("1012345679", 1, False, "check digit"), ("", 1, False, "check digit"),
    ],
)  # fmt: skip
def test_r93_one_npi_is_looked_up_and_who_is_not_listed_is_told_why(npi: str, number: int, row: bool, reason: str) -> None:
    found = check_pharmacy(chain().session, npi, day(number))
    assert (found.row is not None, reason in found.reason) == (row, True)
    assert bool(found.reason) is not row


def test_the_public_sees_name_city_and_zip_of_certified_pharmacies_by_a_beginning() -> None:
    world = chain()
    world.pharmacy(
        day(1), pharmacy_npi=ANN, pharmacy_name="CORNELIA", ar_email="x@example.org", zip="10001-1234", city="NEW YORK"
    )
    seen = public_pharmacies(world.session, day(2), "corne")
    assert [(one.name, one.city, one.zip) for one in seen] == [
        ("CORNELIA", "NEW YORK", "10001"), ("CORNER DRUGS", "Springfield", "62702"), ("CORNER NORTH", "", "62703"),
    ]  # fmt: skip
    assert [one.name for one in public_pharmacies(world.session, day(2), zip_code="627")] == ["CORNER DRUGS", "CORNER NORTH"]
    assert [one.name for one in public_pharmacies(world.session, day(2), "corner", "spring")] == ["CORNER DRUGS"]
    assert [one.name for one in public_pharmacies(world.session, day(732), "corne")] == ["CORNELIA"]


def test_the_public_sees_certified_prescribers_only_and_nobody_without_a_beginning() -> None:
    world = World()
    world.prescriber()
    world.send("prescriber_enrollment", OTHER_PRESCRIBER, signed=("prescriber",))
    assert [one.name for one in public_prescribers(world.session, city="SPRINGFIELD")] == ["ANN LEE"]
    assert [one.name for one in public_prescribers(world.session, "le", "spr", "62701-9999")] == ["ANN LEE"]
    for nothing in ({}, {"name": "l"}, {"name": "%"}, {"name": "__"}, {"city": " "}, {"zip_code": "6"}, {"name": "lex"}):
        assert public_prescribers(world.session, **nothing) == []
        assert public_pharmacies(world.session, day(1), **nothing) == []


def test_public_look_ups_read_no_whole_table() -> None:
    world = World()
    statements: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        statements.append((statement, parameters))

    event.listen(world.session.get_bind(), "before_cursor_execute", note)
    for wanted in ({"name": "co"}, {"city": "sp"}, {"zip_code": "62"}):
        public_pharmacies(world.session, day(1), **wanted)
        public_prescribers(world.session, **wanted)
    event.remove(world.session.get_bind(), "before_cursor_execute", note)
    assert len(statements) == 8
    for statement, parameters in statements:
        plan = [row[3] for row in world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        assert not [step for step in plan if step.startswith("SCAN")], (statement, plan)
