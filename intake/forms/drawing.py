"""Draws a blank from its folder: `page.html` + `form.yaml` → a printable, fillable PDF. Build time only.

What: Jinja2 and WeasyPrint draw the page and its widgets, `intake.forms.fillable` finishes the widgets.
`python -m intake.forms.drawing` redraws all blanks; `blank.pdf` is committed, so running needs neither WeasyPrint nor the fonts.
Why: page, widgets and zones come from one source, so they cannot drift apart.
Refuses: a folder whose drawing does not fit its own definition, by BadDefinition.
"""

from __future__ import annotations

import io
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup

from intake.forms import page_codes
from intake.forms.catalogue import FORMS_ROOT, definition_folders, match_blank
from intake.forms.fillable import make_fillable
from intake.forms.form_source import BadDefinition, FieldSource, FormSource, read_form_source
from intake.forms.page_codes import PageCode
from intake.forms.widgets import read_blank, widget_name

SHARED = "_shared"


def draw_blank(folder: Path) -> bytes:
    """The blank of one form revision as PDF bytes; the same folder and fonts give the same geometry. Raises BadDefinition."""
    from weasyprint import CSS, HTML  # half a second, and only drawing needs it

    source = read_form_source(folder)
    drawn = io.BytesIO()
    look = CSS(filename=FORMS_ROOT / SHARED / "form.css")
    HTML(string=page_html(source), base_url=f"{folder}/").write_pdf(drawn, stylesheets=[look], pdf_forms=True)
    return make_fillable(drawn, source)


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
    """The form's pages as HTML with inputs, for WeasyPrint. Raises BadDefinition, also for a template's own errors."""
    template = source.path.with_name("page.html")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([template.parent, source.path.parents[2] / SHARED, FORMS_ROOT / SHARED]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def field(name: str) -> FieldSource:
        if name not in source.by_name:
            raise BadDefinition(template, "is drawn, but form.yaml does not know it", field=name)
        return source.by_name[name]

    environment.globals.update(form=source, field=field, widget_name=widget_name, page_code=lambda page: _code_svg(source, page))
    try:
        return environment.get_template("page.html").render()
    except jinja2.TemplateError as problem:
        raise BadDefinition(template, str(problem), line=getattr(problem, "lineno", None)) from problem


def _code_svg(source: FormSource, page: int) -> Markup:
    """One page's Data Matrix as one SVG path of black runs."""
    modules = page_codes.symbol(PageCode(source.short, source.revision, page, source.pages))
    runs = []
    for y, row in enumerate(modules):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
        runs += [f"M{start} {y}h{end - start}v1h-{end - start}z" for start, end in edges.reshape(-1, 2)]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {page_codes.MODULES} {page_codes.MODULES}" '
        f'width="{page_codes.SIZE_MM:.2f}mm" height="{page_codes.SIZE_MM:.2f}mm" style="display:block">'
        f'<path d="{"".join(runs)}"/></svg>'
    )
    return Markup(svg)  # noqa: S704 - built of numbers only


if __name__ == "__main__":
    for path in draw_all():
        print(path)
