"""Makes of the widgets that WeasyPrint draws what PDF viewers expect of a fillable form. Build time only.

What: comb cells that take one typed character each, choices whose states are the option codes and which can be cleared again,
tick boxes with a bold cross, signature fields, names for assistive programs, tab order, and no embedded font for typed text.
Why: a filled form that arrives as a PDF is read from its widgets, so they must say the same as the printed page.
Refuses: widgets that form.yaml does not know (BadDefinition).
"""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from intake.forms.definition import FieldKind
from intake.forms.form_source import BadDefinition, FieldSource, FormSource
from intake.forms.widgets import COMB_FLAG, PAGE_CODE_NAME, RADIO_FLAG, field_name

MULTILINE_FLAG = 1 << 12
DO_NOT_SCROLL_FLAG = 1 << 23  # typing stops at the end of the box: what does not fit would not print
HIDDEN, PRINTED = 2, 4  # an annotation's flags
COMB_POINTS, LINE_POINTS, BLOCK_POINTS = 13, 11, 0  # type sizes of filled-in text; 0: as large as fits, with line breaks
INPUT_FONT = "Liberation-Mono"  # of the inputs in form.css, used for nothing that is printed


def make_fillable(drawn: io.BytesIO, source: FormSource) -> bytes:
    """The finished blank. Raises BadDefinition if page.html and form.yaml disagree on pages or names."""
    writer = PdfWriter(clone_from=PdfReader(drawn))
    if len(writer.pages) != source.pages:
        raise BadDefinition(source.path, f"page.html draws {len(writer.pages)} pages, form.yaml says {source.pages}")
    fonts = _form_fonts(writer)
    fields = ArrayObject()
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/R")
        for reference in page.get("/Annots", ArrayObject()):
            _finish_annotation(writer, source, reference, fields)
    form = DictionaryObject(
        {
            NameObject("/Fields"): fields,
            NameObject("/DR"): DictionaryObject({NameObject("/Font"): fonts}),
            NameObject("/DA"): TextStringObject(f"/Helv {LINE_POINTS} Tf 0 g"),
            NameObject("/NeedAppearances"): BooleanObject(False),
        }
    )
    root = writer.root_object
    root[NameObject("/AcroForm")] = writer._add_object(form)
    root[NameObject("/Lang")] = TextStringObject("en-US")
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.metadata = {
        "/Title": f"{source.title} (REV {source.revision})",
        "/Subject": f"{source.code} {source.revision}",
        "/Creator": "remsfax",
    }
    _drop_input_font(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _finish_annotation(writer: PdfWriter, source: FormSource, reference: Any, fields: ArrayObject) -> None:
    annotation = reference.get_object()
    name = field_name(str(annotation.get("/T", "")))
    if name.startswith(PAGE_CODE_NAME):
        _hide_code_place(annotation, name)
        return
    one = source.by_name.get(name)
    if one is None:
        raise BadDefinition(source.path.with_name("page.html"), "is drawn, but form.yaml does not know it", field=name)
    annotation[NameObject("/F")] = NumberObject(PRINTED)
    if "/Parent" in annotation:
        _finish_option(writer, annotation, one, fields)
        return
    fields.append(reference)
    annotation[NameObject("/TU")] = TextStringObject(one.label)
    if annotation["/FT"] == "/Btn":
        annotation.pop("/V", None)
        _give_tick_states(writer, annotation, "on")
    elif one.kind is FieldKind.SIGNATURE:
        for key in ("/V", "/AP", "/MK", "/DA", "/MaxLen", "/Ff"):
            annotation.pop(key, None)
        annotation[NameObject("/FT")] = NameObject("/Sig")
    else:
        _finish_text(annotation, one)


def _hide_code_place(annotation: Any, name: str) -> None:
    """The place of a Data Matrix: an annotation nobody sees, found by its name."""
    for key in [key for key in annotation if key not in ("/Rect", "/P", "/Type")]:
        del annotation[key]
    annotation[NameObject("/Subtype")] = NameObject("/Square")
    annotation[NameObject("/NM")] = TextStringObject(name)
    annotation[NameObject("/F")] = NumberObject(HIDDEN)


def _finish_option(writer: PdfWriter, annotation: Any, one: FieldSource, fields: ArrayObject) -> None:
    """A radio button whose state is the option's code, in a group that can be cleared again."""
    group = annotation["/Parent"].get_object()
    kids = [kid.get_object() for kid in group["/Kids"]]
    place = next(index for index, kid in enumerate(kids) if kid is annotation)
    code = str(group["/Opt"][place])
    if place == 0:
        fields.append(annotation.raw_get("/Parent"))
        group[NameObject("/Ff")] = NumberObject(RADIO_FLAG)
        group[NameObject("/TU")] = TextStringObject(one.label)
    if place == len(kids) - 1:
        del group["/Opt"]
    for key in ("/T", "/FT", "/V"):
        annotation.pop(key, None)
    annotation[NameObject("/TU")] = TextStringObject(f"{one.label}: {one.options.get(code, code)}")
    _give_tick_states(writer, annotation, code)


def _finish_text(annotation: Any, one: FieldSource) -> None:
    for key in ("/V", "/AP", "/MK"):
        annotation.pop(key, None)
    points = COMB_POINTS if one.comb else BLOCK_POINTS if one.multiline else LINE_POINTS
    flags = COMB_FLAG if one.comb else (MULTILINE_FLAG if one.multiline else 0) | DO_NOT_SCROLL_FLAG
    inset = 0 if one.comb else 2  # points between rule and text; it has no colour, so no border is drawn
    annotation[NameObject("/DA")] = TextStringObject(f"/Helv {points} Tf 0 g")
    annotation[NameObject("/Ff")] = NumberObject(flags)
    annotation[NameObject("/BS")] = DictionaryObject({NameObject("/W"): NumberObject(inset)})
    if one.max_length:
        annotation[NameObject("/MaxLen")] = NumberObject(one.max_length)


def _give_tick_states(writer: PdfWriter, annotation: Any, state: str) -> None:
    """Two appearances of a tick box: a bold cross that survives a fax, and nothing."""
    x0, y0, x1, y1 = (float(edge) for edge in annotation["/Rect"])
    width, height = abs(x1 - x0), abs(y1 - y0)
    left, right, low, high = 0.2 * width, 0.8 * width, 0.2 * height, 0.8 * height
    strokes = f"{left:.2f} {low:.2f} m {right:.2f} {high:.2f} l {left:.2f} {high:.2f} m {right:.2f} {low:.2f} l"
    states = DictionaryObject()
    for name, content in ((state, f"q 1.6 w 1 J {strokes} S Q"), ("Off", "")):
        stream = DecodedStreamObject()
        stream.set_data(content.encode("ascii"))
        stream[NameObject("/Type")] = NameObject("/XObject")
        stream[NameObject("/Subtype")] = NameObject("/Form")
        stream[NameObject("/BBox")] = ArrayObject(FloatObject(edge) for edge in (0, 0, round(width, 3), round(height, 3)))
        states[NameObject(f"/{name}")] = writer._add_object(stream)
    annotation[NameObject("/AP")] = DictionaryObject({NameObject("/N"): states})
    annotation[NameObject("/AS")] = NameObject("/Off")
    annotation[NameObject("/MK")] = DictionaryObject({NameObject("/CA"): TextStringObject("8")})  # a cross, where viewers redraw


def _form_fonts(writer: PdfWriter) -> DictionaryObject:
    """Helvetica and ZapfDingbats, which every viewer has: filled-in text needs no embedded font."""
    fonts = DictionaryObject()
    for name, base in (("Helv", "Helvetica"), ("ZaDb", "ZapfDingbats")):
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject(f"/{base}"),
            }
        )
        if name == "Helv":
            font[NameObject("/Encoding")] = NameObject("/WinAnsiEncoding")
        fonts[NameObject(f"/{name}")] = writer._add_object(font)
    return fonts


def _drop_input_font(writer: PdfWriter) -> None:
    """Take the whole font that WeasyPrint embeds for its inputs out of the file: nothing printed uses it."""
    for page in writer.pages:
        resources: Any = page["/Resources"].get_object()
        fonts = resources.get("/Font", DictionaryObject()).get_object()
        for key in [key for key in fonts if INPUT_FONT in str(fonts[key].get_object().get("/BaseFont", ""))]:
            del fonts[key]
    for _ in range(5):  # a font hangs on four levels of objects, and each round frees one
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
