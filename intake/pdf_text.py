"""What a PDF page says in letters: the values of its form fields, and the words people can see. Runs in the decoding child.

What: form values by widget name, and words with their places; both through pdfium, the engine that also draws the page, so that
text, values and picture always speak of the same page.
Why: a form filled on a screen need not be read from pixels.
Refuses: invisible text (render mode 3): a scanner's OCR layer is another reader's guess, not what the sender wrote.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

MOST_LETTERS = 30_000  # of one page; a form has about 4,000
MOST_WIDGETS = 5_000
LONGEST_VALUE = 20_000  # characters
FINE = 100  # device units per point while places are asked of pdfium, which answers in whole numbers


def form_values(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> dict[str, Any] | None:
    """The fields of this page by name: text, "" for blank; True or False for a tick box; the option's code or None for a choice.

    None where the page has no fields. A ":" in a widget's name stands for the "." of the field's name, which PDF reserves.
    """
    if document.formenv is None:
        return None
    form = document.formenv.raw
    values: dict[str, Any] = {}
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_WIDGETS)):
        widget = pdfium.FPDFPage_GetAnnot(page, index)
        if not widget:
            continue
        try:
            if pdfium.FPDFAnnot_GetSubtype(widget) == pdfium.FPDF_ANNOT_WIDGET:
                _take(values, form, widget)
        finally:
            pdfium.FPDFPage_CloseAnnot(widget)
    return values or None


def field_name(widget_name: str) -> str:
    """The form's field name from a widget's full name: a kid that repeats its parent's name (radio groups) counts once."""
    parts = widget_name.split(".")
    if len(parts) > 1 and parts[-1] == parts[-2]:
        parts.pop()
    return ".".join(parts).replace(":", ".")


def _take(values: dict[str, Any], form: Any, widget: Any) -> None:
    name = field_name(_text(pdfium.FPDFAnnot_GetFormFieldName, form, widget))
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, widget)
    if not name:
        return
    if kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        values.setdefault(name, None)
        if pdfium.FPDFAnnot_IsChecked(form, widget):
            values[name] = _text(pdfium.FPDFAnnot_GetFormFieldExportValue, form, widget)
    elif kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        ticked = bool(pdfium.FPDFAnnot_IsChecked(form, widget))
        if pdfium.FPDFAnnot_GetFormControlCount(form, widget) > 1:  # several boxes of one name are a choice
            values.setdefault(name, None)
            if ticked:
                values[name] = _text(pdfium.FPDFAnnot_GetFormFieldExportValue, form, widget)
        else:
            values[name] = ticked
    elif kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        values[name] = _text(pdfium.FPDFAnnot_GetFormFieldValue, form, widget)


def _text(ask: Any, form: Any, widget: Any) -> str:
    needed = ask(form, widget, None, 0)
    if needed <= 2:
        return ""
    size = min(needed, 2 * LONGEST_VALUE)
    room = ctypes.create_string_buffer(needed)
    ask(form, widget, ctypes.cast(room, ctypes.POINTER(pdfium.FPDF_WCHAR)), needed)
    return room.raw[:size].decode("utf-16-le", errors="replace").rstrip("\0")


def visible_words(page: pypdfium2.PdfPage, enlarged: float) -> list[list[Any]]:
    """[text, x0, y0, x1, y1] in points from the top left corner of the page as shown, times `enlarged`; no invisible text."""
    textpage = page.get_textpage()
    width, height = page.get_size()
    device = (0, 0, round(width * FINE), round(height * FINE), 0)
    words: list[list[Any]] = []
    letters: list[str] = []
    box: tuple[float, float, float, float] | None = None
    invisible: dict[int, bool] = {}
    loose = pdfium.FS_RECTF()
    x, y = ctypes.c_int(), ctypes.c_int()

    def close_word() -> None:
        nonlocal box
        if letters and box is not None:
            words.append(["".join(letters), *(round(side / FINE * enlarged, 2) for side in box)])
        letters.clear()
        box = None

    for index in range(min(textpage.count_chars(), MOST_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if not letter or letter.isspace() or not letter.isprintable():
            close_word()
            continue
        source = pdfium.FPDFText_GetTextObject(textpage, index)
        if source:
            key = ctypes.addressof(source.contents)
            if key not in invisible:
                invisible[key] = pdfium.FPDFTextObj_GetTextRenderMode(source) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            if invisible[key]:
                close_word()
                continue
        if not pdfium.FPDFText_GetLooseCharBox(textpage, index, loose):
            continue
        corners = []
        for left, top in ((loose.left, loose.top), (loose.right, loose.bottom)):
            pdfium.FPDF_PageToDevice(page, *device, left, top, x, y)
            corners.append((x.value, y.value))
        (xa, ya), (xb, yb) = corners
        here = (float(min(xa, xb)), float(min(ya, yb)), float(max(xa, xb)), float(max(ya, yb)))
        letters.append(letter)
        box = here if box is None else (min(box[0], here[0]), min(box[1], here[1]), max(box[2], here[2]), max(box[3], here[3]))
    close_word()
    textpage.close()
    return words
