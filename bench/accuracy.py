"""How much of the sample faxes is read, how much of it unseen, and how much of that is wrong.

    python -m bench.accuracy [--samples DIR] [--known FILE] [--write FILE.md] [--all]

Runs `remsfax read` once over every readable sample and compares each field with its expected value, typed and handwritten forms
apart, by resolution. Two numbers are reported together, always: the share of fields nobody need look at, and the errors among
them, each named. A fax whose pages nobody can tell apart (`undecidable`) has a row of its own: nothing of it should be accepted.
Exit status 1 where a typed field was accepted wrongly or fewer than 90 % of the typed fields were accepted on
any resolution. Blank fields count in the first table and are left out of the second. Handwriting here is that of fonts: its
figures say nothing about pens on paper.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.comparing import Verdict, verdicts
from bench.running import read_faxes

SAMPLES = Path(__file__).resolve().parents[1] / "sample_faxes"
TYPED_BAR = 0.90  # share of typed fields that must be accepted


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    verdicts: Sequence[Verdict]

    def cells(self) -> tuple[str, ...]:
        """Fields, accepted, accepted and wrong, right at all."""
        count = len(self.verdicts)
        accepted = [one for one in self.verdicts if one.accepted]
        wrong = sum(not one.right for one in accepted)
        right = sum(one.right for one in self.verdicts)
        return (self.what, str(count), share(len(accepted), count), str(wrong), share(right, count))


def share(part: int, whole: int) -> str:
    """A percentage, or a dash for none of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def main() -> int:
    """Measure, print, and say by the exit status whether the bar for typed faxes is met."""
    asked = argparse.ArgumentParser(prog="python -m bench.accuracy", description="Accuracy of remsfax read on the sample faxes.")
    asked.add_argument("--samples", type=Path, default=SAMPLES)
    asked.add_argument("--known", type=Path, default=None, help="people and places already known, as remsfax read takes them")
    asked.add_argument("--write", type=Path, default=None, help="write the tables there as Markdown")
    asked.add_argument("--all", action="store_true", help="also list what was read wrongly but waits for a person")
    given = asked.parse_args()
    expected = readable(given.samples)
    read = read_faxes([path for path, _ in expected], given.known)
    found = [one for (path, truth), line in zip(expected, read, strict=True) for one in verdicts(path.name, truth, line)]
    text = tables(found) + errors(found)
    if given.all:
        waiting = [one for one in found if not one.right and not one.accepted]
        text += "\nNot right, and waits for a person:\n\n" + "".join(describe(one) for one in waiting)
    print(text)
    if given.write:
        given.write.write_text("# Accuracy on the sample faxes\n\nMade by `python -m bench.accuracy`.\n\n" + text)
    return 0 if meets_bar(found) else 1


def readable(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """The samples that hold documents, each with what is expected of it; a byte-for-byte resend counts once."""
    out: list[tuple[Path, dict[str, Any]]] = []
    for path in sorted(folder.iterdir()):
        truth = path.with_name(f"{path.stem}.expected.json")
        if path.suffix in (".tif", ".pdf") and truth.exists():
            expected = json.loads(truth.read_text())
            if expected["documents"] and not expected["same_as"]:
                out.append((path, expected))
    return out


def groups(found: Sequence[Verdict]) -> list[Row]:
    """The rows: style by resolution, with those that came over a line apart."""
    rows: list[Row] = []
    undecidable = [one for one in found if one.undecidable]
    every = [one for one in found if not one.undecidable]
    for style in ("typed", "handwriting"):
        for resolution in ("fine", "standard"):
            for line in (False, True):
                part = [one for one in every if (one.style, one.resolution, one.line) == (style, resolution, line)]
                if part:
                    rows.append(Row(f"{style}, {resolution}{', over a line' if line else ''}", part))
        rows.append(Row(f"{style}, all", [one for one in every if one.style == style]))
    rows.append(Row("PDF form", [one for one in every if one.style == "pdf"]))
    rows.append(Row("undecidable", undecidable))
    return rows


def tables(found: Sequence[Verdict]) -> str:
    """Both tables: all fields, and only those with something in them."""
    text = ""
    for title, part in (("All fields", found), ("Fields with something in them", [one for one in found if not one.blank])):
        text += f"{title}:\n\n| forms | fields | accepted | of these wrong | right |\n|---|--:|--:|--:|--:|\n"
        text += "".join(f"| {' | '.join(row.cells())} |\n" for row in groups(part) if row.verdicts) + "\n"
    return text


def errors(found: Iterable[Verdict]) -> str:
    """Every value that was accepted and is wrong."""
    wrong = [one for one in found if one.accepted and not one.right]
    return "Accepted and wrong:\n\n" + ("".join(describe(one) for one in wrong) or "none\n")


def describe(one: Verdict) -> str:
    """One line on one field."""
    return f"- `{one.sample}` {one.form} `{one.field}`: read {one.read!r} ({one.certainty:.4f}), stands {one.expected!r}\n"


def meets_bar(found: Sequence[Verdict]) -> bool:
    """True where typed faxes meet the bar at both resolutions."""
    typed = [one for one in found if one.style == "typed"]
    met = not any(one.accepted and not one.right for one in typed)
    for resolution in ("fine", "standard"):
        part = [one for one in typed if one.resolution == resolution and not one.undecidable]
        if part and sum(one.accepted for one in part) < TYPED_BAR * len(part):
            print(f"below {TYPED_BAR:.0%} accepted: typed, {resolution}", file=sys.stderr)
            met = False
    return met


if __name__ == "__main__":
    raise SystemExit(main())
