"""Identifiers of people and places: whether they can be right at all, in one normal form each.

What: pure checks of NPI, DEA, NCPDP, HIN, state, ZIP, phone, email, and the REMS Patient ID, which is ours to issue.
Why: a check digit is the cheapest witness there is; intake, desk and registry must ask the same one.
Refuses: to repair. A value that does not fit stays as it is and the caller says so (a repaired NPI is a silent error).

The REMS Patient ID is eight digits and a check letter, nine cells of a comb, printed `4417-0823-K`. The letter is one of 19
that no digit and no other letter of the set is easily taken for (no B G I O Q S Z, which look like 8 6 1 0 0 5 2); it is the
weighted digit sum modulo 19. The weights differ from each other and from 0 modulo the prime 19, so that any single misread
character, any two digits exchanged (adjacent or not), and any doubled pair misread alike always break the ID: none of these
errors ever names another patient. Issued numbers are spread over the whole range, so that two live IDs rarely differ in two
places only, which is where a check character can fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

Normaliser: TypeAlias = Callable[[str], str | None]
"""Gives the normal form of an identifier as written, or None where it cannot be one."""

PATIENT_ID_DIGITS = 8
PATIENT_ID_LENGTH = PATIENT_ID_DIGITS + 1
PATIENT_ID_LETTERS = "ACDEFHJKLMNPRTUVWXY"
"""The 19 check letters, by value; 19 is prime, on which the promises above rest."""
_PATIENT_ID_WEIGHTS = (3, 7, 11, 13, 17, 5, 1, 9)
PATIENT_SERIALS: int = 10**PATIENT_ID_DIGITS
"""How many REMS Patient IDs there are: serials go from 0 to one less."""
_PATIENT_ID_STRIDE = 38_196_601  # coprime to the range, near its golden section: neighbours in issue lie far apart
_PATIENT_ID_START = 44_170_823

STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "U.S. Virgin Islands",
    "FM": "Micronesia", "MH": "Marshall Islands", "PW": "Palau",
    "AA": "Armed Forces Americas", "AE": "Armed Forces Europe", "AP": "Armed Forces Pacific",
}  # fmt: skip
"""USPS codes of states, territories and military mail."""

_DEA_FORM = re.compile(r"[A-Z][A-Z9][0-9]{7}")
_EMAIL_FORM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")


def _is_digits(text: str, length: int) -> bool:
    """True for exactly `length` ASCII digits; `str.isdigit` would let other scripts' digits pass."""
    return re.fullmatch(f"[0-9]{{{length}}}", text) is not None


def _luhn_fits(digits: str) -> bool:
    """The Luhn sum of a string of digits, check digit last."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def npi_fits(text: str) -> bool:
    """Ten digits, first 1 or 2, Luhn over `80840` + NPI. No separators are tolerated: normalise first."""
    return _is_digits(text, 10) and text[0] in "12" and _luhn_fits("80840" + text)


def normal_npi(text: str) -> str | None:
    """The NPI without spaces and dashes, or None where it cannot be one."""
    bare = re.sub(r"[\s.-]", "", text)
    return bare if npi_fits(bare) else None


def dea_fits(text: str) -> bool:
    """Two letters (the second may be 9), seven digits, with (d1+d3+d5) + 2(d2+d4+d6) ending in d7."""
    if _DEA_FORM.fullmatch(text) is None:
        return False
    d1, d2, d3, d4, d5, d6, d7 = (int(digit) for digit in text[2:])
    return (d1 + d3 + d5 + 2 * (d2 + d4 + d6)) % 10 == d7


def normal_dea(text: str) -> str | None:
    """The DEA number in capitals without spaces and dashes, or None where it cannot be one."""
    bare = re.sub(r"[\s.-]", "", text).upper()
    return bare if dea_fits(bare) else None


def ncpdp_warning(text: str) -> str | None:
    """What looks wrong with an NCPDP provider ID, as a sentence, or None.

    Only ever a warning: there is no primary source for the check digit's algorithm, so it is not computed at all, and nobody
    is turned away for this number.
    """
    bare = re.sub(r"[\s.-]", "", text)
    if not _is_digits(bare, 7):
        return "An NCPDP provider ID has seven digits."
    if bare[:2] == "00":
        return "The first two digits of an NCPDP provider ID are a state code; 00 is none."
    return None


def hin_fits(text: str) -> bool:
    """Nine letters or digits; nothing more is known of a HIN."""
    return re.fullmatch(r"[A-Z0-9]{9}", text) is not None


def normal_hin(text: str) -> str | None:
    """The HIN in capitals without spaces and dashes, or None where it cannot be one."""
    bare = re.sub(r"[\s.-]", "", text).upper()
    return bare if hin_fits(bare) else None


def normal_state(text: str) -> str | None:
    """The two-letter USPS code for a code or a state's name in any case, or None."""
    folded = " ".join(text.replace(".", "").split()).casefold()
    for code, name in STATES.items():
        if folded in (code.casefold(), name.casefold()):
            return code
    return None


def normal_zip(text: str) -> str | None:
    """`12345` or `12345-6789` (nine digits in a row get their dash), or None."""
    found = re.fullmatch(r"\s*([0-9]{5})(?:\s*-?\s*([0-9]{4}))?\s*", text)
    if found is None:
        return None
    return found[1] if found[2] is None else f"{found[1]}-{found[2]}"


def zip_fits(text: str) -> bool:
    """Five digits, or five, a dash and four."""
    return re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", text) is not None


def normal_phone(text: str) -> str | None:
    """Ten digits of a phone or fax number, without a leading 1; None unless area and exchange begin with 2–9.

    Spaces, dots, dashes, slashes, brackets and a leading + are folded away; a letter or an extension is not.
    """
    if re.fullmatch(r"[\s0-9().+/-]+", text) is None:
        return None
    bare = re.sub(r"[^0-9]", "", text)
    if len(bare) == 11 and bare[0] == "1":
        bare = bare[1:]
    return bare if phone_fits(bare) else None


def phone_fits(text: str) -> bool:
    """Ten digits whose area code and exchange begin with neither 0 nor 1."""
    return re.fullmatch(r"[2-9][0-9]{2}[2-9][0-9]{6}", text) is not None


def print_phone(ten_digits: str) -> str:
    """`555-555-0142`, for people."""
    return f"{ten_digits[:3]}-{ten_digits[3:6]}-{ten_digits[6:]}"


def email_fits(text: str) -> bool:
    """The form of an everyday email address; whether it answers only a letter can tell."""
    return len(text) <= 254 and _EMAIL_FORM.fullmatch(text) is not None and ".." not in text


def normal_email(text: str) -> str | None:
    """The address in small letters (R02: `Ann@x.org` and `ann@x.org` are one), or None."""
    bare = text.strip().casefold()
    return bare if email_fits(bare) else None


def iso_day(text: str) -> date | None:
    """The day of an ISO date `YYYY-MM-DD`, or None where there is no such day or another notation stands."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def patient_id_check(digits: str) -> str:
    """The check letter of eight digits; ValueError for anything else."""
    if not _is_digits(digits, PATIENT_ID_DIGITS):
        raise ValueError(f"a REMS Patient ID has {PATIENT_ID_DIGITS} digits before its letter, not {digits!r}")
    total = sum(weight * int(digit) for weight, digit in zip(_PATIENT_ID_WEIGHTS, digits, strict=True))
    return PATIENT_ID_LETTERS[total % len(PATIENT_ID_LETTERS)]


def issue_patient_id(serial: int) -> str:
    """The ID of the `serial`-th patient (from 0), in normal form: eight digits and the check letter.

    The same serial always gives the same ID, different serials below 100 million different ones; ValueError outside.
    """
    if not 0 <= serial < PATIENT_SERIALS:
        raise ValueError(f"no REMS Patient ID is left for serial {serial}")
    digits = f"{(_PATIENT_ID_START + serial * _PATIENT_ID_STRIDE) % PATIENT_SERIALS:0{PATIENT_ID_DIGITS}d}"
    return digits + patient_id_check(digits)


def serial_of(patient_id: str) -> int:
    """The serial from which an ID in normal form was issued; ValueError for what is no ID."""
    if not patient_id_fits(patient_id):
        raise ValueError(f"no REMS Patient ID: {patient_id!r}")
    back = int(pow(_PATIENT_ID_STRIDE, -1, PATIENT_SERIALS))
    return (int(patient_id[:PATIENT_ID_DIGITS]) - _PATIENT_ID_START) * back % PATIENT_SERIALS


def normal_patient_id(text: str) -> str | None:
    """The ID in capitals without spaces and dashes, or None where its check letter does not fit."""
    bare = re.sub(r"[\s.-]", "", text).upper()
    return bare if patient_id_fits(bare) else None


def patient_id_fits(text: str) -> bool:
    """True for eight digits and the check letter that belongs to them."""
    if len(text) != PATIENT_ID_LENGTH or not _is_digits(text[:PATIENT_ID_DIGITS], PATIENT_ID_DIGITS):
        return False
    return text[PATIENT_ID_DIGITS] == patient_id_check(text[:PATIENT_ID_DIGITS])


def print_patient_id(patient_id: str) -> str:
    """`4417-0823-K`, for people and letters."""
    return f"{patient_id[:4]}-{patient_id[4:8]}-{patient_id[8:]}"
