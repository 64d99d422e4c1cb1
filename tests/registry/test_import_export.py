"""Records out into files and back: to the byte, all or nothing, and every bad line by its number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from registry import storage
from registry.audit import Cause
from registry.audit_chain import Head, verify
from registry.exchange import exporting
from registry.exchange.importing import BATCH, CannotGoOn, Importing, Refusal
from registry.exchange.kinds import KINDS, shape_of, to_line
from registry.exchange.lines import csv_lines, json_lines
from registry.identifiers import issue_patient_id
from registry.parties import Designee, Prescriber
from registry.patients import AncResult, Patient, Statement, StatusChange
from registry.tables import TABLES, AuditRow
from registry.trail import storage as trail
from tests.registry.random_records import LATEST, registries
from tests.registry.world import ANN, BEA, CORNER, World, day

NOW = LATEST + timedelta(days=1)
MARIA = issue_patient_id(0)
PRESCRIBER = {"kind": "prescriber", "npi": ANN, "last_name": "LEE"}
PATIENT = {
    "kind": "patient", "patient_id": MARIA, "first_name": "MARIA", "middle_initial": None, "last_name": "GARCIA",
    "date_of_birth": "1980-02-03", "sex": None, "zip": None, "address": None, "phone": None, "prescriber_npi": ANN, "ben": False,
    "hospice": False, "monitoring_frequency": "weekly", "new_to_clozapine": None, "start_date": None,
    "enrolled_at": "2023-11-01T15:00:00Z", "treatment_status": "enrolled", "status_since": "2023-11-01",
}  # fmt: skip
ANC = {
    "kind": "anc", "result_id": "r1", "patient_id": MARIA, "draw_date": "2023-10-31", "anc": 2100,
    "received_at": "2023-11-01T15:00:00Z", "source": "patient_enrollment", "submission_id": "s1",
}  # fmt: skip


def whole(values: dict[str, Any]) -> dict[str, Any]:
    """A line with every field its kind must have, also those that came since."""
    fields = shape_of(KINDS[values["kind"]]).fields.values()
    blank = {one.name: None for one in fields if one.nullable and one.name not in values}
    return {**values, **blank}


def as_bytes(lines: Iterable[dict[str, Any] | str]) -> list[bytes]:
    return [(line if isinstance(line, str) else json.dumps(line)).encode() + b"\n" for line in lines]


def imported(
    world: World, *lines: dict[str, Any] | str, file: str = "a.jsonl", dry: bool = False
) -> tuple[list[Refusal], Importing]:
    """The lines taken into a world, whose transaction is rolled back where one is refused."""
    importing = Importing(world.session, NOW, "kim", dry=dry)
    refused = [*importing.take(json_lines(file, as_bytes(lines))), *importing.end()]
    if refused:
        world.session.rollback()
    else:
        world.session.commit()
    return refused, importing


def count(world: World) -> int:
    return sum(world.session.scalar(select(func.count()).select_from(place.table)) or 0 for place in TABLES.values())


@settings(max_examples=60, deadline=None)
@given(registries())
def test_what_is_exported_and_imported_is_exported_again_to_the_byte(records: list[Any]) -> None:
    first, second = World(), World()
    storage.put_all(first.session, records, Cause(day(0), "kim", "web"))
    first.session.commit()
    lines = list(exporting.json_lines(first.session))
    refused, importing = imported(second, *lines)
    assert refused == []
    assert list(exporting.json_lines(second.session)) == lines
    assert sum(one.new for one in importing.counts.values()) == len(records) == len(lines)
    assert list(verify(trail.entries(second.session), trail.head(second.session))) == []


@settings(max_examples=40, deadline=None)
@given(registries())
def test_csv_brings_the_same_back(records: list[Any]) -> None:
    first, second = World(), World()
    storage.put_all(first.session, records, Cause(day(0), "kim", "web"))
    first.session.commit()
    importing = Importing(second.session, NOW, "kim")
    for kind in KINDS:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(exporting.csv_rows(first.session, kind))
        text.seek(0)
        assert list(importing.take(csv_lines(f"{kind}.csv", kind, text))) == []
    assert list(importing.end()) == []
    assert list(exporting.json_lines(second.session)) == list(exporting.json_lines(first.session))


def test_a_lived_in_registry_moves_whole_and_goes_on_there() -> None:
    world, other = World(), World()
    maria = world.patient()
    world.designee()
    world.pharmacy()
    world.dispense(maria, day(1))
    world.status(day(7), (7, 850))
    assert not world.ask(maria, day(8)).authorized
    world.session.commit()
    refused, _ = imported(other, *exporting.json_lines(world.session))
    assert refused == []
    assert other.know(maria) == world.know(maria)
    assert [one.rule for one in other.ask(maria, day(9)).reasons] == [one.rule for one in world.ask(maria, day(9)).reasons]
    assert storage.next_serial(other.session) == 1


def test_the_same_again_is_already_there_and_writes_nothing() -> None:
    world = World()
    imported(world, whole(PRESCRIBER), whole(PATIENT), whole(ANC))
    head = trail.head(world.session)
    refused, importing = imported(world, whole(PRESCRIBER), whole(PATIENT), whole({**ANC, "result_id": "r2", "anc": 1900.5}))
    assert refused == []
    assert {kind: (one.read, one.new, one.already, one.refused) for kind, one in importing.counts.items()} == {
        "prescriber": (1, 0, 1, 0),
        "patient": (1, 0, 1, 0),
        "anc": (1, 1, 0, 0),
    }
    entries = list(trail.entries(world.session))
    assert head is not None
    assert [one.record for one in entries[head.entry :]] == ["AncResult", "Patient"], "the new result, and what follows from it"
    imported(world, whole(PRESCRIBER), whole(PATIENT), whole(ANC))
    assert trail.head(world.session) == Head(entries[-1].entry, entries[-1].hash)


def test_every_imported_record_has_its_entry_with_file_and_line() -> None:
    world = World()
    imported(world, whole(PRESCRIBER), "", whole(PATIENT), file="move.jsonl")
    rows = list(world.session.scalars(select(AuditRow).where(AuditRow.reason.like("move%")).order_by(AuditRow.entry)))
    assert [(row.record, row.channel, row.actor, row.reason, row.before) for row in rows] == [
        ("Prescriber", "import", "kim", "move.jsonl line 1", None),
        ("Patient", "import", "kim", "move.jsonl line 3", None),
    ]
    assert [row.subject for row in rows] == [ANN, MARIA]


BAD = [
    ("{", "no JSON"),
    ("[]", "no object"),
    ('{"kind": "cat"}', "unknown kind 'cat'"),
    ('{"kind": ["prescriber"]}', "unknown kind"),
    ('{"kind": "prescriber", "npi": "1", "npi": "2"}', "stands twice"),
    ('{"kind": "prescriber", "npi": ' + "9" * 5000 + "}", "no JSON"),
    ("[" * 100_000, "no JSON"),
    ({**PRESCRIBER, "npi": "1234567890"}, "check digit"),
    ({**PRESCRIBER, "npi": 1234567893}, "write it in quotes"),
    ({**PRESCRIBER, "dea": "AB4523763"}, "check digit"),
    ({**PRESCRIBER, "fax": "1234567890"}, "fax number"),
    ({**PRESCRIBER, "email": "Ann@example.org"}, "small letters"),
    ({**PRESCRIBER, "state": "Illinois"}, "two capitals"),
    ({**PRESCRIBER, "shoe_size": 44}, "unknown field shoe_size"),
    ({**PRESCRIBER, "first_name": "A\0"}, "characters"),
    ({**PRESCRIBER, "first_name": "\ud800"}, "characters"),
    ({"kind": "prescriber"}, "npi: it is missing"),
    ({**PATIENT, "patient_id": MARIA[:8] + "A"}, "check letter"),
    ({**PATIENT, "serial": 7}, "serial: it must be 0"),
    ({**PATIENT, "date_of_birth": "02/03/1980"}, "YYYY-MM-DD"),
    ({**PATIENT, "date_of_birth": "1980-02-30"}, "a day there is"),
    ({**PATIENT, "date_of_birth": "2180-02-03"}, "from 1900-01-01 to today"),
    ({**PATIENT, "enrolled_at": "2023-11-01T15:00:00"}, "with its zone"),
    ({**PATIENT, "enrolled_at": "2123-11-01T15:00:00Z"}, "future"),
    ({**PATIENT, "treatment_status": "active"}, "write one of enrolled, interrupted, discontinued"),
    ({**PATIENT, "ben": "no"}, "neither true nor false"),
    ({**PATIENT, "first_name": " "}, "R34"),
    ({**PATIENT, "zip": "6270"}, "ZIP"),
    ({**PATIENT, "prescriber_npi": BEA}, f"no prescriber {BEA}"),
    ({**ANC, "anc": 1.85}, "per µL"),
    ({**ANC, "anc": "2100"}, "without quotes"),
    ({**ANC, "anc": True}, "no number"),
    ({**ANC, "draw_date": "2024-02-01"}, "today"),
    ({**ANC, "patient_id": issue_patient_id(5)}, "no patient"),
    ({"kind": "pharmacy_location", "npi": BEA, "parent_npi": CORNER}, f"no pharmacy {CORNER}"),
]


@pytest.mark.parametrize(("bad", "said"), BAD)
def test_a_bad_line_is_named_and_nothing_is_stored(bad: dict[str, Any] | str, said: str) -> None:
    world = World()
    kind = bad["kind"] if isinstance(bad, dict) else None
    others = list(takewhile(lambda one: one["kind"] != kind, (PRESCRIBER, PATIENT, ANC)))  # what it refers to
    line = whole(bad) if isinstance(bad, dict) and bad != {"kind": "prescriber"} else bad
    refused, importing = imported(world, *map(whole, others), line)
    assert [(one.file, one.line) for one in refused] == [("a.jsonl", len(others) + 1)]
    assert said in refused[0].problem
    assert count(world) == 0
    assert trail.head(world.session) is None or not list(trail.entries(world.session))
    totals = importing.counts.values()
    assert sum(one.read for one in totals) == len(others) + 1
    assert all(one.read == one.new + one.already + one.refused for one in totals)


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    refused, _ = imported(World(), whole({**PATIENT, "zip": "x", "phone": "y", "prescriber_npi": "1"}))
    assert [word in refused[0].problem for word in ("zip: ", "phone: ", "prescriber_npi: ")] == [True, True, True]
    refused, _ = imported(World(), whole({**PATIENT, "ben": "x", "hospice": None, "cat": 1}))
    assert [word in refused[0].problem for word in ("ben: ", "hospice: ", "cat")] == [True, True, True]


def test_a_key_that_stands_twice_in_the_files_is_refused_whatever_lies_between() -> None:
    lines = [
        whole(PRESCRIBER),
        whole(PATIENT),
        *(whole({**ANC, "result_id": f"r{one}"}) for one in range(BATCH)),
        whole(PRESCRIBER),
    ]
    refused, importing = imported(World(), *lines)
    assert [(one.line, "twice" in one.problem) for one in refused] == [(len(lines), True)]
    assert (importing.counts["prescriber"].new, importing.counts["prescriber"].refused) == (1, 1)
    refused, _ = imported(World(), whole(PRESCRIBER), whole({**PRESCRIBER, "last_name": "OTHER"}))
    assert [one.line for one in refused] == [2]


def test_a_key_that_stands_with_other_content_is_refused_with_what_differs() -> None:
    world = World()
    imported(world, whole(PRESCRIBER))
    refused, _ = imported(world, whole({**PRESCRIBER, "last_name": "FOX"}))
    assert "another last_name:" in refused[0].problem
    assert storage.find(world.session, Prescriber, {})[0].last_name == "LEE"


def test_who_is_referred_to_may_stand_later_or_in_another_file_or_in_the_registry() -> None:
    world = World()
    assert imported(world, whole(ANC), whole(PATIENT), whole(PRESCRIBER))[0] == []
    assert imported(world, whole({**ANC, "result_id": "r2"}))[0] == []
    other = World()
    importing = Importing(other.session, NOW, "kim")
    for number, line in enumerate((ANC, PATIENT, PRESCRIBER)):
        assert list(importing.take(json_lines(f"{number}.jsonl", as_bytes([whole(line)])))) == []
    assert list(importing.end()) == []


def test_who_refers_to_a_line_that_is_refused_is_not_refused_for_it() -> None:
    refused, _ = imported(World(), whole(PRESCRIBER), whole({**PATIENT, "ben": 3}), whole(ANC))
    assert [one.line for one in refused] == [2]


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    world = World()
    refused, importing = imported(world, whole(PRESCRIBER), whole(PATIENT), dry=True)
    assert (refused, importing.counts["patient"].new, count(world)) == ([], 1, 0)
    assert trail.head(world.session) is None
    assert [one.line for one in imported(world, whole(PATIENT), dry=True)[0]] == [1]


def test_fields_that_follow_from_others_and_defaults_may_be_left_out() -> None:
    world = World()
    designee = {
        "kind": "designee", "prescriber_npi": ANN, "first_name": "DON", "last_name": "MAY", "role": "staff",
        "phone": "3125550150", "fax": None, "email": "don@example.org", "enrolled_at": "2023-11-01T15:00:00Z",
    }  # fmt: skip
    assert imported(world, PRESCRIBER, whole({**designee, "designee_id": None}), whole(PATIENT))[0] == []
    assert storage.find(world.session, Designee, {})[0].designee_id == f"{ANN}:don@example.org"
    assert storage.find(world.session, Patient, {})[0].serial == 0
    assert storage.find(world.session, Prescriber, {})[0].dea is None


def test_new_patients_get_free_numbers_even_when_the_last_one_was_imported() -> None:
    world = World()
    last = whole({**PATIENT, "patient_id": issue_patient_id(10**8 - 1), "serial": 10**8 - 1})
    assert imported(world, whole(PRESCRIBER), whole(PATIENT), last)[0] == []
    assert storage.next_serial(world.session) == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("npi,shoe\n", 1, "unknown field shoe"),
        ("npi,npi\n", 1, "twice"),
        (f"npi,dea\n{ANN}\n", 2, "1 cells"),
        (f'npi,last_name\n{ANN},"LEE\nFOX"\n1234567890,X\n', 4, "check digit"),
        (f"npi\n{ANN}\n\udcff\n", 3, "UTF-8"),
        (f'npi,last_name\n{ANN},"a"b\n', 2, "no CSV"),
        ("last_name\nLEE\n", 2, "npi: it is missing"),
        ("npi,certified_at\n1234567893,yesterday\n", 2, "no moment"),
    ],
)
def test_a_bad_line_of_csv_is_named_too(text: str, line: int, said: str) -> None:
    importing = Importing(World().session, NOW, "kim")
    refused = list(importing.take(csv_lines("prescriber.csv", "prescriber", io.StringIO(text, newline=""))))
    assert [(one.line, said in one.problem) for one in refused] == [(line, True)], refused


def test_csv_of_a_spreadsheet_is_read() -> None:
    world = World()
    imported(world, whole(PRESCRIBER), whole(PATIENT))
    head, row = zip(*((name, value) for name, value in whole({**ANC, "anc": "1850"}).items() if name != "kind"), strict=True)
    text = "\ufeff" + ",".join(head) + "\r\n" + ",".join("" if one is None else str(one) for one in row) + "\r\n"
    importing = Importing(world.session, NOW, "kim")
    assert list(importing.take(csv_lines("x.csv", "anc", io.StringIO(text, newline="")))) == []
    assert storage.find(world.session, AncResult, {})[0].anc == 1850.0


def test_a_line_that_the_database_refuses_ends_the_import() -> None:
    world = World()
    imported(world, whole(PRESCRIBER), whole(PATIENT))
    patient = storage.find(world.session, Patient, {})[0]
    other = replace(patient, patient_id=issue_patient_id(1), serial=1)
    storage.put(world.session, replace(patient, serial=1), Cause(day(0), "kim", "web"))
    with pytest.raises(CannotGoOn, match="line 1"):
        imported(world, to_line(other))


def test_an_unknown_kind_is_not_exported() -> None:
    with pytest.raises(ValueError, match="prescriber"):
        list(exporting.json_lines(World().session, ["cat"]))


lines = st.lists(
    st.one_of(
        st.sampled_from([whole(PRESCRIBER), whole(PATIENT), whole(ANC), {**ANC, "anc": 0}]).map(json.dumps),
        st.text(max_size=20).filter(lambda text: "\n" not in text and "\r" not in text),
        st.builds(lambda values, name, value: json.dumps({**values, name: value}),
                  st.sampled_from([whole(PRESCRIBER), whole(ANC)]), st.sampled_from(["npi", "anc", "draw_date", "kind", "fax"]),
                  st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(lines)
def test_whatever_the_lines_are_the_counts_reconcile_and_it_is_all_or_nothing(found: list[str]) -> None:
    world = World()
    refused, importing = imported(world, *found)
    totals = importing.counts.values()
    assert all(one.read == one.new + one.already + one.refused for one in totals)
    assert sum(one.read for one in totals) == sum(bool(one.encode().strip()) for one in found)
    assert sum(one.refused for one in totals) == len(refused) == len({one.line for one in refused})
    made = storage.count(world.session, Statement) + storage.count(world.session, StatusChange)  # by settling, of no line
    assert count(world) - made == (0 if refused else sum(one.new for one in totals))
