"""What a sender may be asked for: a sentence per doubt.

What: the sentences of the desk's question to the sender, and which of them are ticked from the start.
Why: the letter repeats them word for word, each as "what: please do this", so they are made in one place.
Refuses: to repeat a value; a sentence names the field, never what stands in it.
"""

from __future__ import annotations

from intake.reading import ProblemKind
from review_queue.review_item import ReviewItem, VerdictKind

STOPPING = frozenset({ProblemKind.MISSING_SIGNATURE, ProblemKind.MISSING_VALUE, ProblemKind.MISSING_PAGE, ProblemKind.CUT_OFF})
"""Something is missing, rather than uncertain."""


def what_to_ask(item: ReviewItem) -> tuple[tuple[str, bool], ...]:
    """What the sender may be asked for: a sentence per doubt; ticked where something is missing or illegible."""
    asks = []
    for doubt in item.doubts:
        verdict = item.verdicts.get(doubt.key)
        illegible = verdict is not None and verdict.kind is VerdictKind.ILLEGIBLE
        kind = doubt.kinds[0]
        if illegible:
            asks.append((f"{doubt.label}: nobody could read it. Please write it again.", True))
        elif kind is ProblemKind.MISSING_SIGNATURE:
            asks.append((f"{doubt.label}: please sign.", True))
        elif kind is ProblemKind.MISSING_VALUE:
            asks.append((f"{doubt.label}: please fill it in.", True))
        elif doubt.whole_document:
            asks.append((_WHOLE_ASKS.get(kind, "Please fax the form again."), kind in STOPPING))
        else:
            asks.append((f"{doubt.label}: please write it again, clearly.", False))
    return tuple(dict(asks).items())


_WHOLE_ASKS = {
    ProblemKind.MISSING_PAGE: "A page is missing: please fax all pages of the form.",
    ProblemKind.CUT_OFF: "The call ended too early: please fax the form again.",
    ProblemKind.OUTDATED_REVISION: "This revision is no longer in use: please use the current form.",
    ProblemKind.WHO_IS_MEANT: "Who is meant is not certain: please write the patient's REMS Patient ID and fax the form again.",
    ProblemKind.UNSURE_FORM: "We cannot tell which form this is: please fax the current form.",
}
