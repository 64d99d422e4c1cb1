"""Makes README's picture of a page that goes out, from what a demo wrote: `python -m tools.make_pictures --letter R-…`.

What: writes docs/pictures/letter.png; the desk's pictures are `tools.desk_pictures`'.
Why: a picture made by hand shows last month's letter.
Refuses: an outbox without letters.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

from app.settings import DataFolder

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LETTER_WIDTH = 900  # pixels


def letter(outbox: Path, reference: str, page: int, to: Path) -> None:
    """One page of a letter, its pixels made square, at a width a browser shows well."""
    with Image.open(sorted(outbox.glob(f"{reference}-*.tif"))[0]) as tiff:
        tiff.seek(page - 1)
        x, y = (float(one) for one in tiff.info["dpi"])
        height = round(LETTER_WIDTH * tiff.height / tiff.width * x / y)
        tiff.convert("L").resize((LETTER_WIDTH, height), Image.Resampling.LANCZOS).quantize(16).save(to, optimize=True)


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, default=Path("demo-data"))
    asked.add_argument("--letter", required=True, help="reference of the fax whose answer is shown")
    asked.add_argument("--page", type=int, default=2, help="page of the letter; the first is the cover")
    given = asked.parse_args()
    folder = DataFolder(given.data.resolve())
    letter(folder.outbox, given.letter, given.page, PICTURES / "letter.png")


if __name__ == "__main__":
    main()
