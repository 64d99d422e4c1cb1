"""`python -m tools.make_samples [NAME…] [--out DIR] [--faxline PATH]`: makes the sample faxes, or some of them.

Needs Debian's fonts-dejavu and fonts-liberation, and npm for the handwriting fonts (kept in REMSFAX_FONT_CACHE). The samples that
went through a telephone line are made anew only with `--faxline PATH` or REMSFAX_FAXLINE; else the committed ones stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from intake.forms.catalogue import load_catalogue
from tools.make_samples import phone_line
from tools.make_samples.bad_files import MAKERS
from tools.make_samples.fax_files import pages_of, scanned_pdf
from tools.make_samples.machine import FINE
from tools.make_samples.making import NeedsLine, expected, make
from tools.make_samples.sample import BadFile, Sample
from tools.make_samples.samples import all_samples
from tools.make_samples.story_odd import BAD_FILES
from tools.make_samples.table import file_name, readme

OUT = Path(__file__).resolve().parents[2] / "sample_faxes"
PROGRAM_FAX = "8008785927"


def main() -> int:
    """Exit status 0; 1 where a sample could not be made."""
    asked = argparse.ArgumentParser(prog="python -m tools.make_samples", description="Make the sample faxes.")
    asked.add_argument("names", nargs="*", help="samples to make, by name or its beginning; all if none is given")
    asked.add_argument("--out", type=Path, default=OUT)
    asked.add_argument("--faxline", default=None, help="the program that makes a genuine fax call")
    given = asked.parse_args()
    out: Path = given.out
    out.mkdir(parents=True, exist_ok=True)
    catalogue, faxline = load_catalogue(), phone_line.program(given.faxline)
    failed = 0
    samples = all_samples()
    for sample in samples:
        if given.names and not any(sample.name.startswith(name) for name in given.names):
            continue
        write_json(out / f"{sample.name}.expected.json", expected(sample, catalogue))
        write_json(out / f"{sample.name}.json", sidecar(sample.name, sample.received_at, sample))
        try:
            if sample.same_as:
                (out / file_name(sample)).write_bytes(next(out.glob(f"{sample.same_as}.[tp]*")).read_bytes())
            else:
                keep_or_write(out / file_name(sample), make(sample, catalogue, faxline))
        except NeedsLine:
            print(
                f"{sample.name}: went through a telephone line; left as it is (give --faxline to make it anew)", file=sys.stderr
            )
        except phone_line.CallFailed as trouble:
            print(f"{sample.name}: the call failed: {trouble}", file=sys.stderr)
            failed = 1
        else:
            print(f"{sample.name}: {(out / file_name(sample)).stat().st_size:,} bytes")
    for one in BAD_FILES:
        if not given.names or any(one.name.startswith(name) for name in given.names):
            write_bad(one, out, samples[0])
    (out / "README.md").write_text(readme(samples, BAD_FILES))
    return failed


def keep_or_write(path: Path, made: bytes) -> None:
    """Write a fax, but leave one whose pixels are the same: the receiver at the line's end stamps its clock into every TIFF."""
    if path.suffix == ".tif" and path.exists():
        old, new = pages_of(path.read_bytes()), pages_of(made)
        if len(old) == len(new) and all(np.array_equal(one, other) for one, other in zip(old, new, strict=True)):
            return
    path.write_bytes(made)


def write_bad(one: BadFile, out: Path, good: Sample) -> None:
    """A file that is no fax, made from a good one beside it."""
    tiff = (out / file_name(good)).read_bytes()
    if one.made != "encrypted" or not (out / one.name).exists():  # its key is random: another file every time
        (out / one.name).write_bytes(MAKERS[one.made](tiff, scanned_pdf(pages_of(tiff)[:1], FINE)))
    stem = Path(one.name).stem
    write_json(out / f"{stem}.json", sidecar(stem, one.received_at, None, one.cid))
    write_json(
        out / f"{stem}.expected.json",
        {
            "end": "quarantined",
            "may_be_asked": False,
            "undecidable": False,
            "doubts": [],
            "refused": {"reason": one.reason},
            "same_as": None,
            "chapter": one.chapter,
            "resolution": "none",
            "line": False,
            "documents": [],
            "other_pages": [],
        },
    )


def sidecar(name: str, received_at: str, sample: Sample | None, cid: str = "") -> dict[str, str]:
    """What the fax server says of the call."""
    said = {"cid": sample.cid if sample else cid, "cidname": sample.cidname if sample else "", "dnis": PROGRAM_FAX}
    said |= {"commid": f"0000{int(name[:2]):05d}", "received_at": received_at}
    if sample and sample.error:
        said["error"] = sample.error
    return {key: value for key, value in said.items() if value}


def write_json(path: Path, content: object) -> None:
    """One JSON file, readable in a diff."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
