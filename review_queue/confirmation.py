"""From a reading to a submission: the only place where one is made from a fax.

What: a `Submission` from a form nobody had to look at, and from one that a person confirmed, with whom that person said it means.
Why: one door, so that every value the registry holds from a fax was either certain or settled by a named person. A test
holds that nothing else makes one.
Refuses: a reading with doubts left (`DoubtsLeft`), an item that was not confirmed (`NotConfirmed`). A value that was neither
accepted nor settled never leaves here: it is None.
"""

from __future__ import annotations

from collections.abc import Mapping

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.reading import FormReading
from registry.submission import Correction, Reference, Submission, SubmissionId, Value
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict
from review_queue.lifecycle import ReviewState
from review_queue.review_item import Doubt, FaxFacts, ReviewItem, Verdict, VerdictKind
from review_queue.triage import Triage

SIGNATURE = "signature_"


class DoubtsLeft(Exception):
    """Something about the document is still unsettled."""

    def __init__(self, doubts: tuple[Doubt, ...]) -> None:
        super().__init__("not settled: " + ", ".join(doubt.label for doubt in doubts))
        self.doubts = doubts


class NotConfirmed(Exception):
    """The item has not been submitted by a reviewer."""


def untouched(
    reading: FormReading,
    form: FormDefinition,
    triage: Triage,
    fax: FaxFacts,
    submission_id: SubmissionId,
    carried: Mapping[str, Verdict] | None = None,
) -> Submission:
    """The submission of a form on which nothing is doubtful; `DoubtsLeft` otherwise.

    `carried`: what people had settled on pages of an earlier fax that stand in it: their word, by field, with their names.
    """
    if not triage.straight_through:
        raise DoubtsLeft(triage.doubts)
    return Submission(
        submission_id=submission_id,
        reference=Reference(fax.reference),
        form=FormCode(reading.form),
        revision=reading.revision,
        channel=Channel.FAX,
        received_at=fax.received_at,
        values=_values(reading, form, {}),
        signatures=_signatures(reading, form, {}),
        corrections=_corrections(carried or {}),
        sender_fax=fax.sender_fax,
        fax_pages=_pages(reading),
    )


def confirmed(item: ReviewItem, form: FormDefinition, submission_id: SubmissionId) -> Submission:
    """The submission of a form a reviewer submitted, with every correction; `NotConfirmed` or `DoubtsLeft` otherwise."""
    if item.state is not ReviewState.CONFIRMED or item.closing is None or item.reading is None:
        raise NotConfirmed(f"review item {item.item_id} is {item.state.label}")
    if item.left():
        raise DoubtsLeft(item.left())
    fields = {name: verdict for name, verdict in item.verdicts.items() if name in {field.name for field in form.fields}}
    return Submission(
        submission_id=submission_id,
        reference=Reference(item.fax.reference),
        form=FormCode(item.reading.form),
        revision=item.reading.revision,
        channel=Channel.FAX,
        received_at=item.fax.received_at,
        values=_values(item.reading, form, fields),
        signatures=_signatures(item.reading, form, fields),
        confirmed_by=item.closing.by,
        corrections=_corrections(fields),
        illegible=tuple(name for name, verdict in fields.items() if verdict.kind is VerdictKind.ILLEGIBLE),
        sender_fax=item.fax.sender_fax,
        fax_pages=_pages(item.reading),
        person=item.person,
    )


def _corrections(verdicts: Mapping[str, Verdict]) -> tuple[Correction, ...]:
    return tuple(Correction(name, one.read, one.value, one.kind.value, one.by, one.at) for name, one in verdicts.items())


def _pages(reading: FormReading) -> tuple[int, ...]:
    """The pages of the fax that the form stands on, in the fax's order."""
    return tuple(sorted(page.fax_page for page in reading.pages))


def _values(reading: FormReading, form: FormDefinition, verdicts: Mapping[str, Verdict]) -> dict[str, Value]:
    return {field.name: _value(field, reading, verdicts) for field in form.fields if field.kind is not FieldKind.SIGNATURE}


def _value(field: FieldDefinition, reading: FormReading, verdicts: Mapping[str, Verdict]) -> Value:
    blank = False if field.kind is FieldKind.MARK else None
    if field.name in verdicts:
        verdict = verdicts[field.name]
        return blank if verdict.kind is VerdictKind.BLANK else verdict.value  # illegible stays None: not even "no tick" is known
    read = reading.fields.get(field.name)
    return blank if read is None or not read.accepted or read.value is None else read.value


def _signatures(
    reading: FormReading, form: FormDefinition, verdicts: Mapping[str, Verdict]
) -> dict[SignatureRole, SignatureVerdict]:
    signatures = {}
    for field in form.fields:
        if field.kind is FieldKind.SIGNATURE:
            signatures[SignatureRole(field.name.removeprefix(SIGNATURE))] = _signature(field, reading, verdicts)
    return signatures


def _signature(field: FieldDefinition, reading: FormReading, verdicts: Mapping[str, Verdict]) -> SignatureVerdict:
    verdict = verdicts.get(field.name)
    if verdict is not None:
        if verdict.kind is VerdictKind.ILLEGIBLE:
            return SignatureVerdict.UNSURE
        return SignatureVerdict.ABSENT if verdict.value is None else SignatureVerdict(str(verdict.value))
    read = reading.fields.get(field.name)
    if read is None or not read.accepted or read.value is None:
        return SignatureVerdict.ABSENT  # unaccepted and yet no doubt: a zone without ink that this form does not need
    return SignatureVerdict(str(read.value))
