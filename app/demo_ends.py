"""Where a sample fax of the demo stands, and whether that is where it must end.

What: the sample as it lies in its folder, its standing read from the rows, and the comparison with `NAME.expected.json`.
Why: "watch it happen" is worth something only if the same run can say that everything happened as it must.
Refuses: to judge values; that the reading is right is measured by the bench and held by tests.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import storage as case_storage
from app.case_flow import DocumentState
from intake import storage as intake_storage
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from outbound import storage as outbound_storage
from outbound.delivery import DeliveryState
from registry.vocabulary import FormCode
from review_queue import storage as review_storage

EXPECTED = ".expected.json"
FAX_ENDINGS = (".tif", ".tiff", ".pdf")


class End(StrEnum):
    """Where a fax comes to rest; the codes stand in `NAME.expected.json`."""

    ANSWERED = "answered"  # everything is said; nobody need do anything
    DESK = "desk"  # a person must look
    QUARANTINED = "quarantined"  # kept aside with a reason


@dataclass(frozen=True)
class Sample:
    """One fax of the samples' folder."""

    fax: Path
    sidecar: Path | None
    end: End
    may_be_asked: bool  # answered and desk are both right
    doubts: tuple[tuple[str, str | None], ...]  # kind and field that the desk must name, at least
    reason: str | None  # of the quarantine
    chapter: int  # dropped once every fax of the earlier chapters is at rest

    @property
    def name(self) -> str:
        """The name it drops under."""
        return self.fax.name


def samples_in(folder: Path) -> list[Sample]:
    """The folder's faxes in the order they are dropped: by chapter, then by name. ValueError names a bad expectation."""
    found = []
    for fax in folder.iterdir():
        expectation = next(
            (one for one in (fax.with_name(fax.name + EXPECTED), fax.with_suffix(EXPECTED)) if one.is_file()), None
        )
        if fax.suffix.lower() in FAX_ENDINGS and expectation is not None:
            found.append(_sample(fax, expectation))
    return sorted(found, key=lambda one: (one.chapter, one.name))


def _sample(fax: Path, expectation: Path) -> Sample:
    sidecar = fax.with_suffix(".json")
    try:
        said: dict[str, Any] = json.loads(expectation.read_text(encoding="utf-8"))
        return Sample(
            fax=fax,
            sidecar=sidecar if sidecar.is_file() else None,
            end=End(said["end"]),
            may_be_asked=bool(said.get("may_be_asked")),
            doubts=tuple((one["kind"], one.get("field")) for one in said.get("doubts") or ()),
            reason=(said.get("refused") or {}).get("reason"),
            chapter=int(said.get("chapter", 1)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"{expectation}: {problem!r}") from problem


@dataclass(frozen=True)
class Standing:
    """Where one fax stands."""

    reference: str
    rest: End | None  # None: under way
    words: str  # for the terminal
    reason: str | None = None  # of the quarantine
    doubts: tuple[tuple[str, str], ...] = ()  # kind and key of every doubt at the desk
    letters: tuple[str, ...] = ()  # file names in the outbox of what was sent


def standings(session: Session, limit: int = 1000) -> dict[str, Standing]:
    """Every fax that was taken, by the name it dropped under."""
    return {one.fax.source_name: _standing(session, one) for one in intake_storage.latest_faxes(session, limit)}


def _standing(session: Session, fax: intake_storage.StoredFax) -> Standing:
    reference = fax.fax.reference
    deliveries = outbound_storage.of_reference(session, reference)
    on_the_way = any(one.state in (DeliveryState.DUE, DeliveryState.SENDING) for one in deliveries)
    letters = tuple(one.gateway_reference for one in deliveries if one.state is DeliveryState.DELIVERED)
    told = _letters(len(letters), [one.state for one in deliveries if one.state is not DeliveryState.DELIVERED])
    if fax.state is FaxState.QUARANTINED:
        words = f"quarantined: {fax.quarantine_reason}; {told}"
        return Standing(reference, None if on_the_way else End.QUARANTINED, words, fax.quarantine_reason, letters=letters)
    documents = case_storage.documents_of(session, fax.fax.fax_id)
    if fax.state is FaxState.SETTLED:
        words = f"answered: {_outcome(fax, documents)}; {told}"
        return Standing(reference, None if on_the_way else End.ANSWERED, words, letters=letters)
    states = {one.state for one in documents}
    only_waiting = DocumentState.IN_REVIEW in states and states <= {DocumentState.IN_REVIEW, DocumentState.ANSWERED}
    if fax.state is FaxState.READ and only_waiting:
        doubts: list[tuple[str, str]] = []
        waiting = []
        for one in documents:
            item = review_storage.item_of_document(session, DocumentId(one.document_id))
            if one.state is DocumentState.IN_REVIEW and item is not None:
                doubts += [(kind.value, doubt.key) for doubt in item.doubts for kind in doubt.kinds]
                waiting += [f"{doubt.label.lower()} ({doubt.kinds[0].label})" for doubt in item.doubts if doubt.kinds]
        return Standing(reference, End.DESK, f"at the desk: {_some(waiting) or 'loose pages'}", doubts=tuple(doubts))
    return Standing(reference, None, "being read" if fax.state is FaxState.RECEIVED else "being decided")


def _outcome(fax: intake_storage.StoredFax, documents: Sequence[case_storage.Document]) -> str:
    if fax.duplicate_of is not None:
        return "the same file came before"
    if not documents:
        return "no form came with it"
    outcomes = []
    for one in documents:
        title = FormCode(one.form).label if one.form else "loose pages"
        admitted = (
            "turned away"
            if one.admission is None
            else {"yes": "recorded", "partly": "recorded in part"}.get(str(one.admission["admitted"]), "not recorded")
        )
        outcomes.append(f"{title} {admitted}")
    return ", ".join(outcomes)


def _letters(sent: int, others: Sequence[DeliveryState]) -> str:
    words = [f"{sent} letter{'' if sent == 1 else 's'}"] if sent or not others else []
    for state in dict.fromkeys(others):
        many = others.count(state)
        what = "without a fax number" if state is DeliveryState.NO_ADDRESS else state.value.replace("_", " ")
        words.append(f"{many} letter{'' if many == 1 else 's'} {what}")
    return ", ".join(words)


def _some(words: Sequence[str], most: int = 2) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def complaint(sample: Sample, standing: Standing | None) -> str | None:
    """What is wrong with where a sample stands; None if it is where it must be."""
    if standing is None:
        return "was never taken"
    if standing.rest is None:
        return f"did not come to rest ({standing.words})"
    if sample.may_be_asked and {standing.rest, sample.end} == {End.ANSWERED, End.DESK}:
        return None
    if standing.rest is not sample.end:
        return f"must end {sample.end.value}, but {standing.words}"
    if sample.reason is not None and standing.reason != sample.reason:
        return f"must be quarantined as {sample.reason}, but is as {standing.reason}"
    unnamed = [
        f"{kind} {field or ''}".strip()
        for kind, field in sample.doubts
        if not any(kind == seen and field in (None, key) for seen, key in standing.doubts)
    ]
    if sample.end is End.DESK and unnamed:
        return f"the desk does not name: {', '.join(unnamed)}"
    return None
