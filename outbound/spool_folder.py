"""The default gateway: letters as files in a folder, for any fax server or person to pick up.

What: `DIR/<reference>-<n>.tif` and beside it `DIR/<reference>-<n>.json` with recipient and state.
Why: it needs nothing installed, every fax server can be fed from it, and a newcomer can open the letters.
How: the TIFF is in place, complete and on the disk, before the JSON appears by rename; so whoever reads a JSON finds its pages.
A pair belongs to one delivery id: submitting twice leaves the one pair as it is, and asking by id finds it.
Refuses: to overwrite a pair of another delivery (a restored database, two services on one folder), and names with a path in them.
"""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import Any

from outbound.gateway import Cause, Delivered, FaxJob, Impossible, JobMark, NotSent, NotTaken, Outcome, Unreachable

STATE_READY = "ready"  # the pages wait to be picked up; what picks them up may write its own state
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class SpoolFolder:
    """A gateway that writes pairs of files; the folder is made at the first letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def submit(self, job: FaxJob) -> Outcome:
        """Put the pair in place; `NotSent` if the disk has no room, `Impossible` if the name is taken by another delivery."""
        name = job.mark.name
        if not _SAFE_NAME.fullmatch(name):
            return Impossible(f"{name!r} cannot be a file's name")
        try:
            earlier = self._sidecar(name)
            if earlier is not None:
                return _word_on(earlier, job.mark, name)
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(self.folder / f"{name}.tif", job.tiff)
            _write_whole(self.folder / f"{name}.json", _describe(job).encode())
        except OSError as problem:
            if problem.errno in _NO_ROOM:
                return NotSent(Cause.NO_SPACE, str(self.folder))
            return NotSent(Cause.GATEWAY_DOWN, f"{self.folder}: {problem.strerror or problem}")
        return _in_place(name, job.pages)

    def find(self, mark: JobMark) -> Outcome:
        """Delivered if the pair of this delivery is in place; a TIFF without its JSON was never handed over."""
        try:
            earlier = self._sidecar(mark.name)
        except OSError as problem:
            return Unreachable(f"{self.folder}: {problem.strerror or problem}")
        if earlier is None or earlier.get("delivery_id") != mark.delivery_id:
            return NotTaken()
        return _word_on(earlier, mark, mark.name)

    def _sidecar(self, name: str) -> dict[str, Any] | None:
        """What the JSON beside the pages says; None if there is none; {} if another program left something else there."""
        try:
            text = (self.folder / f"{name}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            described = json.loads(text)
        except ValueError:
            return {}
        return described if isinstance(described, dict) else {}


def _word_on(earlier: dict[str, Any], mark: JobMark, name: str) -> Outcome:
    """The outcome that an existing sidecar stands for."""
    if earlier.get("delivery_id") != mark.delivery_id:
        return Impossible(f"{name}.json belongs to another delivery ({earlier.get('delivery_id')}); nothing was overwritten")
    return _in_place(name, int(earlier.get("pages", 0)))


def _in_place(name: str, pages: int) -> Delivered:
    """Said as what it is: whether whoever empties the folder sends it, and whether it arrives, nobody tells us."""
    return Delivered(f"{name}.tif", pages, {"folder": "outbox"}, "laid into the outbox")


def _describe(job: FaxJob) -> str:
    """The sidecar: whom to call and what the pair is; no patient data, it is read by people who run fax servers."""
    return json.dumps(
        {
            "delivery_id": job.mark.delivery_id,
            "tag": job.mark.tag,
            "state": STATE_READY,
            "file": f"{job.mark.name}.tif",
            "reference": job.reference,
            "kinds": list(job.kinds),
            "to": {"fax": job.fax, "name": job.recipient, "role": job.role},
            "pages": job.pages,
            "submitted_at": job.submitted_at,
        },
        indent=2,
        ensure_ascii=False,
    )


def _write_whole(path: Path, content: bytes) -> None:
    """The file under its name only when every byte is on the disk; a leftover of an earlier death is replaced."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that the order TIFF, then JSON also holds after a power cut
    finally:
        os.close(folder)
