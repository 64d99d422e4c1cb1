"""All forms and revisions that can be recognised, loaded when asked for.

What: joins each `form.yaml` (what fields mean) with its `blank.pdf` (where they stand) into a `FormDefinition`.
Why: the only place where both halves meet, so the only place where a contradiction can be seen: it is named at once.
Both halves are kept parsed from one process to the next (`intake.kept`), by their contents.
Refuses: a definition that contradicts its blank (BadDefinition), unknown forms and revisions (KeyError).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from intake.fax import GrayImage
from intake.forms.blank_images import blank_page_image
from intake.forms.definition import Box, FieldDefinition, FieldKind, FormDefinition
from intake.forms.form_source import BadDefinition, FieldSource, FormSource, read_form_source
from intake.forms.page_codes import PageCode
from intake.kept import code_of, kept
from registry.vocabulary import FormCode

if TYPE_CHECKING:  # at run time only where a blank must be parsed: pypdf takes a tenth of a second of CPU to load
    from intake.forms.widgets import BlankMap, Widget

FORMS_ROOT = Path(__file__).resolve().parents[2] / "templates" / "forms"

WIDGET_OF_KIND = {  # values of `widgets.WidgetKind`
    FieldKind.TEXT: "text",
    FieldKind.DIGITS: "comb",
    FieldKind.LETTERS: "comb",
    FieldKind.DATE: "comb",
    FieldKind.NUMBER: "comb",
    FieldKind.MARK: "tick",
    FieldKind.CHOICE: "choice",
    FieldKind.SIGNATURE: "signature",
}


def definition_folders(root: Path) -> list[Path]:
    """Every `<code>/<revision>` folder under `root` that holds a form.yaml, by name."""
    return sorted(path.parent for path in root.glob("[!_]*/*/form.yaml"))


def load_catalogue(root: Path | None = None, further: Sequence[Path] = ()) -> Catalogue:
    """The catalogue of the forms under `root` (the program's own if None) and of an operator's `further` roots.

    Reads every form.yaml (milliseconds); blanks are parsed when their form is first asked for.
    Raises BadDefinition.
    """
    sources: dict[tuple[str, str], FormSource] = {}
    for place in (FORMS_ROOT if root is None else root, *further):
        for folder in definition_folders(place):
            source = _source(folder)
            key = (source.code, source.revision)
            if key in sources:
                raise BadDefinition(source.path, f"the same form and revision stands in {sources[key].path}")
            sources[key] = source
    return Catalogue(sources.values())


def _source(folder: Path) -> FormSource:
    """`folder/form.yaml`, parsed now or before. Raises BadDefinition."""
    path = folder / "form.yaml"
    try:
        text = path.read_bytes()
    except OSError:
        return read_form_source(folder)  # which says what is wrong
    made_from = (str(path), text, code_of(__file__, "form_source.py", "definition.py"))
    return kept("form-source", made_from, FormSource, lambda: read_form_source(folder))


def _definition(source: FormSource) -> FormDefinition:
    """A form's two halves joined, now or before. Raises BadDefinition."""

    def joined() -> FormDefinition:
        from intake.forms.widgets import read_blank

        return match_blank(source, read_blank(source.blank))

    try:
        halves = source.path.read_bytes(), source.blank.read_bytes()
    except OSError:
        return joined()  # which says what is wrong
    made_from = (str(source.path), *halves, code_of(__file__, "form_source.py", "definition.py", "widgets.py"))
    return kept("form", made_from, FormDefinition, joined)


class Catalogue:
    """Forms by code and revision. Definitions are parsed once and kept."""

    def __init__(self, sources: Iterable[FormSource]) -> None:
        order = {code.value: place for place, code in enumerate(FormCode)}
        newest = sorted(sources, key=lambda one: one.revision, reverse=True)
        self._sources = {
            (one.code, one.revision): one
            for one in sorted(newest, key=lambda one: (one.outdated, order.get(one.code, len(order)), one.code))
        }
        self._loaded: dict[tuple[str, str], FormDefinition] = {}

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """(code, revision) of every form: current ones first, in the program's order, then the outdated."""
        return tuple(self._sources)

    @cached_property
    def forms(self) -> tuple[FormDefinition, ...]:
        """Every definition, in the order of `keys`."""
        return tuple(self.form(code, revision) for code, revision in self.keys)

    def form(self, code: str, revision: str | None = None) -> FormDefinition:
        """One form; without a revision the newest that is not outdated. KeyError if there is none."""
        if revision is None:
            revision = next((r for (c, r), source in self._sources.items() if c == code and not source.outdated), None)
        key = (str(code), revision or "")
        if key not in self._sources:
            raise KeyError(f"no form {code!r}" + (f" of revision {revision}" if revision else ""))
        if key not in self._loaded:
            self._loaded[key] = _definition(self._sources[key])
        return self._loaded[key]

    def form_of_code(self, code: PageCode) -> FormDefinition | None:
        """The form whose pages carry such a Data Matrix; None if this catalogue does not have it."""
        for key, source in self._sources.items():
            if source.short == code.short and source.revision == code.revision:
                return self.form(*key)
        return None

    def blank_pages(self, code: str, revision: str | None = None, dpi: float = 200.0) -> tuple[GrayImage, ...]:
        """The images of all blank pages of one form."""
        form = self.form(code, revision)
        return tuple(blank_page_image(form, page, dpi) for page in range(1, form.pages + 1))


def match_blank(source: FormSource, blank: BlankMap) -> FormDefinition:
    """Join the two halves of a form. Raises BadDefinition where they contradict each other."""
    if blank.pages != source.pages:
        raise BadDefinition(source.path, f"says {source.pages} pages, blank.pdf has {blank.pages}")
    for widget in blank.widgets:
        if widget.field not in source.by_name:
            raise BadDefinition(
                source.path, f"page {widget.page} of the blank has this widget, form.yaml does not", field=widget.field
            )
    drawn = {widget.field for widget in blank.widgets}
    for one in source.fields:
        if one.name not in drawn:
            raise BadDefinition(source.path, "has no widget on the blank", line=one.line, field=one.name)
    return FormDefinition(
        code=source.code,
        revision=source.revision,
        title=source.title,
        pages=source.pages,
        width_mm=blank.width_mm,
        height_mm=blank.height_mm,
        fields=tuple(_field(source, source.by_name[widget.field], widget) for widget in blank.widgets),
        codes=blank.codes,
        blank=source.blank,
        outdated=source.outdated,
    )


def _field(source: FormSource, one: FieldSource, widget: Widget) -> FieldDefinition:
    def refuse(detail: str) -> BadDefinition:
        return BadDefinition(source.path, detail, line=one.line, field=one.name)

    if widget.kind != WIDGET_OF_KIND[one.kind]:
        raise refuse(f"is of kind {one.kind}, but the blank has a {widget.kind} widget")
    if widget.max_length != one.max_length:
        raise refuse(f"max_length is {one.max_length}, the blank's widget takes {widget.max_length}")
    if set(widget.options) != set(one.options):
        raise refuse(f"has the options {sorted(one.options)}, the blank has {sorted(widget.options)}")
    return FieldDefinition(
        name=one.name,
        label=one.label,
        kind=one.kind,
        meaning=one.meaning,
        requirement=one.requirement,
        critical=one.critical,
        page=widget.page,
        box=widget.box,
        cells=_cells(widget.box, one.max_length) if one.comb and one.max_length else (),
        options={code: widget.options[code] for code in one.options},
        max_length=one.max_length,
        option_labels=dict(one.options),
    )


def _cells(box: Box, count: int) -> tuple[Box, ...]:
    """A comb's cells: equal parts, which is how PDF viewers place the characters."""
    edges = [round(box.x0 + (box.x1 - box.x0) * index / count, 2) for index in range(count + 1)]
    return tuple(Box(left, box.y0, right, box.y1) for left, right in pairwise(edges))
