"""The first chapters: prescribers, pharmacies and a distributor enroll, then the designees.

What: samples whose admission the patients' faxes rest on.
Why: a patient can be enrolled only by somebody who is certified, so these drop first.
Refuses: nothing.
"""

from __future__ import annotations

from tools.make_samples.cast import (
    BEAULIEU,
    CASTELLANO,
    CHESAPEAKE,
    HERRERA,
    LINDQVIST,
    MORROW,
    NGUYEN,
    OKAFOR,
    RAMAN,
    ROCK_CREEK,
    ST_BRENDAN,
    TIDEWATER,
    TIDEWATER_STORES,
)
from tools.make_samples.hand import BOLD_TYPEWRITER, OFFICE_SYSTEM, SERIF_PRINTER, TYPEWRITER, WORD_PROCESSOR, written
from tools.make_samples.machine import STANDARD, Machine
from tools.make_samples.pen import MarkStyle
from tools.make_samples.phone_line import Line
from tools.make_samples.sample import Container, Doubt, End, FilledForm, LoosePage, Sample
from tools.make_samples.values import (
    Values,
    designee_enrollment,
    distributor_enrollment,
    pharmacy_enrollment,
    pharmacy_knowledge,
    prescriber_enrollment,
    prescriber_knowledge,
)

KALAM = written("kalam")
ARCHITECT = written("architects-daughter", MarkStyle.TICK)
HANDLEE = written("handlee", MarkStyle.FILL)

COVER_RAMAN = LoosePage(
    "cover_sheet",
    (
        "# FAX COVER SHEET",
        "---",
        "To: Clozapine REMS|Fax: 800-878-5927",
        "From: P. Raman, Catonsville Community Clinic|Fax: 410-555-0163",
        "Date: 10/03/2026|Pages: 5 with this one",
        "Re: Enrollment of a prescriber",
        "---",
        "Please confirm receipt by fax.",
        "",
        "CONFIDENTIAL: for the recipient named above only. If it reached you by",
        "mistake, call 410-555-0162 and destroy all pages.",
    ),
)


def stores() -> Values:
    """The chain's stores as rows of the locations table."""
    out: Values = {}
    for row, (name, number, ncpdp, zip_code) in enumerate(TIDEWATER_STORES):
        out |= {
            f"locations.{row}.name": name,
            f"locations.{row}.npi": number,
            f"locations.{row}.ncpdp": ncpdp,
            f"locations.{row}.zip": zip_code,
        }
    return out


def people() -> tuple[Sample, ...]:
    """Chapter 1: who may prescribe, dispense and deliver."""
    return (
        Sample(
            "01-prescriber-okafor",
            "typed, clean: the plainest fax there is",
            (FilledForm("prescriber_enrollment", prescriber_enrollment(OKAFOR, "2026-10-01"), TYPEWRITER, 1),),
            "2026-10-01T13:12:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
        ),
        Sample(
            "02-prescriber-okafor-knowledge",
            "typed, clean, header line",
            (FilledForm("prescriber_knowledge", prescriber_knowledge(OKAFOR, "2026-10-01"), TYPEWRITER, 1),),
            "2026-10-01T13:20:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            machine=Machine(header="10/01/2026 09:20   ANACOSTIA BH   202 555 0144            PAGE {page}/{pages}"),
        ),
        Sample(
            "03-prescriber-lindqvist",
            "typed at standard resolution, header line",
            (
                FilledForm(
                    "prescriber_enrollment",
                    prescriber_enrollment(LINDQVIST, "2026-10-01", phone_extension="204"),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-10-01T15:41:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            machine=Machine(
                STANDARD,
                threshold=175,  # at standard resolution a lighter copy loses the points of the email address
                header="OCT 01 2026 11:41 FR POTOMAC MHG 7035550118 TO 18008785927  P.{page:02d}/{pages:02d}",
            ),
        ),
        Sample(
            "04-prescriber-lindqvist-knowledge",
            "typed at standard resolution, slightly askew",
            (FilledForm("prescriber_knowledge", prescriber_knowledge(LINDQVIST, "2026-10-01"), WORD_PROCESSOR, 2),),
            "2026-10-01T15:46:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            machine=Machine(STANDARD, skew=0.5),
        ),
        Sample(
            "05-prescriber-raman-both",
            "cover sheet and two forms in one call; error correction on the line; askew",
            (
                COVER_RAMAN,
                FilledForm("prescriber_enrollment", prescriber_enrollment(RAMAN, "2026-10-02"), OFFICE_SYSTEM, 3),
                FilledForm("prescriber_knowledge", prescriber_knowledge(RAMAN, "2026-10-02"), OFFICE_SYSTEM, 3),
            ),
            "2026-10-03T12:05:00Z",
            cid=RAMAN.fax,
            cidname="CATONSVILLE CC",
            machine=Machine(skew=-0.9),
            line=Line(error_correction=True, coding="t6", seed=5),
        ),
        Sample(
            "06-prescriber-beaulieu",
            "handwriting",
            (FilledForm("prescriber_enrollment", prescriber_enrollment(BEAULIEU, "2026-10-02"), KALAM, 4),),
            "2026-10-02T18:30:00Z",
            End.DESK,
            cid=BEAULIEU.fax,
            may_be_asked=True,
            machine=Machine(skew=0.4),
        ),
        Sample(
            "07-prescriber-beaulieu-knowledge",
            "handwriting at standard resolution; one answer wrong",
            (FilledForm("prescriber_knowledge", prescriber_knowledge(BEAULIEU, "2026-10-02", "bacbdacadc"), KALAM, 4),),
            "2026-10-02T18:34:00Z",
            End.DESK,
            cid=BEAULIEU.fax,
            may_be_asked=True,
            machine=Machine(STANDARD),
        ),
        Sample(
            "08-prescriber-castellano",
            "typed at standard resolution over a noisy line; her assessment never comes",
            (FilledForm("prescriber_enrollment", prescriber_enrollment(CASTELLANO, "2026-10-05"), BOLD_TYPEWRITER, 5),),
            "2026-10-05T14:02:00Z",
            cid=CASTELLANO.fax,
            cidname="HARBOR VIEW PSY",
            may_be_asked=True,
            machine=Machine(STANDARD),
            line=Line("snr=22,gate=1", seed=8),
        ),
        Sample(
            "09-pharmacy-rock-creek",
            "typed, outpatient pharmacy, specks",
            (
                FilledForm(
                    "outpatient_pharmacy", pharmacy_enrollment(ROCK_CREEK, "2026-10-02", pharmacy_kind="single"), TYPEWRITER, 6
                ),
            ),
            "2026-10-02T16:15:00Z",
            cid=ROCK_CREEK.fax,
            cidname="ROCK CREEK RX",
            machine=Machine(specks=0.15),
        ),
        Sample(
            "10-pharmacy-rock-creek-knowledge",
            "the blank filled in a PDF viewer, never printed",
            (FilledForm("pharmacy_knowledge", pharmacy_knowledge(ROCK_CREEK, "2026-10-02"), WORD_PROCESSOR, 6),),
            "2026-10-02T16:21:00Z",
            cid=ROCK_CREEK.fax,
            cidname="ROCK CREEK RX",
            container=Container.FILLED_PDF,
        ),
        Sample(
            "11-pharmacy-st-brendan",
            "typed, inpatient pharmacy, standard resolution",
            (
                FilledForm(
                    "inpatient_pharmacy",
                    pharmacy_enrollment(ST_BRENDAN, "2026-10-02", facility_type="Acute care hospital"),
                    OFFICE_SYSTEM,
                    7,
                ),
            ),
            "2026-10-03T09:50:00Z",
            cid=ST_BRENDAN.fax,
            cidname="ST BRENDAN HOSP",
            machine=Machine(STANDARD, skew=-0.6),
        ),
        Sample(
            "12-pharmacy-st-brendan-knowledge",
            "typed, over a line of 24 dB",
            (FilledForm("pharmacy_knowledge", pharmacy_knowledge(ST_BRENDAN, "2026-10-02"), SERIF_PRINTER, 7),),
            "2026-10-03T09:58:00Z",
            cid=ST_BRENDAN.fax,
            cidname="ST BRENDAN HOSP",
            may_be_asked=True,
            line=Line("snr=24,gate=1", seed=12),
        ),
        Sample(
            "13-pharmacy-tidewater",
            "handwriting, a chain with two stores, over a noisy line",
            (
                FilledForm(
                    "outpatient_pharmacy",
                    pharmacy_enrollment(TIDEWATER, "2026-10-05", pharmacy_kind="chain") | stores(),
                    ARCHITECT,
                    8,
                ),
            ),
            "2026-10-05T19:22:00Z",
            End.DESK,
            cid=TIDEWATER.fax,
            may_be_asked=True,
            line=Line("snr=23,gate=1", seed=13),
        ),
        Sample(
            "14-pharmacy-tidewater-knowledge",
            "handwriting, filled boxes, in a PDF from the fax server",
            (FilledForm("pharmacy_knowledge", pharmacy_knowledge(TIDEWATER, "2026-10-05"), HANDLEE, 8),),
            "2026-10-05T19:27:00Z",
            End.DESK,
            cid=TIDEWATER.fax,
            may_be_asked=True,
            container=Container.SCANNED_PDF,
        ),
        Sample(
            "15-distributor-chesapeake",
            "typed, two degrees askew",
            (FilledForm("distributor_enrollment", distributor_enrollment(CHESAPEAKE, "2026-10-06"), TYPEWRITER, 9),),
            "2026-10-06T13:40:00Z",
            cid=CHESAPEAKE.ar_fax,
            cidname="CHESAPEAKE MED",
            machine=Machine(skew=1.6, shift_mm=(1.0, 2.0)),
        ),
    )


def designees() -> tuple[Sample, ...]:
    """Chapter 2: who may act for a prescriber."""
    unsigned = designee_enrollment(NGUYEN, BEAULIEU, "2026-10-07") | {
        "signature_designee": "absent",
        "signature_designee_date": None,
    }
    return (
        Sample(
            "16-designee-morrow",
            "typed, over a clean line with error correction",
            (FilledForm("prescriber_designee", designee_enrollment(MORROW, OKAFOR, "2026-10-06"), TYPEWRITER, 1),),
            "2026-10-06T14:10:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=2,
            line=Line(error_correction=True, coding="2d", seed=16),
        ),
        Sample(
            "17-designee-herrera",
            "typed at standard resolution",
            (FilledForm("prescriber_designee", designee_enrollment(HERRERA, LINDQVIST, "2026-10-06"), SERIF_PRINTER, 2),),
            "2026-10-06T15:33:00Z",
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=2,
            machine=Machine(STANDARD),
        ),
        Sample(
            "18-designee-nguyen-unsigned",
            "handwriting; the designee did not sign",
            (FilledForm("prescriber_designee", unsigned, KALAM, 4),),
            "2026-10-07T11:48:00Z",
            End.DESK,
            (Doubt("missing_signature", "signature_designee"),),
            cid=BEAULIEU.fax,
            chapter=2,
        ),
    )
