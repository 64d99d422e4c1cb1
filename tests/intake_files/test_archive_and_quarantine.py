from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import errors
from intake.archive import Archive
from intake.fax import ArchiveKey, FaxId
from intake.page_store import PageStore, encoded
from intake.quarantine import Quarantine, safe_name
from tests.intake_files.files_that_drop import no_room_for_files

NOW = datetime(2023, 11, 6, 15, tzinfo=UTC)


def test_a_file_is_stored_under_its_content_and_stays_when_the_source_changes(tmp_path):
    source = tmp_path / "a.tif"
    source.write_bytes(b"as received")
    archive = Archive(tmp_path / "archive")
    stored = archive.store(source, ".tif")
    source.write_bytes(b"changed")
    assert stored.sha256 == hashlib.sha256(b"as received").hexdigest()
    assert stored.key == f"sha256/{stored.sha256[:2]}/{stored.sha256}.tif"
    assert archive.path(stored.key).read_bytes() == b"as received"
    assert archive.intact(stored.key)


def test_the_same_content_is_stored_once_and_a_spoilt_copy_is_made_good(tmp_path):
    source = tmp_path / "a.tif"
    source.write_bytes(b"as received")
    archive = Archive(tmp_path / "archive")
    key = archive.store(source, ".tif").key
    assert archive.store(source, ".tif").key == key
    archive.path(key).chmod(0o600)
    archive.path(key).write_bytes(b"rotten")
    assert not archive.intact(key)
    archive.store(source, ".tif")
    assert archive.intact(key)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path):
    source = tmp_path / "a.tif"
    source.write_bytes(b"as received")
    archive = Archive(tmp_path / "archive")
    with no_room_for_files(), pytest.raises(errors.NoSpaceLeft):
        archive.store(source, ".tif")
    assert [one for one in (tmp_path / "archive").rglob("*") if one.is_file()] == []
    assert archive.store(source, ".tif").size == 11


def test_links_and_missing_files_are_not_archived(tmp_path):
    (tmp_path / "link").symlink_to("/etc/hostname")
    archive = Archive(tmp_path / "archive")
    for name in ("link", "missing"):
        with pytest.raises(errors.NotPermitted):
            archive.store(tmp_path / name, ".tif")


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "sha256/../x", "sha256/ab", "/etc/passwd", "sha256/ab/cd/ef"])
def test_no_key_leads_outside_the_archive(tmp_path, key):
    with pytest.raises(ValueError, match="no archive key"):
        Archive(tmp_path).path(ArchiveKey(key))


def test_a_quarantined_file_stands_beside_its_reason_for_people_and_programs(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF locked")
    quarantine = Quarantine(tmp_path / "quarantine")
    put = quarantine.put(tmp_path / "a.pdf", "fax-1", "Smith form.pdf", errors.EncryptedFile(), NOW, "R-20231106-0001")
    assert put.path.name == "fax-1-Smith form.pdf"
    assert put.path.read_bytes() == b"%PDF locked"
    said = json.loads((tmp_path / "quarantine" / "fax-1-Smith form.pdf.reason.json").read_text())
    assert (said["reason"], said["reference"]) == ("encrypted", "R-20231106-0001")
    words = (tmp_path / "quarantine" / "fax-1-Smith form.pdf.reason.txt").read_text()
    assert "password" in words
    assert "R-20231106-0001" in words
    assert quarantine.everything() == [put]


def test_putting_twice_changes_nothing_and_release_leaves_nothing(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF locked")
    quarantine = Quarantine(tmp_path / "quarantine")
    for _ in range(2):
        quarantine.put(tmp_path / "a.pdf", "fax-1", "a.pdf", errors.EncryptedFile(), NOW, None)
    quarantine.put(tmp_path / "a.pdf", "fax-2", "a.pdf", errors.DamagedFile(), NOW, None)
    assert len(quarantine.everything()) == 2
    assert quarantine.release("fax-1")
    assert not quarantine.release("fax-1")
    assert sorted(one.name for one in (tmp_path / "quarantine").iterdir()) == [
        "fax-2-a.pdf",
        "fax-2-a.pdf.reason.json",
        "fax-2-a.pdf.reason.txt",
    ]


def test_a_pipe_is_set_aside_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "x.pdf")
    quarantine = Quarantine(tmp_path / "quarantine")
    aside = quarantine.set_aside(tmp_path / "x.pdf", "fax-1", errors.NotARegularFile(), NOW)
    assert aside.path.is_fifo()
    assert not (tmp_path / "x.pdf").exists()
    assert quarantine.everything()[0].reason == "not_a_regular_file"
    assert quarantine.set_aside(tmp_path / "x.pdf", "fax-2", errors.NotARegularFile(), NOW) is None
    assert quarantine.release("fax-1")


@given(st.text(max_size=300))
def test_any_dropped_name_becomes_a_name_that_any_program_can_carry(name):
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 120
    assert safe.isascii()
    assert not safe.startswith(".")
    assert "/" not in safe


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 300 + ".tiff").endswith(".tiff")


def test_pages_are_found_by_their_number_and_an_earlier_reading_is_replaced(tmp_path):
    store = PageStore(tmp_path)
    page = np.full((220, 170), 255, np.uint8)
    page[100:120] = 0
    store.store(FaxId("fax-1"), [page, page, page])
    store.store(FaxId("fax-1"), [255 - page, page])
    assert store.path(FaxId("fax-1"), 3) is None
    shown = cv2.imread(str(store.path(FaxId("fax-1"), 1)), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(shown, 255 - page)
    assert [one for one in (tmp_path / "fax-1").iterdir() if one.name.startswith(".")] == []
    store.remove(FaxId("fax-1"))
    assert store.path(FaxId("fax-1"), 1) is None


@pytest.mark.parametrize("fax_id", ["", ".", "..", "../x", "a/b", "a\0b"])
def test_no_fax_id_leads_outside_the_pages(tmp_path, fax_id):
    (tmp_path.parent / "1.png").write_bytes(b"secret")
    assert PageStore(tmp_path).path(FaxId(fax_id), 1) is None


def test_ink_on_paper_is_stored_with_one_bit_and_a_photograph_with_its_grays():
    paper = np.full((1000, 800), 255, np.uint8)
    paper[100:110] = 130
    photograph = np.tile(np.arange(800, dtype=np.uint32) * 255 // 800, (1000, 1)).astype(np.uint8)
    assert encoded(paper)[24] == 1, "the bit depth in the PNG's header"
    assert encoded(photograph)[24] == 8
