"""What the letters' templates may name, and what each letter may say of a patient.

What: `FACTS`, every fact of every kind with its meaning and whether it says something of a patient; `MAY_CARRY`, by kind the
facts about the patient that the letter is allowed to print; `VARIABLES`, what every template gets beside its facts.
Why: minimum necessary (rems-rules §7). The table is not a report but the law: `facts_for_letter` gives a template what its row
allows and nothing else, so that a template which prints more cannot be rendered.
Refuses: a fact that stands in no table (`KeyError`): what nobody has classified may be about a patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outbound.letter_kinds import LETTER_KINDS
from outbound.notice import Role
from outbound.wording import initials
from registry.submission import Value


@dataclass(frozen=True)
class Fact:
    """One name that a template may use as `facts.NAME`."""

    name: str  # as in the registry's table
    meaning: str  # a few words
    of_patient: bool = False  # says something of a patient


INITIALS = "patient_initials"
"""Made of the patient's name; what nearly every letter prints in its place."""


def _by_name(*facts: Fact) -> dict[str, Fact]:
    return {one.name: one for one in facts}


FACTS: dict[str, Fact] = _by_name(
    Fact("patient_id", "REMS Patient ID", True),
    Fact(INITIALS, "the patient's initials, made of the name", True),
    Fact("patient_name", "first and last name", True),
    Fact("patient_date_of_birth", "ISO day", True),
    Fact("anc", "blood count per µL", True),
    Fact("lowest_anc", "lowest blood count of the form per µL", True),
    Fact("draw_date", "ISO day on which the blood was drawn", True),
    Fact("band", "code of the ANC band", True),
    Fact("other_results", "other low results of the same form, in words", True),
    Fact("is_latest", "false where a newer result is on file", True),
    Fact("already_on_file", "true where the same result was on file before", True),
    Fact("population", "general or BEN", True),
    Fact("hospice", "true where the patient is in hospice care", True),
    Fact("monitoring_frequency", "code of the interval between draws", True),
    Fact("treatment_status", "enrolled, interrupted or discontinued", True),
    Fact("since", "ISO day since when the status holds", True),
    Fact("cause", "why the status changed, a sentence", True),
    Fact("gaps", "periods without a blood count, in words", True),
    Fact("missing_labs", "the same, in a confirmation; none: nothing is missing", True),
    Fact("enrolled_on", "ISO day of enrollment", True),
    Fact("last_received_on", "ISO day of the last Patient Status Form", True),
    Fact("next_status_form_by", "ISO day by which the next one is due", True),
    Fact("results_recorded", "how many blood counts were recorded", True),
    Fact("complete", "false where a missing signature keeps the form from counting", True),
    Fact("narrative", "an adverse event as the form tells it", True),
    Fact("results_held", "how many results are held"),
    Fact("received_on", "ISO day of receipt"),
    Fact("received_at", "ISO moment of receipt"),
    Fact("reference", "reference number of the fax"),
    Fact("form", "form code"),
    Fact("missing", "what is still missing, in words"),
    Fact("prescriber_npi", "the prescriber's NPI"),
    Fact("prescriber_name", "the prescriber's name"),
    Fact("designee_name", "the designee's name"),
    Fact("designee_email", "the designee's email address"),
    Fact("staff_name", "the invited person's name"),
    Fact("pharmacy_npi", "the pharmacy's NPI"),
    Fact("pharmacy_name", "the pharmacy's name"),
    Fact("ar_name", "the authorized representative's name"),
    Fact("company_name", "the distributor's name"),
    Fact("distributor_id", "the distributor's DEA number or HIN"),
    Fact("secure_ftp", "true where the distributor fetches the list by secure FTP"),
    Fact("sender_name", "who sent the form, as it says"),
    Fact("npi", "NPI of who took the assessment"),
    Fact("respondent_name", "who took the assessment"),
    Fact("correct", "correct answers"),
    Fact("questions", "questions asked"),
    Fact("pass_mark", "correct answers needed"),
    Fact("attempts_left", "attempts that are left; none: no limit"),
    Fact("certified_on", "ISO day of certification"),
    Fact("reconfirm_by", "ISO day by which the AR must reconfirm"),
    Fact("days_left", "days until then"),
    Fact("code", "the code that whoever receives the test page is asked to tell"),
    Fact("locations", "how many locations the certification covers"),
)  # fmt: skip

VARIABLES: dict[str, str] = {
    "facts": "the facts of the notice's kind, as far as its row allows (every kind but the acknowledgement)",
    "ack": "the answer to a fax, `outbound.notice.Acknowledgement` (acknowledgement only)",
    "cover": "who writes to whom, when, and under which reference, `outbound.letters.CoverPage`",
    "zone": "IANA name of the time zone of the times",
    "together": "the kinds of the notices of the same reference; for the acknowledgement those of the whole letter",
    "wanted": "what the recipient is asked for, `outbound.notice.Wanted`",
    "enclosed": "the forms that follow the letter and no earlier notice of it named, `outbound.notice.Enclosure`",
    "left_out": "true where a pre-printed form was to follow and the call would have become too long",
    "sections": "the notices' sections with their references (frame only)",
}
"""What every template may use beside filters and macros."""

_WHO = frozenset({"patient_id", INITIALS})
_LOW = _WHO | {"anc", "draw_date", "is_latest", "other_results", "treatment_status"}
_WHOLE = frozenset({"patient_name", "patient_date_of_birth"})

MAY_CARRY: dict[str, frozenset[str]] = {
    "enrollment_confirmed": _WHO
    | {"patient_date_of_birth", "treatment_status", "population", "hospice", "monitoring_frequency", "enrolled_on", "anc"}
    | {"draw_date", "next_status_form_by"},  # the day of birth: so that a new ID finds the right chart
    "patient_reassociated": _WHO
    | {"patient_date_of_birth", "treatment_status", "population", "hospice", "monitoring_frequency", "enrolled_on"}
    | {"next_status_form_by"},
    "status_form_recorded": _WHO
    | {"treatment_status", "complete", "results_recorded", "monitoring_frequency", "missing_labs", "next_status_form_by"},
    "anc_recorded": _WHO | {"anc", "draw_date", "treatment_status", "already_on_file"},
    "neutropenia_mild": _LOW,
    "neutropenia_moderate": _LOW,
    "neutropenia_severe": _LOW,
    "neutropenia_ben": _LOW,
    "neutropenia_ben_severe": _LOW,
    "treatment_interrupted": _WHO | {"cause", "anc", "draw_date", "since"},
    "rationale_needed": _WHO | {"anc", "draw_date"},
    "treatment_resumed": _WHO | {"cause", "since"},
    "treatment_discontinued": _WHO | {"cause", "since"},
    "missing_labs": _WHO | {"gaps", "monitoring_frequency"},
    "status_form_due": _WHO | {"last_received_on", "next_status_form_by"},
    "status_form_overdue": _WHO | {"last_received_on", "next_status_form_by"},
    "authorization_withheld": _WHO | {"treatment_status"},
    # to the contact center alone, whose people must find the patient
    "unauthorized_sender": _WHOLE | {"lowest_anc"},
    "adverse_event": _WHOLE | {"patient_id", "narrative"},
}
"""By kind the facts about a patient that its letter may print; a kind that is not named may print none."""

PRINTED_FORM_MAY_CARRY = frozenset(
    {"patient_id", "patient_first_name", "patient_last_name", "patient_date_of_birth", "patient_zip"}
)
"""Fields about the patient on a form that is printed for its reader; it goes to the prescriber's number on file only."""


def allowed(kind: str, role: Role) -> frozenset[str]:
    """The facts about the patient that a letter of that kind may print for that recipient.

    None for a sender whom the registry does not know: a machine nobody has verified has the fax, and needs no patient named.
    """
    return frozenset() if role is Role.SENDER else MAY_CARRY.get(kind, frozenset())


def facts_for_letter(kind: str, role: Role, facts: Mapping[str, Value]) -> dict[str, Value]:
    """The facts that the kind's template may print, by name.

    For the sender of a fax facts about the patient are None ("not told"); for everybody else those that the table does not allow
    are absent, so that a template which names one fails. ValueError for facts that differ from the kind's row.
    """
    row = LETTER_KINDS[kind].facts
    if absent := [name for name in row if name not in facts]:
        raise ValueError(f"absent facts: {', '.join(absent)}")
    if unknown := sorted(set(facts) - set(row)):
        raise ValueError(f"unknown facts: {', '.join(unknown)}")
    all_facts = dict(facts)
    if "patient_name" in facts:
        all_facts[INITIALS] = initials(facts["patient_name"]) if facts["patient_name"] else None
    may = allowed(kind, role)
    told = {name: value for name, value in all_facts.items() if not FACTS[name].of_patient or name in may}
    if role is Role.SENDER:
        told |= dict.fromkeys(MAY_CARRY.get(kind, frozenset()))
    return told
