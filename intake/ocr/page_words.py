"""The words of a stranger's whole page, by the `tesseract` program in a process of its own.

What: pytesseract over one page; only for pages that are no form of ours, to tell a cover sheet from a laboratory's printout.
Why: these pixels are drawn by nobody we know; what they make tesseract do, down to a crash, must not reach the process that
reads the next fax. A process costs little beside a page, unlike beside a line, which is why our own strips are read inside
(`tesseract`).
Refuses: more than a minute a page.
"""

from __future__ import annotations

import os
import resource

import pytesseract

from intake.fax import GrayImage
from intake.ocr.engine import EngineFailed

SECONDS = 60.0  # the slowest page tried took 5


def words_of_page(image: GrayImage) -> tuple[str, float]:
    """All words of a page at 200 dpi, and the CPU seconds of the process that found them. Raises EngineFailed."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads cost several times the CPU where the cores are busy
    before = _children_seconds()
    try:
        text = pytesseract.image_to_string(image, lang="eng", config="--oem 1 --psm 3 --dpi 200", timeout=SECONDS)
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError, OSError) as error:  # Runtime: time-out
        raise EngineFailed(f"the tesseract program failed on a page: {error}") from error
    return str(text), _children_seconds() - before


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
