"""From a file to its pages: gray images with square pixels at 200 dots per inch, whatever dropped.

What: `open_pages` looks at what the file is by its content, has it decoded in a child process under limits, and makes its
pixels square.
Why: everything behind this file may rely on one kind of page.
Refuses: links, FIFOs and folders; empty files; what is neither TIFF nor PDF by content, whatever the name says; everything the
decoders refuse. Each refusal is a class of `intake.errors` with a reason for the operator.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from intake import errors
from intake.decoding import Limits, decode
from intake.fax import GrayImage, PageScan, PageSource, TextWord
from intake.raw_page import RawPage
from intake.resolution import DPI, pixels_at_200, square, tagged_dpi

MM_PER_POINT = 25.4 / 72
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PDF_WITHIN = 1024  # bytes before "%PDF-" that readers tolerate


@dataclass(frozen=True)
class OpenedFax:
    """The pages of a file and what decoding them cost."""

    pages: list[PageScan]
    child_cpu_seconds: float  # spent in the decoding child; our own process does not see it


def open_pages(path: Path, limits: Limits | None = None) -> list[PageScan]:
    """The pages of a TIFF or PDF, in order. Raises `intake.errors.UnreadableFax` and nothing else about the file."""
    return open_fax(path, limits).pages


def open_fax(path: Path, limits: Limits | None = None) -> OpenedFax:
    """As `open_pages`, with the CPU time that passed in the child."""
    limits = limits or Limits()
    kind = kind_of(path, limits)
    raw, cpu_seconds = decode(path, kind, limits)
    return OpenedFax([_scan(page, limits) for page in raw], cpu_seconds)


def kind_of(path: Path, limits: Limits) -> str:
    """ "tiff" or "pdf", by the file's first bytes; opens nothing but a regular file, and never waits for one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as trouble:
        if trouble.errno in (errno.ELOOP, errno.ENXIO):
            raise errors.NotARegularFile from trouble
        raise errors.DamagedFile(f"The file cannot be opened: {trouble.strerror}.") from trouble
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise errors.NotARegularFile
        if about.st_size == 0:
            raise errors.EmptyFile
        if about.st_size > limits.file_bytes:
            raise errors.PageTooLarge(f"The file has {about.st_size:,} bytes; the limit is {limits.file_bytes:,}.")
        start = os.pread(descriptor, PDF_WITHIN + 5, 0)
    except OSError as trouble:
        raise errors.DamagedFile(f"The file cannot be read: {trouble.strerror}.") from trouble
    finally:
        os.close(descriptor)
    if start.startswith(TIFF_STARTS):
        return "tiff"
    if b"%PDF-" in start:
        return "pdf"
    raise errors.NotAFax


def _scan(raw: RawPage, limits: Limits) -> PageScan:
    across, down = raw.resolution or (None, None)
    dpi = tagged_dpi(raw.width, raw.height, across, down, raw.unit)
    columns, rows = pixels_at_200(raw.width, raw.height, dpi)
    if columns * rows > limits.page_pixels:
        raise errors.PageTooLarge(f"Page {raw.number} is {columns / DPI:.0f} × {rows / DPI:.0f} inches: no sheet that was faxed.")
    return PageScan(
        number=raw.number,
        image=square(_gray(raw), dpi),
        dpi=DPI,
        original_dpi=raw.sampled_at or dpi,
        source=PageSource(raw.source),
        damaged_rows=raw.damaged_rows,
        text=tuple(_word(word) for word in raw.words),
        form_values=raw.form_values,
    )


def _gray(raw: RawPage) -> GrayImage:
    flat = np.frombuffer(raw.pixels, np.uint8)
    if not raw.packed:
        return flat.reshape(raw.height, raw.width)
    bits = np.unpackbits(flat.reshape(raw.height, -1), axis=1, count=raw.width)
    return bits * np.uint8(255)


def _word(word: list[object]) -> TextWord:
    text, *sides = word
    x0, y0, x1, y1 = (float(side) * MM_PER_POINT for side in sides if isinstance(side, (int, float)))
    return TextWord(str(text), x0, y0, x1, y1)
