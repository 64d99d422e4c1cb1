"""Draws a blank from its folder: `page.html` + `form.yaml` → a printable, fillable PDF. Build time only.

What: Jinja2 and WeasyPrint draw the page and its widgets; pypdf then makes the widgets what PDF viewers expect
(comb cells, option states, signature fields, names, tab order). `blank.pdf` is committed; running needs neither.
Why: page, widgets and zones come from one source, so they cannot drift apart.
Refuses: a folder whose drawing does not fit its own definition, by BadDefinition.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from intake.forms import page_codes
from intake.forms.catalogue import FORMS_ROOT, definition_folders, match_blank
from intake.forms.form_source import BadDefinition, FieldSource, FormSource, read_form_source
from intake.forms.page_codes import PageCode
from intake.forms.widgets import COMB_FLAG, PAGE_CODE_NAME, RADIO_FLAG, field_name, read_blank, widget_name

SHARED = "_shared"
INPUT_FONT = "Liberation-Mono"  # of the inputs in form.css, used for nothing that is printed
MULTILINE_FLAG = 1 << 12
DO_NOT_SCROLL_FLAG = 1 << 23  # typing stops at the end of the box: what does not fit would not print
HIDDEN = 2
COMB_POINTS, LINE_POINTS, BLOCK_POINTS = 13, 11, 0  # type sizes of filled-in text; 0: as large as fits, with line breaks


def draw_blank(folder: Path) -> bytes:
    """The blank of one form revision as PDF bytes; the same folder gives the same geometry, whatever the machine's clock."""
    source = read_form_source(folder)
    from weasyprint import CSS, HTML  # half a second, and only drawing needs it

    drawn = io.BytesIO()
    look = CSS(filename=FORMS_ROOT / SHARED / "form.css")
    HTML(string=page_html(source), base_url=f"{folder}/").write_pdf(drawn, stylesheets=[look], pdf_forms=True)
    return _finish(drawn, source)


def draw_all(root: Path = FORMS_ROOT) -> list[Path]:
    """Draw and write every blank under `root`; each is checked against its form.yaml before it replaces the old one."""
    written = []
    for folder in definition_folders(root):
        fresh = folder / "blank.new.pdf"
        fresh.write_bytes(draw_blank(folder))
        try:
            match_blank(read_form_source(folder), read_blank(fresh))
        except BadDefinition:
            fresh.unlink()
            raise
        fresh.replace(folder / "blank.pdf")
        written.append(folder / "blank.pdf")
    return written


def page_html(source: FormSource) -> str:
    """The form's pages as HTML with inputs, for WeasyPrint."""
    loader = jinja2.FileSystemLoader([source.path.parent, source.path.parents[2] / SHARED, FORMS_ROOT / SHARED])
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

    def field(name: str) -> FieldSource:
        try:
            return source.by_name[name]
        except KeyError:
            raise BadDefinition(
                source.path.with_name("page.html"), "is drawn, but form.yaml does not know it", field=name
            ) from None

    environment.globals.update(form=source, field=field, widget_name=widget_name, page_code=lambda page: _code_svg(source, page))
    try:
        return environment.get_template("page.html").render()
    except jinja2.TemplateError as problem:
        line = getattr(problem, "lineno", None)
        raise BadDefinition(source.path.with_name("page.html"), str(problem), line=line) from problem


def _code_svg(source: FormSource, page: int) -> Markup:
    """One page's Data Matrix as one SVG path of black runs."""
    modules = page_codes.symbol(PageCode(source.short, source.revision, page, source.pages))
    runs = []
    for y, row in enumerate(modules):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
        runs += [f"M{start} {y}h{end - start}v1h-{end - start}z" for start, end in edges.reshape(-1, 2)]
    size = page_codes.MODULES
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{page_codes.SIZE_MM}mm" '
        f'height="{page_codes.SIZE_MM}mm" style="display:block"><path d="{"".join(runs)}"/></svg>'
    )  # noqa: S704 - built of numbers only


def _finish(drawn: io.BytesIO, source: FormSource) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(drawn))
    if len(writer.pages) != source.pages:
        raise BadDefinition(source.path, f"page.html draws {len(writer.pages)} pages, form.yaml says {source.pages}")
    fonts = _form_fonts(writer)
    fields = ArrayObject()
    groups: dict[str, IndirectObject] = {}
    for page in writer.pages:
        page[NameObject("/Tabs")] = NameObject("/R")
        for reference in page.get("/Annots", ArrayObject()):
            annotation = reference.get_object()
            name = field_name(str(annotation.get("/T", "")))
            if name.startswith(PAGE_CODE_NAME):
                _into_code_place(annotation, name)
                continue
            one = source.by_name.get(name)
            if one is None:
                raise BadDefinition(source.path.with_name("page.html"), "is drawn, but form.yaml does not know it", field=name)
            annotation[NameObject("/F")] = NumberObject(4)
            if "/Parent" in annotation:
                _into_option(writer, annotation, one, groups, fields)
            else:
                fields.append(reference)
                _into_field(writer, annotation, one)
    root = writer.root_object
    root[NameObject("/AcroForm")] = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Fields"): fields,
                NameObject("/DR"): DictionaryObject({NameObject("/Font"): fonts}),
                NameObject("/DA"): TextStringObject(f"/Helv {LINE_POINTS} Tf 0 g"),
                NameObject("/NeedAppearances"): BooleanObject(False),
            }
        )
    )
    root[NameObject("/Lang")] = TextStringObject("en-US")
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    _drop_input_font(writer)
    writer.metadata = {
        "/Title": f"{source.title} (REV {source.revision})",
        "/Subject": f"{source.code} {source.revision}",
        "/Creator": "remsfax",
    }
    for _ in range(5):  # a font hangs on four levels of objects, and each round frees one
        writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _into_code_place(annotation: DictionaryObject, name: str) -> None:
    """The place of a Data Matrix: an annotation nobody sees, found by its name."""
    for key in [key for key in annotation if key not in ("/Rect", "/P", "/Type")]:
        del annotation[key]
    annotation[NameObject("/Subtype")] = NameObject("/Square")
    annotation[NameObject("/NM")] = TextStringObject(name)
    annotation[NameObject("/F")] = NumberObject(HIDDEN)


def _into_option(
    writer: PdfWriter, annotation: DictionaryObject, one: FieldSource, groups: dict[str, IndirectObject], fields: ArrayObject
) -> None:
    """A radio button whose state is the option's code, in a group that can be cleared again."""
    parent = annotation["/Parent"].get_object()
    index = [kid.get_object() for kid in parent["/Kids"]].index(annotation)
    code = str(parent["/Opt"][index])
    if one.name not in groups:
        group = annotation.raw_get("/Parent")
        groups[one.name] = group
        fields.append(group)
        parent[NameObject("/Ff")] = NumberObject(RADIO_FLAG)
        parent[NameObject("/TU")] = TextStringObject(one.label)
    for key in ("/T", "/FT", "/TU", "/V"):
        annotation.pop(key, None)
    annotation[NameObject("/TU")] = TextStringObject(f"{one.label}: {one.options.get(code, code)}")
    _give_tick_states(writer, annotation, code)
    if annotation is parent["/Kids"][-1].get_object():
        del parent["/Opt"]


def _into_field(writer: PdfWriter, annotation: DictionaryObject, one: FieldSource) -> None:
    annotation[NameObject("/TU")] = TextStringObject(one.label)
    if annotation["/FT"] == "/Btn":
        annotation.pop("/V", None)
        _give_tick_states(writer, annotation, "on")
        return
    for key in ("/V", "/AP", "/MK"):
        annotation.pop(key, None)
    if one.kind.value == "signature":
        for key in ("/DA", "/MaxLen", "/Ff"):
            annotation.pop(key, None)
        annotation[NameObject("/FT")] = NameObject("/Sig")
        return
    points = COMB_POINTS if one.comb else BLOCK_POINTS if one.multiline else LINE_POINTS
    flags = COMB_FLAG if one.comb else (MULTILINE_FLAG if one.multiline else 0) | DO_NOT_SCROLL_FLAG
    annotation[NameObject("/DA")] = TextStringObject(f"/Helv {points} Tf 0 g")
    annotation[NameObject("/Ff")] = NumberObject(flags)
    inset = 0 if one.comb else 2  # points between rule and text; no colour, so no border is drawn
    annotation[NameObject("/BS")] = DictionaryObject({NameObject("/W"): NumberObject(inset)})
    if one.max_length:
        annotation[NameObject("/MaxLen")] = NumberObject(one.max_length)


def _give_tick_states(writer: PdfWriter, annotation: DictionaryObject, state: str) -> None:
    """Two appearances of a tick box: a bold cross that survives a fax, and nothing."""
    x0, y0, x1, y1 = (float(value) for value in annotation["/Rect"])
    width, height = abs(x1 - x0), abs(y1 - y0)
    near, far, top = 0.2 * width, 0.8 * width, 0.8 * height
    cross = f"q 1.6 w 1 J {near:.2f} {0.2 * height:.2f} m {far:.2f} {top:.2f} l {near:.2f} {top:.2f} m {far:.2f} {0.2 * height:.2f} l S Q"
    states = DictionaryObject()
    for name, content in ((state, cross), ("Off", "")):
        stream = DecodedStreamObject()
        stream.set_data(content.encode("ascii"))
        stream[NameObject("/Type")] = NameObject("/XObject")
        stream[NameObject("/Subtype")] = NameObject("/Form")
        stream[NameObject("/BBox")] = ArrayObject(
            [FloatObject(0), FloatObject(0), FloatObject(round(width, 3)), FloatObject(round(height, 3))]
        )
        states[NameObject(f"/{name}")] = writer._add_object(stream)
    annotation[NameObject("/AP")] = DictionaryObject({NameObject("/N"): states})
    annotation[NameObject("/AS")] = NameObject("/Off")
    annotation[NameObject("/MK")] = DictionaryObject(
        {NameObject("/CA"): TextStringObject("8")}
    )  # ZapfDingbats' cross, where viewers redraw


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
    """Take the whole font that WeasyPrint embeds for its inputs out of the pages' resources; nothing printed uses it."""
    for page in writer.pages:
        fonts: Any = page["/Resources"].get_object().get("/Font", DictionaryObject()).get_object()
        for key in [key for key in fonts if INPUT_FONT in str(fonts[key].get_object().get("/BaseFont", ""))]:
            del fonts[key]
