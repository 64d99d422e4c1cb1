"""Which verdicts stand once some were taken back. Pure.

What: the verdicts that still count from everything said on an item, and the one that would be taken back next.
Why: nothing said is ever erased; taking back is one more row. So what counts is worked out from all rows, the same way
wherever it is asked: on the page, for the submission, in the figures.
Refuses: to take back a colleague's word, or one of one's own that a colleague has answered since: say what the field is instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from review_queue.review_item import Verdict, VerdictKind


def standing(history: Iterable[Verdict]) -> list[Verdict]:
    """What counts of everything said, in the order it was said: each word taken back is left out, with what took it back."""
    kept: list[Verdict] = []
    for verdict in history:
        if verdict.kind is not VerdictKind.RETRACTED:
            kept.append(verdict)
            continue
        for place in range(len(kept) - 1, -1, -1):
            if kept[place].key == verdict.key and kept[place].by == verdict.by:
                del kept[place]
                break
    return kept


def latest(history: Iterable[Verdict]) -> dict[str, Verdict]:
    """The word that stands on each field, by key."""
    return {verdict.key: verdict for verdict in standing(history)}


def next_to_take_back(history: Iterable[Verdict], reviewer: str) -> Verdict | None:
    """The last of this reviewer's words that stands and that nobody has answered since; None if there is none."""
    kept = standing(history)
    stands = {verdict.key: verdict for verdict in kept}
    return next((one for one in reversed(kept) if one.by == reviewer and stands[one.key] is one), None)
