"""What is worked out from files that seldom change, kept on disk from one process to the next.

What: `kept` gives back what `make` made the last time from the same ingredients, or makes it and keeps it, under the user's own
cache folder (`$XDG_CACHE_HOME/remsfax`, else `~/.cache/remsfax`).
Why: half of the CPU of reading a single fax went into parsing and drawing blanks that had not changed since the last one.
Refuses: to matter. What is kept is named by the contents of what it was made from, our code included, and carries its own
checksum; a folder that is missing, full, read-only or another's, or a file that is damaged, only means that it is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Kept = TypeVar("Kept")

CHECKSUM = 32  # bytes at the start of each file
UNUSED_DAYS = 60.0  # files not read for so long are removed when a new one is written
ENDING, UNFINISHED = ".kept", ".unfinished"


def kept(name: str, ingredients: Iterable[bytes | str], kind: type[Kept], make: Callable[[], Kept]) -> Kept:
    """What `make` returns, a `kind`, from the ingredients; taken from disk where it was made from the same ones before."""
    folder = _folder()
    if folder is None:
        return make()
    mixed = hashlib.blake2b(digest_size=20)
    for one in (*map(str, sys.version_info), *ingredients):
        whole = one.encode() if isinstance(one, str) else one
        mixed.update(len(whole).to_bytes(8, "big") + whole)
    path = folder / f"{name}-{mixed.hexdigest()}{ENDING}"
    found = _read(path)
    if isinstance(found, kind):
        return found
    made = make()
    _write(path, made)
    return made


def code_of(module_file: str, *others: str) -> bytes:
    """The source of a module and of others beside it, as an ingredient: what changed code makes is another thing."""
    here = Path(module_file)
    return b"\0".join(path.read_bytes() for path in (here, *map(here.with_name, others)))


def _folder() -> Path | None:
    """Our own folder, made if need be; None if there is none that only we can write to."""
    place = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(place):  # no home, or a relative one: nothing is left lying about
        return None
    folder = Path(place) / "remsfax"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
    except OSError:
        return None
    # what is kept is unpickled, so nobody else may be able to put it there
    ours = about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder if ours else None


def _read(path: Path) -> object:
    """None where there is nothing usable."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    checksum, packed = whole[:CHECKSUM], whole[CHECKSUM:]
    if hashlib.blake2b(packed, digest_size=CHECKSUM).digest() != checksum:
        return None
    try:
        found: object = pickle.loads(zlib.decompress(packed))  # noqa: S301 - written by us, into a folder that is ours alone, and whole
    except (pickle.UnpicklingError, zlib.error, AttributeError, ImportError, TypeError, ValueError, KeyError):
        return None  # an older remsfax's classes
    return found


def _write(path: Path, made: object) -> None:
    """Whole or not at all; a disk that does not take it is no trouble of the reader's."""
    packed = zlib.compress(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL), 1)  # a blank's image to a fortieth
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=UNFINISHED, delete=False) as file:
            temporary = file.name
            file.write(hashlib.blake2b(packed, digest_size=CHECKSUM).digest() + packed)
        os.replace(temporary, path)
        _remove_unused(path.parent)
    except OSError:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _remove_unused(folder: Path) -> None:
    oldest = time.time() - UNUSED_DAYS * 24 * 3600
    for path in folder.iterdir():
        about = path.stat()
        if path.name.endswith((ENDING, UNFINISHED)) and max(about.st_atime, about.st_mtime) < oldest:
            path.unlink(missing_ok=True)
