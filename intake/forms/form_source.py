"""The semantic half of a form: `form.yaml`, read strictly.

What: turns `<root>/<code>/<revision>/form.yaml` into a `FormSource`; where the fields stand is no matter of this file,
that is read from the widgets of `blank.pdf` (`intake.forms.widgets`).
Why: a form is added by people who edit text files; every slip must name the file, the line and the field.
Refuses: unknown keys, unknown words, combinations that mean nothing (a choice without options, a comb without a length).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from intake.forms.definition import FieldKind, Meaning, Requirement

REVISION = re.compile(r"\d{4}-\d{2}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*(\.(N|\d+)(\.[a-z][a-z0-9_]*)?)?")
OPTION_CODE = re.compile(r"[a-z][a-z0-9_]*")
SHORT_CODE = re.compile(r"[A-Z]{2}")

COMB_KINDS = frozenset({FieldKind.DIGITS, FieldKind.LETTERS, FieldKind.DATE, FieldKind.NUMBER})
FORM_KEYS = frozenset({"title", "short", "pages", "outdated", "phone", "fax", "fields"})
FIELD_KEYS = frozenset(
    {"label", "kind", "meaning", "requirement", "critical", "max_length", "options", "rows", "first_row", "hint", "multiline"}
)
MEANINGS_OF_KIND: Mapping[FieldKind, frozenset[Meaning]] = {
    FieldKind.DATE: frozenset({Meaning.BIRTH_DATE, Meaning.DRAW_DATE, Meaning.DATE}),
    FieldKind.MARK: frozenset({Meaning.TICK}),
    FieldKind.CHOICE: frozenset({Meaning.CODE}),
    FieldKind.SIGNATURE: frozenset({Meaning.SIGNATURE}),
}

Word = TypeVar("Word", FieldKind, Meaning, Requirement)


class BadDefinition(Exception):
    """A form's definition contradicts itself or its blank; the message names file, line and field."""

    def __init__(self, path: Path, detail: str, *, line: int | None = None, field: str | None = None) -> None:
        where = f"{path}" + (f" line {line}" if line else "") + (f": field {field}" if field else "")
        super().__init__(f"{where}: {detail}")
        self.path = path
        self.detail = detail
        self.line = line
        self.field = field


@dataclass(frozen=True)
class FieldSource:
    """What `form.yaml` says of one field (of one row, where the field has rows)."""

    name: str
    label: str
    kind: FieldKind
    meaning: Meaning
    requirement: Requirement
    critical: bool
    max_length: int | None
    options: Mapping[str, str]  # option code to the words printed beside its box
    hint: str  # small print beside the label
    multiline: bool
    line: int  # in form.yaml, for messages

    @property
    def comb(self) -> bool:
        """True where each character has its own cell."""
        return self.kind in COMB_KINDS


@dataclass(frozen=True)
class FormSource:
    """What `form.yaml` and its folder's place say of one revision of one form."""

    path: Path  # of form.yaml
    code: str
    revision: str
    title: str
    short: str  # two letters for the Data Matrix; empty for blanks that carry none
    pages: int
    outdated: bool
    phone: str  # as printed in the title block
    fax: str
    fields: tuple[FieldSource, ...]

    @property
    def blank(self) -> Path:
        """Where the drawn blank lies."""
        return self.path.with_name("blank.pdf")

    @cached_property
    def by_name(self) -> Mapping[str, FieldSource]:
        """The fields by name."""
        return {one.name: one for one in self.fields}


def read_form_source(folder: Path) -> FormSource:
    """Read `folder/form.yaml`; code and revision are the names of the two last folders.

    Raises BadDefinition for anything that is not exactly a definition.
    """
    path = folder / "form.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadDefinition(path, f"cannot be read: {problem}") from problem
    try:
        raw = yaml.load(text, Loader=_LinesLoader)  # noqa: S506 - a SafeLoader that also notes lines
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise BadDefinition(
            path, f"is not YAML: {getattr(problem, 'problem', problem)}", line=mark.line + 1 if mark else None
        ) from problem
    return _Reader(path).form(raw, code=folder.parent.name, revision=folder.name)


class _LinesLoader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader whose mappings remember the line of each key, and which refuses a key written twice."""


class _Mapping(dict[Any, Any]):
    """A mapping of the file, with the line of each of its keys."""

    lines: dict[Any, int]


def _construct_mapping(loader: Any, node: Any) -> _Mapping:
    mapping = _Mapping()
    mapping.lines = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands there twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
        mapping.lines[key] = key_node.start_mark.line + 1
    return mapping


_LinesLoader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


class _Reader:
    """One reading of one file: carries the path for messages."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def form(self, raw: Any, code: str, revision: str) -> FormSource:
        if not isinstance(raw, _Mapping):
            self.refuse("must be a mapping with title, pages and fields")
        self.only_known(raw, FORM_KEYS, None)
        if not REVISION.fullmatch(revision):
            self.refuse(f"the folder {revision!r} must be named by the revision, as 2023-11")
        short = raw.get("short", "")
        if short and not (isinstance(short, str) and SHORT_CODE.fullmatch(short)):
            self.refuse("short must be two capital letters", raw.lines["short"])
        pages = raw.get("pages")
        if not isinstance(pages, int) or isinstance(pages, bool) or not 1 <= pages <= 9:
            self.refuse("pages must be a whole number from 1 to 9", raw.lines.get("pages"))
        fields = raw.get("fields")
        if not isinstance(fields, _Mapping) or not fields:
            self.refuse("fields must be a mapping of field names", raw.lines.get("fields"))
        return FormSource(
            path=self.path,
            code=code,
            revision=revision,
            title=self.text(raw, "title", None, required=True),
            short=short,
            pages=pages,
            outdated=self.flag(raw, "outdated", None),
            phone=self.text(raw, "phone", None),
            fax=self.text(raw, "fax", None),
            fields=tuple(one for name, entry in fields.items() for one in self.rows(name, entry, fields.lines[name])),
        )

    def rows(self, name: Any, entry: Any, line: int) -> list[FieldSource]:
        if not isinstance(name, str) or not FIELD_NAME.fullmatch(name):
            self.refuse(f"{name!r} is no field name", line)
        if not isinstance(entry, _Mapping):
            self.refuse("must be a mapping with label, kind and meaning", line, name)
        self.only_known(entry, FIELD_KEYS, name)
        repeated = ".N" in name
        if repeated != ("rows" in entry):
            self.refuse("a name with .N needs rows, and only such a name may have them", line, name)
        if not repeated:
            return [self.one_field(name, entry, line)]
        count, first = entry["rows"], entry.get("first_row", 0)
        if not isinstance(count, int) or not isinstance(first, int) or not 1 <= count <= 99 or first not in (0, 1):
            self.refuse("rows must be 1 to 99 and first_row 0 or 1", line, name)
        return [
            self.one_field(name.replace(".N", f".{row}"), entry, line, row - first + 1) for row in range(first, first + count)
        ]

    def one_field(self, name: str, entry: _Mapping, line: int, row: int | None = None) -> FieldSource:
        kind = self.word(entry, "kind", FieldKind, name, line)
        meaning = self.word(entry, "meaning", Meaning, name, line)
        allowed = MEANINGS_OF_KIND.get(kind)
        if allowed is not None and meaning not in allowed:
            self.refuse(f"a field of kind {kind} cannot mean {meaning}", line, name)
        max_length = entry.get("max_length")
        if max_length is not None and (not isinstance(max_length, int) or isinstance(max_length, bool) or max_length < 1):
            self.refuse("max_length must be a whole number above 0", entry.lines["max_length"], name)
        if kind in COMB_KINDS and max_length is None:
            self.refuse(f"a field of kind {kind} stands in cells and needs max_length, their number", line, name)
        if kind is FieldKind.DATE and max_length != 8:
            self.refuse("a date has eight cells, MM DD YYYY: max_length must be 8", line, name)
        if kind in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE) and max_length is not None:
            self.refuse(f"a field of kind {kind} holds no characters and has no max_length", line, name)
        requirement = self.word(entry, "requirement", Requirement, name, line) if "requirement" in entry else Requirement.OPTIONAL
        label = self.text(entry, "label", name, required=True)
        return FieldSource(
            name=name,
            label=label if row is None else label.replace("{n}", str(row)),
            kind=kind,
            meaning=meaning,
            requirement=requirement,
            critical=self.flag(entry, "critical", name),
            max_length=max_length,
            options=self.options(entry, kind, name, line),
            hint=self.text(entry, "hint", name),
            multiline=self.flag(entry, "multiline", name),
            line=line,
        )

    def options(self, entry: _Mapping, kind: FieldKind, name: str, line: int) -> Mapping[str, str]:
        options = entry.get("options")
        if (kind is FieldKind.CHOICE) != (options is not None):
            self.refuse("a choice needs options, and only a choice may have them", line, name)
        if options is None:
            return {}
        if not isinstance(options, _Mapping) or len(options) < 2:
            self.refuse("options must map at least two codes to their words", line, name)
        for code, words in options.items():
            if not isinstance(code, str) or not OPTION_CODE.fullmatch(code):
                self.refuse(f"{code!r} is no option code (quote yes and no)", options.lines[code], name)
            if not isinstance(words, str) or not words:
                self.refuse(f"option {code} needs the words printed beside its box", options.lines[code], name)
        return dict(options)

    def only_known(self, mapping: _Mapping, known: frozenset[str], name: str | None) -> None:
        for key in mapping:
            if key not in known:
                self.refuse(f"unknown key {key!r}; known are {', '.join(sorted(known))}", mapping.lines[key], name)

    def word(self, entry: _Mapping, key: str, words: type[Word], name: str, line: int) -> Word:
        try:
            return words(entry[key])
        except KeyError:
            self.refuse(f"{key} is missing", line, name)
        except ValueError:
            known = ", ".join(words)
            self.refuse(f"{key} {entry[key]!r} is unknown; known are {known}", entry.lines[key], name)

    def text(self, mapping: _Mapping, key: str, name: str | None, *, required: bool = False) -> str:
        value = mapping.get(key, "")
        if not isinstance(value, str) or (required and not value.strip()):
            self.refuse(f"{key} must be text", mapping.lines.get(key), name)
        return value

    def flag(self, mapping: _Mapping, key: str, name: str | None) -> bool:
        value = mapping.get(key, False)
        if not isinstance(value, bool):
            self.refuse(f"{key} must be true or false", mapping.lines[key], name)
        return value

    def refuse(self, detail: str, line: int | None = None, field: str | None = None) -> NoReturn:
        raise BadDefinition(self.path, detail, line=line, field=field)
