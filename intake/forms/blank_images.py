"""Blank pages as images, for registration, for telling ink from print, and for recognising forms by their landmarks.

What: one page of a blank drawn by PDFium without its widgets' highlight or appearance, kept in memory once drawn.
Why: reading compares every fax page with the empty form, many times an hour.
Refuses: page numbers the form does not have (ValueError).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pypdfium2

from intake.fax import GrayImage
from intake.forms.definition import FormDefinition

KEPT_IMAGES = 64  # pages × resolutions kept in memory; about 4 MB each at 204 dots per inch


def blank_page_image(form: FormDefinition, page: int, dpi: float) -> GrayImage:
    """One blank page (1-based) at `dpi`; 0 black … 255 white; read-only, since it is shared."""
    if not 1 <= page <= form.pages:
        raise ValueError(f"{form.code} {form.revision} has no page {page}")
    return _drawn(form.blank, form.blank.stat().st_mtime_ns, page, dpi)


@lru_cache(maxsize=KEPT_IMAGES)
def _drawn(path: Path, changed: int, page: int, dpi: float) -> GrayImage:
    document = pypdfium2.PdfDocument(path)
    try:
        bitmap = document[page - 1].render(scale=dpi / 72, grayscale=True, may_draw_forms=False, draw_annots=False)
        image: GrayImage = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    finally:
        document.close()
    image.setflags(write=False)
    return image
