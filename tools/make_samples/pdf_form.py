"""A blank filled in a PDF viewer and sent as a file: no paper, no scan.

What: the blank's own widgets with values and the appearances a viewer draws.
Why: a fax server's email gateway passes such files on; their values are text and need no reading.
Refuses: nothing. Signatures stay empty: a viewer leaves nothing a pen would.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from intake.forms.definition import FieldKind, FormDefinition
from intake.forms.widgets import field_name
from tools.make_samples.filling import Value, written_in_cells


def filled_pdf(form: FormDefinition, values: Mapping[str, Value]) -> bytes:
    """The blank with its widgets filled."""
    writer = PdfWriter(clone_from=PdfReader(form.blank))
    texts: dict[str, str] = {}
    for one in form.fields:
        value = values.get(one.name)
        if value is None or value is False or one.kind in (FieldKind.SIGNATURE, FieldKind.MARK, FieldKind.CHOICE):
            continue
        texts[one.name] = written_in_cells(one, value) if one.cells else str(value)
    for page in writer.pages:
        for reference in page.get("/Annots", ()):
            widget = reference.get_object()
            name, state = named(widget)
            wanted = values.get(name)
            if state and wanted in (True, state):
                widget[NameObject("/AS")] = NameObject(f"/{state}")
                owner = widget["/Parent"].get_object() if "/Parent" in widget else widget
                owner[NameObject("/V")] = NameObject(f"/{state}")
        here = {str(raw): texts[field_name(str(raw))] for raw in text_names(page) if field_name(str(raw)) in texts}
        writer.update_page_form_field_values(page, here, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def text_names(page: object) -> list[str]:
    """The raw names of the text widgets on a page."""
    found = (reference.get_object() for reference in page.get("/Annots", ()))  # type: ignore[attr-defined]
    return [str(one["/T"]) for one in found if one.get("/FT") == "/Tx"]


def named(widget: object) -> tuple[str, str | None]:
    """A widget's field name and, for a tick box, the state that means ticked."""
    holder = widget["/Parent"].get_object() if "/Parent" in widget else widget  # type: ignore[index,operator]
    name = field_name(str(holder.get("/T", "")))
    if holder.get("/FT") != "/Btn":
        return name, None
    states = [str(key)[1:] for key in widget["/AP"]["/N"] if key != "/Off"]  # type: ignore[index]
    return name, states[0] if states else None
