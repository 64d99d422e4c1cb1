"""The pages of a PDF as a viewer shows them, decoded by pdfium. Runs in the decoding child.

What: the one image of a scanned page in its own pixels, turned as the page turns it; any other page drawn at 200 dots per inch
with its form fields; a filled form's values; the words people can see.
Why: a fax server's PDF holds one CCITT image a page, and drawing it would blur what is already coarse. What a viewer shows is
what the sender meant, so anything beside the image (a stamp, a filled field) makes the page drawn, not extracted.
Refuses: locked files, too many pages, too many pixels. A page that cannot be drawn, among others that can, says so in large
letters.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from intake.pdf_text import form_values, visible_words
from intake.raw_page import DecodingLimits, RawPage, RefusedFile
from intake.tiff_pages import undecodable

DRAWN_DPI = 200.0
POINTS = 72.0  # an inch
FULL_PAGE = 0.8  # of the page's area: an image that covers this much is the page
SCANNED = 0.5  # of the page's area: a page that is half image is not read as text
MOST_OBJECTS = 20_000  # a page with more is drawn without a look at what it consists of
LETTER_POINTS = 612.0
SHORT_SIDE_POINTS = (2.5 * POINTS, 15.0 * POINTS)  # a page whose shorter side is outside this is taken for Letter width
SKEWED = 0.01  # of the longer component: more, and the image stands aslant on the page
PDF_TROUBLE = (pypdfium2.PdfiumError, ValueError, OSError, OverflowError, ctypes.ArgumentError)


@dataclass(frozen=True)
class _Contents:
    """What a page consists of."""

    image: pypdfium2.PdfImage | None  # the largest image
    coverage: float  # share of the page it covers
    alone: bool  # nothing else on the page can be seen
    nested: bool  # the image stands inside another object, so its own matrix is not the whole truth


def read_pdf(path: Path, limits: DecodingLimits) -> Iterator[RawPage]:
    """The pages one by one. Raises RefusedFile when the file is locked, damaged, empty or too large."""
    pdfium.FPDF_LoadMemDocument(b"", 0, None)  # pdfium keeps the last file's error for a file without pages; this sets "format"
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as trouble:
        if trouble.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise RefusedFile("encrypted", "The PDF is locked with a password.") from trouble
        raise RefusedFile("damaged", "The PDF cannot be opened, or has no pages.") from trouble
    with document:
        document.init_forms()
        count = len(document)
        if count > limits.pages:
            raise RefusedFile("too_many_pages", f"{count:,} pages; the limit is {limits.pages}.")
        if count < 1:
            raise RefusedFile("empty", "The PDF has no pages.")
        held: list[RawPage] = []
        good = False
        failure = ""
        for number in range(1, count + 1):
            try:
                held.append(_page(document, number, limits))
                good = True
            except PDF_TROUBLE as trouble:
                failure = failure or f"page {number}: {trouble}"
                held.append(undecodable(number, f"page {number} of this fax could not be decoded"))
            if good:
                yield from held
                held.clear()
        if not good:
            raise RefusedFile("damaged", f"No page of the PDF can be drawn ({failure}).")


def _page(document: pypdfium2.PdfDocument, number: int, limits: DecodingLimits) -> RawPage:
    page = document[number - 1]
    try:
        width, height = page.get_size()
        if not (width >= 1 and height >= 1):
            raise ValueError("the page has no size")
        values = form_values(document, page)
        contents = _contents(page, width, height)
        annotated = pdfium.FPDFPage_GetAnnotCount(page) > 0
        if (
            contents.image is not None
            and contents.alone
            and contents.coverage >= FULL_PAGE
            and not annotated
            and not contents.nested
        ):
            embedded = _embedded(page, contents.image, number, limits)
            if embedded is not None:
                return embedded
        enlarged = _enlargement(width, height)
        scale = DRAWN_DPI / POINTS * enlarged
        if width * scale * height * scale > limits.page_pixels:
            raise RefusedFile("page_too_large", f"Page {number} is {width:.0f} × {height:.0f} points: too large to draw.")
        image = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_pil()
        scanned = contents.coverage >= SCANNED
        return RawPage(
            number=number,
            width=image.width,
            height=image.height,
            packed=False,
            pixels=image.tobytes(),
            source="rendered",
            resolution=(DRAWN_DPI, DRAWN_DPI),
            unit=2,
            words=[] if scanned else visible_words(page, enlarged),
            form_values=values,
            sampled_at=_sampling(contents.image, enlarged) if scanned and contents.image is not None else None,
        )
    finally:
        page.close()


def _enlargement(width: float, height: float) -> float:
    """How much larger than it claims the page is taken for: photographs in a PDF claim to be a metre wide."""
    low, high = SHORT_SIDE_POINTS
    shorter = min(width, height)
    return 1.0 if low <= shorter <= high else LETTER_POINTS / shorter


def _contents(page: pypdfium2.PdfPage, width: float, height: float) -> _Contents:
    largest: pypdfium2.PdfImage | None = None
    covered, nested, others, images = 0.0, False, False, 0
    for seen, item in enumerate(page.get_objects(max_depth=3)):
        if seen > MOST_OBJECTS:
            return _Contents(largest, covered / (width * height), alone=False, nested=True)
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            images += 1
            left, bottom, right, top = item.get_bounds()
            area = max(0.0, right - left) * max(0.0, top - bottom)
            if largest is None or area > covered:
                largest, covered, nested = item, area, item.level > 0
        elif item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            others = others or pdfium.FPDFTextObj_GetTextRenderMode(item) not in (
                pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
                pdfium.FPDF_TEXTRENDERMODE_CLIP,
            )
        elif item.type == pdfium.FPDF_PAGEOBJ_PATH:
            others = others or _drawn(item)
        elif item.type != pdfium.FPDF_PAGEOBJ_FORM:
            others = True
    share = min(1.0, covered / (width * height))
    return _Contents(largest, share, alone=images == 1 and not others, nested=nested)


def _drawn(path: pypdfium2.PdfObject) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke):
        return True
    return bool(fill.value or stroke.value)


def _embedded(page: pypdfium2.PdfPage, item: pypdfium2.PdfImage, number: int, limits: DecodingLimits) -> RawPage | None:
    """The page's one image in its own pixels, upright as shown; None where it must be drawn after all (aslant, a stencil)."""
    across, down = item.get_px_size()
    if across * down > limits.page_pixels:
        raise RefusedFile("page_too_large", f"Page {number} is {across} × {down} pixels; the limit is {limits.page_pixels:,}.")
    matrix = item.get_matrix()
    u, v = _turned((matrix.a, matrix.b), page.get_rotation()), _turned((matrix.c, matrix.d), page.get_rotation())
    sideways = abs(u[1]) > abs(u[0])
    along, aslant = (1, 0) if sideways else (0, 1)
    if abs(u[aslant]) > SKEWED * abs(u[along]) or abs(v[along]) > SKEWED * abs(v[aslant]):
        return None
    inches = (abs(u[along]) / POINTS, abs(v[aslant]) / POINTS)
    if min(inches) <= 0:
        return None
    try:
        image = item.get_bitmap(render=False).to_pil()
    except PDF_TROUBLE:
        return None
    if image.mode not in ("L", "RGB", "RGBX") or image.size != (across, down):
        return None
    gray = image.convert("L")
    resolution = (across / inches[0], down / inches[1])
    if sideways:
        gray = gray.transpose(Image.Transpose.TRANSPOSE)  # now rows run along -v, columns along u
        resolution = (resolution[1], resolution[0])
        mirrored, flipped = v[0] > 0, u[1] > 0
    else:
        mirrored, flipped = u[0] < 0, v[1] < 0
    if mirrored:
        gray = gray.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if flipped:
        gray = gray.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if not _agrees_with_viewer(page, gray):
        return None
    return RawPage(
        number=number,
        width=gray.width,
        height=gray.height,
        packed=False,
        pixels=gray.tobytes(),
        source="embedded",
        resolution=resolution,
        unit=2,
    )


def _turned(vector: tuple[float, float], degrees: int) -> tuple[float, float]:
    x, y = vector
    for _ in range(degrees // 90):
        x, y = y, -x
    return x, y


def _agrees_with_viewer(page: pypdfium2.PdfPage, gray: Image.Image) -> bool:
    """Whether the image is as dark as the drawn page, coarsely: a mask, an inverted decode array or a blend shows here."""
    width, height = page.get_size()
    shown = page.render(scale=48 / max(width, height), grayscale=True).to_pil().resize((16, 16), Image.Resampling.BOX)
    extracted = gray.resize((16, 16), Image.Resampling.BOX)
    differences = sorted(abs(a - b) for a, b in zip(shown.tobytes(), extracted.tobytes(), strict=True))
    return bool(differences[len(differences) * 3 // 4] < 64)


def _sampling(image: pypdfium2.PdfImage, enlarged: float) -> tuple[float, float] | None:
    """Dots per inch of the page's largest image as it stands on the page: how coarse the scan behind a drawn page is."""
    matrix = image.get_matrix()
    across, down = image.get_px_size()
    long_u, long_v = (matrix.a**2 + matrix.b**2) ** 0.5, (matrix.c**2 + matrix.d**2) ** 0.5
    if long_u <= 0 or long_v <= 0:
        return None
    return across * POINTS / long_u / enlarged, down * POINTS / long_v / enlarged
