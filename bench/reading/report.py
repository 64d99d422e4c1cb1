"""The report on how faxes are read: bars and what was reached, tables by stratum and kind, reliability, conditions, cost.

What: Markdown and SVG from folders that were made, read and, for the cost, set against peers.
Why: a figure without its error bound, or an error without its automation, is half a figure.
Refuses: to leave out a bar that was not reached.
"""

from __future__ import annotations

import json
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from bench.reading.held import held
from bench.reading.measuring import Judged, judged, lines_of
from bench.reading.plots import Point, bars, reliability
from intake.forms.catalogue import load_catalogue
from intake.identity import alike
from intake.ocr.calibrating import upper_bound

IDENTITY = ("patient_id", "patient_first_name", "patient_last_name", "patient_date_of_birth")
TEN_DIGITS = ("_npi", "_phone", "_fax")
PEN = ("pen", "digits")
COMMAND = "python -m bench.reading make | read | report"


class Fields:
    """Some verdicts, counted."""

    def __init__(self, found: Iterable[Judged]) -> None:
        self.all = list(found)
        self.accepted = [one for one in self.all if one.verdict.accepted]
        self.wrong = [one for one in self.accepted if not one.verdict.right]

    @property
    def automation(self) -> float:
        """Share nobody need look at."""
        return len(self.accepted) / len(self.all) if self.all else math.nan

    @property
    def per_thousand(self) -> float:
        """Errors in 1,000 accepted."""
        return 1000 * len(self.wrong) / len(self.accepted) if self.accepted else math.nan

    @property
    def bound(self) -> float:
        """The upper 95 % bound of the same."""
        return 1000 * upper_bound(len(self.wrong), len(self.accepted))

    def row(self, what: str) -> str:
        """One line of a table: fields, accepted, wrong, per 1,000 with bound."""
        return (
            f"| {what} | {len(self.all)} | {_percent(self.automation)} | {len(self.wrong)} | {self.per_thousand:.2f} "
            f"| {self.bound:.2f} |\n"
        )


HEAD = "| | fields | accepted | wrong | wrong per 1,000 | upper 95 % bound |\n|---|--:|--:|--:|--:|--:|\n"


def report(folders: Sequence[Path], figures: Path) -> str:
    """The whole report; plots are written beside it into `figures`."""
    found = list(judged(folders))
    critical = {(form.code, field.name) for form in load_catalogue().forms for field in form.fields if field.critical}
    kinds = {(form.code, field.name): field.kind.value for form in load_catalogue().forms for field in form.fields}

    def is_critical(one: Judged) -> bool:
        return (one.verdict.form, one.verdict.field) in critical

    def kind(one: Judged) -> str:
        return kinds.get((one.verdict.form, one.verdict.field), "?")

    text = f"# How faxes are read\n\nMade by `{COMMAND}`, on the test part: its writers, fonts, scanned digits and people were "
    text += "seen by no training and no fitting. What others make of such faxes: [reading-peers.md](reading-peers.md). "
    faxes = len({one.verdict.sample for one in found})
    text += f"{faxes} faxes with forms, {len(found)} fields; calibration `{_calibration(folders)}`.\n\n"
    text += _bars(found, is_critical, kind, folders)
    text += held(found)
    text += "\n## By stratum\n\nAll fields:\n\n" + HEAD
    for stratum in _values(found, lambda one: str(one.about["stratum"])):
        text += Fields(one for one in found if one.about["stratum"] == stratum).row(stratum)
    text += "\nFields with something in them:\n\n" + HEAD
    for stratum in _values(found, lambda one: str(one.about["stratum"])):
        text += Fields(one for one in found if one.about["stratum"] == stratum and not one.verdict.blank).row(stratum)
    text += "\nFaxes nobody need touch:\n\n| | faxes | untouched |\n|---|--:|--:|\n"
    for stratum in _values(found, lambda one: str(one.about["stratum"])):
        faxes, free = untouched([one for one in found if one.about["stratum"] == stratum])
        text += f"| {stratum} | {faxes} | {_percent(free / faxes)} |\n"
    text += "\n## By kind of field\n\nFields with something in them, by style:\n\n" + HEAD
    for style in _values(found, lambda one: str(one.about["style"])):
        for one_kind in _values(found, kind):
            part = [o for o in found if o.about["style"] == style and kind(o) == one_kind and not o.verdict.blank]
            if part:
                text += Fields(part).row(f"{style}, {one_kind}")
    text += "\nBy the way a value came about:\n\n" + HEAD
    for manner in _values(found, lambda one: str(one.reading.get("manner") or "doubt")):
        text += Fields(one for one in found if (one.reading.get("manner") or "doubt") == manner).row(manner)
    text += "\n## Conditions\n\n![accepted by condition](reading-conditions.svg)\n\n" + _conditions(found, figures)
    text += "\n## Is the certainty true?\n\n![reliability](reading-reliability.svg)\n\n" + _reliability(found, figures)
    text += "\n## Accepted and wrong\n\n"
    letters = sum(_capitals_alone(one) for one in found)
    text += f"Of these, {letters} differ from what stands there in capitals alone.\n\n"
    wrong = [one.verdict for one in found if one.verdict.accepted and not one.verdict.right]
    text += "".join(
        f"- `{one.sample}` `{one.field}`: read {one.read!r} ({one.certainty:.5f}), stands {one.expected!r}\n" for one in wrong
    )
    return text + ("" if wrong else "none\n")


def untouched(found: Sequence[Judged]) -> tuple[int, int]:
    """Faxes, and how many of them have every field accepted."""
    by_fax: dict[str, bool] = defaultdict(lambda: True)
    for one in found:
        by_fax[one.verdict.sample] = by_fax[one.verdict.sample] and one.verdict.accepted
    return len(by_fax), sum(by_fax.values())


def _bars(
    found: Sequence[Judged], is_critical: Callable[[Judged], bool], kind: Callable[[Judged], str], folders: Sequence[Path]
) -> str:
    rows: list[tuple[str, str, str, bool | None]] = []

    def of(test: Callable[[Judged], bool]) -> Fields:
        return Fields(one for one in found if test(one))

    for name, part, bound, point in (
        ("critical fields", of(is_critical), 1.0, 0.2),
        ("ordinary fields", of(lambda one: not is_critical(one)), 3.0, 0.4),
    ):
        rows.append(
            (f"{name}, error among accepted", f"bound ≤ {bound:g}, point ≤ {point:g} per 1,000",
             f"bound {part.bound:.2f}, point {part.per_thousand:.2f} ({len(part.wrong)} of {len(part.accepted)})",
             part.bound <= bound and part.per_thousand <= point)
        )  # fmt: skip
    letters = of(lambda one: is_critical(one) and not _capitals_alone(one))
    rows.append(
        ("… critical, where capitals do not count", "bound ≤ 1, point ≤ 0.2 per 1,000",
         f"bound {letters.bound:.2f}, point {letters.per_thousand:.2f} ({len(letters.wrong)} of {len(letters.accepted)})",
         letters.bound <= 1.0 and letters.per_thousand <= 0.2)
    )  # fmt: skip
    typed = [one for one in found if one.about["style"] == "typed"]
    rows.append(_share_row("typed faxes", Fields(typed), untouched(typed), 0.97, 0.85))
    rows.append(_share_row("… without those that contradict the registry", *_undisputed(typed), 0.97, 0.85))
    pens = [one for one in found if one.about["stratum"] in ("pen_known", "digits_known")]
    rows.append(_share_row("real pens, status form of known patients", Fields(pens), untouched(pens), 0.85, 0.40))
    rows.append(_share_row("… without those that contradict the registry", *_undisputed(pens), 0.85, 0.40))
    for stratum in ("pen_known", "digits_known"):
        part = [one for one in pens if one.about["stratum"] == stratum]
        rows.append(_share_row(f"… of these, {stratum}", Fields(part), untouched(part), 0.85, 0.40))
    strangers = of(lambda one: one.about["style"] in PEN and not one.about["known"])
    withheld = [one for one in strangers.all if not one.verdict.accepted and not one.verdict.blank]
    offered = [
        one for one in withheld if one.verdict.read is None and not one.reading.get("guesses")
    ]  # a value is the first guess
    rows.append(
        ("real pens, unknown people: fields accepted", "≥ 40 %, every other with guesses",
         f"{_percent(strangers.automation)}; filled fields without a guess: {len(offered)}", strangers.automation >= 0.4)
    )  # fmt: skip
    ten = of(lambda one: one.about["style"] == "digits" and kind(one) == "digits" and one.verdict.field.endswith(TEN_DIGITS)
             and not one.verdict.blank)  # fmt: skip
    right = 1 - len(ten.wrong) / max(1, len(ten.accepted))
    rows.append(
        ("ten-digit identifiers in combs, real digits", "right ≥ 99.9 %, accepted ≥ 85 %",
         f"right {100 * right:.2f} %, accepted {_percent(ten.automation)} of {len(ten.all)}",
         right >= 0.999 and ten.automation >= 0.85)
    )  # fmt: skip
    checked = Fields(one for one in ten.all if one.verdict.field.endswith("npi"))
    rows.append(
        ("… of these, NPIs, which have a check digit (the others are telephone numbers)", "right ≥ 99.9 %, accepted ≥ 85 %",
         f"right {100 * (1 - len(checked.wrong) / max(1, len(checked.accepted))):.2f} %, accepted {_percent(checked.automation)} "
         f"of {len(checked.all)}", len(checked.wrong) <= 0.001 * len(checked.accepted) and checked.automation >= 0.85)
    )  # fmt: skip
    read_only = Fields(one for one in ten.all if one.reading.get("route") != "verified")
    rows.append(
        ("… of these, those nobody knew", "(the harder part)",
         f"right {100 * (1 - len(read_only.wrong) / max(1, len(read_only.accepted))):.2f} %, accepted "
         f"{_percent(read_only.automation)} of {len(read_only.all)}", None)
    )  # fmt: skip
    marks = of(lambda one: kind(one) in ("mark", "choice"))
    rows.append(
        ("marks", "error ≤ 0.5 per 1,000, accepted ≥ 99 %", f"{marks.per_thousand:.2f} per 1,000, {_percent(marks.automation)}",
         marks.per_thousand <= 0.5 and marks.automation >= 0.99)
    )  # fmt: skip
    signatures = of(lambda one: kind(one) == "signature")
    rows.append(
        ("signatures (not-signatures: see marks.md)", "accepted ≥ 97 %",
         f"{len(signatures.wrong)} wrong, accepted {_percent(signatures.automation)}", signatures.automation >= 0.97)
    )  # fmt: skip
    forms = sum(not one.verdict.found for one in found)
    people = [one for one in found if _another_person(one)]
    rows.append(
        ("wrong form or wrong person accepted", "0",
         f"{wrong_forms(folders)} forms, {len({o.verdict.sample for o in people})} persons",
         wrong_forms(folders) == 0 and not people)
    )  # fmt: skip
    rows += _cost_rows(folders)
    text = "## The bars\n\n| | bar | reached | |\n|---|---|---|---|\n"
    for what, bar, reached, met in rows:
        text += f"| {what} | {bar} | {reached} | {'' if met is None else 'met' if met else '**not met**'} |\n"
    return text + f"\nFields of forms that were not found at all count as not accepted: {forms}.\n"


def _share_row(
    what: str, part: Fields, faxes: tuple[int, int], fields_bar: float, faxes_bar: float
) -> tuple[str, str, str, bool | None]:
    free = faxes[1] / max(1, faxes[0])
    return (
        f"{what}: fields accepted / faxes untouched",
        f"≥ {fields_bar:.0%} / ≥ {faxes_bar:.0%}",
        f"{_percent(part.automation)} / {_percent(free)} of {faxes[0]}",
        part.automation >= fields_bar and free >= faxes_bar,
    )


def _capitals_alone(one: Judged) -> bool:
    """Accepted and wrong only in which letters are capitals."""
    read, stands = one.verdict.read, one.verdict.expected
    wrong = one.verdict.accepted and not one.verdict.right
    return wrong and isinstance(read, str) and isinstance(stands, str) and read.casefold() == stands.casefold()


def _another_person(one: Judged) -> bool:
    """A confirmed field of a patient who is somebody else than the form names: another number or birth date, or another name and
    not only another spelling of it."""
    read, stands = one.verdict.read, one.verdict.expected
    confirmed = one.reading.get("route") == "verified" and one.verdict.field in IDENTITY
    if not one.verdict.accepted or one.verdict.right or not confirmed:
        return False
    return not one.verdict.field.endswith("_name") or alike(str(read), str(stands)) < 0.6


def _undisputed(found: Sequence[Judged]) -> tuple[Fields, tuple[int, int]]:
    """The same without faxes on which a field was made to differ from the registry: those a person must see."""
    part = [one for one in found if not one.about.get("differing")]
    return Fields(part), untouched(part)


def wrong_forms(folders: Sequence[Path]) -> int:
    """Documents of a form that the fax does not hold, with anything on them accepted."""
    wrong = 0
    for folder in folders:
        for name, line in lines_of(folder).items():
            expected = json.loads((folder / f"{Path(name).stem}.expected.json").read_text())
            forms = {(one["form"], one["revision"]) for one in expected["documents"]}
            for document in line["documents"]:
                if (document["form"], document["revision"]) not in forms and any(
                    one["accepted"] and one["value"] not in (None, False, "absent") for one in document["fields"].values()
                ):
                    wrong += 1
    return wrong


def _cost_rows(folders: Sequence[Path]) -> list[tuple[str, str, str, bool | None]]:
    each = [line["cpu_seconds"] / line["pages"] for folder in folders for line in lines_of(folder).values() if line["pages"]]
    rows: list[tuple[str, str, str, bool | None]] = [
        ("CPU per page of these faxes, median", "(0.5 s, moonshot 0.3)", f"{statistics.median(each):.3f} s", None)
    ]
    for folder in folders:
        if (folder / "peers.json").exists():
            peers = json.loads((folder / "peers.json").read_text())
            rows += [(one["what"], one["bar"], one["reached"], one["met"]) for one in peers]
    return rows


def _conditions(found: Sequence[Judged], figures: Path) -> str:
    conditions: list[tuple[str, Callable[[Judged], bool]]] = [
        ("fine", lambda one: one.about["lines_per_inch"] > 150),
        ("standard", lambda one: one.about["lines_per_inch"] < 150),
        ("skew < 0.5°", lambda one: one.about["skew"] < 0.5),
        ("skew ≥ 0.5°", lambda one: one.about["skew"] >= 0.5),
        ("specks", lambda one: one.about["specks"] > 0),
        ("thin", lambda one: one.about["threshold"] < 140),
        ("dark", lambda one: one.about["threshold"] > 160),
        ("noisy line", lambda one: one.about["noise"] is not None),
    ]
    styles = ("typed", "font", "pen", "digits")
    text, groups = HEAD, []
    for label, test in conditions:
        parts = []
        for style in styles:
            part = Fields(one for one in found if test(one) and one.about["style"] == style and not one.verdict.blank)
            if part.all:
                parts.append((style, part.automation))
                text += part.row(f"{label}, {style}")
        groups.append((label, parts))
    (figures / "reading-conditions.svg").write_text(bars(groups, "Filled fields accepted, by condition and style", "accepted"))
    return text


def _reliability(found: Sequence[Judged], figures: Path) -> str:
    edges = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999, 1.0)
    text = "| certainty said | fields | mean said | right | 95 % bound of error |\n|---|--:|--:|--:|--:|\n"
    points = []
    judged_ = [one for one in found if one.reading.get("manner")]
    for low, high in pairwise(edges):
        part = [one for one in judged_ if low <= one.verdict.certainty < high or (high == 1.0 and one.verdict.certainty == 1.0)]
        if not part:
            continue
        said = statistics.fmean(one.verdict.certainty for one in part)
        wrong = sum(not one.verdict.right for one in part)
        bound = upper_bound(wrong, len(part))
        lower = 1 - upper_bound(len(part) - wrong, len(part))
        text += f"| {low:g} – {high:g} | {len(part)} | {said:.5f} | {1 - wrong / len(part):.5f} | {bound:.5f} |\n"
        points.append(Point(_nines(said), _nines(1 - wrong / len(part)), _nines(1 - bound), _nines(1 - lower), str(len(part))))
    ticks = [
        (_nines(value), words)
        for value, words in ((0.5, "0.5"), (0.9, "0.9"), (0.99, "0.99"), (0.999, "0.999"), (0.9999, "0.9999"))
    ]
    (figures / "reading-reliability.svg").write_text(
        reliability(points, ticks, "Certainty said against share right (axes in nines)")
    )
    return text


def _nines(share: float) -> float:
    return min(1.0, -math.log10(max(1 - share, 1e-5)) / 5)


def _values(found: Sequence[Judged], of: Callable[[Judged], str]) -> list[str]:
    return sorted({of(one) for one in found})


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"


def _calibration(folders: Sequence[Path]) -> str:
    for folder in folders:
        for line in lines_of(folder).values():
            for document in line["documents"]:
                for one in document["fields"].values():
                    return str(one.get("calibration", "?"))
    return "?"
