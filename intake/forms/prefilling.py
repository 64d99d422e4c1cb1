"""Turnaround forms: a blank with known values filled in, to be printed, completed by hand and faxed back.

What: fills a blank's widgets and gives each an appearance, so that the values show on screen and on paper alike.
Why: what we print ourselves we read back with near certainty, and the sender writes less.
Refuses: fields the form does not have, values that do not fit their field, signatures (CannotPrefill names all of them).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date

import numpy as np
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from intake.forms.blank_images import blank_page_image
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.forms.page_codes import MODULE_MM, TITLE_MM, TurnaroundCode, turnaround_symbol
from intake.forms.widgets import COMB_FLAG, MM_PER_POINT, widget_name
from intake.reading import Value
from registry import identifiers

LINE_POINTS = 11  # the size in the blanks' own lines
SMALLEST_POINTS = 6.0
WIDTH_OF_A_LETTER = 0.62  # of its size, a generous mean of Helvetica's capitals and small letters
AROUND_MM = 1.1  # white around a code: a little more than the one module that the standard asks for
SPOT_DPI = 50.8  # two dots a millimetre
CLIP = re.compile(rb"q\n[0-9. -]+ re\nW")


class CannotPrefill(ValueError):
    """Values that cannot stand on the form; `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def prefill(form: FormDefinition, values: Mapping[str, Value]) -> bytes:
    """The form as PDF bytes with `values` filled in; the rest stays fillable.

    Values are as readings give them: ISO dates, numbers, booleans for marks, option codes for choices; None leaves a field blank.
    Raises CannotPrefill.
    """
    fields = {one.name: one for one in form.fields}
    filled: dict[str, str | list[str] | tuple[str, str, float]] = {}
    problems: list[str] = []
    for name, value in values.items():
        if name not in fields:
            problems.append(f"{form.code} {form.revision} has no field {name}")
        elif value is not None:
            try:
                filled[widget_name(name)] = _sized(fields[name], written(fields[name], value))
            except ValueError as problem:
                problems.append(f"{name}: {problem}")
    if problems:
        raise CannotPrefill(problems)
    writer = PdfWriter(clone_from=PdfReader(form.blank))
    writer.update_page_form_field_values(None, filled, auto_regenerate=False)
    _widen_combs(writer)
    patient, prescriber = values.get("patient_id"), values.get("prescriber_npi")
    if patient is not None and (whose := identifiers.normal_patient_id(str(patient))) is not None:
        npi = identifiers.normal_npi(str(prescriber)) if prescriber is not None else None
        _print_code(writer, form, TurnaroundCode(whose, npi))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _print_code(writer: PdfWriter, form: FormDefinition, code: TurnaroundCode) -> None:
    """The code of whose form this is, in the white of each page's title: page 2 of a form bears no other name."""
    modules = turnaround_symbol(code)
    height_mm, width_mm = (count * MODULE_MM for count in modules.shape)
    for number, page in enumerate(writer.pages, start=1):
        spot = _white_spot(form, number, width_mm + 2 * AROUND_MM, height_mm + 2 * AROUND_MM)
        if spot is None:
            continue  # a form added by an operator may have no room there; it is then known by its writing alone
        left, top = spot[0] + AROUND_MM, spot[1] + AROUND_MM
        drawn = [b"q 0 g"]
        for row, column in zip(*np.nonzero(modules), strict=True):
            x, y = (left + column * MODULE_MM) / MM_PER_POINT, (form.height_mm - top - (row + 1) * MODULE_MM) / MM_PER_POINT
            side = MODULE_MM / MM_PER_POINT
            drawn.append(b"%.3f %.3f %.3f %.3f re" % (x, y, side, side))
        drawn.append(b"f Q")
        content = StreamObject()
        content.set_data(b"\n".join(drawn))
        overlay = PageObject.create_blank_page(width=form.width_mm / MM_PER_POINT, height=form.height_mm / MM_PER_POINT)
        overlay[NameObject("/Contents")] = content
        page.merge_page(overlay)


def _white_spot(form: FormDefinition, page: int, width_mm: float, height_mm: float) -> tuple[float, float] | None:
    """The left and top of the first place in a page's title where the blank prints nothing, in millimetres."""
    left, top, right, bottom = TITLE_MM
    dots_per_mm = SPOT_DPI / 25.4
    ink = (blank_page_image(form, page, SPOT_DPI) < 200).astype(np.int32)
    total = np.pad(ink, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    wide, high = round(width_mm * dots_per_mm), round(height_mm * dots_per_mm)
    for y in range(round(top * dots_per_mm), round(bottom * dots_per_mm) - high):
        for x in range(round(left * dots_per_mm), round(right * dots_per_mm) - wide):
            if total[y + high, x + wide] - total[y, x + wide] - total[y + high, x] + total[y, x] == 0:
                return x / dots_per_mm, y / dots_per_mm
    return None


def written(field: FieldDefinition, value: str | int | float | bool) -> str:
    """A value as its widget takes it: "11022023", "1850", "/weekly", "/on". ValueError says why it does not fit."""
    if not isinstance(value, str | int | float | bool):
        raise ValueError(f"text, a number, true or false is needed, not {value!r}")
    if isinstance(value, bool) and field.kind is not FieldKind.MARK:
        raise ValueError(f"true and false are for marks, not for a field of kind {field.kind.value}")
    match field.kind:
        case FieldKind.SIGNATURE:
            raise ValueError("a signature is written by hand, never filled in")
        case FieldKind.MARK:
            if not isinstance(value, bool):
                raise ValueError(f"a mark is true or false, not {value!r}")
            return "/on" if value else "/Off"
        case FieldKind.CHOICE:
            if value not in field.options:
                raise ValueError(f"{value!r} is none of {', '.join(field.options)}")
            return f"/{value}"
        case FieldKind.DATE:
            try:
                return f"{date.fromisoformat(str(value)):%m%d%Y}"
            except ValueError:
                raise ValueError(f"{value!r} is no ISO date, such as 2023-11-02") from None
        case FieldKind.NUMBER:
            text = str(int(value) if isinstance(value, float) and value.is_integer() else value)  # 1.85 must never become 185
        case _:
            text = _in_cells(field, str(value)) if field.cells else " ".join(str(value).split())
    if field.max_length is not None and len(text) > field.max_length:
        raise ValueError(f"{text!r} is longer than the {field.max_length} characters there is room for")
    if field.kind in (FieldKind.DIGITS, FieldKind.NUMBER) and not re.fullmatch(r"[0-9]*", text):
        raise ValueError(f"{text!r} is not digits only")
    return text


def _sized(field: FieldDefinition, text: str) -> str | tuple[str, str, float]:
    """The text of a line, smaller where it would run out of its box."""
    if field.kind is not FieldKind.TEXT or not text:
        return text
    room = (field.box.x1 - field.box.x0 - 4) / MM_PER_POINT
    points = round(room / (WIDTH_OF_A_LETTER * len(text)), 1)
    return text if points >= LINE_POINTS or _is_block(field) else (text, "/Helv", max(points, SMALLEST_POINTS))


def _is_block(field: FieldDefinition) -> bool:
    """True for a box of several lines, where the text is broken and fitted by itself."""
    return field.box.y1 - field.box.y0 > 12


def _widen_combs(writer: PdfWriter) -> None:
    """Let a comb's characters use their whole cells: pypdf clips them to the box less some points, which cuts a W."""
    for page in writer.pages:
        for reference in page.get("/Annots", ()):
            widget = reference.get_object()
            if widget.get("/FT") == "/Tx" and int(widget.get("/Ff", 0)) & COMB_FLAG and "/AP" in widget:
                stream = widget["/AP"]["/N"].get_object()
                x0, y0, x1, y1 = (float(edge) for edge in widget["/Rect"])
                whole = b"q\n0 0 %.2f %.2f re\nW" % (abs(x1 - x0), abs(y1 - y0))
                stream.set_data(CLIP.sub(whole, stream.get_data(), count=1))


def _in_cells(field: FieldDefinition, text: str) -> str:
    """One character a cell: without the separators people write; of a ZIP + 4 the five digits there are cells for."""
    bare = re.sub(r"[\s().+-]", "", text).upper()
    if field.meaning is Meaning.ZIP and len(bare) == 9:
        return bare[:5]
    return bare
