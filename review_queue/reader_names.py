"""Who read what in a field, in plain words.

What: each reader's name as a reviewer knows it, and which readers saw which value.
Why: "the readers disagree" helps only where it says who saw what: the digit reader and the line reader err differently.
Refuses: what is no reading: how much ink a box holds, and the words a reader looked for in a signature's zone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from intake.forms.definition import FieldDefinition
from intake.forms.field_values import parse
from intake.reading import FieldReading, Value

NAMES = {
    "ppocr": "line reader",
    "handprint": "digit reader",
    "own_hand": "this writer’s other digits",
    "tesseract": "Tesseract",
    "pdf": "the PDF’s own text",
}
REGISTRY = "registry"
_ON_FILE = re.compile(r"[Tt]he registry has “([^”]*)”")
_LOOK = re.compile(r"(\w+?)_\d+")  # a second look at another size, such as "tesseract_48"


def reader_name(engine: str) -> str | None:
    """The plain name of an engine; None for what is no reading of text."""
    again = _LOOK.fullmatch(engine)
    name = NAMES.get(again[1] if again else engine)
    if name is None:
        return engine if engine not in ("ink", "words") else None
    return f"{name}, second look" if again else name


def readings(read: FieldReading | None) -> tuple[tuple[str, str], ...]:
    """Each reader's name and what it saw, of those that saw anything."""
    if read is None:
        return ()
    named = [(reader_name(engine), text.strip()) for engine, text in read.raw.items()]
    return tuple((name, text) for name, text in named if name is not None and text)


def sources(field: FieldDefinition, read: FieldReading | None, today: date) -> Mapping[Value, str]:
    """Who speaks for which value: readers by what they saw, the registry by what it has on file."""
    found: dict[Value, list[str]] = {}
    for name, text in readings(read):
        value = parse(field, text, today).value
        if value is not None and name not in found.setdefault(value, []):
            found[value].append(name)
    known = [] if read is None else [text for one in read.problems for text in on_file(one.detail)]
    for text in known:
        value = parse(field, text, today).value or text
        found.setdefault(value, []).append(REGISTRY)
    return {value: ", ".join(names) for value, names in found.items()}


def on_file(why: str) -> list[str]:
    """What the registry has in this field's place, as a problem's sentence quotes it; empty where it says nothing of that."""
    return _ON_FILE.findall(why)
