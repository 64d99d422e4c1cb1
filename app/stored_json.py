"""Submissions, admissions and closings as JSON and back, for the case's own rows.

What: the two directions, exact: what comes back equals what went in.
Why: what the registry was asked and what it answered must be the same after any restart.
Refuses: to guess: a stored shape that does not fit raises pydantic's ValidationError.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

Kept = TypeVar("Kept")


def to_json(value: object) -> dict[str, Any]:
    """A frozen dataclass as JSON-native values."""
    return cast(dict[str, Any], _adapter(cast(Hashable, type(value))).dump_python(value, mode="json"))


def from_json(kind: type[Kept], stored: Any) -> Kept:
    """The dataclass of that kind as it was."""
    return cast(Kept, _adapter(cast(Hashable, kind)).validate_python(stored))


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type[Any], kind))
