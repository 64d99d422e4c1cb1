"""The committed sample faxes: complete, small, and honest about what stands on them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from intake.errors import UnreadableFax
from intake.forms.catalogue import load_catalogue
from intake.forms.definition import FieldKind
from intake.forms.field_values import parse
from intake.page_scans import open_pages
from intake.reading import OtherKind, ProblemKind
from registry.vocabulary import FormCode

FOLDER = Path(__file__).resolve().parents[2] / "sample_faxes"
FAXES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".tif", ".pdf"))
CATALOGUE = load_catalogue()


def expected_of(fax: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(fax.with_name(f"{fax.stem}.expected.json").read_text())
    return found


def sidecar_of(fax: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(fax.with_suffix(".json").read_text())
    return found


EXPECTED = {fax.name: expected_of(fax) for fax in FAXES}
DOCUMENTS = [(name, one) for name, expected in EXPECTED.items() for one in expected["documents"]]


def test_every_fax_has_a_sidecar_an_expectation_and_a_row_in_the_table_and_nothing_else_lies_there():
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert [row[0] for row in rows if row[0] != "file"] == sorted((fax.name for fax in FAXES), key=[row[0] for row in rows].index)
    assert all(cell.strip() for row in rows for cell in row)
    belonging = {name for fax in FAXES for name in (fax.name, f"{fax.stem}.json", f"{fax.stem}.expected.json")}
    assert {path.name for path in FOLDER.iterdir()} == belonging | {"README.md"}


def test_files_are_small():
    assert [fax.name for fax in FAXES if fax.stat().st_size > 300_000] == []
    assert sum(fax.stat().st_size for fax in FAXES) < 4_000_000


def test_there_are_thirty_faxes_of_all_ten_forms_typed_and_written_at_both_resolutions_and_eight_through_a_line():
    assert len(FAXES) >= 30
    assert {one["form"] for _, one in DOCUMENTS} == {code.value for code in FormCode}
    assert {one["style"] for _, one in DOCUMENTS} == {"typed", "handwriting", "pdf"}
    assert {one["resolution"] for one in EXPECTED.values()} >= {"fine", "standard"}
    assert sum(one["line"] for one in EXPECTED.values()) >= 8
    assert {one["end"] for one in EXPECTED.values()} == {"answered", "desk", "quarantined"}
    assert {page["kind"] for one in EXPECTED.values() for page in one["other_pages"]} >= {"cover_sheet", "lab_printout"}
    doubts = {doubt["kind"] for one in EXPECTED.values() for doubt in one["doubts"]}
    assert doubts >= {"missing_page", "missing_signature", "outdated_revision"}


def test_expectations_speak_the_words_of_the_contract():
    problems, kinds = {one.value for one in ProblemKind}, {one.value for one in OtherKind}
    for name, one in EXPECTED.items():
        assert {doubt["kind"] for doubt in one["doubts"]} <= problems, name
        assert {page["kind"] for page in one["other_pages"]} <= kinds, name
        assert (one["end"] == "quarantined") == (one["refused"] is not None), name


@pytest.mark.parametrize(("name", "document"), DOCUMENTS, ids=[f"{name}-{one['form']}" for name, one in DOCUMENTS])
def test_expected_values_are_those_the_fields_of_the_form_can_hold(name, document):
    form = CATALOGUE.form(document["form"], document["revision"])
    arrived = {page["form_page"] for page in document["pages"]}
    assert set(document["values"]) == {one.name for one in form.fields if one.page in arrived}
    assert document["missing_pages"] == sorted(set(range(1, form.pages + 1)) - arrived)
    received = datetime.fromisoformat(sidecar_of(FOLDER / name)["received_at"]).date()
    for field, value in document["values"].items():
        one = form.field(field)
        if one.kind is FieldKind.SIGNATURE:
            assert value in ("present", "absent"), field
        elif value is not None:
            parsed = parse(one, str(value), received)
            assert (parsed.value, parsed.problems) == (value, ()), field


@pytest.mark.parametrize("fax", FAXES, ids=lambda fax: fax.name)
def test_a_fax_opens_to_the_pages_it_is_said_to_have_or_is_refused_as_said(fax):
    expected = expected_of(fax)
    if expected["refused"]:
        with pytest.raises(UnreadableFax) as refused:
            open_pages(fax)
        assert refused.value.reason == expected["refused"]["reason"]
        return
    pages = open_pages(fax)
    told = [page["fax_page"] for one in expected["documents"] for page in one["pages"]]
    told += [page["fax_page"] for page in expected["other_pages"]]
    assert sorted(told) == list(range(1, len(pages) + 1))
    if expected["resolution"] != "none":
        assert {page.standard_resolution for page in pages} == {expected["resolution"] == "standard"}


@pytest.mark.parametrize("fax", [fax for fax in FAXES if fax.suffix == ".tif" and not expected_of(fax)["refused"]], ids=str)
def test_scanned_faxes_are_as_a_fax_server_drops_them(fax):
    with Image.open(fax) as opened:
        for page in range(opened.n_frames):
            opened.seek(page)
            assert (opened.mode, opened.width) == ("1", 1728)
            assert opened.info["compression"] in ("group3", "group4", "tiff_ccitt")


def test_dates_hold_whatever_day_the_faxes_drop():
    for fax in FAXES:
        received = datetime.fromisoformat(sidecar_of(fax)["received_at"])
        assert datetime(2026, 10, 1, tzinfo=UTC) <= received <= datetime(2026, 11, 20, tzinfo=UTC)
        for document in expected_of(fax)["documents"]:
            days = [
                value
                for field, value in document["values"].items()
                if field.endswith("_date") and field != "start_date" and value
            ]
            assert all(date.fromisoformat(day) <= received.date() for day in days), fax.name


def test_the_duplicate_is_the_same_file_and_no_other_two_are():
    contents = [fax.read_bytes() for fax in FAXES]
    duplicates = {name: one["same_as"] for name, one in EXPECTED.items() if one["same_as"]}
    for name, original in duplicates.items():
        assert (FOLDER / name).read_bytes() == (FOLDER / f"{original}{Path(name).suffix}").read_bytes()
    assert len(set(contents)) == len(contents) - len(duplicates)


def test_what_came_over_a_line_without_error_correction_lost_rows_somewhere():
    rows = set()
    for fax in FAXES:
        if expected_of(fax)["line"] and fax.suffix == ".tif":
            with Image.open(fax) as opened:
                for page in range(opened.n_frames):
                    opened.seek(page)
                    rows.add(opened.height)
    assert len(rows - {2156, 1078}) >= 3
