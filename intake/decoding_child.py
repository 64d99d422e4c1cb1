"""The process that opens strangers' files: it may crash, spin or swell, and only it dies. Started by `intake.decoding`.

What: reads one JSON request a line from standard input, answers with length-prefixed JSON heads and pixels on standard output.
Why: libtiff and pdfium are C and C++ fed by whoever can dial a number. The process starts in a tenth of a second (no numpy, no
OpenCV), is kept for many files, cannot write files, and its memory and time are bounded by the kernel.
Refuses: nothing by itself; what it refuses is said by `tiff_pages` and `pdf_pages` and carried over the pipe as a reason.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from intake.raw_page import DecodingLimits, RawPage, RefusedFile

ORPHAN_CHECK_SECONDS = 2.0  # how often an idle child looks whether its parent still lives
MEMORY_TROUBLE = "Decoding this file needs more memory than the limit."


def main() -> None:
    """Answers requests until standard input ends or the parent is gone. Arguments: bytes of memory allowed, the parent's id."""
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)  # what a library prints must not get among the answers
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes our input
    requests = os.fdopen(0, "rb", buffering=0)
    while _wait(parent):
        line = _line(requests)
        if not line:
            return
        _answer(json.loads(line), answers)


def _wait(parent: int) -> bool:
    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], ORPHAN_CHECK_SECONDS)
        if readable:
            return True
    return False


def _line(requests: Any) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = requests.read(1)
        if not byte:
            return b""
        line += byte
    return bytes(line)


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    limits = DecodingLimits(request["pages"], request["page_pixels"], request["page_seconds"])
    started = time.process_time()
    signal.alarm(int(request["seconds"]) + 5)  # should the parent die meanwhile, nobody else ends us
    _allow_cpu(limits.page_seconds)
    try:
        for page in _steps(_reader(request["kind"])(Path(os.fsdecode(bytes.fromhex(request["path"]))), limits), limits):
            head = asdict(page)
            pixels = head.pop("pixels")
            _send(answers, {"page": head}, pixels)
    except RefusedFile as refused:
        _send(answers, {"refused": refused.reason, "detail": refused.detail})
    except MemoryError:
        _send(answers, {"refused": "page_too_large", "detail": MEMORY_TROUBLE})
    except OSError as trouble:
        _send(answers, {"refused": "damaged", "detail": f"The file cannot be read: {trouble.strerror or trouble}."})
    else:
        _send(answers, {"done": True, "cpu_seconds": time.process_time() - started})
    signal.alarm(0)


def _reader(kind: str) -> Callable[[Path, DecodingLimits], Iterator[RawPage]]:
    """The decoder of a kind; most children never see a PDF, and loading what opens one costs a third of their start."""
    if kind == "pdf":
        from intake.pdf_pages import read_pdf

        return read_pdf
    from intake.tiff_pages import read_tiff

    return read_tiff


def _steps(pages: Iterator[RawPage], limits: DecodingLimits) -> Iterator[RawPage]:
    for page in pages:
        yield page
        _allow_cpu(limits.page_seconds)


def _allow_cpu(seconds: float) -> None:
    """The kernel ends this process when it has spent this much more."""
    allowed = int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _send(answers: BinaryIO, head: dict[str, Any], pixels: bytes = b"") -> None:
    said = json.dumps(head | {"bytes": len(pixels)}).encode()
    for part in (len(said).to_bytes(4, "big") + said, pixels):
        view = memoryview(part)
        while view:
            view = view[answers.write(view) :]


if __name__ == "__main__":
    main()
