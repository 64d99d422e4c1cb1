"""The committed blanks are what their folders draw."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest

from intake.forms.catalogue import FORMS_ROOT, definition_folders
from intake.forms.drawing import draw_blank
from intake.forms.widgets import read_blank

FOLDERS = definition_folders(FORMS_ROOT)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_redrawing_a_blank_gives_the_committed_geometry_and_words(folder: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "blank.pdf"
    fresh.write_bytes(draw_blank(folder))
    assert read_blank(fresh) == read_blank(folder / "blank.pdf")
    words = [[page.extract_text() for page in pypdf.PdfReader(path).pages] for path in (fresh, folder / "blank.pdf")]
    assert words[0] == words[1]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_every_page_says_form_revision_page_and_fax_number(folder: Path) -> None:
    pages = pypdf.PdfReader(folder / "blank.pdf").pages
    fax = "800-878-5927" if folder.name == "2023-11" else "800-555-0142"
    for number, page in enumerate(pages, start=1):
        text = page.extract_text()
        for words in (folder.parent.name, f"REV {folder.name}", f"Page {number} of {len(pages)}", fax):
            assert words in text
    assert f"Complete all required fields (*) and fax to {fax}" in pages[0].extract_text()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_a_blank_is_an_accessible_form_without_embedded_input_fonts(folder: Path) -> None:
    reader = pypdf.PdfReader(folder / "blank.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title
    assert folder.name in reader.metadata.title
    assert reader.root_object["/Lang"] == "en-US"
    assert (folder / "blank.pdf").stat().st_size < 100_000
    for page in reader.pages:
        for entry in page["/Annots"]:
            widget = entry.get_object()
            if widget["/Subtype"] == "/Widget":
                assert widget["/TU"], "a widget without a name for assistive programs"
