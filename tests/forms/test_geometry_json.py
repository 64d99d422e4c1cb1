"""The JSON outsiders rely on."""

from __future__ import annotations

import json

from intake.forms.catalogue import Catalogue
from intake.forms.geometry_json import geometry_json, list_json

KEYS = ["field", "label", "kind", "required", "page", "box_mm", "cells", "options", "max_length"]
KINDS = {"text", "digits", "date", "number", "mark", "choice", "signature", "letters"}


def test_the_list_names_every_form_once_with_its_pages_and_fields(catalogue: Catalogue) -> None:
    lines = [json.loads(json.dumps(line)) for line in list_json(catalogue)]
    assert len(lines) == 11
    assert (
        lines[2] | {"form": "patient_status", "title": "Patient Status Form", "revision": "2023-11", "pages": 2, "fields": 56}
        == lines[2]
    )


def test_each_field_has_all_keys_and_plain_values(catalogue: Catalogue) -> None:
    for form in catalogue.forms:
        lines = [json.loads(json.dumps(line)) for line in geometry_json(form)]
        assert len(lines) == len(form.fields)
        for line in lines:
            assert list(line) == KEYS
            assert line["kind"] in KINDS
            assert line["required"] in (True, False, "conditional")
            assert len(line["box_mm"]) == 4
            assert (line["options"] is not None) == (line["kind"] == "choice")
            assert (line["cells"] is not None) == (line["kind"] in {"digits", "date", "number", "letters"})


def test_a_comb_field_looks_as_the_contract_says(catalogue: Catalogue) -> None:
    line = next(line for line in geometry_json(catalogue.form("patient_status")) if line["field"] == "labs.0.anc")
    assert line["kind"] == "number"
    assert line["required"] is False
    assert line["max_length"] == len(line["cells"]) == 5
    assert line["cells"][0][:2] == line["box_mm"][:2]


def test_conditional_fields_say_so(catalogue: Catalogue) -> None:
    required = {line["field"]: line["required"] for line in geometry_json(catalogue.form("patient_status"))}
    assert required["rationale"] == "conditional"
    assert required["patient_id"] is True
    assert required["ben"] is False
