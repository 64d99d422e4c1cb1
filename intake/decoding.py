"""Decoding children and their limits: a crash, an endless loop or a memory bomb in a decoder ends a child, never us.

What: `decode` hands a file to a warm child process and gives back its raw pages; children are kept, shared between threads one
file each, and replaced after many files or on any trouble.
Why: a fresh process per fax costs a tenth of a second of CPU, a warm one less than a millisecond.
Refuses: waiting. A child silent past its limit is killed and the file is `TookTooLong`; one that dies leaves `DamagedFile`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intake import errors
from intake.raw_page import RawPage

FILES_PER_CHILD = 200  # then a fresh one: leaks of the decoders end with it
LARGEST_HEAD = 64 * 1024 * 1024  # bytes of one JSON head; more is a child gone mad
SIGNALS_OF_TIME = frozenset({signal.SIGXCPU, signal.SIGALRM})
REFUSALS = {
    one.reason: one
    for one in (errors.EncryptedFile, errors.EmptyFile, errors.DamagedFile, errors.TooManyPages, errors.PageTooLarge)
}


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost. The defaults hold every genuine fax with room to spare."""

    pages: int = 200
    page_pixels: int = 60_000_000  # of one decoded page; a Letter page at 600 dots per inch has 34 million
    file_bytes: int = 256 * 1024 * 1024
    page_seconds: float = 10.0  # without a new page, in CPU and on the clock
    seconds: float = 60.0  # for the whole file, on the clock
    memory_bytes: int = 1536 * 1024 * 1024  # address space of the decoding child


class _ChildDied(Exception):
    """The child ended without an answer; `status` as `Popen.returncode`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"decoder ended with {status}")
        self.status = status


class _ChildSilent(Exception):
    """The child said nothing for too long."""


class _Child:
    """One decoding process and the pipe to it."""

    def __init__(self, memory_bytes: int) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        self.owner = os.getpid()
        self.memory_bytes = memory_bytes
        self.files = 0
        inherited = [part for part in (root, os.environ.get("PYTHONPATH")) if part]
        environment = {"PYTHONPATH": os.pathsep.join(inherited), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "intake.decoding_child", str(memory_bytes), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._requests, self._answers = self.process.stdin, self.process.stdout
        os.set_blocking(self._answers.fileno(), False)

    def decode(self, path: Path, kind: str, limits: Limits) -> tuple[list[RawPage], float]:
        """The pages and the CPU seconds they took. Raises errors of `intake.errors`, `_ChildDied` or `_ChildSilent`."""
        self.files += 1
        request = {
            "path": os.fsencode(path).hex(),
            "kind": kind,
            "pages": limits.pages,
            "page_pixels": limits.page_pixels,
            "page_seconds": limits.page_seconds,
            "seconds": limits.seconds,
        }
        try:
            self._requests.write(json.dumps(request).encode() + b"\n")
        except OSError as gone:
            raise _ChildDied(self.process.wait()) from gone
        end = time.monotonic() + limits.seconds
        pages: list[RawPage] = []
        while True:
            deadline = min(end, time.monotonic() + limits.page_seconds)
            size = int.from_bytes(self._read(4, deadline), "big")
            if size > LARGEST_HEAD:
                raise _ChildDied(0)
            head = json.loads(bytes(self._read(size, deadline)))
            pixels = bytes(self._read(_length(head, limits), deadline))
            if "page" in head:
                pages.append(_page(head["page"], pixels, limits))
            elif "refused" in head:
                raise REFUSALS.get(str(head["refused"]), errors.DamagedFile)(str(head["detail"]))
            else:
                return pages, float(head["cpu_seconds"])

    def _read(self, size: int, deadline: float) -> bytearray:
        room = bytearray(size)
        view = memoryview(room)
        answers = self._answers.fileno()
        while view:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([answers], [], [], left)[0]:
                raise _ChildSilent
            count = os.readv(answers, [view])
            if count == 0:
                raise _ChildDied(self.process.wait())
            view = view[count:]
        return room

    def alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """Kills the child and waits for it; also closes the pipes."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
        self._requests.close()
        self._answers.close()


_idle: list[_Child] = []
_lock = threading.Lock()


def decode(path: Path, kind: str, limits: Limits) -> tuple[list[RawPage], float]:
    """The raw pages of a file of `kind` "tiff" or "pdf", and the CPU seconds spent on them in the child.

    Raises errors of `intake.errors`: the child's own refusals, `TookTooLong`, and `DamagedFile` where it broke down.
    """
    try:
        return _answer(path, kind, limits)
    except _ChildDied as died:
        if -died.status in SIGNALS_OF_TIME:
            raise errors.TookTooLong(f"Decoding took more than {limits.page_seconds:.0f} seconds for one page.") from died
        raise errors.DamagedFile(f"The decoder broke down on this file ({_ending(died.status)}).") from died
    except _ChildSilent as silent:
        raise errors.TookTooLong(
            f"Decoding took longer than {limits.page_seconds:.0f} s a page or {limits.seconds:.0f} s."
        ) from silent


def _answer(path: Path, kind: str, limits: Limits) -> tuple[list[RawPage], float]:
    """A used child that dies may have been weakened by an earlier file, so its last file is tried once more in a fresh one."""
    child = _borrow(limits)
    fresh = child.files == 0
    try:
        return _answer_of(child, path, kind, limits)
    except _ChildDied as died:
        if fresh or -died.status in SIGNALS_OF_TIME:
            raise
    return _answer_of(_Child(limits.memory_bytes), path, kind, limits)


def _answer_of(child: _Child, path: Path, kind: str, limits: Limits) -> tuple[list[RawPage], float]:
    """The child is kept once it has answered; left in the middle, for any reason, its pipe is out of step and it is ended."""
    answered = False
    try:
        answer = child.decode(path, kind, limits)
        answered = True
    except errors.UnreadableFax:
        answered = True  # a refusal is an answer too
        raise
    finally:
        if answered:
            _give_back(child)
        else:
            child.end()
    return answer


def warm_up(limits: Limits | None = None) -> None:
    """Starts a child ahead of the first fax, so that the first answer does not wait for it."""
    _give_back(_borrow(limits or Limits()))


def end_children() -> None:
    """Ends the idle children; those at work end with their file."""
    with _lock:
        ended = _idle[:]
        _idle.clear()
    for child in ended:
        child.end()


def _borrow(limits: Limits) -> _Child:
    stale: list[_Child] = []
    found: _Child | None = None
    with _lock:
        while _idle and found is None:
            child = _idle.pop()
            fits = child.owner == os.getpid() and child.memory_bytes == limits.memory_bytes and child.alive()
            if fits:
                found = child
            else:
                stale.append(child)
    for child in stale:
        child.end()
    if found is None:
        atexit.unregister(end_children)
        atexit.register(end_children)
        found = _Child(limits.memory_bytes)
    return found


def _give_back(child: _Child) -> None:
    if child.files >= FILES_PER_CHILD:
        child.end()
        return
    with _lock:
        _idle.append(child)


def _length(head: dict[str, Any], limits: Limits) -> int:
    length = int(head["bytes"])
    if not 0 <= length <= limits.page_pixels:
        raise _ChildDied(0)
    return length


def _page(head: dict[str, Any], pixels: bytes, limits: Limits) -> RawPage:
    for pair in ("resolution", "sampled_at"):
        if head[pair] is not None:
            head[pair] = (float(head[pair][0]), float(head[pair][1]))
    page = RawPage(pixels=pixels, **head)
    line = (page.width + 7) // 8 if page.packed else page.width
    if page.width < 1 or page.height < 1 or line * page.height != len(pixels) or page.width * page.height > limits.page_pixels:
        raise _ChildDied(0)
    return page


def _ending(status: int) -> str:
    if status < 0:
        return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    return f"exit {status}"
