"""A month later: the first status forms, chapter 5.

What: samples of the Patient Status Form: clean, at standard resolution, upside down, by hand, two patients in one call.
Why: it is the form that comes every month for every patient; most faxes are one of these.
Refuses: nothing.
"""

from __future__ import annotations

from registry.identifiers import issue_patient_id
from tools.make_samples.cast import (
    BEAULIEU,
    DUBOIS,
    GARCIA,
    HERRERA,
    LINDQVIST,
    MENSAH,
    MORROW,
    OKAFOR,
    PARK,
    RAMAN,
    TRAN,
    WHITFIELD,
)
from tools.make_samples.hand import OFFICE_SYSTEM, TYPEWRITER, WORD_PROCESSOR, written
from tools.make_samples.machine import STANDARD, Machine
from tools.make_samples.sample import End, FilledForm, Sample
from tools.make_samples.values import patient_status

KALAM = written("kalam")
GARCIA_ID = issue_patient_id(0)
"""Hers is the first enrollment that is admitted, so hers is the first ID."""

GARCIA_OCTOBER = (("2026-10-08", 3450), ("2026-10-15", 3120), ("2026-10-22", 2980), ("2026-10-29", 3260))


def months() -> tuple[Sample, ...]:
    """Chapter 5: a month later."""
    return (
        Sample(
            "27-status-garcia",
            "typed, clean, with the REMS Patient ID",
            (
                FilledForm(
                    "patient_status",
                    patient_status(GARCIA, OKAFOR, GARCIA_OCTOBER, "2026-11-02", patient_id=GARCIA_ID),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-11-02T14:20:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=5,
        ),
        Sample(
            "28-status-whitfield",
            "typed at standard resolution, header line, sent by a designee",
            (
                FilledForm(
                    "patient_status",
                    patient_status(
                        WHITFIELD,
                        LINDQVIST,
                        (("2026-10-13", 2640), ("2026-10-20", 2710), ("2026-10-27", 2450), ("2026-11-03", 2590)),
                        "2026-11-04",
                        HERRERA,
                    ),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-11-04T16:02:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=5,
            machine=Machine(
                STANDARD, header="NOV 04 2026 11:02 FR POTOMAC MHG 7035550118 TO 18008785927  P.{page:02d}/{pages:02d}"
            ),
        ),
        Sample(
            "29-status-tran-upside-down",
            "typed, both pages fed upside down",
            (
                FilledForm(
                    "patient_status",
                    patient_status(TRAN, LINDQVIST, (("2026-11-03", 4980),), "2026-11-05", monitoring_frequency="monthly"),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-11-05T15:11:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=5,
            machine=Machine(upside_down=True),
        ),
        Sample(
            "30-status-dubois",
            "handwriting, with an adverse event told in words",
            (
                FilledForm(
                    "patient_status",
                    patient_status(
                        DUBOIS,
                        BEAULIEU,
                        (("2026-10-16", 3320), ("2026-10-23", 3150), ("2026-10-30", 2890)),
                        "2026-11-05",
                        adverse_event="yes",
                        adverse_event_narrative="Constipation for ten days in October, treated with fluids, better now",
                    ),
                    KALAM,
                    4,
                ),
            ),
            "2026-11-05T19:36:00Z",
            End.DESK,
            cid=BEAULIEU.fax,
            chapter=5,
            may_be_asked=True,
        ),
        Sample(
            "31-status-park-and-mensah",
            "typed: two patients in one call, the second page upside down",
            (
                FilledForm(
                    "patient_status",
                    patient_status(PARK, RAMAN, (("2026-10-23", 5890), ("2026-11-05", 5510)), "2026-11-06"),
                    OFFICE_SYSTEM,
                    3,
                ),
                FilledForm(
                    "patient_status",
                    patient_status(
                        MENSAH,
                        OKAFOR,
                        (("2026-10-15", 1280), ("2026-10-22", 1190), ("2026-10-29", 1330), ("2026-11-05", 1250)),
                        "2026-11-06",
                        MORROW,
                    ),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-11-06T17:50:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=5,
            turned_pages=(2,),
        ),
    )
