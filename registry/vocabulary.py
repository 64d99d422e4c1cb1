"""The words every floor shares: form codes, roles, channels, statuses, bands.

What: enumerations whose values are the stable codes of the outside contract, each with a label a person reads.
Why: the registry is the ground floor, so a word defined here means the same to the reader of faxes, the desk and the letters.
Refuses: nothing; it holds no rule and no I/O.
"""

from __future__ import annotations

from enum import StrEnum


class Labelled(StrEnum):
    """An enumeration whose members carry a label for people beside the stable code."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Labelled:
        """A member from its stable code and its label; looked up by the code alone."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member


class FormCode(Labelled):
    """The ten forms of the program; none of them enrolls pharmacy staff (R80)."""

    PATIENT_ENROLLMENT = "patient_enrollment", "Patient Enrollment Form"
    PRESCRIBER_ENROLLMENT = "prescriber_enrollment", "Prescriber Enrollment Form"
    PATIENT_STATUS = "patient_status", "Patient Status Form"
    ANC_LAB_REPORTING = "anc_lab_reporting", "ANC Lab Reporting Form"
    PRESCRIBER_DESIGNEE = "prescriber_designee", "Prescriber Designee Enrollment Form"
    OUTPATIENT_PHARMACY = "outpatient_pharmacy", "Outpatient Pharmacy Enrollment Form"
    INPATIENT_PHARMACY = "inpatient_pharmacy", "Inpatient Pharmacy Enrollment Form"
    PRESCRIBER_KNOWLEDGE = "prescriber_knowledge", "Knowledge Assessment for Prescribers"
    PHARMACY_KNOWLEDGE = "pharmacy_knowledge", "Knowledge Assessment for Pharmacies"
    DISTRIBUTOR_ENROLLMENT = "distributor_enrollment", "Wholesaler/Distributor Enrollment Form"


class Channel(Labelled):
    """How a submission reached the program: one registry, three doors."""

    FAX = "fax", "fax"
    PHONE = "phone", "phone"
    WEB = "web", "web"


class SignatureVerdict(Labelled):
    """What stands in a signature zone; never whose hand it is."""

    PRESENT = "present", "present"
    ABSENT = "absent", "absent"
    UNSURE = "unsure", "cannot be told"


class SignatureRole(Labelled):
    """Who signs where: the `X` in the form field `signature_X`."""

    PRESCRIBER = "prescriber", "prescriber"
    DESIGNEE = "designee", "prescriber designee"
    SUBMITTER = "submitter", "submitter"
    AR = "ar", "authorized representative"
    RESPONDENT = "respondent", "respondent"


class TreatmentStatus(Labelled):
    """R38: the three treatment statuses of a patient."""

    ENROLLED = "enrolled", "Enrolled"
    INTERRUPTED = "interrupted", "Interrupted"
    DISCONTINUED = "discontinued", "Discontinued"


class Population(Labelled):
    """Which ANC thresholds hold: benign ethnic neutropenia (BEN) has its own."""

    GENERAL = "general", "general population"
    BEN = "ben", "benign ethnic neutropenia"


class AncBand(Labelled):
    """The band ticked beside an ANC on the forms (general-population borders)."""

    NORMAL = "normal", "1500 or more"
    MILD = "mild", "1000 to 1499"
    MODERATE = "moderate", "500 to 999"
    SEVERE = "severe", "below 500"


class MonitoringFrequency(Labelled):
    """How often the ANC is drawn; set by the prescriber (R07)."""

    WEEKLY = "weekly", "weekly"
    EVERY_TWO_WEEKS = "every_two_weeks", "every 2 weeks"
    MONTHLY = "monthly", "monthly"
    EVERY_SIX_MONTHS = "every_six_months", "every 6 months (hospice)"
    OTHER = "other", "other"
