"""The lines of import files: JSON Lines (one record a line) and CSV (one kind a file), read one at a time.

What: `json_lines` and `csv_lines` give each line with its number, and its values or what is wrong with it.
Why: a file of millions is never in memory, and a line that is no JSON must not hide the next one.
Refuses: nothing: a line that cannot be read is given with its problem, in words.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.exchange.kinds import KINDS, LINE_KIND, Shape, from_cell, shape_of


@dataclass(frozen=True)
class Line:
    """One record's line of a file."""

    file: str  # the file's name, without its folder
    number: int  # of the line, from 1; of its first where a CSV record has several
    shape: Shape | None = None  # the kind of record; None: not known
    values: Mapping[str, Any] | None = None  # JSON-native, by field; None: there is a problem
    problem: str | None = None  # why it cannot be read, and what to do


class _Twice(ValueError):
    """A field that stands twice in an object."""


def json_lines(file: str, lines: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a JSON Lines file; empty ones are passed over."""
    for number, raw in enumerate(lines, start=1):
        raw = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if raw.strip():
            yield _json_line(file, number, raw)


def _json_line(file: str, number: int, raw: bytes) -> Line:
    try:
        values = json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        return Line(file, number, problem="it is not UTF-8: write the file in that encoding")
    except _Twice as problem:
        return Line(file, number, problem=f"the field {problem} stands twice: keep one")
    except (ValueError, RecursionError):
        return Line(file, number, problem='it is no JSON: write one object a line, such as {"kind": "prescriber", "npi": "…"}')
    if not isinstance(values, dict):
        return Line(file, number, problem='it is no object: write {"kind": …} with the record\'s fields')
    kind = values.pop(LINE_KIND, None)
    if not isinstance(kind, str) or kind not in KINDS:
        return Line(file, number, problem=f"unknown kind {kind!r}: write one of {', '.join(KINDS)}")
    return Line(file, number, shape_of(KINDS[kind]), values)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def csv_lines(file: str, kind: str, lines: Iterable[str]) -> Iterator[Line]:
    """The records of a CSV file of one kind, whose first line has the fields' names; KeyError for an unknown kind.

    `lines` are text decoded with `surrogateescape`, their ends kept.
    """
    shape = shape_of(KINDS[kind])
    rows = csv.reader(lines, strict=True)
    names: list[str] | None = None
    begins = 1
    try:
        for cells in rows:
            number, begins = begins, rows.line_num + 1
            if not cells:
                continue
            if names is None:
                names = [cells[0].removeprefix("\ufeff"), *cells[1:]]
                if (problem := _wrong_header(names, shape)) is not None:
                    yield Line(file, number, shape, problem=problem)
                    return
            else:
                yield _csv_line(file, number, shape, names, cells)
    except csv.Error as trouble:
        yield Line(file, begins, shape, problem=f"it is no CSV ({trouble}): the rest of the file was not read; correct it")


def _wrong_header(names: list[str], shape: Shape) -> str | None:
    unknown = [name for name in names if name not in shape.fields]
    if unknown:
        return f"unknown field {', '.join(unknown)} in the first line: a {shape.name} has {', '.join(shape.fields)}"
    if len(set(names)) < len(names):
        return "a field's name stands twice in the first line: keep one"
    return None


def _csv_line(file: str, number: int, shape: Shape, names: list[str], cells: list[str]) -> Line:
    if len(cells) != len(names):
        return Line(file, number, shape, problem=f"it has {len(cells)} cells and the first line {len(names)}: correct it")
    if any(not cell.isascii() and any("\udc80" <= one <= "\udcff" for one in cell) for cell in cells):
        return Line(file, number, shape, problem="it is not UTF-8: write the file in that encoding")
    return Line(file, number, shape, {name: from_cell(shape.fields[name], cell) for name, cell in zip(names, cells, strict=True)})
