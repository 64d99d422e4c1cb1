"""Fax pages as files: TIFF-F as a fax server drops it, and the PDF made from it.

What: multi-page TIFF, 1728 pixels wide, one bit, T.6 coded, 204 dots per inch by the machine's lines; a PDF that holds one
CCITT image to a page.
Why: these two are what arrives; both keep pixels that are not square.
Refuses: nothing.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, FloatObject, NameObject, NumberObject, StreamObject

from tools.make_samples.machine import WIDTH, Bilevel

POINTS_PER_INCH = 72
DATE_TIME = "2026:11:01 09:00:00"


def tiff(pages: Sequence[Bilevel], lines_per_inch: int) -> bytes:
    """A TIFF-F of the pages, T.6 coded, minimum is white as the fax world has it."""
    images = [as_image(page) for page in pages]
    out = io.BytesIO()
    images[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=images[1:],
        compression="group4",
        dpi=(204, lines_per_inch),
        tiffinfo={262: 0, 305: "remsfax samples", 306: DATE_TIME},
    )
    return out.getvalue()


def as_image(page: Bilevel) -> Image.Image:
    """A page as Pillow's one-bit image."""
    return Image.fromarray(np.where(page, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)


def pages_of(tiff_bytes: bytes) -> list[Bilevel]:
    """The pages of a TIFF as black pixels."""
    found: list[Bilevel] = []
    with Image.open(io.BytesIO(tiff_bytes)) as opened:
        for place in range(getattr(opened, "n_frames", 1)):
            opened.seek(place)
            found.append(~np.asarray(opened.convert("1"), dtype=bool))
    return found


def scanned_pdf(pages: Sequence[Bilevel], lines_per_inch: int) -> bytes:
    """A PDF with one T.6 coded image to a page, as tiff2pdf and fax servers make it."""
    writer = PdfWriter()
    for page in pages:
        rows = page.shape[0]
        wide, high = WIDTH / 204 * POINTS_PER_INCH, rows / lines_per_inch * POINTS_PER_INCH
        sheet = writer.add_blank_page(wide, high)
        image = StreamObject()
        image._data = group4(page)
        image.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): NumberObject(WIDTH),
                NameObject("/Height"): NumberObject(rows),
                NameObject("/BitsPerComponent"): NumberObject(1),
                NameObject("/ColorSpace"): NameObject("/DeviceGray"),
                NameObject("/Filter"): NameObject("/CCITTFaxDecode"),
                NameObject("/DecodeParms"): DictionaryObject(
                    {
                        NameObject("/K"): NumberObject(-1),
                        NameObject("/Columns"): NumberObject(WIDTH),
                        NameObject("/Rows"): NumberObject(rows),
                        NameObject("/BlackIs1"): BooleanObject(False),
                    }
                ),
            }
        )
        reference = writer._add_object(image)
        content = StreamObject()
        content._data = f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /Fax Do Q".encode("ascii")
        sheet[NameObject("/Contents")] = writer._add_object(content)
        sheet[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/Fax"): reference})}
        )
        sheet[NameObject("/MediaBox")] = ArrayObject(
            [FloatObject(0), FloatObject(0), FloatObject(round(wide, 3)), FloatObject(round(high, 3))]
        )
    writer.metadata = {"/Producer": "remsfax samples", "/Subject": "fax"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def group4(page: Bilevel) -> bytes:
    """The T.6 code of a page, taken from a one-strip TIFF. Zero bits are black pixels, as PDF's CCITT filter has it."""
    out = io.BytesIO()
    as_image(page).save(out, "TIFF", compression="group4", tiffinfo={262: 0, 278: page.shape[0]})
    raw = out.getvalue()
    with Image.open(io.BytesIO(raw)) as opened:
        offsets, counts = opened.tag_v2[273], opened.tag_v2[279]
    assert len(offsets) == 1
    return raw[offsets[0] : offsets[0] + counts[0]]
