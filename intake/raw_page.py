"""A page as the decoding child hands it over: pixels in the file's own grid, and what the file said about them.

What: the plain types that cross the pipe between `intake.decoding_child` and `intake.decoding`, and the conditions it reports.
Why: they need neither numpy nor OpenCV, so the child starts in a tenth of a second; and they are JSON and bytes, never pickles:
the child has read a stranger's file and is not to be trusted with our objects.
Refuses: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RawPage:
    """One decoded page, not yet square."""

    number: int  # 1-based page of the file
    width: int  # pixels, after any rotation the file asks for
    height: int
    packed: bool  # True: one bit a pixel, rows padded to whole bytes, 1 white; False: one byte a pixel
    pixels: bytes
    source: str  # a `PageSource` value
    resolution: tuple[float, float] | None  # across and down, in `unit`; None: the file does not say
    unit: int | None  # TIFF's ResolutionUnit; 2 (inch) for PDF pages
    damaged_rows: int = 0
    words: list[list[Any]] = field(default_factory=list)  # [text, x0, y0, x1, y1] in points from the page's top left corner
    form_values: dict[str, Any] | None = None
    sampled_at: tuple[float, float] | None = None  # dots per inch of the scan behind a drawn page, where there is one


@dataclass(frozen=True)
class DecodingLimits:
    """What a child may spend on one file."""

    pages: int
    page_pixels: int  # of one decoded page, in the file's own grid
    page_seconds: float  # of CPU, for one page


class RefusedFile(Exception):
    """The child's verdict on a file; `reason` is the stable code of an `intake.errors` class."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
