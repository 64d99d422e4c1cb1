"""Words: notices become a letter, a cover page first, each an HTML document.

What: `compose` for one notice or several to one recipient, and the cover page as a function of its own.
Why: one letter means one page count and one transmission. The cover is made from `CoverPage` alone, which has no room for facts,
so nothing about a patient can stand on it (rems-rules §7).
How: Jinja2 with autoescape and StrictUndefined over `templates/letters/<kind>.html`; a template gets what
`outbound.letter_facts` allows, and naming anything else is an error.
Refuses: a kind without a template, facts with holes and facts nobody knows (`LetterNotWritable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from outbound import wording
from outbound.header_line import HeaderLine
from outbound.letter_facts import facts_for_letter
from outbound.notice import ACKNOWLEDGEMENT, Acknowledgement, Enclosure, Notice, Recipient, SenderIdentity
from outbound.pictures import for_letter

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "letters"

PAGE_COUNT_MARK = '<span class="pages"></span>'
"""Where the cover states the number of pages, known only when the letter is laid out. Escaped facts cannot contain it."""

MOST_ENCLOSED = 10
"""Forms that follow one letter at most: each holds the line for a minute or two."""


class LetterNotWritable(Exception):
    """The facts do not fill the letter of this kind; the sentence says what is missing."""


@dataclass(frozen=True)
class CoverPage:
    """Everything a cover page may say. No field for facts: that is the point."""

    sender: SenderIdentity
    recipient: Recipient
    references: tuple[str, ...]  # in place of any patient data; several where one call brings several letters
    sent_at: str  # date and time in the sender's zone, "11/23/2026 4:55 AM EST"

    @property
    def reference(self) -> str:
        """The first of them."""
        return self.references[0]


@dataclass(frozen=True)
class Section:
    """What one notice says, as HTML."""

    reference: str
    html: str


@dataclass(frozen=True)
class Letter:
    """A whole letter, ready to be laid out on pages."""

    kinds: tuple[str, ...]  # of the notices it tells
    references: tuple[str, ...]  # of the notices, each once
    html: str  # the letter without its cover page
    cover_html: str  # the cover page, with `PAGE_COUNT_MARK` in it
    header: HeaderLine  # what stands at the top of every page
    enclosures: tuple[Enclosure, ...] = ()  # forms that follow


def compose(notices: Sequence[Notice], sender: SenderIdentity, now: datetime) -> Letter:
    """The letter that brings `notices`, all to one recipient, dated `now` (aware); under several references it names each.

    LetterNotWritable if a kind or its facts do not allow one; ValueError for no notice, or for several recipients.
    """
    from jinja2 import TemplateError

    if len({one.recipient for one in notices}) != 1:
        raise ValueError("a letter brings at least one notice, all to one recipient")
    references = tuple(dict.fromkeys(one.reference for one in notices))
    cover = CoverPage(sender, notices[0].recipient, references, wording.us_time(now, sender.time_zone))
    kinds = tuple(one.kind for one in notices)
    forms = _Forms()
    telling = ""
    try:
        cover_html = compose_cover(cover)
        sections = []
        for notice in notices:
            telling = notice.kind
            template = environment().get_template(f"{notice.kind}.html")
            enclosed, left_out = forms.add(notice.enclosures)
            html = template.render(
                cover=replace(cover, references=(notice.reference,)),
                zone=sender.time_zone,
                together=kinds if notice.kind == ACKNOWLEDGEMENT else _kinds_under(notice.reference, notices),
                wanted=notice.wanted,
                enclosed=enclosed,
                left_out=left_out,
                **_facts_for_template(notice),
            )
            sections.append(Section(notice.reference, html))
        html = environment().get_template("_letter.html").render(cover=cover, sections=sections)
    except TemplateError as problem:  # no such template, a missing fact, a broken template
        raise LetterNotWritable(f"{telling}: {problem.message or problem}") from problem
    except (ValueError, TypeError) as problem:  # a fact unfit for its place, such as no date for a date
        raise LetterNotWritable(f"{telling}: {problem}") from problem
    return Letter(kinds, references, html, cover_html, header_line(cover), forms.kept)


def _kinds_under(reference: str, notices: Sequence[Notice]) -> tuple[str, ...]:
    """What is told beside a notice of the same occasion: that of another patient's makes no sentence of it superfluous."""
    return tuple(one.kind for one in notices if one.reference == reference)


class _Forms:
    """The forms that follow a letter, each once, as long as there is room."""

    def __init__(self) -> None:
        self.kept: tuple[Enclosure, ...] = ()

    def add(self, wanted: Sequence[Enclosure]) -> tuple[tuple[Enclosure, ...], bool]:
        """Those of `wanted` that follow because of this notice and of none before it; whether one did not fit."""
        new = [one for one in wanted if one not in self.kept]
        fitting = tuple(new[: MOST_ENCLOSED - len(self.kept)])
        self.kept = (*self.kept, *fitting)
        return fitting, len(fitting) < len(new)


def header_line(cover: CoverPage) -> HeaderLine:
    """What each page says of itself: when, from whom, to whom and about what."""
    more = f" and {len(cover.references) - 1} more" if len(cover.references) > 1 else ""
    to = f"  to {wording.telephone(cover.recipient.fax)}" if cover.recipient.fax else ""
    sender = f"{cover.sender.name}  {wording.telephone(cover.sender.phone)}"
    return HeaderLine(sender, f"{cover.sent_at}{to}  {cover.reference}{more}")


def _facts_for_template(notice: Notice) -> dict[str, object]:
    """What the kind's template may name of its facts."""
    if isinstance(notice.facts, Acknowledgement):
        return {"ack": notice.facts}
    return {"facts": facts_for_letter(notice.kind, notice.recipient.role, notice.facts)}


def compose_cover(cover: CoverPage) -> str:
    """The cover page's HTML."""
    return environment().get_template("_cover.html").render(cover=cover)


def kinds_with_letters() -> frozenset[str]:
    """Every kind of notice that has a template."""
    return frozenset(path.stem for path in TEMPLATES.glob("*.html") if not path.stem.startswith("_"))


@cache
def environment() -> Environment:
    """The templates, compiled once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(
        us_date=wording.us_date,
        us_time=wording.us_time,
        us_moment=wording.us_moment,
        telephone=wording.telephone,
        page_list=wording.page_list,
        in_words=wording.in_words,
        counted=wording.counted,
        patient_id=wording.patient_id,
        per_microlitre=wording.per_microlitre,
        upper_first=wording.upper_first,
        picture=for_letter,
    )
    return made
