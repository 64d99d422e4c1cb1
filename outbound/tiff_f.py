"""TIFF-F as fax servers expect it, tag by tag (RFC 2306, profile F of RFC 3949).

What: pages of ink become one little-endian TIFF: T.6 (Group 4) coded, one strip a page, white is 0, 204 × 196 or 204 × 98 dots
per inch, pages numbered.
Why written here and not by Pillow: its writer says black-is-zero, and inverts a 1-bit page for white-is-zero pixel by pixel in
Python (seconds a page). Only the Group 4 coding is taken from it (libtiff).
Refuses: pages of a width that no fax line has.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DPI_X = 204
LINE_WIDTHS = (1728, 2048, 2432)  # A4/Letter, B4, A3


class Resolution(IntEnum):
    """Rows per inch of a fax page; the values are those of the TIFF and of a fax server's VRES."""

    FINE = 196
    STANDARD = 98  # what every machine understands; half the time on the line


_SHORT, _LONG, _RATIONAL = 3, 4, 5


def encode(pages: Sequence[npt.NDArray[np.bool_]], resolution: Resolution = Resolution.FINE) -> bytes:
    """The TIFF of pages given as rows × columns, True where there is ink; ValueError for no page or a width no line has."""
    if not pages:
        raise ValueError("a fax needs at least one page")
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4  # where the offset of the next page's directory has to be written
    for number, ink in enumerate(pages):
        if ink.shape[1] not in LINE_WIDTHS:
            raise ValueError(f"a page of {ink.shape[1]} pixels is as wide as no fax line")
        strip = _group4(ink)
        strip_at = len(out)
        out += strip + b"\0" * (len(strip) % 2)
        resolution_at = len(out)
        out += struct.pack("<LLLL", DPI_X, 1, resolution, 1)
        directory = _directory(ink.shape, number, len(pages), strip_at, len(strip), resolution_at)
        struct.pack_into("<L", out, link, len(out))
        link = len(out) + len(directory)
        out += directory + b"\0\0\0\0"
    return bytes(out)


def _directory(shape: tuple[int, ...], number: int, total: int, strip_at: int, strip_size: int, resolution_at: int) -> bytes:
    """A page's image file directory without the link to the next."""
    rows, columns = shape
    entries = [
        (254, _LONG, 1, 2),  # NewSubfileType: a page of several
        (256, _LONG, 1, columns),
        (257, _LONG, 1, rows),
        (258, _SHORT, 1, 1),  # BitsPerSample
        (259, _SHORT, 1, 4),  # Compression: T.6
        (262, _SHORT, 1, 0),  # PhotometricInterpretation: white is zero
        (266, _SHORT, 1, 1),  # FillOrder: the first pixel in the highest bit
        (273, _LONG, 1, strip_at),
        (274, _SHORT, 1, 1),  # Orientation: top left
        (277, _SHORT, 1, 1),  # SamplesPerPixel
        (278, _LONG, 1, rows),  # RowsPerStrip: one strip
        (279, _LONG, 1, strip_size),
        (282, _RATIONAL, 1, resolution_at),
        (283, _RATIONAL, 1, resolution_at + 8),
        (293, _LONG, 1, 0),  # T6Options: no uncompressed mode
        (296, _SHORT, 1, 2),  # ResolutionUnit: inch
        (297, _SHORT, 2, number | total << 16),  # PageNumber: this one (from 0), of so many
    ]
    packed = b"".join(struct.pack("<HHLL", *entry) for entry in entries)  # a SHORT stands in the low half of its four bytes
    return struct.pack("<H", len(entries)) + packed


def _group4(ink: npt.NDArray[np.bool_]) -> bytes:
    """The page's rows in T.6 code, ink as black."""
    import numpy as np
    from PIL import Image

    rows, columns = ink.shape
    bits = Image.frombytes("1", (columns, rows), np.packbits(ink, axis=1).tobytes())
    whole = BytesIO()
    bits.save(whole, "TIFF", compression="group4", strip_size=rows * columns)  # one strip
    with Image.open(BytesIO(whole.getvalue())) as coded:
        (at,), (size,) = coded.tag_v2[273], coded.tag_v2[279]  # type: ignore[attr-defined]
    return whole.getvalue()[at : at + size]
