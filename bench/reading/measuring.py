"""Reads a folder of labelled faxes and sets each field against what stands on it.

What: `remsfax read --known` in two processes over the folder, one verdict a field (`bench.comparing`), the stratum beside it.
Why: the report, the calibration and a person who hunts an error all need the same verdicts.
Refuses: a folder without `faxes.json`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.comparing import Verdict, verdicts
from bench.reading.filled_forms import TODAY
from bench.running import REMSFAX


@dataclass(frozen=True)
class Judged:
    """One field of one fax with what the fax is."""

    about: dict[str, Any]  # stratum, style, known, skew, lines_per_inch, specks, threshold, noise
    verdict: Verdict
    reading: dict[str, Any]  # the field as read; empty where it was not


READ, NOBODY = "read.jsonl", "read-nobody.jsonl"
"""The lines read with the folder's known people, and as if nobody were known."""


def read_folder(
    folder: Path, processes: int = 2, limit: int | None = None, strata: Collection[str] | None = None, known: bool = True
) -> None:
    """Read every fax, or those of some strata, and keep the lines."""
    faxes = json.loads((folder / "faxes.json").read_text())
    names = sorted(name for name, about in faxes.items() if strata is None or about["stratum"] in strata)[:limit]
    people = ["--known", str(folder / "known.jsonl")] if known else []
    outs = [folder / f"read-{number}.part" for number in range(processes)]
    running = []
    for number, out in enumerate(outs):
        files = [str(folder / name) for name in names[number::processes]]
        command = [REMSFAX, "read", *files, *people, "--received", TODAY.isoformat(), "--json"]
        running.append(subprocess.Popen(command, stdout=out.open("wb"), stderr=subprocess.DEVNULL))
    codes = [one.wait() for one in running]
    if any(code not in (0, 1) for code in codes):
        raise RuntimeError(f"remsfax read ended with {codes}")
    (folder / (READ if known else NOBODY)).write_bytes(b"".join(out.read_bytes() for out in outs))
    for out in outs:
        out.unlink()


def lines_of(folder: Path) -> dict[str, dict[str, Any]]:
    """What was read, by file name."""
    lines = (json.loads(line) for line in (folder / READ).read_text().splitlines())
    return {Path(line["file"]).name: line for line in lines}


def judged(folders: Sequence[Path]) -> Iterator[Judged]:
    """A verdict for every field of every fax that was read."""
    for folder in folders:
        lines = lines_of(folder)
        for name, about in sorted(json.loads((folder / "faxes.json").read_text()).items()):
            if name not in lines:
                continue
            truth = json.loads((folder / f"{Path(name).stem}.expected.json").read_text())
            line = lines[name]
            for one in verdicts(name, truth, line):
                fields: dict[str, Any] = {}
                for document in line["documents"]:
                    if document["form"] == one.form and one.field in document["fields"]:
                        fields = document["fields"][one.field]
                yield Judged(about, one, fields)
