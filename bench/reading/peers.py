"""The same faxes through the tesseract command line, OCRmyPDF and remsfax, in one run: what each yields, and what it costs.

What: for some faxes of a folder, spread evenly, the CPU seconds of each program a page, and of the filled fields the share whose
value stands anywhere in the peer's text, against those that remsfax took rightly and those it took wrongly.
Why: a figure of ours says little without what anyone can install; the peers are given every benefit, for finding a value
somewhere in a text is far less than knowing which field it belongs to.
Refuses: ticks and signatures, which a text layer does not hold.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bench.comparing import verdicts
from bench.cpu_per_page import Fax, as_pages
from bench.running import read_lines, run
from intake.confirming import spellings
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.forms.definition import FieldDefinition, FieldKind

STYLES = ("typed", "font", "pen", "digits")
PEERS = ("tesseract", "OCRmyPDF")
OURS = "remsfax"


@dataclass
class Tally:
    """What one program made of one style."""

    filled: int = 0
    found: int = 0  # peers: the value stands in the text; remsfax: accepted and right
    wrong: int = 0  # accepted and wrong; a peer says nothing about being sure
    seconds: list[float] = field(default_factory=list)  # CPU a page, by fax


def compared(folder: Path, faxes: int, ocrmypdf: str, tesseract: str) -> str:
    """A table in Markdown. Raises ProgramMissing and Failed as `bench.running` does."""
    chosen = _spread(folder, faxes)
    tallies = {(who, style): Tally() for who in (*PEERS, OURS) for style in STYLES}
    with tempfile.TemporaryDirectory() as scratch:
        lines, done = read_lines([folder / name for name, _ in chosen], folder / "known.jsonl")
        pages = sum(line["pages"] for line in lines)
        start_up = (done.cpu_seconds - sum(line["cpu_seconds"] for line in lines)) / pages
        for (name, about), line in zip(chosen, lines, strict=True):
            truth = json.loads((folder / f"{Path(name).stem}.expected.json").read_text())
            fax = as_pages(folder / name, truth["resolution"], Path(scratch))
            _count_ours(tallies[OURS, about["style"]], name, truth, line, start_up)
            for who, text, cost in _by_peers(fax, ocrmypdf, tesseract):
                _count_peer(tallies[who, about["style"]], truth, text, cost / fax.pages)
    return _table(tallies, len(chosen), pages)


def _spread(folder: Path, faxes: int) -> list[tuple[str, Mapping[str, Any]]]:
    every = json.loads((folder / "faxes.json").read_text())
    able = [(name, about) for name, about in sorted(every.items()) if name.endswith(".tif") and about["stratum"] != "others"]
    count = min(faxes, len(able))
    return [able[place * len(able) // count] for place in range(count)]


def _by_peers(fax: Fax, ocrmypdf: str, tesseract: str) -> Iterator[tuple[str, str, float]]:
    """Each peer's text and CPU seconds, both with one thread."""
    plain = run([tesseract, str(fax.square), "stdout", "-l", "eng"], threads=1)
    yield "tesseract", plain.stdout, plain.cpu_seconds
    text = fax.pdf.with_suffix(".txt")
    command = [
        ocrmypdf,
        "-l",
        "eng",
        "--quiet",
        "--jobs",
        "1",
        "--sidecar",
        str(text),
        str(fax.pdf),
        str(fax.pdf.with_suffix(".out.pdf")),
    ]
    done = run(command, threads=1)
    yield "OCRmyPDF", text.read_text(), done.cpu_seconds


def _count_ours(tally: Tally, name: str, truth: Mapping[str, Any], line: Mapping[str, Any], start_up: float) -> None:
    for one in verdicts(name, truth, line):
        if (
            not one.blank
            and isinstance(one.expected, str | int)
            and not isinstance(one.expected, bool)
            and _definition(one.form, one.field)
        ):
            tally.filled += 1
            tally.found += one.accepted and one.right
            tally.wrong += one.accepted and not one.right
    tally.seconds.append(line["cpu_seconds"] / line["pages"] + start_up)


def _count_peer(tally: Tally, truth: Mapping[str, Any], text: str, seconds: float) -> None:
    plain, bare = " ".join(text.split()), re.sub(r"[^0-9A-Za-z]", "", text)
    for document in truth["documents"]:
        for name, value in document["values"].items():
            definition = _definition(document["form"], name)
            if definition is None or value is None or isinstance(value, bool):
                continue
            tally.filled += 1
            ways = [str(value)] if isinstance(value, int) else [str(value), *spellings(definition, str(value))]
            # cells part the digits of a number: a peer's may stand apart, with what it takes for rules between them
            tally.found += any(way in plain or (definition.cells and way in bare) for way in ways)
    tally.seconds.append(seconds)


def _definition(form: str, name: str) -> FieldDefinition | None:
    """A field that holds writing, else None."""
    found = next((one for one in _catalogue().form(form).fields if one.name == name), None)
    no_text = (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)
    return None if found is None or found.kind in no_text else found


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()


def _table(tallies: Mapping[tuple[str, str], Tally], faxes: int, pages: int) -> str:
    text = f"{faxes} faxes, {pages} pages, the people on file as in the report; peers with one thread each.\n\n"
    text += "| program | style | filled fields | value in the text, or taken rightly | taken wrongly | CPU s a page, median |\n"
    text += "|---|---|--:|--:|--:|--:|\n"
    for (who, style), one in tallies.items():
        if one.filled:
            wrong = str(one.wrong) if who == OURS else "not told"
            text += f"| {who} | {style} | {one.filled} | {100 * one.found / one.filled:.1f} % | {wrong} "
            text += f"| {statistics.median(one.seconds):.3f} |\n"
    return text
