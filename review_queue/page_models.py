"""What the desk's templates get: words, numbers and places, nothing to decide.

What: the frozen types of the item page (a card per field, a sheet per page of the fax).
Why: templates stay dumb, and every sentence can be tested without HTML.
Refuses: nothing; `review_queue.page_making` fills them.
"""

from __future__ import annotations

from dataclasses import dataclass

from review_queue.strips import Around


@dataclass(frozen=True)
class Answer:
    """One answer under one key."""

    number: int  # the key, 1 to 9
    code: str  # what is posted
    label: str  # what it says
    chosen: bool  # what was read, or what a person said
    source: str = ""  # who says so: "line reader", "registry", "bob had typed"


@dataclass(frozen=True)
class Card:
    """One field, or one doubt about the whole document, as the panel shows it."""

    key: str
    label: str
    flag: str  # why it is doubtful, in a few words; empty for a certain field
    why: str  # the same as a sentence
    stopping: bool  # something is missing, rather than uncertain
    critical: bool
    widget: str  # "text", "long", "pick" or "seen"
    typed: str  # what the input holds
    answers: tuple[Answer, ...]  # guesses for text, all options for a pick
    shown: str  # the value in words, for the closed card
    verdict: str  # what a person said: "corrected", or empty
    by: str  # who said so
    fax_page: int | None  # where to look
    located: bool  # the field's place on the page is known: there is a strip
    best_blank: bool = False  # no ink was found: an empty field is confirmed as blank
    sound: bool = False  # what stands in the field from the start can be confirmed as it is
    flaw: str = ""  # what is wrong with it nevertheless; told from the start, so that confirming is meant
    draft: str = ""  # what this reviewer had typed before and not confirmed: it stands in the field again
    conflict: str = ""  # the same where somebody else has settled the field since: both are shown, neither is taken
    readings: tuple[tuple[str, str], ...] = ()  # what readers saw that is none of the answers: name and text
    around: Around | None = None  # where the field lies in what is shown around its strip; None where there is none

    @property
    def settled(self) -> bool:
        """A person has said what it is."""
        return bool(self.verdict)


@dataclass(frozen=True)
class Zone:
    """A field's place on a page."""

    key: str
    points: str  # "x,y x,y x,y x,y" in pixels of the page image


@dataclass(frozen=True)
class Sheet:
    """One page of the fax in the rail."""

    fax_page: int
    caption: str  # "page 2 of the form", "cover sheet"
    width: int  # pixels of the page image
    height: int
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class ItemPage:
    """Everything the item page shows of the document."""

    item_id: str
    version: int
    title: str
    lane: str  # what makes it urgent, empty for ordinary
    urgent: bool
    reference: str
    sender: str  # who called, as signalled; empty if unknown
    age: str  # since the fax arrived
    received: str  # the same moment, written out
    form: bool  # False for loose pages
    names_patient: bool  # the form has a patient on it, so the registry is asked who that is
    doubts: tuple[Card, ...]
    certain: tuple[Card, ...]  # filled, and accepted or settled without having been doubtful
    blank: tuple[Card, ...]  # rightly empty
    sheets: tuple[Sheet, ...]
    remarks: tuple[str, ...]  # what is known of the page, without needing a verdict
    note: str  # what the colleague who passed it on wrote
    note_by: str
    left: int
    lease: str  # "9:41"
    lease_seconds: int
    mine: bool
    held_by: str  # who holds it, if somebody else
    state: str
    closed: str  # how it ended and by whom, as a sentence; empty while it is open
    ask: tuple[tuple[str, bool], ...]  # what the sender may be asked for, and whether it is ticked from the start
