"""Words of the few emails there are: invitations with a link (R22, R80).

What: `compose_email`, subject and plain text from `templates/letters/<kind>.txt`, whose first line is the subject.
Why: a link cannot be faxed. Everything else goes by fax, and an email is readable by every machine on its way: so it names no
patient, carries no password, and its link works once.
Refuses: a kind without a text, facts with holes and facts nobody knows (`LetterNotWritable`), and a subject that would forge
further header lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from outbound.letters import TEMPLATES, LetterNotWritable
from outbound.notice import SenderIdentity
from outbound.wording import telephone, us_time

if TYPE_CHECKING:
    from jinja2 import Environment

DESIGNEE_INVITATION = "designee_invitation"
STAFF_INVITATION = "staff_invitation"

EMAIL_KINDS: dict[str, tuple[str, ...]] = {
    DESIGNEE_INVITATION: ("designee_name", "prescriber_name"),
    STAFF_INVITATION: ("staff_name", "pharmacy_name", "ar_name"),
}
"""The facts of each kind; beside them a text may name `link`, `until` and `sender`."""


@dataclass(frozen=True)
class Email:
    """One message, without its address."""

    subject: str  # one line
    text: str  # plain text, ending in a line break


def compose_email(kind: str, facts: Mapping[str, str], link: str, until: datetime, sender: SenderIdentity) -> Email:
    """The invitation of that kind with its link, which works until the aware moment `until`.

    LetterNotWritable for an unknown kind, and for facts that are missing, empty or not the kind's.
    """
    from jinja2 import TemplateError

    if kind not in EMAIL_KINDS:
        raise LetterNotWritable(f"no email of kind {kind}")
    if wrong := sorted(set(facts) ^ set(EMAIL_KINDS[kind])):
        raise LetterNotWritable(f"{kind}: absent or unknown facts: {', '.join(wrong)}")
    if empty := [name for name, fact in facts.items() if not fact.strip()]:
        raise LetterNotWritable(f"{kind}: empty facts: {', '.join(empty)}")
    in_one_line = {name: " ".join(fact.split()) for name, fact in facts.items()}
    try:
        written = (
            environment()
            .get_template(f"{kind}.txt")
            .render(facts=in_one_line, link=link, until=us_time(until, sender.time_zone), sender=sender)
        )
    except TemplateError as problem:
        raise LetterNotWritable(f"{kind}: {problem.message or problem}") from problem
    subject, text = written.strip().split("\n", 1)
    return Email(subject.strip(), text.strip() + "\n")


@cache
def environment() -> Environment:
    """The texts, compiled once; plain text is not escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 - plain text
    made.filters["telephone"] = telephone
    return made
