"""Records of every type that may stand in a registry together, drawn from the dataclasses' own fields."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from registry.exchange.checks import _REFERS, DERIVED
from registry.exchange.kinds import KINDS, Field, shape_of
from registry.identifiers import dea_fits, issue_patient_id, npi_fits
from registry.patients import Patient

LATEST = datetime(2024, 1, 1, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


def _completed(stem: str, fits: Any) -> str:
    """The one last digit that fits."""
    return next(stem + str(digit) for digit in range(10) if fits(stem + str(digit)))


npis = st.integers(0, 99_999_999).map(lambda one: _completed(f"1{one:08d}", npi_fits))
phones = st.integers(0, 999_999).map(lambda one: f"3125{one:06d}")
FORMS: dict[str, st.SearchStrategy[str]] = {
    "npi": npis,
    "authorization": st.integers(0, 99_999_999).map(lambda one: f"A{one:08d}"),
    "dea": st.integers(0, 999_999).map(lambda one: _completed(f"AP{one:06d}", dea_fits)),
    "hin": st.text("ABC123", min_size=9, max_size=9),
    "zip": st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True, alphabet="0123456789-"),
    "phone": phones,
    "fax": phones,
    "email": st.integers(0, 10**6).map(lambda one: f"a{one}@example.org"),
    "state": st.sampled_from(["IL", "PR"]),
    "id": texts,
}
KINDS_OF_VALUE: dict[type, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: st.integers(0, 2**31 - 1),
    float: st.integers(100, 30_000) | st.floats(100, 30_000),
    date: st.dates(date(1900, 1, 1), LATEST.date()),
    datetime: st.datetimes(datetime(2000, 1, 1), datetime(2024, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
}


def values(record: type, field: Field, there: dict[type, list[Any]]) -> st.SearchStrategy[Any]:
    """What may stand in a field, given the records that are there to be referred to."""
    to = Patient if field.name == "patient_id" and record is not Patient else _REFERS.get((record, field.name))
    if to is not None:
        return st.sampled_from([getattr(one, shape_of(to).key) for one in there[to]])
    if field.name == "patient_id":
        return st.integers(0, 10**8 - 1).map(issue_patient_id)
    if issubclass(field.kind, StrEnum):
        drawn: st.SearchStrategy[Any] = st.sampled_from(list(field.kind))
    elif field.kind is str and field.name.rpartition("_")[2] in FORMS:
        drawn = FORMS[field.name.rpartition("_")[2]]
    elif record is Patient and field.name in ("first_name", "last_name"):
        drawn = texts.filter(str.strip)
    else:
        drawn = KINDS_OF_VALUE[field.kind]
    return st.none() | drawn if field.nullable else drawn


@st.composite
def registries(draw: st.DrawFn) -> list[Any]:
    """Up to two records of every type, those referred to before those that refer."""
    there: dict[type, list[Any]] = {}
    for record in KINDS.values():
        shape = shape_of(record)
        found: dict[Any, Any] = {}
        needed = {to for (of, _), to in _REFERS.items() if of is record}
        needed |= {Patient} if record is not Patient and "patient_id" in shape.fields else set()
        for _ in range(draw(st.integers(0, 2)) if all(there[one] for one in needed) else 0):
            given = {field.name: draw(values(record, field, there)) for field in shape.fields.values()}
            for name, derive in DERIVED.get(record, {}).items():
                derived = derive(given)
                given[name] = given[name] if derived is None else derived
            found[given[shape.key]] = record(**given)
        there[record] = list(found.values())
    return [one for some in there.values() for one in some]
