"""Email addresses: one account each (R02).

What: whether an address is free for a person in a role.
Why: the address is the sign-in; two people or two roles behind one would act in each other's name.
Refuses: nothing itself; it says what to refuse.
"""

from __future__ import annotations

from collections.abc import Mapping

from registry.identifiers import normal_email
from registry.matching import plain_name
from registry.parties import Account, AccountRole


def account_for(email: str, role: AccountRole, first_name: str, last_name: str) -> Account:
    """The account of a person in a role; ValueError for what is no email address."""
    address = normal_email(email)
    if address is None:
        raise ValueError(f"not an email address: {email!r}")
    return Account(address, role, plain_name(first_name) + " " + plain_name(last_name))


def taken(account: Account, accounts: Mapping[str, Account]) -> str | None:
    """R02: why the address is refused, as a sentence, or None; the same person in the same role is no conflict."""
    held = accounts.get(account.email)
    if held is None or held == account:
        return None
    return (
        f"The email address {account.email} already belongs to another account. Every role of every person needs an address "
        "of its own: give another one and send the form again."
    )
