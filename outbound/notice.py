"""Somebody must be told something: what a notice is, before it has words, pages or a telephone call.

What: the frozen types that enter this floor. A `Notice` is either the acknowledgement of a fax or a kind of
`outbound.letter_kinds` with its facts; it may bring forms along.
Why: the registry says that something is due, the case flow says that a fax is settled; neither knows letters or faxes.
Refuses: an acknowledgement that carries values. It may go to a number nobody has verified (the caller's), so it is made of form
titles, field labels, rules and the reference number, never of what stands in the fields (rems-rules §7, minimum necessary).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from outbound.letter_kinds import LETTER_KINDS
from registry.submission import Value
from registry.vocabulary import Labelled

NoticeKey = NewType("NoticeKey", str)
"""The same for the same occasion however often it is composed: one key, one delivery."""

ACKNOWLEDGEMENT = "acknowledgement"
"""The kind of the one notice that the registry does not know: the answer to a fax as such."""


class Role(Labelled):
    """To whom a letter goes; the code is `registry.submission.NoticeDue.to`."""

    PRESCRIBER = "prescriber", "Prescriber"
    DESIGNEE = "designee", "Prescriber designee"
    PHARMACY = "pharmacy", "Pharmacy"
    STAFF = "staff", "Pharmacy staff"
    DISTRIBUTOR = "distributor", "Wholesaler/distributor"
    SENDER = "sender", "Sender of the fax"
    CONTACT_CENTRE = "contact_centre", "REMS contact center"


@dataclass(frozen=True)
class Recipient:
    """One fax machine, or one address for e-mail, and whom it belongs to."""

    role: Role
    name: str  # as it stands in the registry; "" where the person is not known
    fax: str | None  # ten digits; None: nobody knows a number, so an operator must
    email: str | None = None  # address of one who is told by e-mail; None: it goes by fax


@dataclass(frozen=True)
class SenderIdentity:
    """Who we are, as every page we send says."""

    name: str  # of the program's contact center
    phone: str  # ten digits
    fax: str  # ten digits, the number to which forms are faxed
    time_zone: str = "America/New_York"  # IANA name: the zone of the times in letters
    answers_within: str = "one business day"  # how soon an answer is promised, in words


class FaxResult(StrEnum):
    """What became of a fax as a whole."""

    PROCESSED = "processed"  # it held documents; each has its own outcome
    COVER_SHEET_ONLY = "cover_sheet_only"  # no form came with it
    DUPLICATE = "duplicate"  # the same file came before, under another reference
    UNREADABLE = "unreadable"  # quarantined: no page could be had
    REJECTED = "rejected"  # no form of ours; a person looked and gave a reason


class DocumentResult(Labelled):
    """What became of one form of a fax; the label stands in the box beside the form's title."""

    RECORDED = "recorded", "RECORDED"
    PARTLY = "partly", "RECORDED IN PART"
    NOT_RECORDED = "not_recorded", "NOT RECORDED"
    REJECTED = "rejected", "NOT ACCEPTED"
    SENT_BACK = "sent_back", "NOT RECORDED YET"


@dataclass(frozen=True)
class Missing:
    """One thing that was not applied, and what the sender must do."""

    what: str  # the field's or part's label, such as "Blood draw 1: ANC"; never its value
    todo: str  # one sentence
    rule: str = ""  # the rule's number, "R28"; "" where no rule of the program is behind it
    strip: str = ""  # PNG in base64, cut from the sender's own page; only in a letter to a machine that may see it


@dataclass(frozen=True)
class DocumentOutcome:
    """What became of one form."""

    title: str  # the form's title
    result: DocumentResult
    fax_pages: tuple[int, ...] = ()  # 1-based pages of the fax it came on
    understood: tuple[str, ...] = ()  # labels of what now stands in the registry, without values
    missing: tuple[Missing, ...] = ()
    reason: str = ""  # the reviewer's words where a person rejected it
    missing_pages: tuple[int, ...] = ()  # 1-based pages of the form that did not arrive
    outdated: bool = False  # came on an older revision
    answer_by: str = ""  # ISO day by which the sender is asked to answer; "" where nothing is asked
    mended: bool = False  # this letter says what became of a form about which the sender had been asked


@dataclass(frozen=True)
class Acknowledgement:
    """The answer to one settled fax: the facts of the notice kind `acknowledgement`."""

    reference: str  # "R-20231120-0417"
    received_at: datetime  # aware UTC: the moment that counts for every period of the program
    pages: int  # pages that arrived; 0 where none could be had
    result: FaxResult
    documents: tuple[DocumentOutcome, ...] = ()
    duplicate_of: str = ""  # the earlier fax's reference, for DUPLICATE
    reason: str = ""  # why pages were not taken: for UNREADABLE, REJECTED, and pages beside the forms; without patient data
    other_pages: tuple[str, ...] = ()  # what else came, such as "page 3: laboratory printout"
    call_error: str = ""  # what the fax server said went wrong with the call

    @property
    def acts_required(self) -> bool:
        """True where the sender has to do something."""
        if self.result not in (FaxResult.PROCESSED, FaxResult.DUPLICATE):
            return True
        return bool(self.reason) or any(
            one.missing or one.missing_pages or one.result in (DocumentResult.REJECTED, DocumentResult.SENT_BACK)
            for one in self.documents
        )

    @property
    def can_be_completed(self) -> bool:
        """True where sending something more helps; False where all that was not taken was turned away for good."""
        return bool(self.reason) or any(
            one.missing or one.missing_pages or one.result is DocumentResult.SENT_BACK for one in self.documents
        )


def without_strips(facts: Acknowledgement) -> Acknowledgement:
    """The same answer without anything cut from the sender's pages."""
    documents = tuple(replace(one, missing=tuple(replace(each, strip="") for each in one.missing)) for one in facts.documents)
    return replace(facts, documents=documents)


@dataclass(frozen=True)
class Wanted:
    """One thing that the recipient is asked for."""

    label: str  # the field's or part's label, such as "Blood draw 1: ANC"; never its value
    todo: str  # one sentence: what to do


@dataclass(frozen=True)
class Enclosure:
    """A form that follows the letter in the same call: a blank one, or one that is printed for its reader."""

    form: str  # form code
    title: str  # as the letter names it, such as "Patient Status Form"
    values: Mapping[str, Value] = field(default_factory=dict)  # what is printed on it by field name; none: a blank form


@dataclass(frozen=True)
class Notice:
    """One thing to be told to one recipient."""

    key: NoticeKey
    kind: str  # "acknowledgement" or a kind of `outbound.letter_kinds`
    recipient: Recipient
    reference: str  # of the fax it answers, or of the occasion: printed on every page in place of patient data
    facts: Acknowledgement | Mapping[str, Value] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()  # what the recipient is asked for
    enclosures: tuple[Enclosure, ...] = ()  # forms that follow in the same call

    def __post_init__(self) -> None:
        """An acknowledgement has its own facts, and nothing else has them."""
        if (self.kind == ACKNOWLEDGEMENT) != isinstance(self.facts, Acknowledgement):
            raise ValueError(f"notice {self.key}: facts of type {type(self.facts).__name__} do not fit kind {self.kind!r}")

    @property
    def urgent(self) -> bool:
        """Overtakes ordinary letters, as the kinds' table says."""
        return self.kind in LETTER_KINDS and LETTER_KINDS[self.kind].urgent

    @property
    def precedence(self) -> int:
        """Its place in a letter, lower first: what is urgent, what was urgent until a newer result came, the rest."""
        if not self.urgent:
            return 2
        overtaken = isinstance(self.facts, Mapping) and self.facts.get("is_latest") is False
        return 1 if overtaken else 0


def bundles(notices: Iterable[Notice]) -> tuple[tuple[Notice, ...], ...]:
    """Notices that can go in one call: the same reference, role, machine and name; the urgent ones first.

    A notice without a name joins the one named party on its machine. Where nobody knows a number each recipient has a bundle of
    its own, so that an operator can give each one; an e-mail brings one notice.
    """
    found: dict[tuple[str, Recipient, str], list[Notice]] = {}
    told = tuple(notices)
    for one in told:
        machine = (one.reference, one.recipient.role, one.recipient.fax)
        named = {
            other.recipient.name
            for other in told
            if other.recipient.name and (other.reference, other.recipient.role, other.recipient.fax) == machine
        }
        if not one.recipient.name and one.recipient.fax and len(named) == 1:
            one = replace(one, recipient=replace(one.recipient, name=named.pop()))
        found.setdefault((one.reference, one.recipient, one.key if one.recipient.email else ""), []).append(one)
    return tuple(tuple(sorted(each, key=lambda one: one.precedence)) for each in found.values())


def notice_key(occasion: str, kind: str, role: str, number: int = 0) -> NoticeKey:
    """The key of a notice: the occasion's id (submission or fax), the kind, the role, and its place among equals."""
    return NoticeKey(f"{occasion}/{kind}/{role}/{number}")
