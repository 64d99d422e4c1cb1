"""Words of the few e-mails there are: invitations (R22, R80).

What: `compose_email`, subject and plain text from `templates/letters/<kind>.txt`, whose first line is the subject.
Why: an invitation goes to a person, who may have no fax machine, and a person's address is all that an authorized representative
gives. Everything else goes by fax: an e-mail is readable by every machine on its way. So it names no patient, and carries no
password and no link that would open anything: it says what to do, and under which reference.
Refuses: a kind without a text, facts with holes and facts nobody knows (`LetterNotWritable`), and a subject that would forge
further header lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from outbound.letter_kinds import LETTER_KINDS, MAILED
from outbound.letters import TEMPLATES, LetterNotWritable
from outbound.notice import SenderIdentity
from outbound.wording import telephone
from registry.submission import Value

if TYPE_CHECKING:
    from jinja2 import Environment

EMAIL_KINDS: dict[str, tuple[str, ...]] = {kind: LETTER_KINDS[kind].facts for kind in sorted(MAILED)}
"""The facts of each kind; beside them a text may name `reference` and `sender`."""

WIDTH = 72
"""Characters in a line of a mail at most: RFC 5322 recommends fewer than 78, and so nothing is broken on the way."""


@dataclass(frozen=True)
class Email:
    """One message, without its address."""

    subject: str  # one line
    text: str  # plain text, ending in a line break


def compose_email(kind: str, facts: Mapping[str, Value], reference: str, sender: SenderIdentity) -> Email:
    """The mail of that kind, under a reference that its reader is to give.

    LetterNotWritable for an unknown kind, and for facts that are missing, empty or not the kind's.
    """
    from jinja2 import TemplateError

    if kind not in EMAIL_KINDS:
        raise LetterNotWritable(f"no e-mail of kind {kind}")
    if wrong := sorted(set(facts) ^ set(EMAIL_KINDS[kind])):
        raise LetterNotWritable(f"{kind}: absent or unknown facts: {', '.join(wrong)}")
    in_one_line = {name: " ".join(str(fact or "").split()) for name, fact in facts.items()}
    if empty := [name for name, fact in in_one_line.items() if not fact]:
        raise LetterNotWritable(f"{kind}: empty facts: {', '.join(empty)}")
    try:
        written = environment().get_template(f"{kind}.txt").render(facts=in_one_line, reference=reference, sender=sender)
    except TemplateError as problem:
        raise LetterNotWritable(f"{kind}: {problem.message or problem}") from problem
    subject, text = written.strip().split("\n", 1)
    return Email(subject.strip(), "\n".join(_wrapped(line) for line in text.strip().split("\n")) + "\n")


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)


@cache
def environment() -> Environment:
    """The texts, compiled once; plain text is not escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 - plain text
    made.filters["telephone"] = telephone
    return made
