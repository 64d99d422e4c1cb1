"""Pages: a letter becomes what a fax line takes, a TIFF-F of 1-bit pages, and a look at it for the desk.

What: WeasyPrint lays the HTML out as PDF, pdfium draws it at the line's own pixels (204 × 196 dots per inch, not square), a
threshold makes it black or white, `outbound.tiff_f` wraps it.
Why not square pixels scaled down: drawing at the line's own pixels keeps rules and strokes whole. Why not dithered: dots cost
minutes on the line and turn to dirt at the far end; the letters are drawn black on white, so nothing is lost.
Refuses: a letter longer than `MOST_PAGES`; a fact of unreasonable size must not hold the line for an hour.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from outbound.letters import PAGE_COUNT_MARK, TEMPLATES, Letter, LetterNotWritable
from outbound.tiff_f import DPI_X, DPI_Y, encode

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

WIDTH = 1728  # pixels of a fax line
HEIGHT = 2156  # 11 inches at 196 dots per inch
INK_BELOW = 150  # gray 0–255: darker is black; a little above the middle, so that thin strokes keep their two pixels
MOST_PAGES = 30
HTML_PER_PAGE = 2350  # characters; right for every letter of one notice and 14 of 18 mixed ones (tried 2026-11)


@dataclass(frozen=True)
class FaxPages:
    """A letter as the line takes it."""

    tiff: bytes  # TIFF-F, one 1-bit image a page
    pages: int


def render(letter: Letter) -> FaxPages:
    """The letter's pages; LetterNotWritable if it runs to more than `MOST_PAGES`."""
    pages = _draw(lay_out(letter))
    return FaxPages(encode(pages), len(pages))


def lay_out(letter: Letter) -> bytes:
    """The letter as PDF; LetterNotWritable if it runs to more than `MOST_PAGES`.

    The cover states the number of pages. WeasyPrint's own counter lays every page out twice (25 of 95 ms, the dearest part of a
    letter), so the number is guessed from the length of the text, and laid out again where the guess was wrong.
    """
    from weasyprint import HTML

    told = re.sub(r'src="data:[^"]*"', "", letter.html)  # a picture is long in HTML and small on the page
    pages = 1 + -(-(len(told) - len(letter.cover_html)) // HTML_PER_PAGE)
    for _ in range(3):
        html = letter.html.replace(PAGE_COUNT_MARK, str(pages))
        laid_out = HTML(string=html).render(font_config=_fonts(), stylesheets=[_style()])
        if len(laid_out.pages) == pages:
            break
        pages = len(laid_out.pages)
    if pages > MOST_PAGES:
        raise LetterNotWritable(f"{', '.join(letter.kinds)}: {pages} pages, at most {MOST_PAGES} are sent")
    drawn = laid_out.write_pdf()
    assert isinstance(drawn, bytes)
    return drawn


def preview_png(tiff: bytes, page: int = 1, width: int = 850) -> bytes:
    """Page `page` (from 1) as a gray PNG with square pixels, `width` pixels wide; IndexError if there is no such page."""
    from PIL import Image

    with Image.open(BytesIO(tiff)) as stack:
        if not 1 <= page <= getattr(stack, "n_frames", 1):
            raise IndexError(f"no page {page}")
        stack.seek(page - 1)
        height = round(stack.height * width / stack.width * DPI_X / DPI_Y)
        small = stack.convert("L").resize((width, height), Image.Resampling.BOX)
    out = BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _draw(pdf: bytes) -> list[npt.NDArray[np.bool_]]:
    """Each page of the PDF as rows × columns, True where there is ink."""
    import pypdfium2
    from pypdfium2 import raw

    pages = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            bitmap = pypdfium2.PdfBitmap.new_native(WIDTH, HEIGHT, raw.FPDFBitmap_Gray)
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, WIDTH, HEIGHT)
            raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, WIDTH, HEIGHT, 0, raw.FPDF_ANNOT)
            pages.append(bitmap.to_numpy()[:, :WIDTH] < INK_BELOW)
            bitmap.close()
            page.close()
    return pages


@cache
def _style() -> CSS:
    """The letters' style, parsed once."""
    from weasyprint import CSS

    return CSS(filename=TEMPLATES / "_letter.css", font_config=_fonts())


@cache
def _fonts() -> FontConfiguration:
    """The font configuration, made once: asking fontconfig anew costs more than laying a page out."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
