"""Patients are enrolled: the first one alone, then the others.

What: samples of the Patient Enrollment Form, chapters 3 and 4.
Why: an ID is issued in the order of admission, and status forms carry it, so the first patient has a chapter of her own.
Refuses: nothing.
"""

from __future__ import annotations

from tools.make_samples.cast import (
    BEAULIEU,
    DUBOIS,
    FINLEY,
    GARCIA,
    HERRERA,
    KOWALSKI,
    LINDQVIST,
    MENSAH,
    OKAFOR,
    PARK,
    RAMAN,
    TRAN,
    WHITFIELD,
)
from tools.make_samples.hand import OFFICE_SYSTEM, TYPEWRITER, WORD_PROCESSOR, written
from tools.make_samples.machine import STANDARD, Machine
from tools.make_samples.pen import MarkStyle
from tools.make_samples.phone_line import Line
from tools.make_samples.sample import Container, Doubt, End, FilledForm, Sample
from tools.make_samples.values import patient_enrollment

KALAM = written("kalam")
PATRICK = written("patrick-hand", MarkStyle.TICK)
NEEDS_PRESCRIBER = (Doubt("missing_signature", "signature_prescriber"),)


def first_enrollment() -> tuple[Sample, ...]:
    """Chapter 3: the first patient."""
    return (
        Sample(
            "19-enroll-garcia",
            "typed, clean: the first patient",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        GARCIA,
                        OKAFOR,
                        [("2026-10-05", 4120)],
                        "2026-10-07",
                        "weekly",
                        new_to_clozapine="yes",
                        start_date="2026-10-08",
                    ),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-10-07T14:03:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=3,
        ),
    )


def enrollments() -> tuple[Sample, ...]:
    """Chapter 4: the other patients."""
    return (
        Sample(
            "20-enroll-whitfield",
            "typed at standard resolution, sent by a designee",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        WHITFIELD, LINDQVIST, [("2026-10-06", 2870)], "2026-10-08", "weekly", HERRERA, new_to_clozapine="yes"
                    ),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-10-08T17:25:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=4,
            machine=Machine(STANDARD),
        ),
        Sample(
            "21-enroll-tran",
            "typed, monthly patient, over a line of 28 dB",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        TRAN,
                        LINDQVIST,
                        [("2026-10-05", 5240)],
                        "2026-10-08",
                        "monthly",
                        new_to_clozapine="no",
                        start_date="2025-06-12",
                    ),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-10-08T17:31:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=4,
            line=Line("snr=28,gate=1", seed=21),
        ),
        Sample(
            "22-enroll-dubois",
            "handwriting, ticks that leave their boxes",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(DUBOIS, BEAULIEU, [("2026-10-07", 3680)], "2026-10-09", "weekly", new_to_clozapine="yes"),
                    PATRICK,
                    4,
                ),
            ),
            "2026-10-09T20:14:00Z",
            End.DESK,
            cid=BEAULIEU.fax,
            chapter=4,
            may_be_asked=True,
        ),
        Sample(
            "23-enroll-kowalski-unsigned",
            "filled in a PDF viewer and sent as a file, so nobody signed",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        KOWALSKI, RAMAN, [("2026-10-08", 4460)], "2026-10-09", "every_two_weeks", new_to_clozapine="no"
                    ),
                    WORD_PROCESSOR,
                    3,
                ),
            ),
            "2026-10-09T12:40:00Z",
            End.DESK,
            NEEDS_PRESCRIBER,
            cid=RAMAN.fax,
            cidname="CATONSVILLE CC",
            chapter=4,
            container=Container.FILLED_PDF,
        ),
        Sample(
            "24-enroll-mensah-ben",
            "typed, a dark copy; BEN with two baselines, signed by the prescriber",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        MENSAH,
                        OKAFOR,
                        [("2026-10-01", 1340), ("2026-10-08", 1210)],
                        "2026-10-09",
                        "weekly",
                        new_to_clozapine="yes",
                        ben=True,
                    ),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-10-09T14:55:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=4,
            machine=Machine(threshold=195),
        ),
        Sample(
            "25-enroll-park",
            "typed at standard resolution, specks and a stripe of dirt down the page",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        PARK, RAMAN, [("2026-10-09", 6010)], "2026-10-12", "every_two_weeks", new_to_clozapine="no"
                    ),
                    OFFICE_SYSTEM,
                    3,
                ),
            ),
            "2026-10-12T13:08:00Z",
            cid=RAMAN.fax,
            cidname="CATONSVILLE CC",
            chapter=4,
            may_be_asked=True,
            machine=Machine(STANDARD, specks=0.1, stripe_mm=208.0),
        ),
        Sample(
            "26-enroll-finley",
            "handwriting, hospice, over a noisy line",
            (
                FilledForm(
                    "patient_enrollment",
                    patient_enrollment(
                        FINLEY, OKAFOR, [("2026-10-12", 2190)], "2026-10-13", "monthly", new_to_clozapine="no", hospice=True
                    ),
                    KALAM,
                    1,
                ),
            ),
            "2026-10-13T16:44:00Z",
            End.DESK,
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=4,
            may_be_asked=True,
            line=Line("snr=22,gate=1", seed=26),
        ),
    )
