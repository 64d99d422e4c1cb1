"""What was read against what stands on the fax: one verdict for every field.

What: compares a line of `remsfax read --json` with a sample's `NAME.expected.json`.
Why: accuracy is measured on whole values only, and a wrong value that nobody will look at is another thing than one that waits.
Refuses: to forgive. Text is compared with folded spaces, but letter for letter; dates and numbers as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One field of one sample."""

    sample: str
    style: str  # "typed", "handwriting" or "pdf"
    resolution: str  # "fine", "standard" or "none"
    line: bool  # came over a telephone line
    undecidable: bool  # nothing on the pages says which belong together
    form: str
    field: str
    expected: Any
    read: Any  # None where the field was not read at all
    accepted: bool
    certainty: float
    found: bool  # False: the form or the field is missing in the reading

    @property
    def right(self) -> bool:
        """True where the whole value is the one that stands on the fax."""
        return self.found and same(self.expected, self.read)

    @property
    def blank(self) -> bool:
        """True where nothing stands in the field."""
        return self.expected in (None, False, "absent")


def same(expected: Any, read: Any) -> bool:
    """Equal as the contract has it: folded text letter for letter, numbers as numbers, marks as booleans."""
    if isinstance(expected, str) and isinstance(read, str):
        return " ".join(expected.split()) == " ".join(read.split())
    if isinstance(expected, bool) or isinstance(read, bool):
        return expected is read
    return bool(expected == read)


def verdicts(sample: str, expected: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Verdict]:
    """A verdict for each field a sample carries. Documents are matched by form, then by the fax pages they stand on."""
    left = list(line.get("documents") or [])
    for document in expected["documents"]:
        pages = {page["fax_page"] for page in document["pages"]}
        fitting = [one for one in left if one["form"] == document["form"] and pages & {page["fax_page"] for page in one["pages"]}]
        reading = max(fitting, key=lambda one: len(pages & {page["fax_page"] for page in one["pages"]}), default=None)
        if reading is not None:
            left.remove(reading)
        fields = reading["fields"] if reading else {}
        for name, value in document["values"].items():
            read = fields.get(name)
            yield Verdict(
                sample,
                document["style"],
                expected["resolution"],
                expected["line"],
                expected["undecidable"],
                document["form"],
                name,
                value,
                read["value"] if read else None,
                bool(read and read["accepted"]),
                read["certainty"] if read else 0.0,
                read is not None,
            )
