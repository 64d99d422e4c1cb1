"""A slip in a definition is named with its file, line and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from intake.forms.catalogue import FORMS_ROOT, load_catalogue
from intake.forms.drawing import draw_blank
from intake.forms.form_source import BadDefinition

FORM = FORMS_ROOT / "anc_lab_reporting" / "2023-11"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A forms root of one form that may be spoiled."""
    shutil.copytree(FORM, tmp_path / "anc_lab_reporting" / "2023-11")
    return tmp_path


def edit(root: Path, old: str, new: str, file: str = "form.yaml") -> None:
    path = root / "anc_lab_reporting" / "2023-11" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: text", "knid: text", "unknown key 'knid'"),
        ("kind: text", "kind: prose", "kind 'prose' is unknown; known are text, digits"),
        ("meaning: name", "meaning: nmae", "meaning 'nmae' is unknown"),
        ("requirement: required", "requirement: maybe", "requirement 'maybe' is unknown"),
        ("critical: true", "critical: perhaps", "critical must be true or false"),
        ("max_length: 35", "max_length: many", "max_length must be a whole number"),
        ("max_length: 8", "max_length: 10", "must be 8"),
        ("meaning: birth_date", "meaning: npi", "cannot mean npi"),
        ("pages: 1", "pages: none", "pages must be a whole number"),
        ("short: AL", "short: anc", "two capital letters"),
        ("rows: 1", "rows: 0", "rows must be 1 to 99"),
        ("{female: Female, male: Male, other: Other}", "{female: Female}", "at least two codes"),
        ("{female: Female, male: Male, other: Other}", "{no: No, male: Male}", "quote yes and no"),
        ("patient_zip:", "patient_last_name:", "stands there twice"),
        ("patient_zip:", "Patient ZIP:", "is no field name"),
        ("title: ANC Lab Reporting Form", "title:", "title must be text"),
        ("fields:", "fields: [", "is not YAML"),
    ],
)
def test_a_slip_in_form_yaml_is_named(root: Path, old: str, new: str, complaint: str) -> None:
    edit(root, old, new)
    with pytest.raises(BadDefinition, match=r"form\.yaml") as caught:
        load_catalogue(root)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "field", "complaint"),
    [
        ("  patient_zip:", "  patient_town:", "patient_zip", "has this widget, form.yaml does not"),
        (
            "  labs.N.draw_date:",
            "  extra: {label: X, kind: text, meaning: text}\n  labs.N.draw_date:",
            "extra",
            "no widget on the blank",
        ),
        ("{female: Female, male: Male, other: Other}", "{female: Female, male: Male}", "patient_sex", "has the options"),
        ("max_length: 35", "max_length: 36", "patient_first_name", "max_length is 36, the blank's widget takes 35"),
        ("kind: text, meaning: email", "kind: digits, meaning: email", "prescriber_email", "has a text widget"),
    ],
)
def test_a_definition_that_contradicts_its_blank_is_refused(root: Path, old: str, new: str, field: str, complaint: str) -> None:
    edit(root, old, new)
    with pytest.raises(BadDefinition) as caught:
        load_catalogue(root).form("anc_lab_reporting")
    assert caught.value.field == field
    assert complaint in str(caught.value)


def test_the_line_of_the_slip_is_given(root: Path) -> None:
    edit(root, "kind: digits, meaning: zip", "kind: digits, meaning: zap")
    line = next(n for n, text in enumerate((FORM / "form.yaml").read_text().splitlines(), 1) if "patient_zip" in text)
    with pytest.raises(BadDefinition) as caught:
        load_catalogue(root)
    assert (caught.value.line, caught.value.field) == (line, "patient_zip")


def test_a_page_that_draws_an_unknown_field_is_refused(root: Path) -> None:
    edit(root, 'draw.comb("patient_zip")', 'draw.comb("patient_zap")', "page.html")
    with pytest.raises(BadDefinition, match=r"field patient_zap: is drawn, but form\.yaml does not know it"):
        draw_blank(root / "anc_lab_reporting" / "2023-11")


def test_a_page_with_a_template_error_is_refused_by_file_and_line(root: Path) -> None:
    edit(root, "{% endblock %}", "{% endblok %}", "page.html")
    with pytest.raises(BadDefinition, match=r"page\.html line \d+"):
        draw_blank(root / "anc_lab_reporting" / "2023-11")


def test_a_folder_not_named_by_a_revision_is_refused(root: Path) -> None:
    (root / "anc_lab_reporting" / "2023-11").rename(root / "anc_lab_reporting" / "latest")
    with pytest.raises(BadDefinition, match="must be named by the revision"):
        load_catalogue(root)


def test_a_blank_that_is_no_pdf_is_refused(root: Path) -> None:
    (root / "anc_lab_reporting" / "2023-11" / "blank.pdf").write_bytes(b"not a PDF")
    with pytest.raises(BadDefinition, match=r"blank\.pdf"):
        load_catalogue(root).form("anc_lab_reporting")


def test_an_operators_own_root_adds_a_revision_without_code(root: Path) -> None:
    (root / "anc_lab_reporting" / "2023-11").rename(root / "anc_lab_reporting" / "2025-02")
    catalogue = load_catalogue(further=[root])
    assert catalogue.form("anc_lab_reporting").revision == "2025-02"
    assert catalogue.form("anc_lab_reporting", "2023-11").revision == "2023-11"


def test_the_same_revision_in_two_roots_is_refused(root: Path) -> None:
    with pytest.raises(BadDefinition, match="the same form and revision"):
        load_catalogue(further=[root])


def test_an_unknown_form_is_a_key_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="no form 'patient_statue'"):
        load_catalogue().form("patient_statue")
