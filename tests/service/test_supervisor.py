"""Child processes: restarted when they die, none left however the parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.service.waiting import wait_for

pytestmark = pytest.mark.service


@pytest.fixture
def supervising(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.service.supervising", str(tmp_path)])
    wait_for("both parts run", lambda: len(pids(tmp_path)) == 4)
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def pids(folder: Path) -> list[int]:
    """Of every part and its child, in all their lives."""
    return [int(pid) for one in folder.glob("[!.]*") for pid in one.read_text().split()]


def running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_sigterm_ends_every_part_and_every_child_of_a_part_even_a_stubborn_one(
    supervising: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    supervising.terminate()
    assert supervising.wait(10) == 0
    assert [pid for pid in pids(tmp_path) if running(pid)] == []


def test_kill_9_of_the_supervisor_leaves_no_part(supervising: subprocess.Popen[bytes], tmp_path: Path) -> None:
    supervising.kill()
    supervising.wait()
    wait_for("all parts ended", lambda: not [pid for pid in pids(tmp_path) if running(pid)])


def test_a_part_that_dies_is_started_again_and_its_own_child_does_not_stay(
    supervising: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    part, child = map(int, (tmp_path / "steady.0").read_text().split())
    os.kill(part, signal.SIGKILL)
    wait_for("the part's second life", lambda: (tmp_path / "steady.1").exists())
    wait_for("the first life's child ended", lambda: not running(child))
    assert supervising.poll() is None
