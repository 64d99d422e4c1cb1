"""Words: notices become a letter, a cover page first, as one HTML document.

What: `compose` for one notice or several to one recipient, and the cover page as a function of its own.
Why: one document means one layout, one page count, one transmission. The cover is made from `CoverPage` alone, which has no
room for facts, so nothing about a patient can stand on it (rems-rules §7).
How: Jinja2 with autoescape and StrictUndefined over `templates/letters/<kind>.html`; a fact that a letter needs and does not get
is an error.
Refuses: a kind without a template and facts with holes (`LetterNotWritable`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from outbound import wording
from outbound.notice import ACKNOWLEDGEMENT, Acknowledgement, Notice, Recipient, Role, SenderIdentity, kind_of

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "letters"

PAGE_COUNT_MARK = '<span class="pages"></span>'
"""Where the cover states the number of pages, known only when the letter is laid out. Escaped facts cannot contain it."""


class LetterNotWritable(Exception):
    """The facts do not fill the letter of this kind; the sentence says what is missing."""


@dataclass(frozen=True)
class CoverPage:
    """Everything a cover page may say. No field for facts: that is the point."""

    sender: SenderIdentity
    recipient: Recipient
    reference: str  # in place of any patient data
    sent_at: str  # date and time in the sender's zone, "11/23/2026 4:55 AM EST"


@dataclass(frozen=True)
class Letter:
    """A whole letter, ready to be laid out on pages."""

    kinds: tuple[str, ...]  # of the notices it tells
    reference: str  # of several ", " between them
    html: str  # cover page, letter, style and header line
    cover_html: str  # the cover page alone, as it stands in `html`


def compose(notices: Sequence[Notice], sender: SenderIdentity, now: datetime) -> Letter:
    """The letter that brings `notices`, all to one recipient, dated `now` (aware); of several references the cover names each,
    and each part its own.

    LetterNotWritable if a kind or its facts do not allow one; ValueError for no notice, or for several recipients.
    """
    from jinja2 import TemplateError
    from markupsafe import escape

    if len({one.recipient for one in notices}) != 1:
        raise ValueError("a letter brings at least one notice, all to one recipient")
    references = tuple(dict.fromkeys(one.reference for one in notices))
    cover = CoverPage(sender, notices[0].recipient, ", ".join(references), wording.us_time(now, sender.time_zone))
    kinds = tuple(one.kind for one in notices)
    telling = ""
    try:
        cover_html = compose_cover(cover)
        sections = []
        for notice in notices:
            telling = notice.kind
            template = _environment().get_template(f"{notice.kind}.html")
            facts = _facts_for_template(notice)
            own = replace(cover, reference=notice.reference)
            under = f"<p>Reference <b>{escape(notice.reference)}</b></p>\n" if len(references) > 1 else ""
            beside = kinds if notice.kind == ACKNOWLEDGEMENT else _kinds_under(notice.reference, notices)
            sections.append(under + template.render(cover=own, zone=sender.time_zone, together=beside, **facts))
        html = _environment().get_template("_letter.html").render(cover=cover, cover_html=cover_html, sections=sections)
    except TemplateError as problem:  # no such template, a missing fact, a broken template
        raise LetterNotWritable(f"{telling}: {problem.message or problem}") from problem
    except (ValueError, TypeError) as problem:  # a fact unfit for its place, such as no date for a date
        raise LetterNotWritable(f"{telling}: {problem}") from problem
    return Letter(kinds, cover.reference, html, cover_html)


def _kinds_under(reference: str, notices: Sequence[Notice]) -> tuple[str, ...]:
    """What is told beside a notice of the same occasion: that of another patient's makes no sentence of its letter
    superfluous."""
    return tuple(one.kind for one in notices if one.reference == reference)


def _facts_for_template(notice: Notice) -> dict[str, object]:
    """What the kind's template may name; ValueError if a fact of the registry's table is absent (None is a known "unknown")."""
    if isinstance(notice.facts, Acknowledgement):
        return {"ack": notice.facts}
    absent = [name for name in kind_of(notice.kind).facts if name not in notice.facts]
    if absent:
        raise ValueError(f"absent facts: {', '.join(absent)}")
    if notice.recipient.role is Role.SENDER:  # a machine nobody has verified: it has the fax, and needs no patient named
        return {"facts": {name: None if name.startswith("patient_") else fact for name, fact in notice.facts.items()}}
    return {"facts": notice.facts}


def compose_cover(cover: CoverPage) -> str:
    """The cover page's HTML."""
    return _environment().get_template("_cover.html").render(cover=cover)


def kinds_with_letters() -> frozenset[str]:
    """Every kind of notice that has a template."""
    return frozenset(path.stem for path in TEMPLATES.glob("*.html") if not path.stem.startswith("_"))


@cache
def _environment() -> Environment:
    """The templates, compiled once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        us_date=wording.us_date,
        us_time=wording.us_time,
        us_moment=wording.us_moment,
        telephone=wording.telephone,
        page_list=wording.page_list,
        in_words=wording.in_words,
        counted=wording.counted,
        initials=wording.initials,
        patient_id=wording.patient_id,
        per_microlitre=wording.per_microlitre,
        upper_first=wording.upper_first,
    )
    return environment
