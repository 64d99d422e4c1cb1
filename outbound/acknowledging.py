"""What an acknowledgement may say about a document: labels and rules, never what stood in the fields.

What: makes `DocumentOutcome`s from the registry's answer, or from a reviewer's rejection, for the letter to whoever sent the fax.
Why: the registry's and the reviewer's sentences are written for people who may know the patient; this letter may reach one
who may not (`outbound.recipients`). So parts become labels, and a sentence loses every value that the form carried.
Refuses: to drop a refusal. A sentence that names a value is told with the value left out, not left unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from outbound.notice import DocumentOutcome, DocumentResult, Missing
from registry.identifiers import PATIENT_ID_LENGTH, print_patient_id
from registry.submission import Admission, Admitted, Submission, Value

LEFT_OUT = "[left out]"
ILLEGIBLE = "This cannot be read. Please write it again, in capitals and one character in each box, and fax the form again."

UNREADABLE = {
    "encrypted": "The file is locked with a password. Fax the form on paper, or send it without a password.",
    "empty": "The call brought no page. Perhaps the paper was not drawn in, or the call ended early.",
    "damaged": "The pages arrived damaged and cannot be opened.",
    "too_many_pages": "The call brought far more pages than any form has. Fax each patient's forms in a call of their own.",
    "page_too_large": "A page is larger than any fax page.",
}
"""What a sender is told, by the code of `intake.errors.UnreadableFax.reason`; every other code is our own affair."""

UNREADABLE_ANYHOW = "The pages cannot be opened by our machines."

_RESULTS = {
    Admitted.YES: DocumentResult.RECORDED,
    Admitted.PARTLY: DocumentResult.PARTLY,
    Admitted.NO: DocumentResult.NOT_RECORDED,
}
_PARTS = {
    "enrollment": "Enrollment",
    "certification": "Certification",
    "labs": "Blood draws",
    "ben": "Benign ethnic neutropenia (BEN)",
    "hospice": "Hospice care",
    "anc": "ANC",
    "draw_date": "draw date",
    "band": "ANC band",
    "ar": "Authorized representative",
    "assessment": "Knowledge Assessment",
    "rationale": "Treatment Rationale",
    "status_form": "Patient Status Form",
    "npi": "NPI",
}
_ROWS = {"labs": "Blood draw", "locations": "Location", "answers": "Answer"}
_SENSITIVE = re.compile(
    r"patient_.*|labs\..*|start_date|status_(date|reason)|rationale_.*|missing_labs_reason|adverse_event_narrative"
    r"|signature_.*_date"
)

_REQUEST = re.compile(r"(?P<what>.+): (?P<todo>(?:please|nobody could read it\.) .+)")
_ON_FILE = re.compile(
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b|\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b"  # a day
    r"|\b[0-9]{4}-?[0-9]{4}-?[A-Z]\b"  # a REMS Patient ID
    r"|(?:(?<=ANC )|(?<=ANC, )|(?<=ANC of ))[0-9][0-9,.]*(?=/µL)"  # a result, not a limit ("at least 1500/µL")
)


def document_outcome(
    title: str,
    submission: Submission,
    admission: Admission,
    labels: Mapping[str, str],
    *,
    fax_pages: Sequence[int] = (),
    missing_pages: Sequence[int] = (),
    outdated: bool = False,
    mended: bool = False,
) -> DocumentOutcome:
    """The outcome of a form that went to the registry; `labels` are the form's field labels by field name.

    `mended`: its sender had been asked about it before.
    """
    refused = [
        Missing(part_label(one.part, labels), _without_file_values(without_values(one.reason, submission.values)), one.rule)
        for one in admission.refused
    ]
    told = {one.part for one in admission.refused}
    refused += [Missing(part_label(name, labels), ILLEGIBLE) for name in submission.illegible if name not in told]
    understood = dict.fromkeys(part_label(one.part, labels) for one in admission.applied)
    return DocumentOutcome(
        title=title,
        result=_RESULTS[admission.admitted],
        fax_pages=tuple(fax_pages),
        understood=tuple(understood),
        missing=tuple(refused),
        missing_pages=tuple(missing_pages),
        outdated=outdated,
        mended=mended,
    )


def rejected_outcome(
    title: str,
    reason: str,
    values: Mapping[str, Value],
    *,
    asked_for: Sequence[str] = (),
    fax_pages: Sequence[int] = (),
    missing_pages: Sequence[int] = (),
    outdated: bool = False,
    answer_by: str = "",
    strips: Mapping[str, str] | None = None,
) -> DocumentOutcome:
    """The outcome of a form that a person turned away; `values` is what was read on it, so that none of it is repeated.

    `asked_for`: what the sender must give before it can be recorded, a sentence each; without, the form is rejected for good.
    `strips`: by a field's label, what stands in it as PNG in base64. `answer_by`: ISO day, where something is asked.
    """
    shown = strips or {}
    return DocumentOutcome(
        title=title,
        result=DocumentResult.SENT_BACK if asked_for else DocumentResult.REJECTED,
        fax_pages=tuple(fax_pages),
        missing=tuple(_shown(_asked(without_values(one, values)), shown) for one in asked_for),
        reason=without_values(reason, values),
        missing_pages=tuple(missing_pages),
        outdated=outdated,
        answer_by=answer_by if asked_for else "",
    )


def _asked(sentence: str) -> Missing:
    """A row of the letter from the desk's "what: please do this"; a reviewer's own words stay one sentence."""
    parts = _REQUEST.fullmatch(sentence)
    if parts is None:
        return Missing("Also", sentence)
    return Missing(parts["what"], parts["todo"][:1].upper() + parts["todo"][1:])


def _shown(missing: Missing, strips: Mapping[str, str]) -> Missing:
    return replace(missing, strip=strips.get(missing.what, ""))


def unreadable_for_sender(reason: str) -> str:
    """What a sender is told of a fax that could not be read, by the error's code; the error's advice is for operators."""
    return UNREADABLE.get(reason, UNREADABLE_ANYHOW)


def part_label(part: str, labels: Mapping[str, str]) -> str:
    """What a part of a form is called for its sender: the printed label, "Blood draw 2: ANC", or the part's own words."""
    row = re.fullmatch(r"(labs|locations|answers)\.(\d+)(?:\.(\w+))?", part)
    if row:
        table, number, column = row.groups()
        counted = int(number) + (0 if table == "answers" else 1)
        return f"{_ROWS[table]} {counted}" + (f": {_PARTS.get(column, column.replace('_', ' '))}" if column else "")
    if part in labels:
        return labels[part]
    if part in _PARTS:
        return _PARTS[part]
    words = part.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def without_values(sentence: str, values: Mapping[str, Value]) -> str:
    """The sentence with every sensitive value of the form replaced by "[left out]", in each notation it may have."""
    notations: set[str] = set()
    for name, value in values.items():
        if _SENSITIVE.fullmatch(name) and value is not None and not isinstance(value, bool):
            notations |= _notations(value)
    if not notations:
        return sentence
    longest_first = "|".join(re.escape(one) for one in sorted(notations, key=lambda one: (-len(one), one)))
    return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", LEFT_OUT, sentence)


def _without_file_values(sentence: str) -> str:
    """The registry's sentence without what it knows from its own file: days, ANC values, IDs. Limits and periods stay."""
    return _ON_FILE.sub(LEFT_OUT, sentence)


def _notations(value: str | int | float) -> set[str]:
    """How a value may stand in a sentence; a single letter names nobody and would hit every "a"."""
    if isinstance(value, int | float):
        return {str(value), f"{value:,}", f"{value:g}"}
    text = " ".join(value.split())
    found = {text, *re.split(r"[\s,-]+", text)}
    found |= {each.upper() for each in found} | {each.title() for each in found}
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 5:
        found |= {digits, "-".join((digits[:3], digits[3:6], digits[6:]))}
    if len(text) == PATIENT_ID_LENGTH:
        found.add(print_patient_id(text))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return {each for each in found if len(each) > 1}
    return {text, f"{day:%m/%d/%Y}", f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}"}
