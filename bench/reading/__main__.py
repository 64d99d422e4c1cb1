"""`python -m bench.reading make | read | report | peers | calibrate`: see the package's words."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.reading.calibration import made_again
from bench.reading.faxes import Mix
from bench.reading.making import MIX, make_folder
from bench.reading.measuring import read_folder
from bench.reading.peers import compared
from bench.reading.report import report
from tools.handwriting.splits import Part, handwriting_folder
from tools.make_samples import phone_line


def main() -> int:
    """One step."""
    asked = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    steps = asked.add_subparsers(dest="step", required=True)
    making = steps.add_parser("make", help="make labelled faxes")
    making.add_argument("--part", type=Part, choices=list(Part), required=True)
    making.add_argument("--out", type=Path, required=True)
    making.add_argument("--count", type=int, default=100)
    making.add_argument("--first", type=int, default=0)
    making.add_argument("--seed", type=int, default=1)
    making.add_argument("--faxline", default=None)
    making.add_argument("--data", type=Path, default=None, help="folder of the handwriting data; else REMSFAX_HANDWRITING")
    making.add_argument("--strata", nargs="+", default=list(MIX.strata), choices=list(MIX.strata))
    making.add_argument("--differing", type=float, default=MIX.differing, help="share that differs from the registry")
    reading = steps.add_parser("read", help="read the faxes of folders")
    reading.add_argument("folders", type=Path, nargs="+")
    reading.add_argument("--limit", type=int, default=None)
    reporting = steps.add_parser("report", help="write the report on folders that were read")
    reporting.add_argument("folders", type=Path, nargs="+")
    reporting.add_argument("--write", type=Path, default=None, help="Markdown file; its plots stand beside it")
    comparing = steps.add_parser("peers", help="the same faxes through tesseract and OCRmyPDF")
    comparing.add_argument("folder", type=Path)
    comparing.add_argument("--faxes", type=int, default=24)
    comparing.add_argument("--ocrmypdf", default="ocrmypdf", help="see bench/requirements-ocrmypdf.txt")
    comparing.add_argument("--tesseract", default="tesseract")
    comparing.add_argument("--write", type=Path, default=None)
    fitting = steps.add_parser("calibrate", help="make, read and fit what the shipped calibration comes from")
    fitting.add_argument("--out", type=Path, required=True, help="folder of the faxes; what is there already stays")
    fitting.add_argument("--write", type=Path, required=True, help="the calibration file")
    fitting.add_argument("--version", required=True)
    fitting.add_argument("--faxline", default=None)
    fitting.add_argument("--data", type=Path, default=None, help="folder of the handwriting data; else REMSFAX_HANDWRITING")
    given = asked.parse_args()
    if given.step == "make":
        line, data = phone_line.program(given.faxline), handwriting_folder(given.data)
        mix = Mix(tuple(given.strata), given.differing)
        make_folder(given.out, given.part, given.count, given.seed, line, data, given.first, mix)
    if given.step == "read":
        for folder in given.folders:
            read_folder(folder, limit=given.limit)
    if given.step == "calibrate":
        line, data = phone_line.program(given.faxline), handwriting_folder(given.data)
        given.write.write_text(made_again(given.out, given.version, line, data).calibration.to_json())
    if given.step == "peers":
        text = compared(given.folder, given.faxes, given.ocrmypdf, given.tesseract)
        print(text)
        if given.write:
            given.write.write_text("# Beside tesseract and OCRmyPDF\n\nMade by `python -m bench.reading peers`.\n\n" + text)
    if given.step == "report":
        with tempfile.TemporaryDirectory() as scratch:
            text = report(given.folders, given.write.parent if given.write else Path(scratch))
        print(text)
        if given.write:
            given.write.write_text(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
