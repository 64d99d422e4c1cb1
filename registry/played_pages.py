"""Pages that a play can ask for: a person's whole history, and what changed on the distributors' list.

What: `history` and `list_changes`, from a line to a JSON-native answer.
Why: what a form did shows in the history better than in today's record; and a list that is kept elsewhere lives from its changes.
Refuses: as `registry.event_lines` does, with a sentence. Who is not known has no history, and the answer is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.event_lines import BadLine, moment_in, optional_text_in, text_in
from registry.history import Event, history_of, people_named
from registry.identifiers import iso_day
from registry.looking_up import list_changes as changes_since

Answer = dict[str, Any]


def history(session: Session, line: Mapping[str, Any]) -> Answer:
    """`{"ask": "history", "of": …, "as_of": …}`: `of` is a REMS Patient ID, NPI, HIN, DEA number, a designee's ID or email;
    `as_of` a moment, without it all."""
    as_of = moment_in(line["as_of"], "as_of") if optional_text_in(line, "as_of") is not None else None
    pages = [history_of(session, kind, key, as_of) for kind, key in people_named(session, text_in(line, "of"))]
    return {
        "histories": [
            {
                "kind": page.kind,
                "key": page.key,
                "records": [
                    {"record": one.record, "key": one.key, "since": one.since.isoformat(), "values": dict(one.values)}
                    for one in page.records
                ],
                "events": [_event(one) for one in page.events],
            }
            for page in pages
        ]
    }


def list_changes(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"ask": "changes", "since": …}`: the distributors' list since the beginning of a program day (R91)."""
    since = iso_day(text_in(line, "since"))
    if since is None:
        raise BadLine("changes needs since as YYYY-MM-DD")
    found = changes_since(session, since, at)
    return {
        "changes": [
            {"change": one.change.value, "what": one.what, **{name: _plain(value) for name, value in asdict(one.row).items()}}
            for one in found
        ]
    }


def _event(one: Event) -> Answer:
    return {
        "at": one.at.isoformat(),
        "what": one.what,
        "title": one.title,
        "actor": one.actor,
        "channel": one.channel,
        "reference": one.reference,
        "fax_pages": one.fax_pages,
        "reason": one.reason,
        "details": list(one.details),
        "changes": [{"field": each.field, "before": each.before, "after": each.after} for each in one.changes],
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
