"""How a person says the pages of a fax belong together: which are which page of which form, and which are no form at all.

What: `Arrangement`, a hint that `read_fax` follows, what of a reading is one, and its JSON.
Why: a photographed page, two patients' forms under one cover, a sheet laid sideways: eyes see in a second what no landmark tells.
Refuses: a page in two places, the same page of a form twice in one document, a turn that is no quarter turn (ValueError).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from intake.reading import FaxReading, OtherKind

QUARTERS = (0, 90, 180, 270)
AGAIN = "again"
"""How the kind of a page that came twice is written: it belongs to no document and is no page of its own."""


@dataclass(frozen=True)
class SaidPage:
    """One fax page that is a page of a form."""

    fax_page: int  # 1-based page of the fax
    form_page: int  # 1-based page of the form
    rotated: int = 0  # degrees clockwise by which the page as it arrived is turned: 0, 90, 180 or 270


@dataclass(frozen=True)
class Group:
    """The pages of one document."""

    form: str  # form code
    revision: str
    pages: tuple[SaidPage, ...]  # in the form's order, at least one

    @property
    def fax_pages(self) -> tuple[int, ...]:
        """Its pages in the fax's order."""
        return tuple(sorted(one.fax_page for one in self.pages))


@dataclass(frozen=True)
class Aside:
    """One fax page that belongs to no form."""

    fax_page: int
    kind: OtherKind | None  # None: the same page came before
    rotated: int = 0  # as of `SaidPage`


@dataclass(frozen=True)
class Arrangement:
    """Documents and pages apart, each page once; in the order of the fax, however they are given."""

    groups: tuple[Group, ...] = ()
    asides: tuple[Aside, ...] = ()

    def __post_init__(self) -> None:
        """Puts everything in order; ValueError for what can be no arrangement."""
        for group in self.groups:
            if not group.pages or len({one.form_page for one in group.pages}) < len(group.pages):
                raise ValueError(f"a document without pages, or with the same page of its form twice: {group}")
        everywhere: list[SaidPage | Aside] = [*(page for group in self.groups for page in group.pages), *self.asides]
        if len({one.fax_page for one in everywhere}) < len(everywhere):
            raise ValueError("a page of the fax stands in two places")
        if any(one.rotated not in QUARTERS or one.fax_page < 1 for one in everywhere):
            raise ValueError("a page is turned by quarters, and pages count from 1")
        ordered = (replace(one, pages=tuple(sorted(one.pages, key=lambda page: page.form_page))) for one in self.groups)
        object.__setattr__(self, "groups", tuple(sorted(ordered, key=lambda one: one.fax_pages)))
        object.__setattr__(self, "asides", tuple(sorted(self.asides, key=lambda one: one.fax_page)))

    @property
    def fax_pages(self) -> frozenset[int]:
        """Every page it speaks of."""
        return frozenset(self.rotations)

    @property
    def rotations(self) -> Mapping[int, int]:
        """By how much each page is turned."""
        placed = ((page.fax_page, page.rotated) for group in self.groups for page in group.pages)
        return dict([*placed, *((one.fax_page, one.rotated) for one in self.asides)])

    def of_pages(self, fax_pages: Iterable[int]) -> Arrangement:
        """Only these pages, as they lie."""
        wanted = frozenset(fax_pages)
        groups = (replace(one, pages=tuple(p for p in one.pages if p.fax_page in wanted)) for one in self.groups)
        asides = tuple(one for one in self.asides if one.fax_page in wanted)
        return Arrangement(tuple(one for one in groups if one.pages), asides)


def arrangement_of(reading: FaxReading) -> Arrangement:
    """What the pages of a fax were taken for."""
    groups = tuple(
        Group(one.form, one.revision, tuple(SaidPage(page.fax_page, page.form_page, page.rotated) for page in one.pages))
        for one in reading.documents
    )
    asides = [Aside(one.fax_page, one.kind, one.rotated) for one in reading.other_pages]
    named = {page for one in groups for page in one.fax_pages} | {one.fax_page for one in asides}
    asides += [Aside(page, None) for page in range(1, reading.pages + 1) if page not in named]
    return Arrangement(groups, tuple(asides))


def arrangement_to_json(arrangement: Arrangement) -> dict[str, Any]:
    """All of it."""
    return {
        "groups": [
            {"form": one.form, "revision": one.revision, "pages": [[p.fax_page, p.form_page, p.rotated] for p in one.pages]}
            for one in arrangement.groups
        ],
        "asides": [[one.fax_page, AGAIN if one.kind is None else one.kind.value, one.rotated] for one in arrangement.asides],
    }


def arrangement_from_json(data: Mapping[str, Any]) -> Arrangement:
    """The way back; ValueError, KeyError or TypeError for what is none."""
    return Arrangement(
        tuple(
            Group(str(one["form"]), str(one["revision"]), tuple(SaidPage(*_whole(numbers)) for numbers in one["pages"]))
            for one in data["groups"]
        ),
        tuple(
            Aside(int(page), None if kind == AGAIN else OtherKind(kind), int(rotated)) for page, kind, rotated in data["asides"]
        ),
    )


def _whole(numbers: Iterable[Any]) -> Iterator[int]:
    return (int(one) for one in numbers)
