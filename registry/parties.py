"""The parties of the program besides patients: prescribers, designees, pharmacies with representative and staff, distributors.

What: one frozen record a party, as it stands in the registry, and the account each email address belongs to.
Why: R01 gives everyone a role; what a person may do follows from the role and from nothing else.
Refuses: any decision; certification is `registry.certification`'s, who may send what is `registry.senders`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccountRole(StrEnum):
    """R01, R02: what an account is for; one email address serves one account."""

    PRESCRIBER = "prescriber"
    DESIGNEE = "designee"
    AUTHORIZED_REPRESENTATIVE = "ar"
    STAFF = "staff"
    DISTRIBUTOR = "distributor"


class PharmacyKind(StrEnum):
    """R61, R62: a pharmacy that is both is outpatient."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"


@dataclass(frozen=True)
class Prescriber:
    """A prescriber; certified when both moments below are set (R12)."""

    npi: str  # ten digits; the key
    first_name: str | None = None
    middle_initial: str | None = None
    last_name: str | None = None
    credentials: str | None = None  # option code of the form
    credentials_other: str | None = None
    specialty: str | None = None
    dea: str | None = None  # normal form
    licence: str | None = None
    licence_state: str | None = None
    practice_name: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    phone: str | None = None  # ten digits
    phone_extension: str | None = None
    fax: str | None = None  # ten digits: where letters go
    email: str | None = None  # small letters
    preferred_contact: str | None = None
    form_received_at: datetime | None = None  # of the complete, signed enrollment form
    assessment_passed_at: datetime | None = None  # receipt of the passed Knowledge Assessment
    certified_at: datetime | None = None  # when the later of both arrived
    details_as_of: datetime | None = None  # receipt of the form that the name, addresses and numbers are from

    @property
    def full_name(self) -> str:
        """First and last name, for letters."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True)
class Designee:
    """A designee of one prescriber (R20–R27)."""

    designee_id: str  # "<prescriber's NPI>:<email>"; the key
    prescriber_npi: str
    first_name: str
    last_name: str
    role: str  # provider, staff or pharmacist
    phone: str
    fax: str | None
    email: str
    enrolled_at: datetime
    ended_at: datetime | None = None  # when the prescriber took the designee back; None: still one

    @property
    def full_name(self) -> str:
        """First and last name, for letters."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Staff:
    """One person of a pharmacy's staff, there by the AR's invitation only (R80)."""

    staff_id: str  # "<pharmacy's NPI>:<email>"; the key
    pharmacy_npi: str  # of the pharmacy whose AR invited
    first_name: str
    last_name: str
    email: str  # small letters
    invited_by: str  # the AR's email when the invitation was made
    invited_at: datetime
    accepted_at: datetime | None = None  # None: only invited; nothing may be asked yet
    ended_at: datetime | None = None  # when an AR removed the person; None: not removed

    @property
    def full_name(self) -> str:
        """First and last name, for letters."""
        return f"{self.first_name} {self.last_name}"

    @property
    def enrolled(self) -> bool:
        """Whether the person accepted and was not removed since."""
        return self.accepted_at is not None and self.ended_at is None


@dataclass(frozen=True)
class Pharmacy:
    """A pharmacy, or the headquarters that answers for several (R60–R62, R73–R76)."""

    npi: str  # the organisation's, ten digits; the key
    kind: PharmacyKind | None = None  # None: only an assessment arrived so far
    name: str | None = None
    sites: str | None = None  # outpatient: single, multiple or chain
    facility_type: str | None = None
    ncpdp: str | None = None
    dea: str | None = None
    hin: str | None = None
    licence: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    ship_to: str | None = None
    phone: str | None = None
    fax: str | None = None
    ar_first_name: str | None = None
    ar_last_name: str | None = None
    ar_title: str | None = None
    ar_phone: str | None = None
    ar_fax: str | None = None
    ar_email: str | None = None
    form_received_at: datetime | None = None  # of the complete form signed by the present AR
    assessment_passed_at: datetime | None = None  # receipt of the assessment passed by the present AR
    certified_at: datetime | None = None
    reconfirmed_at: datetime | None = None  # R75: the AR's last reconfirmation after certifying
    void_before: datetime | None = None  # forms and assessments received up to here count no more (R74, R76)
    deactivated_at: datetime | None = None
    details_as_of: datetime | None = None  # receipt of the form that the name, addresses and numbers are from

    @property
    def ar_name(self) -> str:
        """The authorized representative's first and last name."""
        return " ".join(part for part in (self.ar_first_name, self.ar_last_name) if part)


@dataclass(frozen=True)
class PharmacyLocation:
    """A store that a pharmacy's AR answers for; certified as long as that pharmacy is."""

    npi: str  # the store's own, ten digits; the key
    parent_npi: str
    name: str | None = None
    ncpdp: str | None = None
    zip: str | None = None


@dataclass(frozen=True)
class Distributor:
    """A wholesaler or distributor (R90–R93)."""

    distributor_id: str  # its HIN, else its DEA number; the key
    company_name: str
    dea: str | None
    hin: str | None
    address: str
    city: str
    state: str
    zip: str
    ar_first_name: str
    ar_last_name: str
    ar_title: str
    ar_phone: str
    ar_fax: str | None
    ar_email: str
    secure_ftp: bool
    enrolled_at: datetime


@dataclass(frozen=True)
class Account:
    """Who an email address belongs to (R02)."""

    email: str  # small letters; the key
    role: AccountRole
    holder: str  # the person's name in the comparable form of `registry.matching.plain_name`


@dataclass(frozen=True)
class Assessment:
    """One graded Knowledge Assessment; kept whatever its result."""

    assessment_id: str  # the submission's id; the key
    audience: str  # "prescriber_knowledge" or "pharmacy_knowledge"
    npi: str
    respondent: str  # first and last name as written
    correct: int
    questions: int
    passed: bool
    key_version: str
    received_at: datetime
    spent_at: datetime | None = None  # R74: when its respondent stopped being the pharmacy's AR; it certifies nobody any more
