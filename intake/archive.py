"""Every file as it was received, unchanged, under the name of its content.

What: `Archive.store` copies a file to `sha256/ab/abcdef….tif`, complete or not at all, and proves it; `path` finds it again.
Why: the archived bytes are what a later dispute is about. A copy, not a link: whoever still holds the dropped file open could
change a linked one.
Refuses: to overwrite, and to lie: a full disk is `NoSpaceLeft` and leaves nothing behind.
"""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from intake import errors
from intake.fax import ArchiveKey

CHUNK = 1024 * 1024
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.EACCES, errno.EPERM})


@dataclass(frozen=True)
class Archived:
    """A stored file."""

    key: ArchiveKey
    sha256: str
    size: int


class Archive:
    """The archive folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def store(self, source: Path, ending: str) -> Archived:
        """Copy a regular file in; `ending` is its kind's, such as ".tif". Storing the same content again changes nothing.

        Raises NoSpaceLeft where the archive cannot be written, DamagedFile where the source cannot be read.
        """
        try:
            descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as trouble:
            raise errors.NotPermitted(f"The file cannot be opened: {trouble.strerror}.") from trouble
        with os.fdopen(descriptor, "rb") as opened:
            try:
                return self._copy_in(opened.fileno(), ending)
            except OSError as trouble:
                if trouble.errno in NO_SPACE:
                    raise errors.NoSpaceLeft(f"{errors.NoSpaceLeft.advice} ({trouble.strerror})") from trouble
                raise

    def path(self, key: ArchiveKey) -> Path:
        """Where the file of that key stands. Raises ValueError for a key that would lead outside."""
        parts = PurePosixPath(key).parts
        if len(parts) != 3 or parts[0] != "sha256" or ".." in parts:
            raise ValueError(f"no archive key: {key!r}")
        return self._root.joinpath(*parts)

    def intact(self, key: ArchiveKey) -> bool:
        """Whether the stored file is there and still has the content its name promises."""
        path = self.path(key)
        return path.is_file() and path.name.startswith(_sha256_of(path))

    def _copy_in(self, source: int, ending: str) -> Archived:
        waiting = self._root / "incoming"
        waiting.mkdir(parents=True, exist_ok=True)
        temporary = waiting / uuid.uuid4().hex
        digest, size = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as copy:
                while chunk := os.read(source, CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            sha256 = digest.hexdigest()
            if _sha256_of(temporary) != sha256:
                raise OSError(errno.EIO, "the copy differs from the file")
            key = ArchiveKey(f"sha256/{sha256[:2]}/{sha256}{ending}")
            target = self.path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or _sha256_of(target) != sha256:
                temporary.chmod(0o440)
                temporary.rename(target)
                _sync_folder(target.parent)
            return Archived(key, sha256, size)
        finally:
            temporary.unlink(missing_ok=True)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
