"""What a sender may be asked for: a sentence per doubt.

What: the sentences of the desk's question to the sender, and which of them are ticked from the start.
Why: the letter repeats them word for word, each as "what: please do this", so they are made in one place.
Refuses: to repeat a value; a sentence names the field, never what stands in it.
"""

from __future__ import annotations

from intake.reading import ProblemKind
from review_queue.review_item import WHOLE_DOCUMENT, ReviewItem, VerdictKind

STOPPING = frozenset({ProblemKind.MISSING_SIGNATURE, ProblemKind.MISSING_VALUE, ProblemKind.MISSING_PAGE, ProblemKind.CUT_OFF})
"""Something is missing, rather than uncertain."""


def what_to_ask(item: ReviewItem) -> tuple[tuple[str, bool], ...]:
    """What the sender may be asked for: a sentence per doubt; ticked where something is missing or illegible."""
    return tuple({sentence: ticked for _, sentence, ticked in _asks(item)}.items())


def asked_fields(item: ReviewItem) -> tuple[str, ...]:
    """The form's fields that the sentences of the item's question mean, in the form's order."""
    sentences = () if item.closing is None else item.closing.asked_for
    return tuple(key for key, sentence, _ in _asks(item) if sentence in sentences and not key.startswith(WHOLE_DOCUMENT))


def to_be_shown(item: ReviewItem, field: str) -> bool:
    """Whether the sender should see what stands in the field: ink is there, but nobody can tell what it says."""
    verdict = item.verdicts.get(field)
    if verdict is not None:
        return verdict.kind is VerdictKind.ILLEGIBLE
    return not any(doubt.key == field and doubt.kinds[0] in STOPPING for doubt in item.doubts)


def _asks(item: ReviewItem) -> list[tuple[str, str, bool]]:
    """Of each doubt: its key, the sentence, and whether it is ticked."""
    asks: list[tuple[str, str, bool]] = []
    for doubt in item.doubts:
        verdict = item.verdicts.get(doubt.key)
        illegible = verdict is not None and verdict.kind is VerdictKind.ILLEGIBLE
        kind = doubt.kinds[0]
        if illegible:
            asks.append((doubt.key, f"{doubt.label}: nobody could read it. Please write it again.", True))
        elif kind is ProblemKind.MISSING_SIGNATURE:
            asks.append((doubt.key, f"{doubt.label}: please sign.", True))
        elif kind is ProblemKind.MISSING_VALUE:
            asks.append((doubt.key, f"{doubt.label}: please fill it in.", True))
        elif doubt.whole_document:
            asks.append((doubt.key, _WHOLE_ASKS.get(kind, "Please fax the form again."), kind in STOPPING))
        else:
            asks.append((doubt.key, f"{doubt.label}: please write it again, clearly.", False))
    return asks


_WHOLE_ASKS = {
    ProblemKind.MISSING_PAGE: "A page is missing: please fax all pages of the form.",
    ProblemKind.CUT_OFF: "The call ended too early: please fax the form again.",
    ProblemKind.OUTDATED_REVISION: "This revision is no longer in use: please use the current form.",
    ProblemKind.WHO_IS_MEANT: "Who is meant is not certain: please write the patient's REMS Patient ID and fax the form again.",
    ProblemKind.UNSURE_FORM: "We cannot tell which form this is: please fax the current form.",
}
