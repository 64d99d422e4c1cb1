"""What is known of a fax number, and which letters may go to one that nobody has confirmed. Pure.

What: the table of the letters that carry patient data, how a number counts as confirmed, and the code of a test page.
Why: a number is written by hand on a form; one digit misread, and a stranger's machine prints a patient's blood count.
What counts as confirmed, for one recipient at one number (docs/decisions, “Patient data goes to numbers that are shown to be
the recipient's”): a form of that recipient was admitted that came from that very number; the recipient read us the code of a
test page; an operator vouches, with a reason; or letters had arrived there before numbers were confirmed at all.
Refuses: to take a number that is confirmed for one recipient as confirmed for another.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outbound.letter_kinds import LETTER_KINDS, NUMBER_CHECK
from outbound.notice import ACKNOWLEDGEMENT, Role

CODE_DIGITS = 6
WRONG_CODES_AT_MOST = 5  # then the code is void: six digits must not be found by trying
FLAG_AFTER = 8
"""Calls in a row that reached the recipient's side and brought nothing; then a person should look at the number."""

NO_MACHINE_AFTER = 2
"""Calls in a row at which a person or an answering machine answered; then ordinary letters wait until a person has looked."""

WITHOUT_PATIENT_DATA = frozenset(
    {
        ACKNOWLEDGEMENT,  # form titles, field labels, rules and a reference number, never a value
        NUMBER_CHECK,
        "certification_complete",
        "certification_pending",
        "assessment_not_passed",
        "designee_enrolled",
        "designee_invitation",
        "staff_invitation",
        "pharmacy_certified",
        "pharmacy_pending",
        "pharmacy_deactivated",
        "pharmacy_decertified",
        "ar_reconfirmed",
        "ar_reconfirmation_due",
        "distributor_enrolled",
    }
)
"""Kinds of letters that name no patient. Every other kind, also one that nobody has thought of here, carries patient data."""

VOUCHED_BY_SETTING = frozenset({Role.SENDER, Role.CONTACT_CENTRE})
"""Roles whose letters wait for no confirmation: what goes to the sender leaves every patient fact out (`outbound.letters`), and
the contact centre's number is a setting of ours."""


class Confirmed(StrEnum):
    """How a number came to count as its recipient's."""

    CALLER = "caller"  # a form of the recipient was admitted that came from this number
    CODE = "code"  # the recipient told the code of a test page
    VOUCHED = "vouched"  # an operator says so
    EARLIER = "earlier"  # letters had arrived there before numbers were confirmed


@dataclass(frozen=True)
class Holder:
    """One recipient at one number."""

    fax: str  # ten digits
    role: str
    name: str
    confirmed_at: datetime | None = None  # None: not confirmed
    confirmed_how: str = ""  # a Confirmed
    confirmed_by: str = ""  # who took the code or vouched, or "remsfax"
    confirmed_detail: str = ""  # the reason given, or the reference of the form that proves it
    checked_by: str | None = None  # the delivery of the test page that was sent last
    wrong_codes: int = 0  # told since that page


@dataclass(frozen=True)
class Number:
    """One number, whoever is reached there."""

    fax: str  # ten digits
    barred_reason: str = ""  # why it is on the do-not-fax list; "" where it is not
    barred_by: str = ""
    barred_at: datetime | None = None
    failures: int = 0  # calls in a row that reached the recipient's side and brought nothing
    persons_answered: int = 0  # of these, the last ones in a row at which no fax machine answered
    flagged_at: datetime | None = None  # since when a person should look at it
    flag_reason: str = ""
    rests_until: datetime | None = None  # not called before, after a call that brought nothing
    last_arrived_at: datetime | None = None  # when every page of a letter last arrived there
    called_today: int = 0  # calls begun on the program day in question

    @property
    def no_machine(self) -> bool:
        """Whether no fax machine seems to be there."""
        return self.persons_answered >= NO_MACHINE_AFTER


def carries_patient_data(kinds: tuple[str, ...], role: str) -> bool:
    """Whether a letter of these kinds to that role names a patient."""
    return role not in VOUCHED_BY_SETTING and not WITHOUT_PATIENT_DATA.issuperset(kinds)


def kinds_unaccounted_for() -> frozenset[str]:
    """Kinds of the table above that no letter has any more."""
    return WITHOUT_PATIENT_DATA - set(LETTER_KINDS) - {ACKNOWLEDGEMENT}


def a_code() -> str:
    """A new code for a test page."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def same_code(told: str, code: str) -> bool:
    """Whether what was told on the phone is the code; blanks and dashes do not count."""
    digits = "".join(one for one in told if one.isdigit())
    return bool(code) and hmac.compare_digest(digits, code)


def whose(role: str, name: str) -> str:
    """The recipient as numbers are confirmed for: the same however the name is written in capitals."""
    return f"{role}:{' '.join(name.split()).casefold()}"
