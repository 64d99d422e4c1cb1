"""A claim: the folder that holds a fax between the inbox and the archive, so that it is taken once whatever dies in between.

What: `Claim.make` notes what belongs to the fax and moves the file that is read, by the one rename that decides who has it;
`Claim.complete` fetches the rest, now or after a crash.
Why: a name in the inbox may be anything, several files make one fax, and a process may die between any two of them.
Refuses: to keep a file that changed since it looked settled: it goes back under its name, never over another.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from datetime import datetime
from pathlib import Path

from intake.settling import READ_FIRST, Kind, Member, SettledGroup, Stamp

NOTE = "claim.json"
ENDING_OF = {Kind.TIFF: ".tif", Kind.PDF: ".pdf", Kind.SIDECAR: ".json", Kind.OTHER: ".bin"}


class Claim:
    """The claim of one fax: a folder named by the fax's id."""

    def __init__(self, folder: Path, inbox: Path) -> None:
        self._folder, self._inbox = folder, inbox

    def make(self, group: SettledGroup, now: datetime) -> bool:
        """Claim the group's first file. False, and no claim left, if somebody else has it or its writer is still at it.

        An OSError leaves the file in the inbox and no claim, or the file in its claim.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=False)
            self._write_note(group, now)
            if not self._grasp(group.primary):
                self.drop()
                return False
        except OSError:
            if not self.held(group.primary.kind).exists():
                self.drop()
            raise
        return True

    def complete(self) -> list[Kind]:
        """Fetch what else belongs to the fax; what the claim holds then, the one to read first. Nothing: it never got its fax."""
        members = self._members()
        primary = next(iter(members), None)
        if primary is not None and self.held(primary).exists():
            for kind, (name, stamp) in members.items():
                if not self.held(kind).exists() and stamp_of(self._inbox / name) == stamp:
                    _move(self._inbox / name, self.held(kind))
        return [kind for kind in READ_FIRST if self.held(kind).exists()]

    def held(self, kind: Kind) -> Path:
        """Where a member stands in the claim: under a name of ours, since theirs may be anything."""
        return self._folder / f"fax{ENDING_OF[kind]}"

    def name_of(self, kind: Kind) -> str:
        """The name a member dropped under, printable."""
        members = self._members()
        return printable(members[kind][0]) if kind in members else self.held(kind).name

    def drop(self) -> None:
        """Let go of the claim and all it holds. Doing it twice is harmless."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_note(self, group: SettledGroup, now: datetime) -> None:
        members = [
            {
                "kind": one.kind.value,
                "name": os.fsencode(one.name).hex(),
                "stamp": [one.stamp.size, one.stamp.modified_ns, one.stamp.inode, one.stamp.regular],
            }
            for one in group.members
        ]
        note = json.dumps({"claimed_at": now.isoformat(), "members": members})
        (self._folder / NOTE).write_text(note, encoding="utf-8")

    def _members(self) -> dict[Kind, tuple[str, Stamp]]:
        """Names and stamps by kind, the one to read first; none where the process died while it wrote them."""
        try:
            said = json.loads((self._folder / NOTE).read_bytes())
            return {Kind(one["kind"]): (os.fsdecode(bytes.fromhex(one["name"])), Stamp(*one["stamp"])) for one in said["members"]}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _grasp(self, member: Member) -> bool:
        source, target = self._inbox / member.name, self.held(member.kind)
        try:
            _move(source, target)
        except FileNotFoundError:
            return False
        if stamp_of(target, like=member.stamp) == member.stamp:
            return True
        _give_back(target, source)  # it changed between the look and the rename
        return False


def stamp_of(path: Path, like: Stamp | None = None) -> Stamp | None:
    """The stamp of a path, None if nothing is there; `like` lends its inode after a move between disks, which gives a new one."""
    try:
        found = as_stamp(path.lstat())
    except OSError:
        return None
    if like is not None and found.inode != like.inode:
        return Stamp(found.size, found.modified_ns, like.inode, found.regular)
    return found


def as_stamp(about: os.stat_result) -> Stamp:
    """What must stay the same, from the system's answer."""
    return Stamp(about.st_size, about.st_mtime_ns, about.st_ino, stat.S_ISREG(about.st_mode))


def printable(name: str) -> str:
    """A file name for people and for the database: bytes that are no text, and control characters, are shown as �."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _give_back(held: Path, source: Path) -> None:
    """Put a claimed file back under its name, or beside it where another file took the name meanwhile; never over that one."""
    try:
        os.link(held, source, follow_symlinks=False)
    except OSError:
        held.rename(source.with_name(f"{held.parent.name[:40]}{source.suffix.lower()}"))
    else:
        held.unlink()


def _move(source: Path, target: Path) -> None:
    """Rename; between two disks copy whole, then remove. After a crash in between both exist, and the copy is the claim's."""
    try:
        source.rename(target)
    except OSError as trouble:
        if trouble.errno != errno.EXDEV:
            raise
        temporary = target.with_name(f".{target.name}")
        shutil.copy2(source, temporary, follow_symlinks=False)
        with temporary.open("rb") as copy:
            os.fsync(copy.fileno())
        temporary.rename(target)
        source.unlink()
