"""Writes docs/letters.md: every letter with its recipients, its facts and what it may say of a patient, and every variable.

What: `python -m tools.letter_table`; a test holds that the file is what this makes.
Why: a template's author must find what may be named in one place, and a compliance officer what may be said.
Refuses: nothing.
"""

from __future__ import annotations

from pathlib import Path

from outbound.emails import EMAIL_KINDS
from outbound.letter_facts import FACTS, MAY_CARRY, PRINTED_FORM_MAY_CARRY, VARIABLES
from outbound.letter_kinds import LETTER_KINDS
from outbound.notice import Role

PAGE = Path(__file__).resolve().parents[1] / "docs" / "letters.md"

HEAD = """# The letters

Every fax gets an answer, and whatever the registry owes somebody is told. A letter is a template of `templates/letters`, filled
in by Jinja2 with StrictUndefined, laid out by WeasyPrint, drawn at 204 x 196 or 204 x 98 dots per inch
(`REMSFAX_LETTER_RESOLUTION`) and coded as TIFF-F. What they look like at 204 x 98, as an office machine prints them:

![Every letter at 204 x 98 dots per inch](images/letters.png)

- Every call begins with a cover page, made of a sender, a recipient, references and a time; it has no room for a patient.
- Each page carries a header line under the 8 mm that belong to the sending machine: our name and number, date and time, the
  recipient's number, the reference, page n of m. A form that follows carries the same under its foot.
- Several notices to one machine are one letter; under several references the cover lists them.
- With the confirmation of a Patient Status Form, and with each reminder of one, goes the next form, printed with the patient's
  and the prescriber's data and their code, to the prescriber's number on file only (`REMSFAX_PRINTED_STATUS_FORMS`). At most
  ten forms follow a letter.
- Whoever used an outdated or a wrong form, or sent a laboratory printout, gets the right blank in the same call: the current one,
  or the one that the reviewer's words name.
- The acknowledgement that asks for something shows strips of the sender's own page, made black and white and thick enough for
  204 x 98; only to a number that is confirmed, or that the fax came from.

This page is made by `python -m tools.letter_table`, the pictures by `python -m tools.letter_pictures`; tests hold both.
"""


def page() -> str:
    """The whole text."""
    return "\n".join([HEAD, *_kinds(), "", *_facts(), "", *_variables(), "", *_emails(), ""])


def _kinds() -> list[str]:
    lines = [
        "## Kinds, and what each may say of a patient",
        "",
        "A template gets the facts of its row; of those about a patient only the ones in the last column. A sender whom the",
        "registry does not know is told none of them. The acknowledgement has no facts about a patient at all.",
        "",
        "| letter | to | what it tells | other facts | of a patient |",
        "|---|---|---|---|---|",
    ]
    for kind, row in LETTER_KINDS.items():
        to = ", ".join(Role(one).label for one in row.to)
        others = ", ".join(f"`{name}`" for name in row.facts if not FACTS[name].of_patient)
        may = ", ".join(f"`{name}`" for name in FACTS if name in MAY_CARRY.get(kind, ()))
        urgent = " **Urgent.**" if row.urgent else ""
        lines.append(f"| `{kind}` | {to} | {row.meaning}{urgent} | {others or 'none'} | {may or 'nothing'} |")
    printed = ", ".join(f"`{name}`" for name in sorted(PRINTED_FORM_MAY_CARRY))
    lines += ["", f"A form that is printed for its reader carries of the patient: {printed}."]
    return lines


def _facts() -> list[str]:
    lines = ["## Facts", "", "`facts.NAME` in a template; one that is not known is None.", ""]
    lines += ["| fact | meaning | about a patient |", "|---|---|---|"]
    return [*lines, *(f"| `{one.name}` | {one.meaning} | {'yes' if one.of_patient else 'no'} |" for one in FACTS.values())]


def _variables() -> list[str]:
    lines = ["## What every template may name", "", "| variable | meaning |", "|---|---|"]
    return [*lines, *(f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items())]


def _emails() -> list[str]:
    lines = [
        "## E-mails",
        "",
        "Invitations go to persons, by e-mail where there is an address and a mail server (decision 43), in plain text. They",
        "name no patient and carry no link. Beside the facts a text may name `reference` and `sender`.",
        "",
        "| e-mail | facts |",
        "|---|---|",
    ]
    return [*lines, *(f"| `{kind}` | {', '.join(f'`{name}`' for name in facts)} |" for kind, facts in EMAIL_KINDS.items())]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
