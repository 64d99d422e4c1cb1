"""The tool that makes the samples: the same every time, and the same as what is committed."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.forms.catalogue import load_catalogue
from intake.forms.definition import FieldKind
from intake.forms.field_values import parse
from registry import identifiers
from tools.make_samples import cast, phone_line
from tools.make_samples.fax_files import pages_of, scanned_pdf, tiff
from tools.make_samples.filling import fill
from tools.make_samples.hand import TYPEWRITER
from tools.make_samples.machine import FINE, STANDARD, Machine, scan
from tools.make_samples.making import NeedsLine, expected, make
from tools.make_samples.random_faxes import by_chance
from tools.make_samples.sample import FilledForm
from tools.make_samples.samples import all_samples
from tools.make_samples.sheet import SHEET_DPI, Sheet
from tools.make_samples.story_odd import BAD_FILES
from tools.make_samples.table import file_name, readme

FOLDER = Path(__file__).resolve().parents[2] / "sample_faxes"
CATALOGUE = load_catalogue()
SAMPLES = {one.name: one for one in all_samples()}


@pytest.mark.parametrize("name", ["15-distributor-chesapeake", "33-anc-mensah-pharmacy"])
def test_a_committed_fax_is_made_again_pixel_for_pixel(name):
    committed = pages_of((FOLDER / file_name(SAMPLES[name])).read_bytes())
    again = pages_of(make(SAMPLES[name], CATALOGUE, None))
    assert len(again) == len(committed)
    for page, (one, other) in enumerate(zip(again, committed, strict=True), 1):
        differing = int((one != other).sum()) if one.shape == other.shape else -1
        assert differing == 0, f"page {page} differs: was a blank redrawn? run python -m tools.make_samples"


def test_the_committed_expectations_are_those_of_the_descriptions():
    for name, sample in SAMPLES.items():
        committed = json.loads((FOLDER / f"{name}.expected.json").read_text())
        assert committed == json.loads(json.dumps(expected(sample, CATALOGUE))), name


def test_the_committed_table_is_that_of_the_descriptions():
    assert (FOLDER / "README.md").read_text() == readme(all_samples(), BAD_FILES)


def test_people_and_places_have_identifiers_that_fit_and_numbers_nobody_has():
    parties = [one for one in vars(cast).values() if isinstance(one, (cast.Prescriber, cast.Pharmacy, cast.Distributor))]
    assert len(parties) >= 9
    for one in parties:
        assert identifiers.dea_fits(one.dea), one
        if not isinstance(one, cast.Distributor):
            assert identifiers.npi_fits(one.npi), one
            assert one.npi.startswith("2"), one
    text = Path(cast.__file__).read_text()
    phones = {word for word in text.replace('"', " ").replace(",", " ").split() if len(word) == 10 and word.isdigit()}
    assert len(phones) > 30
    assert {phone for phone in phones if phone[3:8] != "55501"} == set()


def test_no_two_people_share_an_email():
    found = [
        value
        for one in vars(cast).values()
        for name, value in getattr(one, "__dict__", {}).items()
        if name in ("email", "ar_email")
    ]
    assert len(found) == len({address.casefold() for address in found})


def test_a_field_the_form_does_not_have_is_refused():
    blanks = CATALOGUE.blank_pages("anc_lab_reporting", dpi=SHEET_DPI)
    with pytest.raises(ValueError, match="no field 'shoe_size'"):
        fill(CATALOGUE.form("anc_lab_reporting"), blanks, {"shoe_size": "9"}, TYPEWRITER, 1)


def test_a_value_longer_than_its_comb_is_refused():
    blanks = CATALOGUE.blank_pages("anc_lab_reporting", dpi=SHEET_DPI)
    with pytest.raises(ValueError, match="longer than its 5 cells"):
        fill(CATALOGUE.form("anc_lab_reporting"), blanks, {"labs.0.anc": 123456}, TYPEWRITER, 1)


def test_ink_lands_inside_the_field_it_is_written_in():
    form = CATALOGUE.form("anc_lab_reporting")
    blanks = CATALOGUE.blank_pages("anc_lab_reporting", dpi=SHEET_DPI)
    (sheet,) = fill(form, blanks, {"patient_last_name": "Garcia", "labs.0.anc": 880, "labs.0.band": "moderate"}, TYPEWRITER, 1)
    blank = blanks[0][: sheet.image.shape[0], : sheet.image.shape[1]]
    rows, columns = (places / (SHEET_DPI / 25.4) for places in np.nonzero(sheet.image != blank))
    boxes = [form.field("patient_last_name").box, form.field("labs.0.anc").box, form.field("labs.0.band").options["moderate"]]
    inside = [(columns > x0) & (columns < x1) & (rows > y0) & (rows < y1) for x0, y0, x1, y1 in boxes]
    assert all(one.any() for one in inside)
    assert np.logical_or.reduce(inside).all()


@pytest.mark.parametrize("lines", [FINE, STANDARD])
def test_pages_survive_their_files(lines):
    sheet = Sheet()
    sheet.write("ANC 880", (40, 60), "dejavu-mono", 6)
    pages = [scan(sheet, Machine(lines, skew=skew, specks=0.2), 1, 2, 3) for skew in (0.0, 1.0)]
    assert pages[0].shape == ((2156, 1728) if lines == FINE else (1078, 1728))
    for one, other in zip(pages, pages_of(tiff(pages, lines)), strict=True):
        assert (one == other).all()
    assert scanned_pdf(pages, lines).startswith(b"%PDF")


def test_upside_down_is_the_same_page_turned():
    sheet = Sheet()
    sheet.write("ANC 880", (40, 60), "dejavu-mono", 6)
    plain = Machine(grain=0)
    upright, turned = (scan(sheet, one, 1, 1, 1) for one in (plain, replace(plain, upside_down=True)))
    moved = upright[::-1, ::-1]
    assert (moved & turned).sum() > 0.8 * upright.sum()


def test_a_sample_that_needs_a_line_is_not_made_without_one():
    sample = next(one for one in SAMPLES.values() if one.line)
    with pytest.raises(NeedsLine):
        make(sample, CATALOGUE, None)


def test_no_line_is_found_where_none_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("REMSFAX_FAXLINE", raising=False)
    assert phone_line.program() is None
    assert phone_line.program(str(tmp_path / "missing")) is None


@given(st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_a_fax_by_chance_is_the_same_for_the_same_chance_and_fits_its_form(seed):
    sample, again = (by_chance(random.Random(seed), 3, "both", lines=True) for _ in range(2))
    assert sample == again
    (part,) = sample.parts
    assert isinstance(part, FilledForm)
    form = CATALOGUE.form(part.form)
    for name, value in part.values.items():
        field = form.field(name)
        if value is not None and field.kind is not FieldKind.SIGNATURE:
            parsed = parse(field, str(value), date(2026, 11, 18))
            assert (parsed.value, parsed.problems) == (value, ())
