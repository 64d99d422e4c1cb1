"""Blank pages as images, for registration, for telling ink from print, and for recognising forms by their landmarks.

What: one page of a blank drawn by PDFium without its widgets' highlight or appearance, kept in memory once drawn, and on disk
for the next process (`intake.kept`).
Why: reading compares every fax page with the empty form, many times an hour; and loading PDFium costs more than drawing a page.
Refuses: page numbers the form does not have (ValueError).
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import numpy as np

from intake.fax import GrayImage
from intake.forms.definition import FormDefinition
from intake.kept import code_of, kept

KEPT_IMAGES = 64  # pages × resolutions kept in memory; about 4 MB each at 204 dots per inch


def blank_page_image(form: FormDefinition, page: int, dpi: float) -> GrayImage:
    """One blank page (1-based) at `dpi`; 0 black … 255 white; read-only, since it is shared."""
    if not 1 <= page <= form.pages:
        raise ValueError(f"{form.code} {form.revision} has no page {page}")
    return _drawn(form.blank, form.blank.stat().st_mtime_ns, page, dpi)


@lru_cache(maxsize=KEPT_IMAGES)
def _drawn(path: Path, changed: int, page: int, dpi: float) -> GrayImage:
    made_from = (path.read_bytes(), str(page), str(dpi), code_of(__file__), _pdfium_version())
    image = kept("blank-page", made_from, np.ndarray, lambda: _draw(path, page, dpi))
    image.setflags(write=False)
    return image


def _draw(path: Path, page: int, dpi: float) -> GrayImage:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        bitmap = document[page - 1].render(scale=dpi / 72, grayscale=True, may_draw_forms=False, draw_annots=False)
        return np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        document.close()


def _pdfium_version() -> bytes:
    """What the package says of the PDFium in it; another one may draw a line's edge another way."""
    found = importlib.util.find_spec("pypdfium2_raw")
    file = None if found is None or found.origin is None else Path(found.origin).with_name("version.json")
    return file.read_bytes() if file is not None and file.is_file() else b""
