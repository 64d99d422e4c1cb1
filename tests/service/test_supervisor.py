"""Child processes: restarted when they die, none left however the parent ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.service.waiting import next_line, still_running

pytestmark = pytest.mark.service


@dataclass(frozen=True)
class Life:
    """One life of a part, as it says itself when it begins."""

    part: str
    pid: int
    child: int  # the pid of a process that the part has started


class Supervised:
    """A running supervisor and the first lives of its two parts."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "tests.service.supervising"], stdout=subprocess.PIPE, bufsize=0)
        self.first = {life.part: life for life in (self.next_life(), self.next_life())}

    def next_life(self) -> Life:
        """Of whichever part begins one next."""
        assert self.process.stdout is not None
        part, pid, child = next_line(self.process.stdout).split()
        return Life(part, int(pid), int(child))

    @property
    def pids(self) -> set[int]:
        """Of both parts and their children."""
        return {pid for life in self.first.values() for pid in (life.pid, life.child)}


@pytest.fixture
def supervised() -> Iterator[Supervised]:
    found = Supervised()
    assert set(found.first) == {"steady", "stubborn"}
    assert len(found.pids) == 4
    assert still_running(found.pids, 0) == found.pids
    yield found
    found.process.kill()
    found.process.communicate()


def test_sigterm_ends_every_part_and_every_child_of_a_part_even_a_stubborn_one(supervised: Supervised) -> None:
    supervised.process.terminate()
    assert supervised.process.wait(20) == 0
    assert still_running(supervised.pids, 0) == set(), "when the supervisor ends nothing of it may be left"


def test_kill_9_of_the_supervisor_leaves_no_part(supervised: Supervised) -> None:
    supervised.process.kill()
    assert supervised.process.wait(20) == -signal.SIGKILL
    assert still_running(supervised.pids) == set()


def test_a_part_that_dies_is_started_again_and_its_own_child_does_not_stay(supervised: Supervised) -> None:
    steady, stubborn = supervised.first["steady"], supervised.first["stubborn"]
    os.kill(steady.pid, signal.SIGKILL)
    again = supervised.next_life()
    assert again.part == "steady"
    assert again.pid != steady.pid
    assert still_running({steady.pid, steady.child}) == set()
    untouched = {stubborn.pid, stubborn.child, again.pid, again.child}
    assert still_running(untouched, 0) == untouched
    assert supervised.process.poll() is None
