"""Low counts and what answers them: chapters 6 and 7.

What: a moderate and a severe neutropenia, single ANCs from several senders, forms that lack a page or a signature, a rationale.
Why: here a misread digit harms somebody, and here the registry's rules meet each other.
Refuses: nothing.
"""

from __future__ import annotations

from tools.make_samples.cast import (
    BEAULIEU,
    DUBOIS,
    FINLEY,
    GARCIA,
    LINDQVIST,
    MENSAH,
    MORROW,
    OKAFOR,
    PARK,
    RAMAN,
    ROCK_CREEK,
    TRAN,
    WHITFIELD,
)
from tools.make_samples.hand import BOLD_TYPEWRITER, OFFICE_SYSTEM, SERIF_PRINTER, TYPEWRITER, WORD_PROCESSOR
from tools.make_samples.machine import STANDARD, Machine
from tools.make_samples.phone_line import Line
from tools.make_samples.sample import Container, Doubt, End, FilledForm, Sample
from tools.make_samples.story_enrollments import NEEDS_PRESCRIBER, PATRICK
from tools.make_samples.values import anc_lab, patient_status


def low_counts() -> tuple[Sample, ...]:
    """A week of counts, and the answer to the lowest."""
    return (
        Sample(
            "32-status-garcia-low-anc",
            "typed, header line: an ANC of 880, so treatment is interrupted",
            (
                FilledForm(
                    "patient_status",
                    patient_status(GARCIA, OKAFOR, (("2026-11-05", 2310), ("2026-11-09", 880)), "2026-11-10"),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-11-10T13:29:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=6,
            machine=Machine(header="11/10/2026 08:29   ANACOSTIA BH   202 555 0144            PAGE {page}/{pages}"),
        ),
        Sample(
            "33-anc-mensah-pharmacy",
            "typed at standard resolution, reported by a pharmacy, no patient ID",
            (
                FilledForm(
                    "anc_lab_reporting",
                    anc_lab(
                        MENSAH,
                        OKAFOR,
                        ("2026-11-11", 1160),
                        "2026-11-12",
                        "pharmacy",
                        "Naomi Adler",
                        pharmacy_name=ROCK_CREEK.name,
                        pharmacy_npi=ROCK_CREEK.npi,
                    ),
                    BOLD_TYPEWRITER,
                    6,
                ),
            ),
            "2026-11-12T16:07:00Z",
            cid=ROCK_CREEK.fax,
            cidname="ROCK CREEK RX",
            chapter=6,
            machine=Machine(STANDARD),
        ),
        Sample(
            "34-anc-whitfield-mild",
            "typed over a line of 21 dB: rows are missing and nothing says so",
            (
                FilledForm(
                    "anc_lab_reporting",
                    anc_lab(WHITFIELD, LINDQVIST, ("2026-11-10", 1420), "2026-11-12", "designee", "Marco Herrera"),
                    SERIF_PRINTER,
                    2,
                ),
            ),
            "2026-11-12T17:18:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=6,
            may_be_asked=True,
            line=Line("snr=21,gate=1", seed=34),
        ),
        Sample(
            "35-anc-dubois-severe",
            "handwriting: an ANC of 430",
            (
                FilledForm(
                    "anc_lab_reporting",
                    anc_lab(DUBOIS, BEAULIEU, ("2026-11-11", 430), "2026-11-12", "prescriber", "Thomas Beaulieu"),
                    PATRICK,
                    4,
                ),
            ),
            "2026-11-12T21:02:00Z",
            End.DESK,
            cid=BEAULIEU.fax,
            chapter=6,
            may_be_asked=True,
            machine=Machine(STANDARD),
        ),
        Sample(
            "36-anc-tran",
            "typed, a thin copy, in a PDF from the fax server, over a line of 23 dB",
            (
                FilledForm(
                    "anc_lab_reporting",
                    anc_lab(TRAN, LINDQVIST, ("2026-11-12", 5060), "2026-11-13", "prescriber", "Daniel Lindqvist"),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-11-13T15:45:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=6,
            may_be_asked=True,
            machine=Machine(threshold=125),
            line=Line("snr=23,gate=1", seed=36),
            container=Container.SCANNED_PDF,
        ),
        Sample(
            "37-status-finley-ben-unsigned",
            "typed: a designee sets BEN, which only the prescriber's signature can",
            (
                FilledForm(
                    "patient_status",
                    patient_status(FINLEY, OKAFOR, (("2026-11-10", 2040),), "2026-11-13", MORROW, ben=True),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-11-13T14:33:00Z",
            End.DESK,
            NEEDS_PRESCRIBER,
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=6,
        ),
        Sample(
            "38-status-park-missing-page",
            "typed: the second page never went through the feeder",
            (
                FilledForm(
                    "patient_status",
                    patient_status(PARK, RAMAN, (("2026-11-12", 5730),), "2026-11-16"),
                    OFFICE_SYSTEM,
                    3,
                    pages=(1,),
                ),
            ),
            "2026-11-16T13:59:00Z",
            End.DESK,
            (Doubt("missing_page"),),
            cid=RAMAN.fax,
            cidname="CATONSVILLE CC",
            chapter=6,
        ),
        Sample(
            "39-status-garcia-rationale",
            "typed: the prescriber's Treatment Rationale for the ANC of 880",
            (
                FilledForm(
                    "patient_status",
                    patient_status(
                        GARCIA,
                        OKAFOR,
                        (("2026-11-09", 880), ("2026-11-11", 1040), ("2026-11-13", 1190)),
                        "2026-11-16",
                        rationale=True,
                        rationale_anc=880,
                        rationale_draw_date="2026-11-09",
                    ),
                    TYPEWRITER,
                    1,
                ),
            ),
            "2026-11-16T15:21:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=7,
        ),
    )
