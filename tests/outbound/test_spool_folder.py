"""The spool folder: whole pairs of files, one per delivery, whatever dies in between."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace

import pytest

from outbound.gateway import Cause, Delivered, FaxJob, Impossible, JobMark, NotSent, NotTaken, Unreachable
from outbound.spool_folder import SpoolFolder
from tests.outbound.gateways import ProcessDied

MARK = JobMark("d1", "d1-1", "R-20261123-0417-1")
JOB = FaxJob(
    MARK, "2025550133", "Amara Oyelaran", "prescriber", ("anc_recorded",), "R-20261123-0417", b"II*\0pages", 2, "2026-11-23"
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


LAID = Delivered("R-20261123-0417-1.tif", 2, {"folder": "outbox"}, "laid into the outbox")
"""Nobody knows more: that a file lies there says nothing of a far machine."""


def test_a_letter_becomes_its_pages_and_a_description_of_where_they_go(tmp_path):
    assert SpoolFolder(tmp_path / "outbox").submit(JOB) == LAID
    assert (tmp_path / "outbox/R-20261123-0417-1.tif").read_bytes() == b"II*\0pages"
    described = json.loads((tmp_path / "outbox/R-20261123-0417-1.json").read_text())
    assert described["to"] == {"fax": "2025550133", "name": "Amara Oyelaran", "role": "prescriber"}
    assert (described["state"], described["delivery_id"], described["pages"]) == ("ready", "d1", 2)


def test_submitting_twice_leaves_one_pair_untouched(tmp_path):
    spool = SpoolFolder(tmp_path)
    spool.submit(JOB)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = replace(JOB, mark=replace(MARK, tag="d1-2"), tiff=b"II*\0other")
    assert spool.submit(again) == LAID
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_pair_of_another_delivery_is_never_overwritten(tmp_path):
    spool = SpoolFolder(tmp_path)
    spool.submit(JOB)
    other = replace(JOB, mark=JobMark("d2", "d2-1", MARK.name), tiff=b"II*\0other")
    assert isinstance(spool.submit(other), Impossible)
    assert (tmp_path / "R-20261123-0417-1.tif").read_bytes() == JOB.tiff
    assert spool.find(other.mark) == NotTaken()


def test_asked_by_the_delivery_it_knows_what_it_took_and_only_that(tmp_path):
    spool = SpoolFolder(tmp_path)
    assert spool.find(MARK) == NotTaken()
    spool.submit(JOB)
    assert spool.find(MARK) == LAID


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6])
def test_at_whatever_step_the_process_dies_the_next_submit_leaves_the_one_whole_pair(tmp_path, monkeypatch, step):
    """Steps: TIFF on the disk, TIFF in place, folder on the disk; then the same three for the JSON."""
    taken = []

    def dying(really):
        def one_step(*given):
            taken.append(really)
            if len(taken) == step:
                raise ProcessDied
            return really(*given)

        return one_step

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", dying(os.replace))
        patch.setattr(os, "fsync", dying(os.fsync))
        with pytest.raises(ProcessDied):
            SpoolFolder(tmp_path).submit(JOB)
    assert (SpoolFolder(tmp_path).find(MARK) == NotTaken()) == (step < 6)
    assert SpoolFolder(tmp_path).submit(JOB) == LAID
    assert names(tmp_path) == ["R-20261123-0417-1.json", "R-20261123-0417-1.tif"]
    assert (tmp_path / "R-20261123-0417-1.tif").read_bytes() == JOB.tiff


def test_a_description_never_stands_without_its_pages(tmp_path, monkeypatch):
    seen = []
    really = os.replace

    def watched(source, target):
        really(source, target)
        seen.append(names(tmp_path))

    monkeypatch.setattr(os, "replace", watched)
    SpoolFolder(tmp_path).submit(JOB)
    assert seen == [["R-20261123-0417-1.tif"], ["R-20261123-0417-1.json", "R-20261123-0417-1.tif"]]


def test_a_full_disk_is_said_and_leaves_nothing_half(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert SpoolFolder(tmp_path).submit(JOB) == NotSent(Cause.NO_SPACE, str(tmp_path))
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_a_gateway_that_is_down(tmp_path):
    (tmp_path / "outbox").write_text("a file where the folder should be")
    outcome = SpoolFolder(tmp_path / "outbox").submit(JOB)
    assert isinstance(outcome, NotSent)
    assert outcome.cause is Cause.GATEWAY_DOWN
    assert isinstance(SpoolFolder(tmp_path / "outbox").find(MARK), Unreachable)


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".hidden", "x" * 200, "a\nb"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path, name):
    assert isinstance(SpoolFolder(tmp_path / "outbox").submit(replace(JOB, mark=JobMark("d1", "d1-1", name))), Impossible)
    assert not (tmp_path / "outbox").exists()


def test_what_another_program_wrote_over_the_description_is_not_taken_for_ours(tmp_path):
    (tmp_path / f"{MARK.name}.json").write_text("not json")
    assert SpoolFolder(tmp_path).find(MARK) == NotTaken()
    assert isinstance(SpoolFolder(tmp_path).submit(JOB), Impossible)
