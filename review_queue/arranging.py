"""Planning how a fax's pages belong together: each act takes a plan and gives the next one. Pure.

What: split, join, reorder, turn, say what a page is; the plan as short text for an address; what a plan changes, in words.
Why: a plan is tried on the screen as often as one likes before anything happens; the same functions serve the keys, the forms of
a browser without a script, and the tests.
Refuses: an act that makes no sense here (`Impossible`, with words that say what to do); no act can lose or double a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from intake.arrangement import AGAIN, Arrangement, Aside, Group, SaidPage
from intake.reading import OtherKind

FormKey = tuple[str, str]
"""A form's code and revision."""

Lengths = Mapping[FormKey, int]
"""How many pages each form has."""

KIND_WORDS: Mapping[OtherKind | None, str] = {
    OtherKind.COVER_SHEET: "cover sheet",
    OtherKind.BLANK: "blank page",
    OtherKind.LAB_PRINTOUT: "laboratory printout",
    OtherKind.OTHER_PROGRAM: "form of another program",
    OtherKind.OUTDATED_FORM: "outdated form",
    OtherKind.UNKNOWN: "not recognized",
    None: "the same page again",
}


class Impossible(Exception):
    """What was asked for cannot be done with this page; the words say why and what can."""


def split(plan: Arrangement, page: int) -> Arrangement:
    """From this page on, the document's pages become a document of their own."""
    group, at = _group_of(plan, page)
    if at == 0:
        raise Impossible("This page is the first of its document: there is nothing to split off before it.")
    halves = (replace(group, pages=group.pages[:at]), replace(group, pages=group.pages[at:]))
    return _with(plan, [group], halves)


def join(plan: Arrangement, page: int, lengths: Lengths) -> Arrangement:
    """The page's document becomes one with the document before it; a page apart becomes the next page of that document."""
    aside = next((one for one in plan.asides if one.fax_page == page), None)
    if aside is not None:
        return _join_aside(plan, aside, lengths)
    group, _ = _group_of(plan, page)
    before = _before(plan, min(group.fax_pages))
    if before is None:
        raise Impossible("There is no document before this one.")
    if _key(before) != _key(group):
        raise Impossible("The document before is another form. Say first which form this page is (F).")
    if {one.form_page for one in before.pages} & {one.form_page for one in group.pages}:
        raise Impossible("Both documents have the same page of the form. Say which page this is (F), or what else it is.")
    return _with(plan, [before, group], [replace(before, pages=(*before.pages, *group.pages))])


def move(plan: Arrangement, page: int, step: int, lengths: Lengths) -> Arrangement:
    """The page becomes the page of the form before (-1) or after (+1) the one it was; who had that one takes its place."""
    group, at = _group_of(plan, page)
    mine = group.pages[at]
    wanted = mine.form_page + step
    if not 1 <= wanted <= lengths[_key(group)]:
        raise Impossible("The form has no page before this one." if step < 0 else "The form has no page after this one.")
    return _with(plan, [group], [replace(group, pages=tuple(_exchanged(group.pages, mine, wanted)))])


def turn(plan: Arrangement, page: int, degrees: int = 90) -> Arrangement:
    """The page turned clockwise by quarters from how it lies now."""

    def turned(rotated: int) -> int:
        return (rotated + degrees) % 360

    asides = tuple(replace(one, rotated=turned(one.rotated)) if one.fax_page == page else one for one in plan.asides)
    groups = tuple(
        replace(
            group,
            pages=tuple(replace(one, rotated=turned(one.rotated)) if one.fax_page == page else one for one in group.pages),
        )
        for group in plan.groups
    )
    return Arrangement(groups, asides)


def classify(plan: Arrangement, page: int, form: str, revision: str, form_page: int, lengths: Lengths) -> Arrangement:
    """The page is that page of that form: in its own document if of that form, else in the nearest that lacks it, else alone."""
    key = (form, revision)
    if not 1 <= form_page <= lengths.get(key, 0):
        raise Impossible("There is no such page of such a form.")
    rotated = plan.rotations[page]
    own = next((one for one in plan.groups if page in one.fax_pages), None)
    if own is not None and _key(own) == key:
        mine = next(one for one in own.pages if one.fax_page == page)
        return _with(plan, [own], [replace(own, pages=tuple(_exchanged(own.pages, mine, form_page)))])
    rest = _without(plan, page)
    said = SaidPage(page, form_page, rotated)
    lacking = [one for one in rest.groups if _key(one) == key and form_page not in {each.form_page for each in one.pages}]
    if not lacking:
        return Arrangement((*rest.groups, Group(form, revision, (said,))), rest.asides)
    nearest = min(lacking, key=lambda one: min(abs(other - page) for other in one.fax_pages))
    return _with(rest, [nearest], [replace(nearest, pages=(*nearest.pages, said))])


def mark(plan: Arrangement, page: int, kind: OtherKind | None) -> Arrangement:
    """The page belongs to no form: a cover sheet, a blank page, something else."""
    rotated = plan.rotations[page]
    rest = _without(plan, page)
    return Arrangement(rest.groups, (*rest.asides, Aside(page, kind, rotated)))


def changed(before: Arrangement, plan: Arrangement) -> Arrangement:
    """What of the plan must be read anew: documents that were not there before, and pages apart that were something else or lay
    otherwise."""
    groups = tuple(one for one in plan.groups if one not in before.groups)
    return Arrangement(groups, tuple(one for one in plan.asides if one not in before.asides))


_GROUP = re.compile(r"([a-z_]+)@([\w-]+):((?:\d+\.\d+\.\d+-?)+)")


def as_text(plan: Arrangement) -> str:
    """The plan as short text for an address: `patient_status@2023-11:2.1.0-3.2.180;5.cover_sheet.0`."""
    groups = [
        f"{one.form}@{one.revision}:" + "-".join(f"{p.fax_page}.{p.form_page}.{p.rotated}" for p in one.pages)
        for one in plan.groups
    ]
    asides = [f"{one.fax_page}.{AGAIN if one.kind is None else one.kind.value}.{one.rotated}" for one in plan.asides]
    return ";".join((*groups, *asides))


def from_text(text: str) -> Arrangement:
    """The plan of such a text; ValueError for what is none."""
    groups, asides = [], []
    for part in filter(None, text.split(";")):
        whole = _GROUP.fullmatch(part)
        if whole is not None:
            pages = (SaidPage(*(int(number) for number in page.split("."))) for page in whole[3].split("-"))
            groups.append(Group(whole[1], whole[2], tuple(pages)))
        else:
            page, kind, rotated = part.split(".")
            asides.append(Aside(int(page), None if kind == AGAIN else OtherKind(kind), int(rotated)))
    return Arrangement(tuple(groups), tuple(asides))


def what_changes(before: Arrangement, plan: Arrangement, titles: Mapping[FormKey, str]) -> tuple[str, ...]:
    """What a plan would do, a sentence each; empty where it changes nothing."""
    new = changed(before, plan)
    said = [
        f"{_name(group, titles)} of {_pages(group.fax_pages)} is read as one document{_order(group)}." for group in new.groups
    ]
    said += [
        f"The {_name(group, titles)} of {_pages(group.fax_pages)} is taken apart."
        for group in before.groups
        if group not in plan.groups and not any(set(group.fax_pages) == set(one.fax_pages) for one in new.groups)
    ]
    was = {one.fax_page: one for one in before.asides}
    for one in new.asides:
        turned = was.get(one.fax_page) is not None and was[one.fax_page].kind is one.kind
        said.append(
            f"Fax page {one.fax_page} is turned by {one.rotated}°."
            if turned
            else f"Fax page {one.fax_page} is set apart: {KIND_WORDS[one.kind]}."
        )
    return tuple(said)


def _order(group: Group) -> str:
    """Said where the pages lie otherwise than as the form has them: out of order, beginning late, turned."""
    in_order = [one.fax_page for one in group.pages] == list(group.fax_pages)
    from_the_first = [one.form_page for one in group.pages] == list(range(1, len(group.pages) + 1))
    if in_order and from_the_first and all(one.rotated == 0 for one in group.pages):
        return ""
    each = (
        f"fax page {one.fax_page} as page {one.form_page}" + (f" turned by {one.rotated}°" if one.rotated else "")
        for one in group.pages
    )
    return f" ({', '.join(each)})"


def _name(group: Group, titles: Mapping[FormKey, str]) -> str:
    return titles.get(_key(group), group.form)


def _pages(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"fax page {numbers[0]}"
    return f"fax pages {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _key(group: Group) -> FormKey:
    return group.form, group.revision


def _group_of(plan: Arrangement, page: int) -> tuple[Group, int]:
    for group in plan.groups:
        for at, one in enumerate(group.pages):
            if one.fax_page == page:
                return group, at
    raise Impossible("This page belongs to no form. Say first which form it is (F).")


def _before(plan: Arrangement, page: int) -> Group | None:
    earlier = [one for one in plan.groups if min(one.fax_pages) < page]
    return max(earlier, key=lambda one: min(one.fax_pages), default=None)


def _join_aside(plan: Arrangement, aside: Aside, lengths: Lengths) -> Arrangement:
    group = _before(plan, aside.fax_page)
    if group is None:
        raise Impossible("There is no document before this page. Say which form it is (F).")
    taken = {one.form_page for one in group.pages}
    free = next((number for number in range(1, lengths[_key(group)] + 1) if number not in taken), None)
    if free is None:
        raise Impossible("The document before has all its pages. Say which form this page is (F).")
    said = SaidPage(aside.fax_page, free, aside.rotated)
    return _with(_without(plan, aside.fax_page), [group], [replace(group, pages=(*group.pages, said))])


def _exchanged(pages: Iterable[SaidPage], mine: SaidPage, wanted: int) -> Iterable[SaidPage]:
    for one in pages:
        if one.fax_page == mine.fax_page:
            yield replace(one, form_page=wanted)
        elif one.form_page == wanted:
            yield replace(one, form_page=mine.form_page)
        else:
            yield one


def _with(plan: Arrangement, gone: Sequence[Group], come: Iterable[Group]) -> Arrangement:
    return Arrangement((*(one for one in plan.groups if one not in gone), *come), plan.asides)


def _without(plan: Arrangement, page: int) -> Arrangement:
    groups = (replace(one, pages=tuple(each for each in one.pages if each.fax_page != page)) for one in plan.groups)
    return Arrangement(tuple(one for one in groups if one.pages), tuple(one for one in plan.asides if one.fax_page != page))
