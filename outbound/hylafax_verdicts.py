"""What a HylaFAX job's record means: delivered, not sent, or nobody knows. Pure.

What: from a job's letter of state, its code and the server's words to an `Outcome`.
Why: the server says "failed" alike where the line was busy and where the far machine holds every page and only its receipt was
lost. The first may be sent again, the second never by itself.
How: only what is known to happen before a page is on the line counts as not sent; everything else is `Unknown`.
Refuses: to take "done" with fewer pages than the letter has for delivered.

    state, code      meaning
    D, pages = total the far machine confirmed
    F 333            the last try failed; the cause stands before "; too many attempts"
    F 322, 347       the document could not be converted: no call was made
    F 325            the deadline passed
    F 345            cancelled; after a try has begun the far machine may hold a part

The server writes a call down when it is over. One that was killed in a call and started again says, truly by its record, that no
call was made: what it was seen at counts more.
"""

from __future__ import annotations

from dataclasses import dataclass

from outbound.gateway import Cause, Delivered, Impossible, InProgress, NotSent, Outcome, Unknown

BEFORE_ANY_PAGE: tuple[tuple[str, Cause], ...] = (
    ("busy signal", Cause.BUSY),
    ("no answer", Cause.NO_ANSWER),
    ("no carrier", Cause.NO_CARRIER),
    ("no local dialtone", Cause.NO_DIAL_TONE),
    ("no dial tone", Cause.NO_DIAL_TONE),
    ("unspecified transmit phase b", Cause.PROTOCOL),
    ("no receiver protocol", Cause.PROTOCOL),
    ("dis/dtc received 3 times", Cause.PROTOCOL),
    ("failure to train", Cause.PROTOCOL),
    ("remote has no receive capability", Cause.PROTOCOL),
    ("rspreq/got dcn", Cause.PROTOCOL),
    ("can not setup modem", Cause.GATEWAY_DOWN),
    ("modem is locked", Cause.GATEWAY_DOWN),
)
"""What the server says where the call ended before a page was on the line, in lower case."""

NOT_CONVERTED = frozenset({"322", "347"})
DEADLINE, CANCELLED = "325", "345"
AT_IT = ", at it"
"""Ends the reference of a job that was seen running: a call may be under way."""


@dataclass(frozen=True)
class JobRecord:
    """A job, as far as the server tells."""

    job: int
    state: str  # the queue's letter
    pages: int  # confirmed
    total_pages: int
    dials: int  # calls made
    tries: int  # of these, calls that a fax machine answered
    code: str  # the server's number for how it ended; "" where there is none
    status: str  # the server's words


def outcome_of(record: JobRecord, pages: int | None = None, seen: str = "") -> Outcome:
    """What the record says. `pages` of the letter as we rendered it, where known, else as the server counts them; `seen`: the
    reference of the outcome before, "" where this is the first."""
    reference = f"job {record.job}"
    was_at_it = seen.endswith(AT_IT)
    if record.state == "D":
        if record.pages and record.pages == (pages or record.total_pages):
            return Delivered(reference, record.pages)
        return Unknown(f"{reference} is done with {record.pages} of {pages or record.total_pages} pages confirmed")
    if record.state != "F":
        # asleep after a try: its sender came back and wrote down what it did
        at_it = record.state == "R" or (was_at_it and record.state not in "SP")
        return InProgress(reference + AT_IT if at_it else reference)
    words = record.status.partition("; too many attempts")[0].strip() or "no reason given"
    begun = record.dials or record.tries or record.pages
    if record.code in NOT_CONVERTED:
        return Impossible(f"{reference}: the fax server cannot convert the letter: {words}")
    if record.code == CANCELLED:
        if not begun and not was_at_it:
            return Impossible(f"{reference} was cancelled at the fax server before any call")
        return Unknown(f"{reference} was cancelled at the fax server after a call had begun")
    cause = cause_of(words)
    if cause is not None and not record.pages:
        return NotSent(cause, words)
    if not begun and was_at_it:
        return Unknown(f"{reference} was at a call when it was last asked about, and its record says of none: {words}")
    if not begun:
        return NotSent(Cause.GATEWAY_DOWN, f"{words} (no call was made)")
    return Unknown(f"{reference} failed after a call had begun: {words}; {record.pages} pages were confirmed")


def cause_of(words: str) -> Cause | None:
    """Why no page went out, by the server's words; None where a page may have."""
    lower = words.lower()
    return next((cause for beginning, cause in BEFORE_ANY_PAGE if beginning in lower), None)
