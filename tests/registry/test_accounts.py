"""R02: an email address belongs to one person in one role."""

from __future__ import annotations

import pytest

from registry.accounts import account_for, taken
from registry.parties import Account, AccountRole

PRESCRIBER, AR = AccountRole.PRESCRIBER, AccountRole.AUTHORIZED_REPRESENTATIVE


def test_r02_an_account_is_the_address_in_small_letters_the_role_and_the_plain_name() -> None:
    assert account_for(" Ann@Example.ORG ", PRESCRIBER, "Ánn", "O'Lee") == Account("ann@example.org", PRESCRIBER, "ann olee")


def test_r02_first_and_last_name_are_told_apart() -> None:
    assert account_for("a@example.org", AR, "Ann", "Lee") != account_for("a@example.org", AR, "An", "Nlee")


def test_what_is_no_address_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match="ann at home"):
        account_for("ann at home", PRESCRIBER, "Ann", "Lee")


def test_r02_an_address_is_free_for_the_same_person_in_the_same_role_and_for_nobody_else() -> None:
    anns = account_for("ann@example.org", PRESCRIBER, "Ann", "Lee")
    assert taken(anns, {}) is None
    assert taken(anns, {anns.email: account_for("ann@example.org", PRESCRIBER, "ANN", "LEE")}) is None
    for other in (account_for("ann@example.org", AR, "Ann", "Lee"), account_for("ann@example.org", PRESCRIBER, "Bea", "Lee")):
        assert "ann@example.org" in (taken(anns, {anns.email: other}) or "")
    assert taken(anns, {"bea@example.org": account_for("bea@example.org", AR, "Bea", "Fox")}) is None
