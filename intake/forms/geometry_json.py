"""The JSON of `remsfax forms list` and `remsfax forms geometry`, exactly as outsiders rely on it.

What: one dictionary a line, plain JSON types, millimetres to the hundredth.
Why: integrations and judges fill and read forms by this; its shape stands in one place.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intake.forms.catalogue import Catalogue
from intake.forms.definition import Box, FieldDefinition, FormDefinition, Requirement


def list_json(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """A line per form and revision, the current ones first; `fields` is how many the form has."""
    for form in catalogue.forms:
        yield {
            "form": form.code,
            "title": form.title,
            "revision": form.revision,
            "pages": form.pages,
            "fields": len(form.fields),
            "outdated": form.outdated,
        }


def geometry_json(form: FormDefinition) -> Iterator[dict[str, Any]]:
    """A line per field, in reading order."""
    return (_field_json(one) for one in form.fields)


def _field_json(one: FieldDefinition) -> dict[str, Any]:
    required: bool | str = (
        "conditional" if one.requirement is Requirement.CONDITIONAL else one.requirement is Requirement.REQUIRED
    )
    return {
        "field": one.name,
        "label": one.label,
        "kind": one.kind.value,
        "required": required,
        "page": one.page,
        "box_mm": _box_json(one.box),
        "cells": [_box_json(cell) for cell in one.cells] or None,
        "options": {code: _box_json(box) for code, box in one.options.items()} or None,
        "max_length": one.max_length,
    }


def _box_json(box: Box) -> list[float]:
    return [float(edge) for edge in box]
