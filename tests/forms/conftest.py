"""The catalogue, loaded once, and drawn pages, kept."""

from __future__ import annotations

import pytest

from intake.forms.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()
