"""R90–R93: who stands on the list for wholesalers, its CSV, and the differences between two lists, from records alone."""

from __future__ import annotations

import csv
from dataclasses import fields, replace
from datetime import date

import pytest

from registry.distribution import Changed, ListChange, Listed, changes, changes_csv, list_csv, listed
from registry.parties import Pharmacy, PharmacyLocation
from tests.registry.histories_by_hand import at, on

HEAD = Pharmacy(
    "20", name="Head", address="1 Main St", city="Joliet", state="IL", zip="60431", ncpdp="1412345", dea="AP5836727",
    hin="A1B2C3D40", form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0.4),
)  # fmt: skip
"""Certified at half past two in the night of day 1 in UTC: on day 0, US Eastern."""

STORE = PharmacyLocation("10", "20", name="Store", ncpdp="1499999", zip="60432")
HEAD_ROW = Listed("20", "Head", "1 Main St", "Joliet", "IL", "60431", "1412345", "AP5836727", "A1B2C3D40", on(0),
                  date(2025, 11, 1), "")  # fmt: skip
STORE_ROW = Listed("10", "Store", "", "", "", "60432", "1499999", "", "", on(0), date(2025, 11, 1), "20")


def test_r91_a_row_holds_what_tells_pharmacies_apart_and_a_store_its_own_with_the_heads_certification() -> None:
    assert listed([HEAD], [STORE], at(40)) == [STORE_ROW, HEAD_ROW]


def test_r91_what_is_not_known_stands_empty_and_a_store_without_a_name_has_the_heads() -> None:
    bare = Pharmacy("20", form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0.4))
    known = {"npi": "20", "certified_on": on(0), "valid_until": date(2025, 11, 1)}
    assert listed([bare], [], at(40)) == [Listed(**{**{one.name: "" for one in fields(Listed)}, **known})]
    store = listed([HEAD], [replace(STORE, name=None, ncpdp=None, zip=None)], at(40))[0]
    assert (store.name, store.ncpdp, store.zip) == ("Head", "", "")


def test_r76_who_is_not_certified_is_not_listed_and_neither_are_its_stores() -> None:
    assert listed([replace(HEAD, certified_at=None)], [STORE], at(40)) == []
    assert listed([HEAD], [STORE], at(731)) != []
    assert listed([HEAD], [STORE], at(732)) == []


def test_r61_a_store_known_by_itself_stands_by_its_own_standing_alone() -> None:
    begun, certified = Pharmacy("10", name="Own"), replace(HEAD, npi="10", name="Own")
    assert [one.npi for one in listed([HEAD, begun], [STORE], at(40))] == ["20"]
    assert [(one.name, one.answered_for_by) for one in listed([HEAD, certified], [STORE], at(40))] == [("Own", ""), ("Head", "")]
    assert [one.npi for one in listed([HEAD], [replace(STORE, parent_npi="99")], at(40))] == ["20"]


def test_r93_what_a_list_became_is_told_row_by_row_in_the_order_of_npis() -> None:
    moved = replace(HEAD_ROW, city="Aurora", zip="60502")
    gone, new, same = replace(HEAD_ROW, npi="30"), replace(HEAD_ROW, npi="05"), replace(HEAD_ROW, npi="25")
    unknown = replace(HEAD_ROW, npi="40")
    found = changes([unknown, gone, same, HEAD_ROW], [moved, same, new], {"30": "deactivated"})
    assert found == [
        Changed(ListChange.CERTIFIED, new, ""), Changed(ListChange.CHANGED, moved, "city zip"),
        Changed(ListChange.LEFT, gone, "deactivated"), Changed(ListChange.LEFT, unknown, ""),
    ]  # fmt: skip
    assert changes([HEAD_ROW], [HEAD_ROW], {}) == []


COLUMNS = "npi,name,address,city,state,zip,ncpdp,dea,hin,certified_on,valid_until,answered_for_by"


def test_r91_the_list_is_csv_with_its_day_in_every_row() -> None:
    text = list_csv([HEAD_ROW, replace(HEAD_ROW, name='Say "Hü", Inc.')], date(2023, 12, 1)).decode("utf-8")
    assert text == (
        f"{COLUMNS},as_of\r\n"
        "20,Head,1 Main St,Joliet,IL,60431,1412345,AP5836727,A1B2C3D40,2023-11-01,2025-11-01,,2023-12-01\r\n"
        '20,"Say ""Hü"", Inc.",1 Main St,Joliet,IL,60431,1412345,AP5836727,A1B2C3D40,2023-11-01,2025-11-01,,2023-12-01\r\n'
    )
    assert list_csv([], date(2023, 12, 1)).decode() == f"{COLUMNS},as_of\r\n"


def test_r93_the_changes_are_csv_with_both_days_in_every_row() -> None:
    rows = [Changed(ListChange.LEFT, STORE_ROW, "deactivated")]
    text = changes_csv(rows, date(2023, 11, 20), date(2023, 12, 1)).decode()
    assert text == (
        f"change,what,{COLUMNS},since,as_of\r\n"
        "left,deactivated,10,Store,,,,60432,1499999,,,2023-11-01,2025-11-01,20,2023-11-20,2023-12-01\r\n"
    )


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=SUM(A1)", "'=SUM(A1)"), ("+1", "'+1"), ("-1", "'-1"), ("@A1", "'@A1"), (" =x", "'=x"), ("A=B", "A=B"), ("'=x", "'=x"),
        ("two\r\n lines", "two lines"), ("", ""),
    ],
)  # fmt: skip
def test_a_cell_is_one_line_and_nothing_a_spreadsheet_runs(name: str, cell: str) -> None:
    text = list_csv([replace(HEAD_ROW, name=name)], date(2023, 12, 1)).decode()
    assert list(csv.reader(text.splitlines()))[1][1] == cell
