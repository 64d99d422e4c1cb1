"""`remsfax letters` and `remsfax numbers`; and how the settings say who may be called."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.command_line import application
from app.composition import Remsfax, compose
from app.number_proofs import note_proofs
from app.sending import nudge_next
from app.settings import Settings
from outbound import numbers_storage, storage
from outbound.delivery import DeliveryId
from outbound.notice import Recipient, Role
from outbound.numbers import Confirmed
from registry.submission import Admission, Admitted
from tests.app.databases import upgraded
from tests.app.driving import DeafNudges
from tests.outbound.letters_for_tests import DOCTOR, NOW, REFERENCE, notice_of_kind

NOBODY = Recipient(Role.PRESCRIBER, "Amara Oyelaran", None)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remsfax:
    """A service with a letter that is due and one without a number."""
    monkeypatch.chdir(tmp_path)
    settings = Settings(data=tmp_path / "data")
    settings.folders.create()
    made = compose(settings)
    upgraded(made.database)
    with made.database.writing() as session:
        storage.plan_delivery(session, [notice_of_kind("anc_recorded")], DeliveryId("d1"), NOW)
        storage.plan_delivery(session, [notice_of_kind("missing_labs", NOBODY)], DeliveryId("d2"), NOW)
    return made


def typed(house: Remsfax, *words: str, status: int = 0) -> str:
    done = CliRunner().invoke(application, [*words, "--data", str(house.folders.root)])
    assert done.exit_code == status, done.output
    return done.output


def lines(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_letters_are_listed_by_what_is_asked_and_shown_with_their_history(house: Remsfax) -> None:
    listed = lines(typed(house, "letters", "list", "--json"))
    assert {one["letter"] for one in listed} == {f"{REFERENCE}-1", f"{REFERENCE}-2"}
    (stuck,) = lines(typed(house, "letters", "list", "--stuck", "--json"))
    assert (stuck["letter"], stuck["state"]) == (f"{REFERENCE}-2", "no_address")
    (shown,) = lines(typed(house, "letters", "show", f"{REFERENCE}-1", "--json"))
    assert [one["event"] for one in shown["history"]] == ["planned"]
    assert "WHAT HAPPENED" in typed(house, "letters", "show", "d1")
    typed(house, "letters", "list", "--state", "lost", status=2)
    typed(house, "letters", "show", "R-9-9", status=1)


def test_an_operator_gives_a_number_and_stops_a_letter_with_a_reason(house: Remsfax) -> None:
    typed(house, "letters", "address", f"{REFERENCE}-2", "312-555-0142", "--by", "mira")
    typed(house, "letters", "address", f"{REFERENCE}-2", "12", status=2)
    typed(house, "letters", "cancel", f"{REFERENCE}-1", "--reason", "told by phone", "--by", "mira")
    typed(house, "letters", "again", f"{REFERENCE}-1", "--reason", "they did not get it", "--by", "mira")
    with house.database.reading() as session:
        assert storage.delivery(session, DeliveryId("d1")).state.value == "due"
        assert [(one.event, one.by) for one in storage.history(session, DeliveryId("d1"))][1:] == [
            ("close_by_person", "mira"),
            ("send_again_by_person", "mira"),
        ]
        assert storage.delivery(session, DeliveryId("d2")).fax == "3125550142"


def test_an_email_is_listed_with_its_address_and_gets_a_better_one_but_no_other_letter_does(house: Remsfax) -> None:
    kim = Recipient(Role.STAFF, "Kim Abara", None, "kim@exmaple.org")
    with house.database.writing() as session:
        storage.plan_delivery(session, [notice_of_kind("staff_invitation", kim)], DeliveryId("m1"), NOW)
    typed(house, "letters", "address", "m1", "kim@example.org", "--by", "mira")
    assert "no fax number" not in typed(house, "letters", "show", "m1")
    assert "kim@example.org" in typed(house, "letters", "show", "m1")
    assert [one["email"] for one in lines(typed(house, "letters", "list", "--json"))].count("kim@example.org") == 1
    typed(house, "letters", "address", "d1", "kim@example.org", status=2)


def test_a_number_is_barred_vouched_for_and_shown(house: Remsfax) -> None:
    typed(house, "numbers", "bar", "(202) 555-0133", "--reason", "a private line", "--by", "mira")
    (barred,) = lines(typed(house, "numbers", "list", "--json"))
    assert (barred["fax"], barred["why"], barred["by"]) == ("2025550133", "do not fax", "mira")
    typed(house, "numbers", "unbar", "2025550133", "--reason", "it is a fax again")
    typed(house, "numbers", "vouch", "2025550133", "prescriber", DOCTOR.name, "--reason", "printed on the letterhead")
    (shown,) = lines(typed(house, "numbers", "show", "2025550133", "--json"))
    assert [one["how"] for one in shown["recipients"]] == ["vouched"]
    assert [one["letter"] for one in shown["letters"]] == [f"{REFERENCE}-1"]
    typed(house, "numbers", "check", "2025550142", "prescriber", DOCTOR.name, "--reason", "new number")
    typed(house, "numbers", "confirm", "2025550142", "000", status=1)
    typed(house, "numbers", "clear", "2025550142", "--reason", "looked")
    typed(house, "numbers", "doubt", "2025550133", "prescriber", DOCTOR.name, "--reason", "moved")
    assert "not confirmed" in typed(house, "numbers", "show", "2025550133")


@pytest.mark.parametrize(
    ("settings", "calls", "confirms", "lines_"),
    [
        ({}, False, False, None),
        ({"confirm_numbers": "always"}, False, True, None),
        ({"gateway": "hylafax", "lines": 24}, True, True, 24),
        ({"gateway": "hylafax", "confirm_numbers": "never"}, True, False, 4),
    ],
)
def test_the_settings_say_whether_anything_rings_and_what_must_be_confirmed(tmp_path, settings, calls, confirms, lines_) -> None:
    rules = compose(Settings(data=tmp_path, **settings)).calling
    assert (rules.calls, rules.confirm_numbers, rules.lines) == (calls, confirms, lines_)
    assert (rules.hours is not None) == calls


def test_hours_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="07:00-21:00"):
        Settings(data=tmp_path, send_hours="nine to five")


def test_the_next_letter_is_nudged_when_a_line_is_free(house: Remsfax) -> None:
    told = []

    class Hearing(DeafNudges):
        def send(self, nudges) -> None:
            told.extend(one.subject for one in nudges)

    house.nudges = Hearing()
    house.clock = lambda: datetime(2026, 11, 23, 16, tzinfo=UTC)
    house.__dict__["calling"] = compose(Settings(data=house.folders.root, gateway="hylafax")).calling
    nudge_next(house)
    assert told == ["d1"]


@pytest.mark.parametrize(
    ("caller", "admitted", "proven"),
    [
        ("(202) 555-0133", Admitted.YES, True),
        ("12025550133", Admitted.PARTLY, True),
        ("2025550133", Admitted.NO, False),
        ("3125550142", Admitted.YES, False),
        (None, Admitted.YES, False),
    ],
)
def test_an_admitted_form_proves_the_number_it_came_from_if_that_is_its_senders(house: Remsfax, caller, admitted, proven) -> None:
    with house.database.writing() as session:
        note_proofs(session, caller, DOCTOR, Admission("s1", "R-1", admitted), "R-1", NOW)  # type: ignore[arg-type]
        found = numbers_storage.holders_of(session, "2025550133")
    assert [one.confirmed_how for one in found] == ([Confirmed.CALLER] if proven else [])
