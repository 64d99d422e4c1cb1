"""What a text reader is to the rest of remsfax, and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from intake.fax import GrayImage

LARGER = 52  # pixels: height of a line for a second look at what the readers disagreed on
BETWEEN = (
    44  # and for a third, at what is still open: of 85 lines in dispute it made no wrong agreement; lower and smoothed ones did
)


@dataclass(frozen=True)
class Strip:
    """One line of writing, cut out of a page and cleaned of everything the blank form prints."""

    key: str  # the field it belongs to
    image: GrayImage  # black on white, 200 dots per inch, tight around the ink with some white
    charset: str  # the characters the field may hold; the reader may use it as a mask
    cells: int | None = None  # characters counted by ink in comb cells; None where there are no cells


@dataclass(frozen=True)
class TextGuess:
    """What one reader makes of one strip."""

    text: str  # "" where it saw nothing it could read
    confidence: float  # 0–1: the reader's own probability that the whole text is right


class TextReader(Protocol):
    """A reader of strips: PP-OCR, tesseract, later others."""

    name: str  # stable, used as the key of raw readings
    version: str
    cpu_seconds: float  # of the reader's own processes so far

    def read(self, strips: Sequence[Strip], line: int = ...) -> list[TextGuess]:
        """One guess per strip, in order; `line` is the height in pixels at which strips are looked at.

        Raises `EngineFailed` when the engine itself is broken, never for odd ink.
        """
        ...


class EngineFailed(Exception):
    """A reader's program or model is missing or crashed; the fields are then read by the others with less certainty."""
