from __future__ import annotations

import pytest

from intake.classification import Blanks
from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.ocr.ppocr import PpOcr
from intake.read_fax import Reader
from tests.reading.paper import filled
from tests.reading.small_faxes import VALUES


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def blanks(catalogue: Catalogue) -> Blanks:
    return Blanks(catalogue)


@pytest.fixture(scope="session")
def recogniser() -> PpOcr:
    return PpOcr()


@pytest.fixture(scope="session")
def reader(catalogue: Catalogue) -> Reader:
    return Reader(catalogue)


@pytest.fixture(scope="session")
def pages(catalogue: Catalogue) -> list[GrayImage]:
    """Both pages of a typed status form."""
    form = catalogue.form("patient_status")
    return [filled(catalogue, form, page, VALUES) for page in (1, 2)]
