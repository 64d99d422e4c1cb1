"""The confirmed values of a form, asked for by what they must be; and what is missing, in words for the sender.

What: `FormValues` gives text, days, choices, marks and normal forms; `complaints` turns required fields into sentences.
Why: every refusal must say exactly what is missing and what to do; one place keeps the words alike.
Refuses: to guess: a value that does not fit its form is given as None here and named by `complaints`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from registry import identifiers
from registry.policies import PROGRAM_FAX
from registry.submission import Submission
from registry.vocabulary import Channel

AGAIN = f"and fax the form again to {PROGRAM_FAX}"


@dataclass(frozen=True)
class Need:
    """A field a form cannot do without."""

    field: str
    label: str  # as the sender knows it, with capital
    fits: Callable[[str], object | None] | None = None  # gives None for a value that cannot be right
    why: str = ""  # what a fitting value looks like


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one field, as a sentence that says what to do."""

    field: str
    reason: str


class FormValues:
    """A submission's values, each in the kind its reader needs."""

    def __init__(self, submission: Submission) -> None:
        self._values = submission.values
        self._illegible = frozenset(submission.illegible)
        self._again = "and send the form again" if submission.channel is not Channel.FAX else AGAIN

    def text(self, field: str) -> str | None:
        """Folded text; None for blank."""
        value = self._values.get(field)
        if value is None or isinstance(value, bool):
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        folded = " ".join(str(value).split())
        return folded or None

    def normal(self, field: str, normaliser: Callable[[str], str | None]) -> str | None:
        """The normal form of an identifier; None for blank or for one that does not fit."""
        text = self.text(field)
        return None if text is None else normaliser(text)

    def choice(self, field: str) -> str | None:
        """An option's code in small letters; None for blank."""
        text = self.text(field)
        return None if text is None else text.casefold()

    def mark(self, field: str) -> bool:
        """True for a ticked box; blank is not ticked."""
        value = self._values.get(field)
        return value is True or (isinstance(value, str) and value.strip().casefold() in {"true", "yes"})

    def unticked(self, prefix: str) -> list[str]:
        """The marks `prefix1`, `prefix2` … that the form has and nobody ticked, in order."""
        named = [field for field in self._values if re.fullmatch(re.escape(prefix) + "[0-9]+", field)]
        return sorted((field for field in named if not self.mark(field)), key=lambda field: int(field.removeprefix(prefix)))

    def unattested(self, what: str = "attestation", always: Sequence[str] = ()) -> list[Complaint]:
        """One for each `attestation_N` that nobody ticked, in order; `what` is the form's own word for them, `always` are those
        that count as not ticked where the form leaves them out."""
        prefix = "attestation_"
        left_out = [field for field in always if field not in self._values]
        unticked = [*left_out, *self.unticked(prefix)]
        return [self.blank(field, f"The tick at {what} {field.removeprefix(prefix)}") for field in unticked]

    def day(self, field: str) -> date | None:
        """A day; None for blank or for what is no ISO day."""
        text = self.text(field)
        return None if text is None else identifiers.iso_day(text)

    def rows(self, prefix: str, *columns: str) -> list[int]:
        """The numbers N of `prefix.N.column` with something in at least one of the columns, in order."""
        found = set()
        for field in self._values:
            match = re.fullmatch(re.escape(prefix) + r"\.([0-9]+)\.(\w+)", field)
            if match and match[2] in columns and (self.text(field) is not None or field in self._illegible):
                found.add(int(match[1]))
        return sorted(found)

    def raw(self, field: str) -> str | int | float | bool | None:
        """The value as confirmed."""
        return self._values.get(field)

    def blank(self, field: str, label: str) -> Complaint:
        """What to say about a field without a value."""
        if field in self._illegible:
            return Complaint(field, f"{label} could not be read. Write it clearly {self._again}.")
        return Complaint(field, f"{label} is missing. Complete it {self._again}.")

    def complaints(self, needs: Sequence[Need]) -> list[Complaint]:
        """One complaint for each needed field that is blank, illegible or does not fit."""
        found = []
        for need in needs:
            text = self.text(need.field)
            if text is None:
                found.append(self.blank(need.field, need.label))
            elif need.fits is not None and need.fits(text) is None:
                why = f": {need.why}" if need.why else ""
                found.append(Complaint(need.field, f"{need.label} “{text}” cannot be right{why}. Correct it {self._again}."))
        return found


def one_of(*options: str) -> Callable[[str], str | None]:
    """A check that a choice is one of the form's options."""
    return lambda text: text if text.casefold() in options else None


NPI_WHY = "an NPI has ten digits and its check digit must fit"
PHONE_WHY = "a number has ten digits"


def person(prefix: str, who: str) -> tuple[Need, Need]:
    """First and last name of somebody."""
    return (Need(f"{prefix}_first_name", f"{who} first name"), Need(f"{prefix}_last_name", f"{who} last name"))


def place() -> tuple[Need, ...]:
    """A US postal address."""
    return (
        Need("address", "The street address"),
        Need("city", "The city"),
        Need("state", "The state", identifiers.normal_state, "two letters, such as IL"),
        Need("zip", "The ZIP code", identifiers.normal_zip, "five digits, or five and four"),
    )
