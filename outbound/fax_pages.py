"""Pages: a letter becomes what a fax line takes, a TIFF-F of 1-bit pages, and a look at it for the desk.

What: WeasyPrint lays the letter and its cover out as one PDF, `outbound.page_drawing` draws it and the forms that follow,
`outbound.tiff_f` wraps the dots.
How: the letter is laid out before its cover, since the cover states the number of pages; so nothing is laid out twice.
Refuses: a letter longer than `MOST_PAGES`; a fact of unreasonable size must not hold the line for an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from outbound.letters import PAGE_COUNT_MARK, TEMPLATES, Letter, LetterNotWritable
from outbound.notice import Enclosure
from outbound.page_drawing import drawn, opened, write_form_line, write_header
from outbound.tiff_f import Resolution, encode

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

MOST_PAGES = 30  # of the letter itself

PrintForm = Callable[[Enclosure], bytes]
"""The PDF of a form that follows a letter, with its values printed on it."""


@dataclass(frozen=True)
class FaxPages:
    """A letter as the line takes it."""

    tiff: bytes  # TIFF-F, one 1-bit image a page
    pages: int


def no_forms(enclosure: Enclosure) -> bytes:
    """Where nobody said how forms are printed, a letter that brings one cannot be written."""
    raise LetterNotWritable(f"no form {enclosure.form} can be printed here")


def render(letter: Letter, print_form: PrintForm = no_forms, resolution: Resolution = Resolution.FINE) -> FaxPages:
    """The letter's pages and the forms that follow it; LetterNotWritable if it runs to more than `MOST_PAGES`."""
    pages: list[npt.NDArray[np.bool_]] = []
    with ExitStack() as stack:
        forms = [stack.enter_context(opened(print_form(one))) for one in letter.enclosures]
        following = sum(len(form) for form in forms)
        own = stack.enter_context(opened(lay_out(letter, following)))
        total = len(own) + following
        for document in (own, *forms):
            write = write_header if document is own else write_form_line
            for page in document:
                write(document, page, letter.header, len(pages) + 1, total)
                pages.append(drawn(page, resolution))
                page.close()
    return FaxPages(encode(pages, resolution), total)


def lay_out(letter: Letter, following: int = 0) -> bytes:
    """The cover and the letter as PDF, without header lines; LetterNotWritable if it runs to more than `MOST_PAGES`.

    `following`: how many pages of forms come after it.
    """
    told = _laid_out(letter.html)
    pages = 1 + len(told.pages)
    if pages > MOST_PAGES:
        raise LetterNotWritable(f"{', '.join(letter.kinds)}: {pages} pages, at most {MOST_PAGES} are sent")
    cover = _laid_out(letter.cover_html.replace(PAGE_COUNT_MARK, str(pages + following)))
    if len(cover.pages) != 1:
        raise LetterNotWritable(f"{', '.join(letter.kinds)}: a cover of {len(cover.pages)} pages")
    whole = told.copy([*cover.pages, *told.pages]).write_pdf()
    assert isinstance(whole, bytes)
    return whole


def preview_png(tiff: bytes, page: int = 1, width: int = 850) -> bytes:
    """Page `page` (from 1) as a gray PNG with square pixels, `width` pixels wide; IndexError if there is no such page."""
    from PIL import Image

    with Image.open(BytesIO(tiff)) as stack:
        if not 1 <= page <= getattr(stack, "n_frames", 1):
            raise IndexError(f"no page {page}")
        stack.seek(page - 1)
        x, y = (float(one) for one in stack.info["dpi"])
        height = round(stack.height * width / stack.width * x / y)
        small = stack.convert("L").resize((width, height), Image.Resampling.BOX)
    out = BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _laid_out(html: str) -> Document:
    from weasyprint import HTML

    return HTML(string=html).render(font_config=fonts(), stylesheets=[style()])


@cache
def style() -> CSS:
    """The letters' style, parsed once."""
    from weasyprint import CSS

    return CSS(filename=TEMPLATES / "_letter.css", font_config=fonts())


@cache
def fonts() -> FontConfiguration:
    """The font configuration, made once: asking fontconfig anew costs more than laying a page out."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()
