"""Makes the pictures of all letters: a sheet to look at, and the tile images that a test compares with.

What: `python -m tools.letter_pictures` writes docs/images/letters.png, the second page of every letter at 204 × 98 dots per inch
as an office machine prints it, and tests/outbound/tiles/*.png; `--pages FOLDER` writes every page in full instead.
Why tiles: a page is kept as the share of ink in 36 × 49 tiles, two thousandths of its size; a word that moved, a rule that broke
and a box that is gone are seen, a font of another release is not.
Refuses: nothing; look at the sheet before you commit it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from app.enclosing import form_printer
from intake.forms.catalogue import load_catalogue
from outbound.fax_pages import PrintForm, render
from outbound.letters import compose
from outbound.notice import Notice
from outbound.tiff_f import Resolution
from tools.letter_samples import EXAMPLES, NOW, PLAIN, US, Example, samples

ROOT = Path(__file__).resolve().parents[1]
SHEET = ROOT / "docs" / "images" / "letters.png"
TILES = ROOT / "tests" / "outbound" / "tiles"
ACROSS, DOWN = 36, 49  # tiles of a page of 1728 × 1078 dots: 48 × 22 dots each
THUMB = (288, 360)  # pixels of a page on the sheet
COLUMNS = 8


@cache
def _printer() -> PrintForm:
    return form_printer(load_catalogue())


def pages_of(notices: list[Notice]) -> list[npt.NDArray[np.bool_]]:
    """The pages of a letter at the coarse resolution, True where there is ink."""
    tiff = render(compose(notices, US, NOW), _printer(), Resolution.STANDARD).tiff
    pages = []
    with Image.open(BytesIO(tiff)) as stack:
        for page in range(getattr(stack, "n_frames", 1)):
            stack.seek(page)
            pages.append(~np.asarray(stack.convert("1")))
    return pages


def tiled(ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """The share of ink of each tile, 255 where all is ink: `DOWN` × `ACROSS`."""
    rows, columns = ink.shape[0] // DOWN, ink.shape[1] // ACROSS
    whole = ink[: rows * DOWN, : columns * ACROSS].reshape(DOWN, rows, ACROSS, columns)
    shares: npt.NDArray[np.uint8] = np.rint(255 * whole.mean(axis=(1, 3))).astype(np.uint8)
    return shares


def tiles_of(who: Example) -> dict[str, npt.NDArray[np.uint8]]:
    """The tiles of each letter's pages, one below the other. The cover is kept once: it is the same for all but its count."""
    found: dict[str, npt.NDArray[np.uint8]] = {}
    for name, notices in samples(who).items():
        pages = [tiled(page) for page in pages_of(notices)]
        found.setdefault("cover", pages[0])
        found[name] = np.vstack(pages[1:])
    return found


def read_tiles(who: Example) -> dict[str, npt.NDArray[np.uint8]]:
    """What was kept."""
    rows: dict[str, list[int]] = json.loads((TILES / f"{who.name}.json").read_text(encoding="utf-8"))
    with Image.open(TILES / f"{who.name}.png") as image:
        whole = np.asarray(image)
    return {name: whole[first:last] for name, (first, last) in rows.items()}


def write_tiles(who: Example) -> None:
    """Keep them: one gray PNG, and where each letter stands in it."""
    TILES.mkdir(exist_ok=True)
    found = tiles_of(who)
    rows, at = {}, 0
    for name, tiles in found.items():
        rows[name] = [at, at + len(tiles)]
        at += len(tiles)
    Image.fromarray(np.vstack(list(found.values()))).save(TILES / f"{who.name}.png", optimize=True)
    (TILES / f"{who.name}.json").write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")


def write_sheet() -> None:
    """One picture of all letters, for people."""
    shown = list(_sheet_pages())
    rows = -(-len(shown) // COLUMNS)
    wide, high = THUMB[0] + 16, THUMB[1] + 34
    sheet = Image.new("L", (COLUMNS * wide + 16, rows * high + 16), 225)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype("DejaVuSans.ttf", 14)
    for place, (name, page) in enumerate(shown):
        x, y = 16 + place % COLUMNS * wide, 10 + place // COLUMNS * high
        draw.text((x, y), name.replace("_", " ").replace("-", " "), font=font, fill=0)
        sheet.paste(page.resize(THUMB, Image.Resampling.BOX), (x, y + 20))
    SHEET.parent.mkdir(exist_ok=True)
    sheet.quantize(8).save(SHEET, optimize=True)


def _sheet_pages() -> Iterator[tuple[str, Image.Image]]:
    for name, notices in samples(PLAIN).items():
        pages = pages_of(notices)
        if name == "acknowledgement":
            yield "cover page", _seen(pages[0])
        yield name, _seen(pages[1])
        if name in ("next-status-form", "acknowledgement-printout"):
            yield f"{name}, page 3", _seen(pages[2])


def _seen(ink: npt.NDArray[np.bool_]) -> Image.Image:
    """A page as it is printed: each row of the coarse resolution is two of the fine one."""
    page = Image.fromarray(np.where(ink, 0, 255).astype(np.uint8))
    return page.resize((page.width, page.height * 2), Image.Resampling.NEAREST)


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=Path, help="write every page in full into this folder, and nothing else")
    given = asked.parse_args()
    if given.pages is not None:
        given.pages.mkdir(parents=True, exist_ok=True)
        for who in EXAMPLES:
            for name, notices in samples(who).items():
                for number, page in enumerate(pages_of(notices), 1):
                    _seen(page).save(given.pages / f"{who.name}-{name}-{number}.png")
        return
    for who in EXAMPLES:
        write_tiles(who)
    write_sheet()


if __name__ == "__main__":
    main()
