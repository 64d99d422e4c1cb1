"""A fax as it arrived, and its pages as images: before anyone asks what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

import numpy as np
import numpy.typing as npt

FaxId = NewType("FaxId", str)
DocumentId = NewType("DocumentId", str)
ArchiveKey = NewType("ArchiveKey", str)  # "sha256/ab/abcdef….tif", relative to the archive folder

GrayImage = npt.NDArray[np.uint8]
"""A page as rows × columns of 8-bit gray, 0 black, 255 white, square pixels."""


@dataclass(frozen=True)
class Caller:
    """What the fax server's sidecar said about the call; every part may be missing."""

    cid: str | None = None  # the caller's number as signalled
    cidname: str | None = None  # the caller's name as signalled
    dnis: str | None = None  # the number that was called
    commid: str | None = None  # the fax server's own id of the call
    error: str | None = None  # what the fax server said went wrong, such as a call cut in the middle of a page


@dataclass(frozen=True)
class ReceivedFax:
    """One fax, taken from the watched folder and archived unchanged."""

    fax_id: FaxId
    reference: str  # the number told to the sender, such as "R-20231120-0417"
    received_at: datetime  # aware UTC; the sidecar's time if it has one, else the file's
    source_name: str  # the name it dropped under
    sha256: str  # of the file that is read
    archive_key: ArchiveKey  # of the file that is read (the TIFF where both dropped)
    other_keys: tuple[ArchiveKey, ...]  # of the files archived beside it: the PDF of a TIFF, the sidecar
    caller: Caller


class PageSource(StrEnum):
    """Where a page's pixels come from."""

    TIFF = "tiff"  # a page of a TIFF-F
    EMBEDDED = "embedded"  # the one image a PDF page holds, in its own pixels
    RENDERED = "rendered"  # drawn from a PDF page without a full-page image


@dataclass(frozen=True)
class PageScan:
    """One page of a fax as an image with square pixels."""

    number: int  # 1-based page of the fax
    image: GrayImage  # 0 black … 255 white
    dpi: float  # of the square pixels
    original_dpi: tuple[float, float]  # x, y of the file before pixels were made square; (204, 98) is standard resolution
    source: PageSource
    damaged_rows: int = 0  # rows the receiver counted bad (TIFF tags 326 and 328), in the file's own rows
    text: tuple[TextWord, ...] = ()  # the text layer of a PDF page, if it has one that people can see
    form_values: dict[str, Any] | None = None  # a filled PDF form's values on this page, by widget name

    @property
    def standard_resolution(self) -> bool:
        """True where the sender used 204 × 98, which halves the rows a stroke has."""
        return self.original_dpi[1] < 150


@dataclass(frozen=True)
class TextWord:
    """A word of a PDF page's text layer."""

    text: str
    x0: float  # millimetres from the page's top left corner
    y0: float
    x1: float
    y1: float
