"""Out of the registry: every record as a line of JSON Lines, or the records of one kind as CSV.

What: `json_lines` and `csv_rows`, streamed; what refers to others comes after them.
Why: an operator must be able to take everything along; what is written here `registry.exchange.importing` reads back to the byte.
Refuses: submissions and the audit trail: they are evidence of this registry and prove nothing in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from registry.exchange import storage
from registry.exchange.kinds import KINDS, shape_of, to_cells, to_line


def json_lines(session: Session, kinds: Collection[str] = ()) -> Iterator[str]:
    """All records of these kinds (none named: of every kind), a line each without its end; ValueError for an unknown kind."""
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise ValueError(f"no kind {', '.join(sorted(unknown))}: there are {', '.join(KINDS)}")
    for name, record in KINDS.items():
        if not kinds or name in kinds:
            yield from map(to_line, storage.every(session, record))


def csv_rows(session: Session, kind: str) -> Iterator[list[str]]:
    """The names of a kind's fields, then its records' cells; KeyError for an unknown kind."""
    record = KINDS[kind]
    yield list(shape_of(record).fields)
    yield from map(to_cells, storage.every(session, record))
