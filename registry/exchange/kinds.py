"""Kinds of records as files name them, and how a record's fields are written there.

What: `KINDS` (name → record type), `Shape.parse` (a line's values → record or what is wrong with it), `to_line`, `to_cells` back.
Why: drawn from `registry.tables.TABLES` and the dataclasses' own hints, so that a new record type or field comes along by itself.
Refuses: to guess: a number in quotes, a day in another notation, an unknown word are each named with what to write instead.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

from registry.audit import as_json
from registry.exchange.checks import DERIVED, problem_of
from registry.identifiers import iso_day
from registry.patients import AncResult
from registry.tables import TABLES, unwrapped

_NAMES: dict[type, str] = {AncResult: "anc"}


def _name(record: type) -> str:
    """`status_form` of StatusForm."""
    return _NAMES.get(record) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", record.__name__).lower()


KINDS: dict[str, type] = {_name(record): record for record in TABLES}
"""Every kind by its name in files; one that others refer to stands before them."""

LINE_KIND = "kind"
"""The name under which a line says what it is; a field of that name is called otherwise in files (`pharmacy_kind`)."""

MOST_INTEGER = 2**31 - 1  # what an integer column holds


class BadValue(ValueError):
    """A value that cannot be the field's; says what to write."""


@dataclass(frozen=True)
class Field:
    """One field of a record in files."""

    name: str  # the dataclass's own
    kind: type  # str, bool, int, float, date, datetime or an enumeration
    nullable: bool  # whether it may be blank
    default: Any  # what holds where the file leaves it out; MISSING: it must be there


@dataclass(frozen=True)
class Shape:
    """One kind of record in files."""

    name: str  # in files
    record: type  # the dataclass
    key: str  # the field that names a record
    fields: Mapping[str, Field]  # by their names in files, in the dataclass's order

    def parse(self, values: Mapping[str, Any], now: datetime) -> tuple[Any, list[str]]:
        """The record of a line's JSON-native values, or None with everything that is wrong with them, a sentence each."""
        problems = [
            f"unknown field {name}: a {self.name} has {', '.join(self.fields)}" for name in values if name not in self.fields
        ]
        derives = DERIVED.get(self.record, {})
        given: dict[str, Any] = {}
        underived: list[str] = []  # said only where nothing else is wrong: what it follows from is
        for name, field in self.fields.items():
            try:
                value = given[field.name] = self._value(field, name, values)
            except BadValue as problem:
                (underived if name in derives and values.get(name) is None else problems).append(f"{name}: {problem}")
                continue
            if value is not None and (wrong := problem_of(self.record, field.name, value, now)) is not None:
                problems.append(f"{name}: {wrong}")
        problems = problems or underived
        if not problems:
            follows = {name: derive(given) for name, derive in derives.items()}
            differ = [(name, value) for name, value in follows.items() if value is not None and given[name] != value]
            problems = [f"{name}: it must be {value} for this record, or left out" for name, value in differ]
        return (None, problems) if problems else (self.record(**given), [])

    def _value(self, field: Field, name: str, values: Mapping[str, Any]) -> Any:
        """The value of a field that has that name in files: as given, else derived, else the default."""
        given = values.get(name)
        if given is not None:
            return _PARSERS[field.kind](given) if field.kind in _PARSERS else _word(field.kind, given)
        derive = DERIVED.get(self.record, {}).get(field.name)
        derived = derive(values) if derive is not None else None
        if derived is not None:
            return derived
        if name in values and field.nullable:
            return None
        if field.default is not MISSING:
            return field.default
        raise BadValue(
            "it is missing" + (": write null where it is not known" if field.nullable else ": every record of this kind has it")
        )


@cache
def shape_of(record: type) -> Shape:
    """A record type's shape; TypeError for a field of a type that files have no notation for."""
    hints = get_type_hints(record)
    found = {}
    for one in fields(record):
        kind, nullable = unwrapped(hints[one.name])
        if kind not in _PARSERS and not issubclass(kind, StrEnum):
            raise TypeError(
                f"{record.__name__}.{one.name}: files have no notation for {kind}; add one to registry.exchange.kinds"
            )
        name = f"{_name(record)}_{LINE_KIND}" if one.name == LINE_KIND else one.name
        found[name] = Field(one.name, kind, nullable, one.default)
    return Shape(_name(record), record, TABLES[record].key, found)


def to_line(record: object) -> str:
    """A record as one line of JSON Lines, without its end."""
    shape = shape_of(KINDS[_name(type(record))])
    return json.dumps(
        {LINE_KIND: shape.name, **dict(zip(shape.fields, as_json(record).values(), strict=True))}, ensure_ascii=False
    )


def to_cells(record: object) -> list[str]:
    """A record as cells of CSV, in the order of its fields; blank for None."""
    return [_cell(value) for value in as_json(record).values()]


def from_cell(field: Field, cell: str) -> Any:
    """A cell of CSV as the JSON-native value it stands for: None for a blank one, but blank text where a text must be."""
    if cell == "":
        return "" if field.kind is str and not field.nullable and field.default is MISSING else None
    if field.kind is bool:
        return {"true": True, "false": False}.get(cell.strip().casefold(), cell)
    if field.kind is int and re.fullmatch(r"-?[0-9]{1,18}", cell.strip()):
        return int(cell)
    if field.kind is float:
        try:
            return float(cell)
        except ValueError:
            return cell
    return cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise BadValue(f"{given!r} is no text: write it in quotes")
    if not given.isprintable() and re.search("[\x00\ud800-\udfff]", given):
        raise BadValue("it has characters that no text has: remove them")
    return given


def _mark(given: Any) -> bool:
    if not isinstance(given, bool):
        raise BadValue(f"{given!r} is neither true nor false")
    return given


def _integer(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > MOST_INTEGER:
        raise BadValue(f"{given!r} is no whole number up to {MOST_INTEGER}")
    return given


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise BadValue(f"{given!r} is no number: write it without quotes, such as 1850.0")
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadValue(f"{str(given)[:40]} is no number a value can be")
    return number


def _day(given: Any) -> date:
    day = iso_day(given) if isinstance(given, str) else None
    if day is None:
        raise BadValue(f"{given!r} is no day: write YYYY-MM-DD, a day there is")
    return day


def _moment(given: Any) -> datetime:
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadValue(f"{given!r} is no moment: write it with its zone, such as 2024-01-31T15:00:00+00:00")


def _word(kind: type, given: Any) -> Any:
    try:
        return kind(given)
    except ValueError:
        words = ", ".join(one.value for one in kind)  # type: ignore[attr-defined]
        raise BadValue(f"{given!r} is unknown: write one of {words}") from None


_PARSERS: dict[type, Callable[[Any], Any]] = {
    str: _text, bool: _mark, int: _integer, float: _number, date: _day, datetime: _moment,
}  # fmt: skip
