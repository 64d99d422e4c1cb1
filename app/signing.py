"""Signatures under what we publish: Ed25519, by a key that is made at first and never leaves the data folder.

What: the key from its file (made if there is none), a detached signature, and the public key as PEM.
Why: a wholesaler decides shipments by a file; it must be able to tell ours from anybody's, with openssl alone.
Refuses: a key file that others of the machine can read, and one that holds something else (`CannotSign`, which says what to do).
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class CannotSign(Exception):
    """The key cannot be used; an operator must act."""


class Signer:
    """Signs with one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def of(cls, file: Path) -> Signer:
        """The key in a file, made up at first with mode 600; two processes that ask at once get the same. Raises CannotSign."""
        if not file.exists():
            _make(file)
        if file.stat().st_mode & 0o077:
            raise CannotSign(f"{file} can be read by others: set its mode with chmod 600, and think about a new key")
        try:
            key = load_pem_private_key(file.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise CannotSign(f"{file} holds no Ed25519 key: put the right one back, or move it away and a new one is made")
        return cls(key)

    def sign(self, content: bytes) -> bytes:
        """The detached signature, 64 bytes; the same for the same content."""
        return self._key.sign(content)

    def public_pem(self) -> bytes:
        """The public key, as openssl reads it."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _make(file: Path) -> None:
    made = file.with_name(f".{file.name}.{os.getpid()}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(pem)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(made, file)
    except FileExistsError:
        pass  # another process was faster: its key counts
    finally:
        made.unlink()
