"""Files that could not be read, each beside its reason, where an operator finds them.

What: `put` lays a copy (or, for what was never opened, the thing itself) into the folder with `NAME.reason.json` for programs and
`NAME.reason.txt` for people; `release` takes it out again.
Why: nothing is ever lost silently, and whoever opens the folder must understand it without our software.
Refuses: to open what it sets aside. The fax's row is the truth about its state; this folder shows it.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from intake.claims import printable
from intake.errors import UnreadableFax

LONGEST_NAME = 120  # bytes of the dropped name that are kept; a file name has 255 in all
REASON_JSON, REASON_TEXT = ".reason.json", ".reason.txt"


@dataclass(frozen=True)
class Quarantined:
    """One file in quarantine and why."""

    fax_id: str
    path: Path  # of the file itself; its reasons stand beside it
    source_name: str  # the name it dropped under, printable
    reason: str  # the stable code, such as "encrypted"
    detail: str  # one sentence: what was found
    advice: str  # one sentence: what to do
    at: str  # ISO, UTC
    reference: str | None  # the number told to the sender; None for what never became a fax


class Quarantine:
    """The quarantine folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(
        self, file: Path, fax_id: str, source_name: str, why: UnreadableFax, now: datetime, reference: str | None
    ) -> Quarantined:
        """Lay a copy of an archived file here; again for the same fax, under the same names. OSError if the disk is full."""
        target = self._target(fax_id, source_name)
        temporary = target.with_name(f".{target.name}")
        shutil.copyfile(file, temporary, follow_symlinks=False)
        temporary.rename(target)
        return self._explain(target, fax_id, source_name, why, now, reference)

    def set_aside(
        self, thing: Path, fax_id: str, why: UnreadableFax, now: datetime, source_name: str | None = None
    ) -> Quarantined | None:
        """Move a FIFO, link, folder or unreadable file here by rename, without opening it. None if it has vanished.

        `source_name` is the name it dropped under, where that is not its name now.
        """
        name = source_name or printable(thing.name)
        target = self._target(fax_id, name)
        try:
            thing.rename(target)
        except FileNotFoundError:
            return None
        return self._explain(target, fax_id, name, why, now, None)

    def everything(self) -> list[Quarantined]:
        """What is here, oldest first; a reason that cannot be read is skipped, its file stays."""
        found = []
        for reason in self._root.glob(f"*{REASON_JSON}"):
            try:
                said = json.loads(reason.read_bytes())
                path = reason.with_name(reason.name.removesuffix(REASON_JSON))
                found.append(Quarantined(path=path, **said))
            except (OSError, ValueError, TypeError):
                continue
        return sorted(found, key=lambda one: (one.at, one.fax_id))

    def release(self, fax_id: str) -> bool:
        """Take a fax and its reasons out, after its row was set back. False if it was not here."""
        found = [one for one in self.everything() if one.fax_id == fax_id]
        for one in found:
            for path in (one.path, *_reasons(one.path)):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        return bool(found)

    def _target(self, fax_id: str, source_name: str) -> Path:
        self._root.mkdir(parents=True, exist_ok=True)
        return self._root / f"{fax_id}-{safe_name(source_name)}"

    def _explain(
        self, target: Path, fax_id: str, source_name: str, why: UnreadableFax, now: datetime, reference: str | None
    ) -> Quarantined:
        told = Quarantined(fax_id, target, source_name, why.reason, why.detail, why.advice, now.isoformat(), reference)
        as_json, as_text = _reasons(target)
        said = {key: value for key, value in vars(told).items() if key != "path"}
        _write(as_json, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
        _write(as_text, _in_words(told))
        return told


def safe_name(name: str) -> str:
    """A file name any program can carry: nothing odd in it, not hidden, not too long; its ending kept."""
    clean = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "._- ()+,@#") else "_" for letter in printable(name)
    )
    clean = clean.lstrip(". ") or "unnamed"
    if len(clean) > LONGEST_NAME:
        dot = clean.rfind(".")
        ending = clean[dot:] if 0 < len(clean) - dot <= 6 and dot > 0 else ""
        clean = clean[: LONGEST_NAME - len(ending)] + ending
    return clean


def _in_words(told: Quarantined) -> str:
    reference = f"Reference:  {told.reference}\n" if told.reference else ""
    return (
        f"This file could not be read as a fax.\n\nFile:       {told.source_name}\n{reference}"
        f"Fax id:     {told.fax_id}\nSince:      {told.at}\nReason:     {told.reason}\n\n"
        f"What was found:  {told.detail}\nWhat to do:      {told.advice}\n"
    )


def _reasons(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + REASON_JSON), path.with_name(path.name + REASON_TEXT)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}")
    with temporary.open("w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.rename(path)
