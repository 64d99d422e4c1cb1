"""A notice's facts as JSON and back, exactly: what is due today must be the same letter after a restart.

What: the two directions, for flat facts, for acknowledgements, and for what a notice brings along: things asked for and forms.
Refuses: to guess; a stored acknowledgement that lacks a field is a KeyError, not a letter with holes (but for what older releases
did not know).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from outbound.notice import (
    Acknowledgement,
    DocumentOutcome,
    DocumentResult,
    Enclosure,
    FaxResult,
    Missing,
    Notice,
    NoticeKey,
    Recipient,
    Wanted,
)
from registry.submission import Value

_MARK = "acknowledgement"


def content_to_json(notice: Notice) -> dict[str, Any]:
    """Everything a letter says of a notice, JSON-native: its facts and what it brings along."""
    plain = facts_to_json(notice.facts)
    if notice.wanted:
        plain["wanted"] = [asdict(one) for one in notice.wanted]
    if notice.enclosures:
        plain["enclosures"] = [asdict(one) for one in notice.enclosures]
    return plain


def notice_from_json(stored: Mapping[str, Any], key: NoticeKey, kind: str, recipient: Recipient, reference: str) -> Notice:
    """The notice as it was; one that an older release stored brings nothing along."""
    return Notice(
        key=key,
        kind=kind,
        recipient=recipient,
        reference=reference,
        facts=facts_from_json(stored),
        wanted=tuple(Wanted(**one) for one in stored.get("wanted", ())),
        enclosures=tuple(Enclosure(**one) for one in stored.get("enclosures", ())),
    )


def facts_to_json(facts: Acknowledgement | Mapping[str, Value]) -> dict[str, Any]:
    """A JSON-native form of the facts."""
    if isinstance(facts, Acknowledgement):
        plain = asdict(facts)
        plain["received_at"] = facts.received_at.isoformat()
        return {_MARK: plain}
    return {"facts": dict(facts)}


def facts_from_json(stored: Mapping[str, Any]) -> Acknowledgement | dict[str, Value]:
    """The facts as they were."""
    if _MARK not in stored:
        return dict(stored["facts"])
    plain = stored[_MARK]
    return Acknowledgement(
        reference=plain["reference"],
        received_at=datetime.fromisoformat(plain["received_at"]),
        pages=plain["pages"],
        result=FaxResult(plain["result"]),
        documents=tuple(_document(one) for one in plain["documents"]),
        duplicate_of=plain["duplicate_of"],
        reason=plain["reason"],
        other_pages=tuple(plain["other_pages"]),
        call_error=plain["call_error"],
    )


def _document(plain: Mapping[str, Any]) -> DocumentOutcome:
    """One document's outcome."""
    return DocumentOutcome(
        title=plain["title"],
        result=DocumentResult(plain["result"]),
        fax_pages=tuple(plain["fax_pages"]),
        understood=tuple(plain["understood"]),
        missing=tuple(Missing(**one) for one in plain["missing"]),
        reason=plain["reason"],
        missing_pages=tuple(plain["missing_pages"]),
        outdated=plain["outdated"],
        answer_by=plain.get("answer_by", ""),  # answers kept by an older release have neither
        mended=plain.get("mended", False),
    )
