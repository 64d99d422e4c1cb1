"""What goes along with the registry's notices: the next form to its own prescriber, and a word on what stops dispensing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from app.answers import Desk, DocumentAtEnd, FaxAtEnd, acknowledgement, answered_apart, letters_of
from app.contacts_desk import ContactsDesk
from app.enclosing import next_status_form, no_turnaround
from intake.forms.catalogue import load_catalogue
from intake.forms.definition import FormDefinition
from intake.reading import FaxReading, OtherKind, OtherPage
from outbound import storage as letters
from outbound.delivery import DeliveryState
from outbound.fax_pages import preview_png
from outbound.letter_facts import PRINTED_FORM_MAY_CARRY
from outbound.notice import Notice
from registry.submission import Submission
from review_queue.review_item import Closing
from tests.app.driving import Driven
from tests.registry.world import PATIENT, World, day
from tests.service.fakes import fax

DESK = Desk(fax="8008785927")
FORM = load_catalogue().form("patient_status")


@pytest.fixture
def world() -> World:
    return World()


def told(world: World, signed: tuple[str, ...] = ("prescriber",), **values: object) -> list[Notice]:
    """The letters about Maria's first status form, with the form as the service prints it."""
    patient_id = world.patient()
    submissions: list[Submission] = []
    make = world.submission
    world.submission = lambda *given, **more: submissions.append(made := make(*given, **more)) or made  # type: ignore[method-assign]
    admission = world.status(day(20), (14, 2000), signed=signed, **values)
    document = DocumentAtEnd(
        "d", (1, 2), FORM, None, submissions[-1], admission, None, next_form=next_status_form(world.session, patient_id)
    )
    return [one for letter in letters_of(document, DESK) for one in letter]


def bringing(notices: list[Notice]) -> list[str]:
    return [one.kind for one in notices if one.enclosures]


def test_the_next_form_goes_with_the_confirmation_and_says_who_it_is_for(world: World) -> None:
    (confirmation,) = [one for one in told(world) if one.enclosures]
    assert confirmation.kind == "status_form_recorded"
    (form,) = confirmation.enclosures
    assert form.form == "patient_status"
    assert form.values["patient_last_name"] == "GARCIA"
    assert (form.values["prescriber_npi"], form.values["prescriber_fax"]) == ("1234567893", "3125550143")
    assert {name for name in form.values if not name.startswith("prescriber_")} == PRINTED_FORM_MAY_CARRY


def test_no_form_goes_with_one_that_has_to_be_signed_and_sent_again(world: World) -> None:
    assert bringing(told(world, signed=())) == []


def test_no_form_goes_for_a_patient_who_is_discontinued(world: World) -> None:
    assert bringing(told(world, treatment_status="discontinued", status_reason="moved away")) == []


def test_a_form_goes_to_no_machine_but_its_own_prescribers(world: World) -> None:
    patient_id = world.patient()
    admission = world.status(day(20), (14, 2000))
    values = {**next_status_form(world.session, patient_id), "prescriber_fax": "3125550177"}
    document = DocumentAtEnd("d", (1, 2), FORM, None, None, admission, None, next_form=values)
    assert bringing([one for letter in letters_of(document, DESK) for one in letter]) == []


def test_nothing_is_printed_for_somebody_unknown_or_taken_off_the_list(world: World) -> None:
    assert next_status_form(world.session, "44170823K") == {}
    assert no_turnaround(world.session, world.patient()) == {}


def test_a_rationale_that_was_not_accepted_is_told_to_the_number_on_file_with_the_patient(world: World) -> None:
    notices = told(world, rationale=True, **{"rationale_anc": 2000})
    (letter,) = [one for one in notices if one.kind == "authorization_withheld"]
    assert letter.recipient.fax == "3125550143"
    assert letter.urgent
    assert letter.facts["patient_name"] == "MARIA GARCIA"  # type: ignore[index]
    assert [one.label for one in letter.wanted] == ["Treatment Rationale"]
    assert "2000" not in letter.wanted[0].todo


def test_what_a_notice_of_the_registry_says_is_not_said_twice(world: World) -> None:
    assert "authorization_withheld" not in {one.kind for one in told(world)}
    other = World()
    low = told(other, signed=("designee",), rationale=True, **{"labs.1.draw_date": "2023-11-20", "labs.1.anc": 700})
    assert {"rationale_needed", "treatment_interrupted"} & {one.kind for one in low}
    assert "authorization_withheld" not in {one.kind for one in low}


def answered(reading: FaxReading, *documents: DocumentAtEnd) -> list[str]:
    about = FaxAtEnd("f", "R-1", datetime(2026, 11, 5, tzinfo=UTC), 1, "3125550142")
    said = acknowledgement(about, reading, documents, DESK)
    assert said is not None
    return [one.form for one in said.enclosures]


def test_whoever_used_an_old_form_gets_the_current_one_blank(world: World) -> None:
    patient_id = world.patient()
    admission = world.status(day(20), (14, 2000))
    old = load_catalogue().form("patient_status", "2021-11")
    submission = world.submission("patient_status", PATIENT, day(20))
    end = DocumentAtEnd("d", (1,), FORM, None, submission, admission, None)
    assert patient_id
    assert answered(FaxReading(1, (), (), 0.0, {}), end) == []
    assert answered(FaxReading(1, (), (), 0.0, {}), replace(end, form=old)) == ["patient_status"]


def test_who_is_asked_about_an_old_form_by_itself_gets_the_current_one_with_the_question_and_not_again_when_it_is_mended() -> (
    None
):
    old, about = load_catalogue().form("patient_status", "2021-11"), FaxAtEnd("f", "R-1", day(1), 1, "3125550142")
    closing = Closing("mira", day(1), "Not readable.", ("Blood draw 1: please write it again",), True)
    asked = DocumentAtEnd("d", (1,), old, None, None, None, closing, answer_by=date(2026, 11, 30))
    for form, blanks in ((old, ["patient_status"]), (FORM, [])):
        said = answered_apart(about, replace(asked, form=form), 1, DESK)
        assert said is not None
        assert [(one.form, dict(one.values)) for one in said.enclosures] == [(blank, {}) for blank in blanks]
    mended = answered_apart(about, replace(asked, mended=True), 2, DESK)
    assert mended is not None
    assert mended.enclosures == ()


@pytest.mark.parametrize("form", [None, FORM])
def test_whoever_used_a_wrong_form_gets_the_one_that_the_reviewer_names(form: FormDefinition | None) -> None:
    words = "This is another program's form. Please use the Patient Enrollment Form."
    away = DocumentAtEnd("d", (1,), form, None, None, None, Closing("mira", day(1), words, (), True))
    assert answered(FaxReading(1, (), (), 0.0, {}), away) == ["patient_enrollment"]
    silent = replace(away, closing=Closing("mira", day(1), "Not for us.", (), True))
    assert answered(FaxReading(1, (), (), 0.0, {}), silent) == []
    asked = replace(away, closing=Closing("mira", day(1), "", ("Also send the Patient Status Form, please.",), True))
    said = answered_apart(FaxAtEnd("f", "R-1", day(1), 1, "3125550142"), asked, 1, DESK)
    assert [one.form for one in said.enclosures] == ["patient_status"] if form and said is not None else said is None


def test_whoever_sent_a_laboratory_printout_gets_the_form_to_report_it_on() -> None:
    printout = FaxReading(1, (), (OtherPage(1, OtherKind.LAB_PRINTOUT),), 0.0, {})
    assert answered(printout) == ["anc_lab_reporting"]
    assert answered(FaxReading(1, (), (OtherPage(1, OtherKind.OTHER_PROGRAM),), 0.0, {})) == []


@pytest.mark.parametrize("printed", [True, False])
def test_a_status_form_is_answered_with_the_next_one_unless_the_setting_says_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REMSFAX_PRINTED_STATUS_FORMS", str(printed).lower())
    driven = Driven(tmp_path)
    with driven.house.database.writing() as session:
        patient_id = World(session).patient(day(0))
    values = dict.fromkeys(one.name for one in FORM.fields) | {
        "patient_id": patient_id, **{name: PATIENT[name] for name in PATIENT if name in {one.name for one in FORM.fields}},
        "signature_prescriber": "present", "signature_prescriber_date": "2023-11-21", "labs.0.draw_date": "2023-11-20",
    }  # fmt: skip
    driven.drop("a.tif", fax("patient_status", values=values))
    driven.go_on()
    with driven.house.database.reading() as session:
        delivered = driven.letters("a.tif")
        notices = [one for each in delivered for one in letters.notices_of(session, each.delivery_id)]
    (confirmation,) = [one for one in notices if one.kind == "status_form_recorded"]
    assert [one.values["patient_id"] for one in confirmation.enclosures] == ([patient_id] if printed else [])
    letter = next(one for one in delivered if "status_form_recorded" in one.kinds)
    assert (letter.fax, letter.state) == ("3125550143", DeliveryState.DELIVERED)
    with Image.open(driven.house.folders.outbox / letter.gateway_reference) as tiff:
        assert tiff.n_frames == letter.pages
        assert letter.pages == (5 if printed else 3)
    house = driven.house
    sent = (house.folders.outbox / letter.gateway_reference).read_bytes()
    with house.database.reading() as session:
        again = ContactsDesk(house.catalogue.form, house.sender, house.draw).letter(
            session, driven.fax("a.tif").fax.fax_id, letter.delivery_id
        )
    assert again is not None
    assert [again(page) for page in range(1, letter.pages + 1)] == [preview_png(sent, one + 1) for one in range(letter.pages)]
    assert again(letter.pages + 1) is None
    driven.house.database.close()
