from __future__ import annotations

import pytest

from intake.classification import Blanks
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.ocr.ppocr import PpOcr


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def blanks(catalogue: Catalogue) -> Blanks:
    return Blanks(catalogue)


@pytest.fixture(scope="session")
def recogniser() -> PpOcr:
    return PpOcr()
