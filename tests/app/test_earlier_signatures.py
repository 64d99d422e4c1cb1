"""Which earlier signatures of a prescriber the desk may be shown, and that nobody looks for them unasked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from app.earlier_signatures import earlier_signatures
from app.settings import Settings
from registry.submission import Admitted
from registry.tables import SubmissionRow
from review_queue.signature_hint import KeptSignature
from tests.app.driving import Driven
from tests.registry.world import ANN, BEA, OTHER_PRESCRIBER, PRESCRIBER
from tests.service.fakes import fax


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


def enrolled(driven: Driven, name: str, **values: object) -> None:
    """A prescriber's enrollment form, faxed and admitted."""
    driven.drop(name, fax("prescriber_enrollment", values={**PRESCRIBER, **values}, unlike=name))
    driven.go_on()
    with driven.house.database.reading() as session:
        row = session.get(SubmissionRow, driven.documents(name)[0].document_id)
        assert row is not None
        assert row.admitted != Admitted.NO


def found(driven: Driven, npi: str = ANN, most: int = 3) -> Sequence[KeptSignature]:
    look_up = earlier_signatures(driven.house.catalogue)
    with driven.house.database.reading() as session:
        return look_up(session, npi, driven.clock.now + timedelta(days=1), most)


def test_the_newest_admitted_forms_of_the_same_prescriber_are_found_with_the_place_of_their_signature(driven: Driven) -> None:
    for number in (1, 2, 3):
        enrolled(driven, f"ann{number}.tif")
        driven.clock.now += timedelta(days=1)
    enrolled(driven, "bea.tif", **OTHER_PRESCRIBER)
    newest = found(driven, most=2)
    assert [one.fax_id for one in newest] == [driven.fax(f"ann{number}.tif").fax.fax_id for number in (3, 2)]
    assert [one.fax_id for one in found(driven, BEA)] == [driven.fax("bea.tif").fax.fax_id]
    zone = driven.house.catalogue.form("prescriber_enrollment").field("signature_prescriber")
    assert (newest[0].box, newest[0].fax_page) == (zone.box, zone.page)
    assert driven.house.pages.path(newest[0].fax_id, newest[0].fax_page) is not None


def test_forms_that_were_not_signed_or_not_admitted_show_no_earlier_signature(driven: Driven) -> None:
    driven.drop("unsigned.tif", fax("prescriber_enrollment", values={**PRESCRIBER, "signature_prescriber": "absent"}))
    driven.drop("stranger.tif", fax("patient_status", values={"prescriber_npi": ANN}))
    driven.go_on()
    assert found(driven) == []


def test_the_hint_is_off_unless_the_operator_switches_it_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert not Settings().signature_hint
    monkeypatch.setenv("REMSFAX_SIGNATURE_HINT", "true")
    assert Settings().signature_hint
