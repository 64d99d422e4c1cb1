"""From PDF pages to the dots of a fax line, with the header line on each.

What: pdfium draws every page at the line's own pixels (204 × 196 or 204 × 98 dots per inch, not square), a threshold makes it
black or white.
Why not square pixels scaled down, nor fine rows thinned out to coarse ones: drawing at the line's own pixels keeps rules and
strokes whole. Why not dithered: dots cost minutes on the line and turn to dirt at the far end; our pages are drawn black on
white, so nothing is lost. Why the header is written here: a form's PDF and a letter's get the same one.
Refuses: nothing; a page of another size is drawn to the size of a fax page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from outbound.header_line import HeaderLine
from outbound.tiff_f import Resolution

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pypdfium2 import PdfDocument, PdfPage

WIDTH = 1728  # pixels of a fax line
HEIGHT = {Resolution.FINE: 2156, Resolution.STANDARD: 1078}  # 11 inches at 196 and at 98 dots per inch
INK_BELOW = {Resolution.FINE: 150, Resolution.STANDARD: 150}
"""Gray 0-255: darker is black; a little above the middle, so that a thin stroke between two rows keeps one of them at least."""
FONT = b"Helvetica-Bold"  # pdfium brings it, so that no page depends on the machine's fonts
MM = 72 / 25.4  # points
HEADER_SIZE = 10.5  # points
HEADER_SIDE = 19 * MM  # from both edges of the paper
HEADER_LINES = (12.6 * MM, 17.4 * MM)  # base lines below the top: under the 8 mm that belong to the sending machine
FORM_LINE = 276.6 * MM  # base line on a form below the top: under its foot, where it prints nothing
FORM_SIDE = 12 * MM
FORM_SIZE = 9.0  # points, at most


@contextmanager
def opened(pdf: bytes) -> Iterator[PdfDocument]:
    """The document, with its form fields ready to be drawn."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        if document.get_formtype() != 0:
            document.init_forms()
        yield document


def write_header(document: PdfDocument, page: PdfPage, header: HeaderLine, number: int, total: int) -> None:
    """Put the header line on one page of a letter."""
    _write(document, page, header.sender, HEADER_SIZE, HEADER_SIDE, HEADER_LINES[0])
    _write(document, page, header.page(number, total), HEADER_SIZE, -HEADER_SIDE, HEADER_LINES[0])
    _write(document, page, header.about, HEADER_SIZE, HEADER_SIDE, HEADER_LINES[1])


def write_form_line(document: PdfDocument, page: PdfPage, header: HeaderLine, number: int, total: int) -> None:
    """Put the same in one line under the foot of a form."""
    _write(document, page, header.in_one_line(number, total), FORM_SIZE, FORM_SIDE, FORM_LINE)


def drawn(page: PdfPage, resolution: Resolution) -> npt.NDArray[np.bool_]:
    """One page as rows × columns, True where there is ink."""
    import pypdfium2
    from pypdfium2 import raw

    height = HEIGHT[resolution]
    bitmap = pypdfium2.PdfBitmap.new_native(WIDTH, height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, WIDTH, height)
    raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, WIDTH, height, 0, raw.FPDF_ANNOT)
    if page.formenv is not None:
        raw.FPDF_FFLDraw(page.formenv, bitmap, page, 0, 0, WIDTH, height, 0, raw.FPDF_ANNOT)
    ink: npt.NDArray[np.bool_] = bitmap.to_numpy()[:, :WIDTH] < INK_BELOW[resolution]
    bitmap.close()
    return ink


def _write(document: PdfDocument, page: PdfPage, words: str, size: float, x: float, below_top: float) -> None:
    """A line of text `x` points from the left, or that far from the right where `x` is negative; smaller where it is too long."""
    from pypdfium2 import raw

    width, height = page.get_size()
    written = raw.FPDFPageObj_NewTextObj(document, FONT, size)
    text = ctypes.create_string_buffer((words + "\0").encode("utf-16-le"))
    raw.FPDFText_SetText(written, ctypes.cast(text, raw.FPDF_WIDESTRING))
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(written, *edges)
    long, room = edges[2].value, width - 2 * abs(x)
    scale = min(1.0, room / long) if long else 1.0
    at = x if x > 0 else width + x - long * scale
    raw.FPDFPageObj_Transform(written, scale, 0, 0, scale, at, height - below_top)
    raw.FPDFPage_InsertObject(page, written)
