"""The watched folder: which faxes are there to be taken, and taking each of them exactly once.

What: `look` says what is settled, `take` claims it by rename, archives it and yields a `TakenFax`; `finish` lets go of the
claim once the fax's row is stored. After a crash `unfinished` names the claims and `resume` goes on with them under the same
fax id.
Why: between any two steps the process may die. A claim is a folder named by the fax id, with a note of what belongs to it; the
fax is in the inbox, or in exactly one claim, or archived with a row.
Refuses: to open what is no regular file, to wait for one, or to take a file that changed while it was claimed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake import errors
from intake.archive import Archive
from intake.fax import ArchiveKey, Caller, FaxId, ReceivedFax
from intake.settling import READ_FIRST, STILL, Kind, Member, SettledGroup, Settling, Stamp
from intake.sidecar import parse_sidecar

NOTE = "claim.json"
SIBLING_WINDOW = timedelta(seconds=60)  # a .pdf or .json that comes this soon after its .tif was taken belongs to it
MACHINE_AT_FAULT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.EACCES, errno.EPERM})
ENDING_OF = {Kind.TIFF: ".tif", Kind.PDF: ".pdf", Kind.SIDECAR: ".json", Kind.OTHER: ".bin"}


@dataclass(frozen=True)
class TakenFax:
    """A fax out of the inbox and in the archive; its row is still to be stored, its claim to be finished."""

    fax_id: FaxId
    source_name: str  # the name it dropped under, printable
    sha256: str  # of the file that is read
    size: int  # bytes of the file that is read
    archive_key: ArchiveKey  # of the file that is read
    other_keys: tuple[ArchiveKey, ...]
    caller: Caller
    received_at: datetime  # aware UTC; the sidecar's time if it has one, else the file's
    taken_at: datetime  # aware UTC
    sidecar_trouble: str = ""  # what was wrong with the sidecar, in words

    def received(self, reference: str) -> ReceivedFax:
        """The fax under its reference number."""
        return ReceivedFax(
            fax_id=self.fax_id,
            reference=reference,
            received_at=self.received_at,
            source_name=self.source_name,
            sha256=self.sha256,
            archive_key=self.archive_key,
            other_keys=self.other_keys,
            caller=self.caller,
        )


@dataclass(frozen=True)
class LateSibling:
    """A file that belongs to a fax taken a moment ago: archived beside it, never read as a fax of its own."""

    fax_id: FaxId
    keys: tuple[ArchiveKey, ...]
    caller: Caller | None  # where it is a sidecar that says something


@dataclass(frozen=True)
class _Recent:
    fax_id: FaxId
    kinds: frozenset[Kind]
    taken_at: datetime


class Inbox:
    """The inbox and the claims of one data folder. Not shared between threads."""

    def __init__(self, inbox: Path, claimed: Path, archive: Archive, still: timedelta = STILL) -> None:
        self._inbox, self._claimed, self._archive = inbox, claimed, archive
        self._settling = Settling(still)
        self._recent: dict[str, _Recent] = {}

    def look(self, now: datetime) -> list[SettledGroup]:
        """What may be taken now, in order of arrival. Raises NoSpaceLeft (try again) where the folder cannot be read."""
        self._recent = {stem: one for stem, one in self._recent.items() if now - one.taken_at <= SIBLING_WINDOW}
        try:
            present = {entry.name: stamp for entry in os.scandir(self._inbox) if (stamp := _stamp(entry)) is not None}
        except OSError as trouble:
            raise errors.NoSpaceLeft(f"The inbox cannot be read: {trouble.strerror}.") from trouble
        for name in [name for name, one in present.items() if not one.regular and not _looks_like_a_fax(name)]:
            del present[name]  # folders of the operator's own
        return self._settling.look(present, now, self._recent)

    def next_due(self, now: datetime) -> timedelta | None:
        """How long until something more may be settled; None if nothing waits."""
        return self._settling.next_due(now)

    def sibling_of(self, group: SettledGroup) -> FaxId | None:
        """The fax taken a moment ago that this group belongs to; None if it is a fax of its own.

        It belongs there when the names agree and it brings only kinds of file that fax came without.
        """
        recent = self._recent.get(group.stem)
        if recent is None or group.odd or Kind.OTHER in group.kinds or recent.kinds & group.kinds:
            return None
        return recent.fax_id

    def remember(self, source_name: str, fax_id: FaxId, kinds: Iterable[Kind], taken_at: datetime) -> None:
        """After a restart: this fax was taken lately, late siblings belong to it."""
        stem = source_name[: source_name.rfind(".")] if source_name.rfind(".") > 0 else source_name
        self._recent[stem] = _Recent(fax_id, frozenset(kinds), taken_at)

    def take(self, group: SettledGroup, fax_id: FaxId, now: datetime) -> TakenFax | None:
        """Claim and archive a settled group. None if somebody else was faster or a file changed: look again.

        Raises NoSpaceLeft when the claim or the archive cannot be written: the fax then stays in the inbox or in its claim, and
        `unfinished` names it. Raises NotARegularFile for an odd thing (then `set_aside` it) and NotPermitted for a file that
        cannot be opened (it is in its claim: `claimed_file` says where).
        """
        if group.odd:
            raise errors.NotARegularFile
        if not self._claim(group, fax_id, now):
            return None
        self._recent[group.stem] = _Recent(fax_id, group.kinds, now)
        return self.resume(fax_id, now)

    def attach(self, group: SettledGroup, fax_id: FaxId, now: datetime) -> LateSibling | None:
        """Archive a late sibling of a fax that was taken before. None if it vanished meanwhile; raises NoSpaceLeft."""
        keys: list[ArchiveKey] = []
        caller: Caller | None = None
        for one in group.members:
            path = self._inbox / one.name
            if _stamp_of(path) != one.stamp:
                continue
            stored = self._archive.store(path, ENDING_OF[one.kind])
            keys.append(stored.key)
            if one.kind is Kind.SIDECAR:
                caller = parse_sidecar(self._archive.path(stored.key).read_bytes(), now).caller
            path.unlink(missing_ok=True)
        recent = self._recent.get(group.stem)
        if recent is not None:
            self._recent[group.stem] = _Recent(fax_id, recent.kinds | group.kinds, recent.taken_at)
        return LateSibling(fax_id, tuple(keys), caller) if keys else None

    def unfinished(self) -> list[FaxId]:
        """Claims whose fax has perhaps no row yet: after a crash, or because the archive was full."""
        if not self._claimed.is_dir():
            return []
        return sorted(FaxId(one.name) for one in self._claimed.iterdir() if one.is_dir())

    def resume(self, fax_id: FaxId, now: datetime) -> TakenFax | None:
        """Go on with a claim from wherever it stopped. None if it never got its file (the claim is then gone).

        The same claim always yields the same TakenFax but for `taken_at`. Raises as `take`.
        """
        folder = self._claimed / fax_id
        note = self._note(folder)
        if _held(folder, note.primary).exists():  # else somebody else has the fax, or its writer is still at it
            for kind, (name, stamp) in note.members.items():
                if not _held(folder, kind).exists() and _stamp_of(self._inbox / name) == stamp:
                    _move(self._inbox / name, _held(folder, kind))
        held = [kind for kind in READ_FIRST if _held(folder, kind).exists()]
        if not held:
            self.finish(fax_id)
            return None
        primary = held[0]
        modified = datetime.fromtimestamp(_held(folder, primary).stat().st_mtime, UTC)
        stored = {kind: self._archive.store(_held(folder, kind), ENDING_OF[kind]) for kind in held}
        caller, received_at, trouble = Caller(), None, ""
        if Kind.SIDECAR in held and primary is not Kind.SIDECAR:
            said = parse_sidecar(self._archive.path(stored[Kind.SIDECAR].key).read_bytes(), now)
            caller, received_at, trouble = said.caller, said.received_at, said.trouble
        name = note.members[primary][0] if primary in note.members else f"fax{ENDING_OF[primary]}"
        return TakenFax(
            fax_id=fax_id,
            source_name=printable(name),
            sha256=stored[primary].sha256,
            size=stored[primary].size,
            archive_key=stored[primary].key,
            other_keys=tuple(one.key for kind, one in stored.items() if kind is not primary),
            caller=caller,
            received_at=received_at or min(modified, now),
            taken_at=now,
            sidecar_trouble=trouble,
        )

    def claimed_file(self, fax_id: FaxId) -> tuple[Path, str] | None:
        """The file a claim would read and the name it dropped under; for what cannot even be archived."""
        folder = self._claimed / fax_id
        note = self._note(folder)
        for kind in READ_FIRST:
            if _held(folder, kind).exists():
                return _held(folder, kind), printable(note.members[kind][0] if kind in note.members else kind.value)
        return None

    def finish(self, fax_id: FaxId) -> None:
        """Let go of a claim whose fax is archived and has its row. Doing it twice is harmless."""
        shutil.rmtree(self._claimed / fax_id, ignore_errors=True)

    def _claim(self, group: SettledGroup, fax_id: FaxId, now: datetime) -> bool:
        folder = self._claimed / fax_id
        try:
            folder.mkdir(parents=True, exist_ok=False)
            note = {
                "taken_at": now.isoformat(),
                "members": [
                    {"kind": one.kind.value, "name": os.fsencode(one.name).hex(), "stamp": _stamp_to_json(one.stamp)}
                    for one in group.members
                ],
            }
            (folder / NOTE).write_text(json.dumps(note), encoding="utf-8")
            if not self._grasp(group.primary, folder):
                self.finish(fax_id)
                return False
        except OSError as trouble:
            if not _held(folder, group.primary.kind).exists():
                self.finish(fax_id)
            if trouble.errno in MACHINE_AT_FAULT:
                raise errors.NoSpaceLeft(f"The fax cannot be claimed: {trouble.strerror}.") from trouble
            raise
        return True

    def _grasp(self, member: Member, folder: Path) -> bool:
        """Move the file that is read into the claim: the one rename that decides who has it."""
        source, target = self._inbox / member.name, _held(folder, member.kind)
        try:
            _move(source, target)
        except FileNotFoundError:
            return False
        if _stamp_of(target, like=member.stamp) == member.stamp:
            return True
        _give_back(target, source)  # it changed between the look and the rename: its writer is still at it
        return False

    def _note(self, folder: Path) -> _Note:
        try:
            said = json.loads((folder / NOTE).read_bytes())
            members = {
                Kind(one["kind"]): (os.fsdecode(bytes.fromhex(one["name"])), Stamp(*one["stamp"])) for one in said["members"]
            }
        except (OSError, ValueError, KeyError, TypeError):
            members = {}  # the process died while it wrote the note: nothing had been moved yet, or only the first file
        return _Note(members, next(iter(members), Kind.OTHER))


@dataclass(frozen=True)
class _Note:
    members: dict[Kind, tuple[str, Stamp]]
    primary: Kind


def _give_back(held: Path, source: Path) -> None:
    """Put a claimed file back under its name, or beside it where another file took the name meanwhile; never over that one."""
    try:
        os.link(held, source, follow_symlinks=False)
    except OSError:
        held.rename(source.with_name(f"{held.parent.name[:40]}{source.suffix.lower()}"))
    else:
        held.unlink()


def printable(name: str) -> str:
    """A file name for people and for the database: bytes that are no text, and control characters, are shown as �."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else "�" for letter in text)


def _held(folder: Path, kind: Kind) -> Path:
    """Where a member stands in its claim: under a name of ours, since theirs may be anything."""
    return folder / f"fax{ENDING_OF[kind]}"


def _looks_like_a_fax(name: str) -> bool:
    return name.lower().endswith((".tif", ".tiff", ".pdf", ".json"))


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        return _as_stamp(entry.stat(follow_symlinks=False))
    except OSError:
        return None  # gone again


def _stamp_of(path: Path, like: Stamp | None = None) -> Stamp | None:
    """The stamp of a path; `like` lends its inode after a move between disks, which gives a new one."""
    try:
        found = _as_stamp(path.lstat())
    except OSError:
        return None
    if like is not None and found.inode != like.inode:
        return Stamp(found.size, found.modified_ns, like.inode, found.regular)
    return found


def _as_stamp(about: os.stat_result) -> Stamp:
    return Stamp(about.st_size, about.st_mtime_ns, about.st_ino, stat.S_ISREG(about.st_mode))


def _stamp_to_json(stamp: Stamp) -> list[object]:
    return [stamp.size, stamp.modified_ns, stamp.inode, stamp.regular]


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
