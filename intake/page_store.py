"""The upright page images of a fax, as the desk shows them: `DIR/pages/<fax_id>/N.png`.

What: `PageStore.store` writes all pages of a fax, `path` finds one. Pages that are ink on paper are stored with one bit a pixel:
a tenth of the size, and what the fax machine sent.
Why: the desk must show exactly the image on which the zones were found.
Refuses: half-written pages: a page is there complete or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from intake.fax import FaxId, GrayImage

GREYS_OF_A_PHOTOGRAPH = 0.25  # share of pixels between dark and light above which a page keeps its grays


class PageStore:
    """The folder of page images."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def store(self, fax_id: FaxId, pages: Sequence[GrayImage]) -> None:
        """Write the pages of a fax, numbered from 1, in place of those of an earlier reading. OSError if it cannot."""
        folder = self._root / fax_id
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages, start=1):
            _write(folder, number, page)
        for stale in folder.glob("*.png"):
            if stale.stem.isdecimal() and int(stale.stem) > len(pages):
                stale.unlink()

    def store_some(self, fax_id: FaxId, pages: Mapping[int, GrayImage]) -> None:
        """Write these pages, by number, in place of how they lay before; all others stay. OSError if it cannot."""
        folder = self._root / fax_id
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in pages.items():
            _write(folder, number, page)

    def take_over(self, fax_id: FaxId, number: int, earlier: FaxId, earlier_number: int) -> bool:
        """Keep a page of an earlier fax as a further page of this one; False if its image is gone. Twice changes nothing."""
        found = self.path(earlier, earlier_number)
        if found is None or not fax_id or "/" in fax_id:
            return False
        folder = self._root / fax_id
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{int(number)}.png"
        shutil.copyfile(found, temporary)
        temporary.rename(folder / f"{int(number)}.png")
        return True

    def path(self, fax_id: FaxId, number: int) -> Path | None:
        """The image of a page (1-based), or None. Names that would lead outside the folder are None too."""
        if not fax_id or fax_id in (".", "..") or "/" in fax_id or "\0" in fax_id:
            return None
        found = self._root / fax_id / f"{int(number)}.png"
        return found if found.is_file() else None

    def remove(self, fax_id: FaxId) -> None:
        """Remove a fax's images; they can be made again from the archive."""
        if self.path(fax_id, 1) is not None:
            shutil.rmtree(self._root / fax_id)


def _write(folder: Path, number: int, page: GrayImage) -> None:
    temporary = folder / f".{number}.png"
    with temporary.open("wb") as opened:
        opened.write(encoded(page))
        opened.flush()
        os.fsync(opened.fileno())
    temporary.rename(folder / f"{number}.png")


def encoded(page: GrayImage) -> bytes:
    """The page as PNG: one bit a pixel where it is ink on paper, 8-bit gray where it is a photograph."""
    grays = float(np.count_nonzero((page > 64) & (page < 192))) / page.size
    settings = [cv2.IMWRITE_PNG_COMPRESSION, 6]
    if grays < GREYS_OF_A_PHOTOGRAPH:
        page = np.asarray(cv2.threshold(page, 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
        settings = [
            cv2.IMWRITE_PNG_BILEVEL,
            1,
            cv2.IMWRITE_PNG_COMPRESSION,
            1,
        ]  # level 6 costs half as much again for a sixth less
    done, data = cv2.imencode(".png", page, settings)
    if not done:
        raise OSError("the page cannot be written as PNG")
    return data.tobytes()
