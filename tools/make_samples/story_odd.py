"""What else comes out of a fax machine: resends, pages that are no form, files that are no fax.

What: the last samples, each with where it must end.
Why: nothing may be lost silently, and nothing odd may hold up the next good fax.
Refuses: nothing.
"""

from __future__ import annotations

from tools.make_samples.cast import GARCIA, LINDQVIST, OKAFOR, TRAN, WHITFIELD
from tools.make_samples.hand import OFFICE_SYSTEM, TYPEWRITER, WORD_PROCESSOR
from tools.make_samples.machine import STANDARD, Machine
from tools.make_samples.sample import BadFile, Doubt, End, FilledForm, LoosePage, Sample
from tools.make_samples.story_months import GARCIA_ID, GARCIA_OCTOBER
from tools.make_samples.values import labs, patient_on_form, patient_status, signed

COVER = LoosePage(
    "cover_sheet",
    (
        "# FAX COVER SHEET",
        "---",
        "To: Clozapine REMS|Fax: 800-878-5927",
        "From: Anacostia Behavioral Health|Fax: 202-555-0144",
        "Date: 11/17/2026|Pages: 3 with cover",
        "Re: status form",
        "---",
        "",
        "CONFIDENTIAL: for the recipient named above only. If it reached you by",
        "mistake, call 202-555-0143 and destroy all pages.",
    ),
)

LAB = LoosePage(
    "lab_printout",
    (
        "# MONOCACY CLINICAL LABORATORY",
        "Hematology report|Accession 26-114-20871",
        "---",
        "Patient: TRAN, LINH|DOB 07/25/1990  F",
        "Specimen: whole blood, EDTA|Collected 11/16/2026 08:10",
        "Ordered by: D. LINDQVIST DO|Reported 11/16/2026 14:52",
        "---",
        "CBC WITH DIFFERENTIAL|Result|Reference range",
        "WBC|7.8 K/uL|4.0 - 11.0",
        "Hemoglobin|13.2 g/dL|12.0 - 15.5",
        "Hematocrit|39.4 %|36 - 46",
        "Platelet count|251 K/uL|150 - 400",
        "Neutrophils, absolute|4.87 K/uL|1.80 - 7.70",
        "Lymphocytes, absolute|2.10 K/uL|1.00 - 4.80",
        "Monocytes, absolute|0.55 K/uL|0.20 - 0.95",
        "---",
        "Final report. Results relate to the specimen as received.",
    ),
    OFFICE_SYSTEM,
)

OTHER_PROGRAM = LoosePage(
    "other_program",
    (
        "# Isotretinoin Safety Program",
        "# Patient Registration Form",
        "---",
        "Fax this form to 800-555-0188|Page 1 of 1",
        "",
        "Patient name: Dana Whitlock|Date of birth: 04/02/1999",
        "Prescriber: R. Osei MD|NPI: see reverse",
        "",
        "[X] Counseled on contraception|[X] Guide received",
        "",
        "Signature on file|Date 11/12/2026",
    ),
    WORD_PROCESSOR,
)


def odd_faxes() -> tuple[Sample, ...]:
    """Faxes that must not be taken for what they look like."""
    outdated = patient_on_form(TRAN) | labs((("2026-11-12", 5060),), bands=False) | signed("prescriber", "2026-11-16")
    outdated |= {
        "prescriber_first_name": LINDQVIST.first,
        "prescriber_last_name": LINDQVIST.last,
        "prescriber_npi": LINDQVIST.npi,
    }
    outdated |= {"prescriber_phone": LINDQVIST.phone, "treatment_status": "enrolled", "monitoring_frequency": "monthly"}
    return (
        Sample(
            "40-status-outdated-revision",
            "typed on the revision of 2021-11, which has other words and no page codes",
            (FilledForm("patient_status", outdated, WORD_PROCESSOR, 2, revision="2021-11"),),
            "2026-11-16T18:12:00Z",
            End.DESK,
            (Doubt("outdated_revision"),),
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            chapter=6,
        ),
        Sample(
            "41-duplicate-of-27",
            "the same file once more: the sender's machine did not get its confirmation",
            (FilledForm("patient_status", status_of_27(), TYPEWRITER, 1),),
            "2026-11-02T14:24:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            same_as="27-status-garcia",
            chapter=6,
        ),
        Sample(
            "42-cover-sheet-only",
            "a cover sheet that speaks of a form which never came",
            (COVER,),
            "2026-11-17T13:15:00Z",
            cid=OKAFOR.fax,
            cidname="ANACOSTIA BH",
            chapter=6,
        ),
        Sample(
            "43-lab-printout",
            "a laboratory's own printout: no form, but a result",
            (LAB,),
            "2026-11-17T20:03:00Z",
            End.DESK,
            cid="3015550177",
            cidname="MONOCACY LAB",
            chapter=6,
            machine=Machine(STANDARD),
        ),
        Sample(
            "49-status-shuffled",
            "typed: two patients' forms with their pages shuffled; nothing on a second page says whose it is",
            (
                FilledForm(
                    "patient_status", patient_status(TRAN, LINDQVIST, (("2026-11-17", 4890),), "2026-11-18"), WORD_PROCESSOR, 2
                ),
                FilledForm(
                    "patient_status",
                    patient_status(WHITFIELD, LINDQVIST, (("2026-11-17", 2660),), "2026-11-18"),
                    WORD_PROCESSOR,
                    2,
                ),
            ),
            "2026-11-18T15:30:00Z",
            End.DESK,
            cid=LINDQVIST.fax,
            cidname="POTOMAC MHG",
            order=(1, 3, 2, 4),
            chapter=6,
            undecidable=True,
        ),
        Sample(
            "44-other-program",
            "another program's form, sent to the wrong number",
            (OTHER_PROGRAM,),
            "2026-11-18T11:26:00Z",
            End.DESK,
            cid="4435550120",
            chapter=6,
        ),
    )


def status_of_27() -> dict[str, str | int | bool | None]:
    """The values of the fax that is sent twice."""
    return patient_status(GARCIA, OKAFOR, GARCIA_OCTOBER, "2026-11-02", patient_id=GARCIA_ID)


BAD_FILES = (
    BadFile(
        "45-encrypted.pdf", "a PDF locked with a password", "encrypted", "encrypted", "2026-11-18T12:00:00Z", "2025550180", 6
    ),
    BadFile(
        "46-empty.tif",
        "no bytes: the fax server opened the file and died",
        "empty",
        "empty",
        "2026-11-18T12:05:00Z",
        "2025550181",
        6,
    ),
    BadFile("47-text.tif", "a line of text under a fax's name", "text", "not_a_fax", "2026-11-18T12:10:00Z", "", 6),
    BadFile(
        "48-broken.tif",
        "a fax whose directory is lost: nothing can be decoded",
        "broken",
        "damaged",
        "2026-11-18T12:15:00Z",
        "2025550182",
        6,
    ),
)
"""Files that cannot be read, each with the reason its quarantine must give."""
