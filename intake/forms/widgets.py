"""The geometric half of a form: the widgets of `blank.pdf`, read as zones.

What: every form widget of a blank as a `Widget` in millimetres, and the names by which widgets and fields know each other.
Why: the blank is its own map; a zone that is written down a second time drifts.
Refuses: PDFs without readable pages, choices without option states. Whether the widgets fit the form's semantics is
`intake.forms.catalogue`'s question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, RectangleObject

from intake.forms.definition import Box
from intake.forms.form_source import BadDefinition

MM_PER_POINT = 25.4 / 72
COMB_FLAG = 1 << 24
RADIO_FLAG = 1 << 15
PAGE_CODE_NAME = "page_code"  # the hidden annotation that says where a Data Matrix was drawn


class WidgetKind(StrEnum):
    """What a widget takes."""

    TEXT = "text"
    COMB = "comb"
    TICK = "tick"
    CHOICE = "choice"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Widget:
    """One form field as the PDF has it; lengths in millimetres from the page's top left corner."""

    field: str  # the field's name
    kind: WidgetKind
    page: int  # 1-based
    box: Box  # for a choice the hull of its options
    max_length: int | None
    options: Mapping[str, Box]  # a choice's tick boxes by option code


@dataclass(frozen=True)
class BlankMap:
    """Everything a blank says of itself."""

    pages: int
    width_mm: float
    height_mm: float
    widgets: tuple[Widget, ...]  # page by page, in the order of drawing
    codes: Mapping[int, tuple[Box, ...]]  # Data Matrix codes by page


def widget_name(field: str) -> str:
    """A field's name as a PDF's partial field name, which may not contain a period."""
    return field.replace(".", ":")


def field_name(widget: str) -> str:
    """The field that a widget of that name stands for; undoes `widget_name`."""
    return widget.replace(":", ".")


def read_blank(path: Path) -> BlankMap:
    """Read a blank's widgets. Raises BadDefinition if the file is no readable PDF form."""
    try:
        reader = pypdf.PdfReader(path)
        sizes = {(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages}
        annotations = [
            (number, page.mediabox, entry.get_object())
            for number, page in enumerate(reader.pages, start=1)
            for entry in page.get("/Annots", [])
        ]
    except (OSError, PyPdfError) as problem:
        raise BadDefinition(path, f"cannot be read: {problem}") from problem
    if len(sizes) != 1:
        raise BadDefinition(path, f"has pages of several sizes: {sorted(sizes)}")
    width, height = sizes.pop()
    found: dict[str, Widget] = {}
    codes: dict[int, list[Box]] = {}
    for number, page_box, annotation in annotations:
        box = _box(annotation["/Rect"], page_box)
        if str(annotation.get("/NM", "")).startswith(PAGE_CODE_NAME):
            codes.setdefault(number, []).append(box)
        elif annotation.get("/Subtype") == "/Widget":
            _add_widget(found, annotation, number, box, path)
    return BlankMap(
        pages=len(reader.pages),
        width_mm=round(width * MM_PER_POINT, 2),
        height_mm=round(height * MM_PER_POINT, 2),
        widgets=tuple(found.values()),
        codes={number: tuple(boxes) for number, boxes in codes.items()},
    )


def _add_widget(found: dict[str, Widget], annotation: DictionaryObject, page: int, box: Box, path: Path) -> None:
    owner = annotation if "/T" in annotation else annotation.get("/Parent", DictionaryObject()).get_object()
    name = field_name(str(owner.get("/T", "")))
    kind = _kind(owner, annotation)
    if not name or kind is None:
        raise BadDefinition(
            path, f"page {page} has a widget that is no text, tick, choice or signature field", field=name or None
        )
    options: dict[str, Box] = {}
    if kind is WidgetKind.CHOICE:
        if name in found:
            options = dict(found[name].options)
        states = [str(state)[1:] for state in annotation.get("/AP", {}).get("/N", {}) if state != "/Off"]
        if len(states) != 1 or states[0] in options or (name in found and found[name].page != page):
            raise BadDefinition(path, "each option needs one state of its own, on one page", field=name)
        options[states[0]] = box
    elif name in found:
        raise BadDefinition(path, "stands on the blank twice", field=name)
    length = owner.get("/MaxLen")
    found[name] = Widget(name, kind, page, _hull(options.values()) if options else box, int(length) if length else None, options)


def _kind(owner: DictionaryObject, annotation: DictionaryObject) -> WidgetKind | None:
    flags = int(owner.get("/Ff", 0))
    match owner.get("/FT", annotation.get("/FT")):
        case "/Tx":
            return WidgetKind.COMB if flags & COMB_FLAG else WidgetKind.TEXT
        case "/Btn":
            return WidgetKind.CHOICE if flags & RADIO_FLAG else WidgetKind.TICK
        case "/Sig":
            return WidgetKind.SIGNATURE
        case _:
            return None


def _box(rect: Any, page: RectangleObject) -> Box:
    """A PDF rectangle (points, y up) in millimetres from the top left corner, to the hundredth."""
    x0, x1 = sorted((float(rect[0]), float(rect[2])))
    y0, y1 = sorted((float(rect[1]), float(rect[3])))
    left, top = float(page.left), float(page.top)
    return Box(*(round(value * MM_PER_POINT, 2) for value in (x0 - left, top - y1, x1 - left, top - y0)))


def _hull(boxes: Any) -> Box:
    every = list(boxes)
    return Box(min(b.x0 for b in every), min(b.y0 for b in every), max(b.x1 for b in every), max(b.y1 for b in every))
