"""Makes a folder of labelled faxes: `NAME.tif`, `NAME.expected.json` and `known.jsonl`, two at a time.

What: the faxes of a part and seed, the expected values in the shape of the sample faxes, and what each fax is in `faxes.json`.
Why: `remsfax calibrate` and every bench read the same kind of folder.
Refuses: to go on silently where the line tool or the handwriting data are missing: it says which strata are left out.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

from bench.reading.faxes import Mix, fax
from bench.reading.world import World
from intake.forms.catalogue import Catalogue, load_catalogue
from tools.handwriting.splits import Part
from tools.make_samples import phone_line
from tools.make_samples.__main__ import write_json
from tools.make_samples.making import expected, make
from tools.make_samples.table import file_name

MIX = Mix()


def make_folder(
    out: Path, part: Part, count: int, seed: int, faxline: Path | None, data: Path | None, first: int = 0, mix: Mix = MIX
) -> None:
    """Write the faxes; what is there already stays, so that an interrupted run goes on."""
    out.mkdir(parents=True, exist_ok=True)
    if faxline is None:
        print("no faxline: no fax goes over a telephone line", file=sys.stderr)
    if data is None:
        print("no handwriting data (REMSFAX_HANDWRITING): only typed faxes and fonts", file=sys.stderr)
    world = World.of(part, seed)
    (out / "known.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in world.known()))
    with ProcessPoolExecutor(2) as pool:
        work = partial(_one, out, part, seed, faxline, data, mix)
        faxes = dict(pool.map(work, range(first, first + count), chunksize=8))
    kept = json.loads((out / "faxes.json").read_text()) if (out / "faxes.json").exists() else {}
    write_json(out / "faxes.json", kept | {name: about for name, about in faxes.items() if about})


def _one(
    out: Path, part: Part, seed: int, faxline: Path | None, data: Path | None, mix: Mix, number: int
) -> tuple[str, dict[str, Any]]:
    world, catalogue = _world(part, seed), _catalogue()
    made = fax(world, seed, number, data, faxline is not None, mix)
    target = out / file_name(made.sample)
    if not target.exists():
        try:
            content = make(made.sample, catalogue, faxline)
        except phone_line.CallFailed as trouble:
            print(f"{made.sample.name}: the call failed: {trouble}", file=sys.stderr)
            return made.sample.name, {}
        write_json(out / f"{made.sample.name}.expected.json", expected(made.sample, catalogue))
        target.write_bytes(content)
    return file_name(made.sample), {
        "stratum": made.stratum.name,
        "style": made.stratum.style.value,
        "known": made.stratum.known,
        "differing": made.differing,
        "skew": round(abs(made.sample.machine.skew), 3),
        "lines_per_inch": made.sample.machine.lines_per_inch,
        "specks": made.sample.machine.specks,
        "threshold": made.sample.machine.threshold,
        "noise": made.sample.line.noise if made.sample.line else None,
    }


@cache
def _world(part: Part, seed: int) -> World:
    return World.of(part, seed)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()
