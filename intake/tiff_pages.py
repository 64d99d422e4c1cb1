"""The pages of a TIFF, decoded by Pillow as a fax server wrote them. Runs in the decoding child.

What: every full page in its own pixels, with its resolution tags and the receiver's damage tags (326, 327, 328).
Why: TIFF-F is what a fax line yields, and it lies: tags are missing, the last strip is cut, damage stands only in the tags.
Refuses: too many pages, pages with too many pixels. A page that cannot be decoded, among others that can, is handed over as a
page that says so in large letters: it must reach a person, and must not take the good pages with it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, TiffImagePlugin, UnidentifiedImageError

from intake.raw_page import DecodingLimits, RawPage, RefusedFile
from intake.tiff_rescue import rescued

SUBFILE_TYPE, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, ORIENTATION = 254, 282, 283, 296, 274
BAD_FAX_LINES, CLEAN_FAX_DATA, CONSECUTIVE_BAD_FAX_LINES = 326, 327, 328
REDUCED_OR_MASK = 0b101  # NewSubfileType bits 0 and 2: a thumbnail or a mask of another page, not a page
SIDEWAYS = frozenset({5, 6, 7, 8})  # orientations in which rows and columns change places

# what Pillow is known to raise on broken files; anything else ends the child, which the parent reports as damage too
DECODER_TROUBLE = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError, ZeroDivisionError,
    RuntimeError, struct.error, Image.DecompressionBombError,
)  # fmt: skip


def read_tiff(path: Path, limits: DecodingLimits) -> Iterator[RawPage]:
    """The pages one by one. Raises RefusedFile when there are too many, one is too large, or none can be decoded."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit is tighter and is asked before anything is decoded
    try:
        tiff = Image.open(path, formats=("TIFF",))
    except UnidentifiedImageError as trouble:
        raise RefusedFile(
            "damaged", "The TIFF's directory is broken, or describes pixels that no fax machine writes."
        ) from trouble
    except DECODER_TROUBLE as trouble:
        raise RefusedFile("damaged", f"The TIFF's directory cannot be read: {trouble}.") from trouble
    assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
    with tiff:
        frames, broken_chain = _frames(tiff, limits.pages)
        decoded = 0
        failures: list[str] = []
        held: list[RawPage] = []  # pages in place of undecodable ones wait until one page is known to be good
        for number, frame in enumerate(frames, start=1):
            try:
                page = _page(tiff, path, frame, number, limits)
            except DECODER_TROUBLE as trouble:
                failures.append(f"page {number}: {trouble}")
                page = undecodable(number, f"page {number} of this fax could not be decoded")
            else:
                decoded += 1
            held.append(page)
            if decoded:
                yield from held
                held.clear()
        if not decoded:
            raise RefusedFile("damaged", f"No page of the TIFF can be decoded ({'; '.join(failures[:3]) or 'it has none'}).")
        if broken_chain:
            yield undecodable(len(frames) + 1, "the file ends early: there may have been more pages")


def _frames(tiff: TiffImagePlugin.TiffImageFile, most: int) -> tuple[list[int], bool]:
    """The frames that are pages, and whether the chain of pages ends in rubbish."""
    frames: list[int] = []
    broken = False
    frame = 0
    while True:
        try:
            tiff.seek(frame)
        except EOFError:
            break
        except DECODER_TROUBLE:
            broken = frame > 0
            if frame == 0:
                frames.append(0)
            break
        kind = tiff.tag_v2.get(SUBFILE_TYPE, 0)
        if not (isinstance(kind, int) and kind & REDUCED_OR_MASK) or frame == 0:
            frames.append(frame)
        frame += 1
        if len(frames) > most or frame > 4 * most:
            raise RefusedFile("too_many_pages", f"More than {most} pages.")
    return frames, broken


def _page(tiff: TiffImagePlugin.TiffImageFile, path: Path, frame: int, number: int, limits: DecodingLimits) -> RawPage:
    tiff.seek(frame)
    width, height = tiff.size
    if width * height > limits.page_pixels:
        raise RefusedFile("page_too_large", f"Page {number} is {width} × {height} pixels; the limit is {limits.page_pixels:,}.")
    tags = dict(tiff.tag_v2)
    resolution = _resolution(tags)
    damaged = damaged_rows(tags)
    try:
        tiff.load()
        image: Image.Image = tiff
    except DECODER_TROUBLE:
        image, lost = rescued(path, tags, width, height)
        damaged = max(damaged, lost, 1)
    if tags.get(ORIENTATION) in SIDEWAYS and resolution:
        resolution = (resolution[1], resolution[0])
    packed, image = in_gray(image)
    unit = tags.get(RESOLUTION_UNIT)
    return RawPage(
        number=number,
        width=image.width,
        height=image.height,
        packed=packed,
        pixels=image.tobytes(),
        source="tiff",
        resolution=resolution,
        unit=unit if isinstance(unit, int) else None,
        damaged_rows=damaged,
    )


def damaged_rows(tags: dict[int, object]) -> int:
    """Rows the receiver counted as bad: tag 326, or the longest run (328) if more, or 1 where only 327 says there were some."""
    counts = [
        value for tag in (BAD_FAX_LINES, CONSECUTIVE_BAD_FAX_LINES) if isinstance(value := tags.get(tag), int) and value > 0
    ]
    unclean = tags.get(CLEAN_FAX_DATA)
    return max([*counts, 1 if isinstance(unclean, int) and unclean in (1, 2) else 0])


def _resolution(tags: dict[int, object]) -> tuple[float, float] | None:
    values = []
    for tag in (X_RESOLUTION, Y_RESOLUTION):
        value = tags.get(tag)
        if not isinstance(value, (int, float, TiffImagePlugin.IFDRational)):
            return None
        number = float(value)
        if not 0 < number < 100_000:  # also refuses NaN
            return None
        values.append(number)
    return values[0], values[1]


def in_gray(image: Image.Image) -> tuple[bool, Image.Image]:
    """Whether the image is packed one bit a pixel, and the image in mode 1 or L; whatever is transparent is white paper."""
    mode = image.mode
    if mode == "1":
        return True, image
    if mode == "L":
        return False, image
    if mode.startswith(("I", "F")):
        return False, _stretched(image)
    if mode == "LAB":
        return False, image.getchannel(0)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        straight = image.convert("RGBA")
        paper = Image.new("RGBA", straight.size, "white")
        return False, Image.alpha_composite(paper, straight).convert("L")
    return False, (image.convert("RGB") if mode in ("CMYK", "P", "YCbCr", "HSV") else image).convert("L")


def _stretched(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and floating pixels as 8-bit gray, spread between their darkest and lightest value."""
    wide = image.convert("F")
    low, high = wide.getextrema()
    assert isinstance(low, (int, float))
    assert isinstance(high, (int, float))
    if not (low == low and high == high and high - low < float("inf")):  # NaN and infinity
        raise ValueError("pixels that are not numbers")
    if high <= low:
        return Image.new("L", image.size, 255)
    scale = 255.0 / (high - low)
    return wide.point(lambda value: value * scale + -low * scale).convert("L")


def undecodable(number: int, words: str) -> RawPage:
    """A US Letter page at 100 dots per inch that says in large letters that the real one could not be had."""
    image = Image.new("L", (850, 1100), 255)
    draw = ImageDraw.Draw(image)
    draw.line((60, 60, 790, 1040), fill=0, width=3)
    draw.line((790, 60, 60, 1040), fill=0, width=3)
    draw.rectangle((60, 450, 790, 650), fill=0)  # so much ink that nobody takes the page for a blank one
    draw.text((425, 550), words, fill=255, anchor="mm", font_size=26)
    return RawPage(
        number=number,
        width=850,
        height=1100,
        packed=False,
        pixels=image.tobytes(),
        source="rendered",
        resolution=(100.0, 100.0),
        unit=2,
        damaged_rows=1100,
    )
