from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake import storage
from intake.fax import ArchiveKey, Caller, DocumentId, FaxId, ReceivedFax
from intake.fax_lifecycle import FAX_LIFE, FaxState, IllegalFaxTransition, fax_step

NOW = datetime(2023, 11, 6, 15, tzinfo=UTC)


def fax(number: int = 1, sha256: str = "aa") -> ReceivedFax:
    return ReceivedFax(
        fax_id=FaxId(f"fax-{number}"),
        reference=f"R-20231106-{number:04}",
        received_at=NOW + timedelta(minutes=number),
        source_name="a.tif",
        sha256=sha256,
        archive_key=ArchiveKey(f"sha256/{sha256[:2]}/{sha256}.tif"),
        other_keys=(ArchiveKey("sha256/bb/bb.pdf"),),
        caller=Caller(cid="5555550142"),
    )


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    storage.Base.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def test_a_fax_comes_back_as_it_was_stored(session):
    assert storage.insert_fax(session, fax(), NOW)
    session.expire_all()
    stored = storage.load_fax(session, "fax-1")
    assert stored.fax == fax()
    assert (stored.state, stored.taken_at, stored.duplicate_of, stored.pages) == (FaxState.RECEIVED, NOW, None, None)
    assert storage.fax_of_reference(session, "R-20231106-0001") == stored
    assert storage.load_fax(session, "fax-2") is None


def test_a_claim_resumed_after_a_crash_stores_no_second_row(session):
    assert storage.insert_fax(session, fax(), NOW)
    assert not storage.insert_fax(session, fax(), NOW)
    assert storage.fax_counts(session)[FaxState.RECEIVED] == 1


def test_a_reference_is_given_only_once(session):
    storage.insert_fax(session, fax(1), NOW)
    twin = fax(2)
    with pytest.raises(IntegrityError):
        storage.insert_fax(session, ReceivedFax(**(vars(twin) | {"reference": fax(1).reference})), NOW)


def test_the_first_fax_of_a_file_is_found_but_not_one_in_quarantine_nor_a_duplicate(session):
    storage.insert_fax(session, fax(1, "aa"), NOW)
    storage.insert_fax(session, fax(2, "aa"), NOW + timedelta(minutes=1), FaxId("fax-1"))
    assert storage.earlier_with(session, "aa") == "fax-1"
    assert storage.earlier_with(session, "cc") is None
    storage.quarantine_fax(session, "fax-1", "damaged", "no page", NOW)
    assert storage.earlier_with(session, "aa") is None


def test_a_reading_is_stored_with_its_documents_and_replaced_by_the_next(session):
    storage.insert_fax(session, fax(), NOW)
    storage.store_reading(session, "fax-1", 3, "{}", [(DocumentId("d1"), "one"), (DocumentId("d2"), "two")], FaxState.READ, NOW)
    stored = storage.load_fax(session, "fax-1")
    assert (stored.state, stored.pages, stored.reading) == (FaxState.READ, 3, "{}")
    assert [(one.document_id, one.ordinal, one.reading) for one in storage.documents_of(session, "fax-1")] == [
        ("d1", 0, "one"),
        ("d2", 1, "two"),
    ]
    storage.quarantine_fax(session, "fax-1", "killed_its_worker", "three times", NOW)
    storage.move_fax(session, "fax-1", FaxState.RECEIVED, NOW)
    storage.store_reading(session, "fax-1", 3, "{}", [(DocumentId("d1"), "again")], FaxState.READ, NOW)
    assert storage.load_document(session, "d1").reading == "again"
    assert storage.load_document(session, "d2") is None


def test_a_quarantined_fax_keeps_its_reason_until_it_is_released_to_where_it_was(session):
    storage.insert_fax(session, fax(1), NOW)
    storage.quarantine_fax(session, "fax-1", "encrypted", "a password", NOW)
    stored = storage.load_fax(session, "fax-1")
    assert (stored.state, stored.quarantine_reason, stored.quarantine_detail) == (FaxState.QUARANTINED, "encrypted", "a password")
    assert storage.release_fax(session, "fax-1", NOW) is FaxState.RECEIVED
    storage.store_reading(session, "fax-1", 1, "{}", [], FaxState.READ, NOW)
    storage.quarantine_fax(session, "fax-1", "killed_its_worker", "three times", NOW)
    assert storage.release_fax(session, "fax-1", NOW) is FaxState.READ
    assert storage.load_fax(session, "fax-1").quarantine_reason is None


def test_counts_name_every_state_and_the_oldest_is_found(session):
    storage.insert_fax(session, fax(2), NOW)
    storage.insert_fax(session, fax(1), NOW)
    storage.move_fax(session, "fax-2", FaxState.SETTLED, NOW)
    assert storage.fax_counts(session) == {
        FaxState.RECEIVED: 1,
        FaxState.READ: 0,
        FaxState.SETTLED: 1,
        FaxState.QUARANTINED: 0,
    }
    assert storage.oldest_in(session, [FaxState.RECEIVED]) == fax(1).received_at
    assert storage.oldest_in(session, [FaxState.READ]) is None
    assert [one.fax.fax_id for one in storage.faxes_in(session, list(FaxState))] == ["fax-1", "fax-2"]
    assert len(storage.latest_faxes(session, 1)) == 1


def test_a_late_sidecar_fills_only_what_was_not_known(session):
    storage.insert_fax(session, fax(), NOW)
    late = Caller(cid="5555550199", error="cut in the page")
    storage.add_sibling(session, "fax-1", [ArchiveKey("sha256/cc/cc.json"), ArchiveKey("sha256/bb/bb.pdf")], late)
    stored = storage.load_fax(session, "fax-1").fax
    assert stored.other_keys == ("sha256/bb/bb.pdf", "sha256/cc/cc.json")
    assert (stored.caller.cid, stored.caller.error) == ("5555550142", "cut in the page")


@pytest.mark.parametrize(("now", "then"), list(product(FaxState, FaxState)))
def test_a_fax_takes_the_steps_of_its_table_and_no_other(session, now, then):
    storage.insert_fax(session, fax(), NOW)
    session.get(storage.FaxRow, "fax-1").state = now.value
    session.flush()
    if then in FAX_LIFE[now]:
        assert fax_step(now, then) is then
        storage.move_fax(session, "fax-1", then, NOW)
        assert storage.load_fax(session, "fax-1").state is then
    else:
        with pytest.raises(IllegalFaxTransition):
            storage.move_fax(session, "fax-1", then, NOW)
        assert storage.load_fax(session, "fax-1").state is now


def test_what_is_settled_is_done_and_leaves_only_where_a_document_that_was_asked_about_cannot_go_on():
    assert [state for state, ways in FAX_LIFE.items() if ways <= {FaxState.QUARANTINED}] == [FaxState.SETTLED]


def test_a_fax_that_does_not_exist_is_an_error_not_a_silence(session):
    with pytest.raises(KeyError):
        storage.move_fax(session, "nobody", FaxState.READ, NOW)
