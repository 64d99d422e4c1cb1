"""One line of a play as an event: JSON that names a moment and what happens, checked before any rule sees it.

What: `event_of` gives the object of a line, the others its parts, each in the kind the rules expect.
Why: a NaN, an endless number or a mistyped key that slipped through would be judged as if it were data.
Refuses: whatever is not what the outside contract shows, with a sentence (`BadLine`); it never repairs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from registry.submission import Value
from registry.vocabulary import SignatureRole, SignatureVerdict

Word = TypeVar("Word", bound=StrEnum)

EARLIEST, LATEST = 1900, 2200
"""Years a play may speak of; outside, adding days to a moment leaves the calendar."""


class BadLine(ValueError):
    """A line that is no event."""


def event_of(line: bytes | str | Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that stands on a line, as text or already parsed."""
    if isinstance(line, Mapping):
        return line
    try:
        found = json.loads(line.decode() if isinstance(line, bytes) else line, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise BadLine("not JSON (nested too deeply)") from None
    except UnicodeError:
        raise BadLine("not UTF-8 text") from None
    except ValueError as problem:
        raise BadLine(f"not JSON ({problem})") from None
    if not isinstance(found, Mapping):
        raise BadLine("an object is needed")
    return found


def object_in(line: Mapping[str, Any], name: str, keys: Iterable[str]) -> Mapping[str, Any]:
    """The object under `name`, which may hold `keys` and no other: a mistyped one must not be taken for one left out."""
    found = line[name]
    if not isinstance(found, Mapping):
        raise BadLine(f"{name} must be an object")
    if unknown := sorted(set(map(str, found)) - set(keys)):
        raise BadLine(f"{name} has no {', '.join(unknown)}; it has {', '.join(keys)}")
    return found


def text_in(given: Mapping[str, Any], *names: str) -> str:
    """The text under the first of `names` that holds any; an identifier written as a number is its digits."""
    for name in names:
        if (found := optional_text_in(given, name)) is not None:
            return found
    raise BadLine(f"{names[0]} is missing")


def optional_text_in(given: Mapping[str, Any], name: str) -> str | None:
    """The text under `name`, or None where nothing stands."""
    found = value_in(given, name)
    if isinstance(found, bool):
        raise BadLine(f"{name} must be text")
    return None if found is None else str(found).strip() or None


def moment_in(text: object, name: str) -> datetime:
    """An ISO time with its zone, in UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadLine(f"{name} is no ISO time: {text!r}") from None
    if found.tzinfo is None:
        raise BadLine(f"{name} needs a zone, such as Z: {text!r}")
    if not EARLIEST <= found.year <= LATEST:
        raise BadLine(f"{name} lies outside the years {EARLIEST} to {LATEST}: {text!r}")
    return found.astimezone(UTC)


def values_in(given: Mapping[str, Any]) -> dict[str, Value]:
    """The values of a form by field name: text, finite numbers, true, false, null."""
    values = given.get("values")
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise BadLine("values must be an object of values by field name")
    return {str(field): value_in(values, str(field)) for field in values}


def value_in(given: Mapping[str, Any], name: str) -> Value:
    """A form's value: text, a finite number, true, false or null."""
    found = given.get(name)
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            finite = math.isfinite(float(found))
        except OverflowError:
            finite = False
        if not finite:
            raise BadLine(f"{name} is a number without a value or too large for one")
        return found
    if found is None or isinstance(found, str | bool):
        return found
    raise BadLine(f"{name} must be text, a number, true, false or null")


def one_of_in(given: Mapping[str, Any], name: str, kinds: type[Word], otherwise: Word | None = None) -> Word:
    """The word of a fixed set under `name`; `otherwise` where nothing stands."""
    found = given.get(name)
    if found is None and otherwise is not None:
        return otherwise
    for kind in kinds:
        if kind == found:
            return kind
    raise BadLine(f"{name} {found!r} is none of {', '.join(kinds)}")


def signatures_in(given: Mapping[str, Any]) -> dict[SignatureRole, SignatureVerdict]:
    """What stands in each signature zone, by role."""
    found = given.get("signatures")
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise BadLine("signatures must be an object of verdicts by role")
    roles = {role: one_of_in({"signatures": role}, "signatures", SignatureRole) for role in found}
    return {roles[role]: one_of_in(found, role, SignatureVerdict) for role in found}


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
