"""Pictures in letters: a strip of the sender's own page, made to survive a second trip over a fax line.

What: `for_letter` turns a PNG in base64 into one of two colours, large enough and with strokes thick enough for 204 × 98.
Why: the strip came over a line already; scaled gray, it would leave a threshold as dust, and thin strokes would vanish between
two rows of the coarse resolution.
Refuses: what is no picture (`ValueError`), so that a letter with a hole is never sent.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import lru_cache
from io import BytesIO

DOTS_PER_MM = 8.0  # of the picture on the page; the line has 8 dots a millimetre across
WIDTH_MM = 116.0  # as wide as the letters' frame for pictures
TALLEST_MM = 30.0
LARGEST = 2.2  # times the size on the sender's page, where that is known to be 200 dots per inch
PAPER_ABOVE = 0.62  # of the way from the darkest to the lightest part: lighter is paper
STROKE_DOTS = 3  # a line is made at least so thick; two rows of 204 × 98 are 4 dots


@lru_cache(maxsize=64)
def for_letter(png_base64: str) -> str:
    """The picture as the letter shows it: PNG in base64, black and white; ValueError if it cannot be read as a picture."""
    from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(b64decode(png_base64, validate=True))) as opened:
            gray = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError) as problem:
        raise ValueError(f"a picture of a letter cannot be read: {problem}") from None
    scale = min(WIDTH_MM * DOTS_PER_MM / gray.width, TALLEST_MM * DOTS_PER_MM / gray.height, LARGEST)
    size = max(1, round(gray.width * scale)), max(1, round(gray.height * scale))
    large = ImageOps.autocontrast(gray.resize(size, Image.Resampling.BICUBIC), cutoff=(0.5, 20))
    ink = large.point(lambda shade: 255 if shade > 255 * PAPER_ABOVE else 0)
    thick = ink.filter(ImageFilter.MinFilter(STROKE_DOTS)).convert("1")
    out = BytesIO()
    thick.save(out, "PNG", optimize=True)
    return b64encode(out.getvalue()).decode()
