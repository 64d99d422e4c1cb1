"""Files that drop beside the faxes and are none: locked, empty, mistaken, broken.

What: the bytes of each, made from a good fax where there is one in it.
Why: each must end in quarantine with a reason an operator understands.
Refuses: an unknown kind (KeyError).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from pypdf import PdfReader, PdfWriter

PASSWORD = "not-told-to-anybody"


def encrypted(pdf: bytes) -> bytes:
    """The PDF behind a password. RC4 with 128 bits, as old office machines do, and the same bytes every time but for its key."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(PASSWORD, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def broken(tiff: bytes) -> bytes:
    """The first half of a TIFF whose first directory stands at its end, as when the server died while writing."""
    half = bytearray(tiff[: len(tiff) // 2])
    half[4:8] = (len(tiff) - 200).to_bytes(4, "little" if tiff[:2] == b"II" else "big")
    return bytes(half)


MAKERS: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "encrypted": lambda tiff, pdf: encrypted(pdf),
    "empty": lambda tiff, pdf: b"",
    "text": lambda tiff, pdf: b"The fax of 11/18/2026 12:09 could not be stored. Please see the log.\n",
    "broken": lambda tiff, pdf: broken(tiff),
}
"""How each kind is made from a good TIFF and a good PDF."""
