from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake import errors
from intake.archive import Archive
from intake.fax import FaxId
from intake.inbox import Inbox
from intake.settling import Kind
from tests.intake_files.files_that_drop import no_room_for_files

START = datetime(2023, 11, 6, 15, tzinfo=UTC)
ONE, TWO = FaxId("fax-1"), FaxId("fax-2")


class FullArchive(Archive):
    """Has no space until `freed`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.freed = False

    def store(self, source, ending):
        if not self.freed:
            raise errors.NoSpaceLeft
        return super().store(source, ending)


class DyingArchive(Archive):
    """The process dies at the n-th file it stores."""

    def __init__(self, root: Path, lives: int) -> None:
        super().__init__(root)
        self.lives = lives

    def store(self, source, ending):
        if self.lives == 0:
            raise KeyboardInterrupt
        self.lives -= 1
        return super().store(source, ending)


class Drop:
    """A data folder, and the time."""

    def __init__(self, root: Path, archive: Archive | None = None) -> None:
        self.folder = root / "inbox"
        self.claimed = root / "claimed"
        self.folder.mkdir(exist_ok=True)
        self.archive = archive or Archive(root / "archive")
        self.now = START
        self.restart()

    def restart(self) -> None:
        self.inbox = Inbox(self.folder, self.claimed, self.archive)

    def write(self, name: str, data: bytes = b"II*\0 a fax") -> Path:
        path = self.folder / name
        path.write_bytes(data)
        os.utime(path, (START.timestamp() - 30, START.timestamp() - 30))
        return path

    def settled(self, seconds: float = 2.0):
        self.inbox.look(self.now)
        self.now += timedelta(seconds=seconds)
        return self.inbox.look(self.now)

    def left(self) -> list[str]:
        return sorted(one.name for one in self.folder.iterdir())


@pytest.fixture
def drop(tmp_path):
    return Drop(tmp_path)


def test_a_fax_is_taken_archived_unchanged_and_gone_from_the_inbox(drop):
    drop.write("a.tif", b"II*\0 the very bytes")
    (group,) = drop.settled()
    taken = drop.inbox.take(group, ONE, drop.now)
    assert taken.source_name == "a.tif"
    assert drop.archive.path(taken.archive_key).read_bytes() == b"II*\0 the very bytes"
    assert taken.archive_key.endswith(f"{taken.sha256}.tif")
    assert taken.received_at == START - timedelta(seconds=30)
    assert drop.left() == []
    assert drop.inbox.unfinished() == [ONE]
    drop.inbox.finish(ONE)
    assert drop.inbox.unfinished() == []
    assert drop.settled() == []


def test_tiff_pdf_and_sidecar_are_one_fax_and_the_sidecar_speaks(drop):
    drop.write("a.pdf", b"%PDF-1.4")
    drop.write("a.tif")
    drop.write("a.json", json.dumps({"cid": "5555550142", "error": "cut", "received_at": "2023-11-06T14:00:00Z"}).encode())
    (group,) = drop.settled()
    taken = drop.inbox.take(group, ONE, drop.now)
    assert taken.archive_key.endswith(".tif")
    assert sorted(key[-4:] for key in taken.other_keys) == [".pdf", "json"]
    assert (taken.caller.cid, taken.caller.error) == ("5555550142", "cut")
    assert taken.received_at == datetime(2023, 11, 6, 14, tzinfo=UTC)
    assert drop.left() == []


def test_a_broken_sidecar_never_costs_the_fax(drop):
    drop.write("a.tif")
    drop.write("a.json", b'{"cid": ')
    (group,) = drop.settled()
    taken = drop.inbox.take(group, ONE, drop.now)
    assert taken.caller.cid is None
    assert "not JSON" in taken.sidecar_trouble


def test_of_two_takers_one_gets_the_fax_and_the_other_nothing(drop):
    drop.write("a.tif")
    drop.write("a.pdf")
    other = Inbox(drop.folder, drop.claimed, drop.archive)
    other.look(drop.now)
    (group,) = drop.settled()
    (same,) = other.look(drop.now)
    assert drop.inbox.take(group, ONE, drop.now) is not None
    assert other.take(same, TWO, drop.now) is None
    assert drop.inbox.unfinished() == [ONE]


def test_a_file_that_changed_after_it_looked_settled_goes_back_and_is_taken_later_whole(drop):
    path = drop.write("a.tif", b"II*\0 half")
    (group,) = drop.settled()
    with path.open("ab") as writer:
        writer.write(b" and the rest")
    assert drop.inbox.take(group, ONE, drop.now) is None
    assert drop.inbox.unfinished() == []
    (group,) = drop.settled(4)
    taken = drop.inbox.take(group, TWO, drop.now)
    assert drop.archive.path(taken.archive_key).read_bytes() == b"II*\0 half and the rest"


@pytest.mark.parametrize("lives", [0, 1, 2])
def test_a_death_while_archiving_is_resumed_under_the_same_id(tmp_path, lives):
    drop = Drop(tmp_path, DyingArchive(tmp_path / "archive", lives))
    for name in ("a.tif", "a.pdf", "a.json"):
        drop.write(name, name.encode())
    (group,) = drop.settled()
    with pytest.raises(KeyboardInterrupt):
        drop.inbox.take(group, ONE, drop.now)
    drop.archive.lives = 99
    drop.restart()
    assert drop.settled() == [], "nothing is left to be taken a second time"
    assert drop.inbox.unfinished() == [ONE]
    taken = drop.inbox.resume(ONE, drop.now)
    assert taken.source_name == "a.tif"
    assert len(taken.other_keys) == 2
    assert drop.inbox.resume(ONE, drop.now) == taken, "as often as needed, with the same result"


def test_a_death_between_the_renames_is_completed_with_the_siblings_still_in_the_inbox(drop):
    for name in ("a.tif", "a.pdf", "a.json"):
        drop.write(name, name.encode())
    (group,) = drop.settled()
    assert drop.inbox._claim(ONE).make(group, drop.now)  # died here: only the file that is read has moved
    assert drop.left() == ["a.json", "a.pdf"]
    drop.restart()
    taken = drop.inbox.resume(ONE, drop.now)
    assert len(taken.other_keys) == 2
    assert drop.left() == []


def test_a_death_before_the_first_rename_leaves_the_fax_in_the_inbox(drop):
    drop.write("a.tif")
    drop.write("a.pdf")
    (group,) = drop.settled()
    assert drop.inbox._claim(ONE).make(group, drop.now)
    (drop.claimed / ONE / "fax.tif").rename(drop.folder / "a.tif")  # as if it had died just before
    drop.restart()
    assert drop.inbox.resume(ONE, drop.now) is None
    assert drop.inbox.unfinished() == []
    (group,) = drop.settled()
    assert {member.name for member in group.members} == {"a.tif", "a.pdf"}


def test_a_death_while_the_note_is_written_loses_nothing(drop):
    drop.write("a.tif")
    for note in (b"", b'{"members": [{"kind"'):
        (drop.claimed / ONE).mkdir(parents=True)
        (drop.claimed / ONE / "claim.json").write_bytes(note)
        drop.restart()
        assert drop.inbox.resume(ONE, drop.now) is None
    assert drop.left() == ["a.tif"]


def test_a_full_disk_leaves_the_fax_in_its_claim_until_there_is_space(tmp_path):
    drop = Drop(tmp_path, FullArchive(tmp_path / "archive"))
    drop.write("a.tif")
    (group,) = drop.settled()
    with pytest.raises(errors.NoSpaceLeft):
        drop.inbox.take(group, ONE, drop.now)
    assert drop.inbox.unfinished() == [ONE]
    drop.archive.freed = True
    assert drop.inbox.resume(ONE, drop.now).source_name == "a.tif"


def test_a_claim_that_cannot_be_written_leaves_the_fax_in_the_inbox(drop):
    drop.write("a.tif")
    (group,) = drop.settled()
    with no_room_for_files(), pytest.raises(errors.NoSpaceLeft):
        drop.inbox.take(group, ONE, drop.now)
    assert drop.left() == ["a.tif"]
    assert drop.inbox.unfinished() == []
    assert drop.inbox.take(group, ONE, drop.now) is not None


def test_a_late_pdf_or_sidecar_belongs_to_the_fax_just_taken(drop):
    drop.write("a.tif")
    (group,) = drop.settled()
    drop.inbox.take(group, ONE, drop.now)
    drop.inbox.finish(ONE)
    drop.write("a.json", b'{"cid": "5555550142"}')
    drop.write("a.pdf")
    (late,) = drop.settled()
    assert drop.inbox.sibling_of(late) == ONE
    attached = drop.inbox.attach(late, ONE, drop.now)
    assert len(attached.keys) == 2
    assert attached.caller.cid == "5555550142"
    assert drop.left() == []


def test_after_a_restart_a_late_sibling_is_known_by_what_the_rows_say(drop):
    drop.inbox.remember("a.tif", ONE, [Kind.TIFF], drop.now)
    drop.write("a.pdf")
    (late,) = drop.settled()
    assert drop.inbox.sibling_of(late) == ONE


def test_the_same_name_with_a_new_fax_is_a_new_fax(drop):
    drop.write("fax.tif", b"II*\0 first")
    (group,) = drop.settled()
    drop.inbox.take(group, ONE, drop.now)
    drop.write("fax.tif", b"II*\0 second")
    (group,) = drop.settled()
    assert drop.inbox.sibling_of(group) is None
    assert drop.inbox.take(group, TWO, drop.now).sha256


def test_a_pdf_of_the_same_name_minutes_later_is_a_fax_of_its_own(drop):
    drop.write("fax.tif")
    (group,) = drop.settled()
    drop.inbox.take(group, ONE, drop.now)
    drop.now += timedelta(minutes=5)
    drop.write("fax.pdf")
    (group,) = drop.settled()
    assert drop.inbox.sibling_of(group) is None


def test_odd_things_are_never_opened_and_the_next_good_fax_is_on_time(drop):
    os.mkfifo(drop.folder / "x.pdf")
    (drop.folder / "y.tif").mkdir()
    (drop.folder / "z.pdf").symlink_to("/etc/hostname")
    (drop.folder / "old faxes").mkdir()
    drop.write("good.tif")
    groups = drop.settled()
    assert [group.stem for group in groups if group.odd] == ["x.pdf", "y.tif", "z.pdf"]
    (good,) = [group for group in groups if not group.odd]
    assert drop.inbox.take(good, ONE, drop.now) is not None
    for group in groups:
        if group.odd:
            with pytest.raises(errors.NotARegularFile):
                drop.inbox.take(group, TWO, drop.now)
    assert drop.inbox.unfinished() == [ONE]


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.tif",
        b"\xff\xfe not text.tif",
        "ångström – fax №7.pdf".encode(),
        b"-rf.tif",
        b"a" * 250 + b".tif",
        b"'; DROP.tif",
    ],
)
def test_names_may_hold_anything_a_file_system_allows(drop, name):
    (drop.folder / os.fsdecode(name)).write_bytes(b"II*\0 x")
    (group,) = drop.settled()
    taken = drop.inbox.take(group, ONE, drop.now)
    assert taken.source_name.isprintable()
    taken.source_name.encode("utf-8")
    drop.restart()
    assert drop.inbox.resume(ONE, drop.now).source_name == taken.source_name


def test_a_folder_that_cannot_be_read_is_a_matter_of_trying_again(drop):
    shutil.rmtree(drop.folder)
    with pytest.raises(errors.NoSpaceLeft):
        drop.inbox.look(drop.now)


def test_five_hundred_files_are_taken_once_each_and_soon(drop):
    for number in range(500):
        drop.write(f"{number:03}.tif", f"II*\0 fax {number}".encode())
    groups = drop.settled()
    taken = [drop.inbox.take(group, FaxId(f"fax-{index}"), drop.now) for index, group in enumerate(groups)]
    assert len({one.sha256 for one in taken if one}) == 500
    assert drop.left() == []
    assert drop.settled() == []
