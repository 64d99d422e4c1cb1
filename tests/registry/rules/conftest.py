"""The registries that tests by rule begin with."""

from __future__ import annotations

import pytest

from tests.registry.rules.played_registry import Registry


@pytest.fixture
def empty() -> Registry:
    """Nobody is known."""
    return Registry()


@pytest.fixture
def maria() -> Registry:
    """Maria is enrolled by Ann (general population, weekly, ANC 2100 of the day before day 0)."""
    made = Registry()
    made.patient()
    return made


@pytest.fixture
def treated(maria: Registry) -> Registry:
    """Maria, Corner Drugs certified, and Don designee of Ann; nothing dispensed yet."""
    maria.pharmacy()
    maria.designee()
    return maria


@pytest.fixture
def later(treated: Registry) -> Registry:
    """As `treated`, after the first dispensing on day 1: R65 holds from now on."""
    treated.dispense(1)
    return treated
