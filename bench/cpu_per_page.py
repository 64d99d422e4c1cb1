"""CPU seconds per filled page: `remsfax read` beside OCRmyPDF and the tesseract command line, on the same pages in one run.

    python3 -m venv /tmp/ocrmypdf && /tmp/ocrmypdf/bin/pip install -r bench/requirements-ocrmypdf.txt
    python -m bench.cpu_per_page --ocrmypdf /tmp/ocrmypdf/bin/ocrmypdf [--runs 3] [--write docs/figures/cpu-per-page.md]

The pages are the readable scanned samples, typed and handwritten. Each program gets every fax in turn, one process a fax, as a
folder action would run it; remsfax is measured a second time with all faxes in one process, as its service runs. Runs are
interleaved so that a busy machine is busy for all; medians are reported. CPU is user and system time of the process and of
every child it waited for. OCRmyPDF gets a PDF with the fax's own CCITT images, tesseract the pages with square pixels (made
beforehand, not timed); both run with one thread, which costs them less CPU than their defaults. `--fast` of OCRmyPDF means: no
PDF/A, no optimising. What comes out differs: OCRmyPDF and tesseract yield a text layer, remsfax checked values by field.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from bench.accuracy import SAMPLES, readable
from bench.running import REMSFAX, run
from tools.make_samples.fax_files import as_image, pages_of, scanned_pdf
from tools.make_samples.machine import FINE, STANDARD

ONE_PROCESS = "remsfax read, all faxes in one process"
A_PROCESS_EACH = "remsfax read, one process a fax"
OCRMYPDF_FAST = "OCRmyPDF, fast"


@dataclass(frozen=True)
class Fax:
    """One fax in the form each program takes."""

    original: Path
    pdf: Path
    square: Path  # TIFF with square pixels
    pages: int


@dataclass
class Contender:
    """One program and what its runs cost."""

    name: str
    work: Callable[[Sequence[Fax]], float]  # CPU seconds for all faxes
    seconds: list[float] = field(default_factory=list)


def main() -> int:
    """Measure, print a table and JSON; exit status 1 where remsfax costs more than OCRmyPDF."""
    asked = argparse.ArgumentParser(prog="python -m bench.cpu_per_page", description="CPU per filled page against OCRmyPDF.")
    asked.add_argument("--ocrmypdf", default="ocrmypdf")
    asked.add_argument("--tesseract", default="tesseract")
    asked.add_argument("--samples", type=Path, default=SAMPLES)
    asked.add_argument("--faxes", type=int, default=0, help="only the first so many")
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--write", type=Path, default=None, help="write the table there as Markdown")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faxes = prepared(given.samples, Path(folder), given.faxes)
        pages = sum(one.pages for one in faxes)
        contenders = contenders_with(given.ocrmypdf, given.tesseract)
        for number in range(given.runs):
            for one in contenders:
                one.seconds.append(one.work(faxes))
                print(f"run {number + 1}: {one.name}: {one.seconds[-1] / pages:.3f} CPU s a page", file=sys.stderr)
    text = report(contenders, len(faxes), pages, given.runs)
    print(text)
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        given.write.write_text("# CPU per filled page\n\nMade by `python -m bench.cpu_per_page`.\n\n" + text)
    medians = {one.name: statistics.median(one.seconds) for one in contenders}
    return 0 if medians[A_PROCESS_EACH] < medians[OCRMYPDF_FAST] else 1


def contenders_with(ocr: str, tesseract: str) -> list[Contender]:
    """What is measured; remsfax runs as it does for everybody, the others with one thread."""
    fast = ("--output-type", "pdf", "--optimize", "0")
    return [
        Contender(ONE_PROCESS, lambda faxes: cpu([REMSFAX, "read", *originals(faxes), "--json"])),
        Contender(A_PROCESS_EACH, lambda faxes: sum(cpu([REMSFAX, "read", str(one.original), "--json"]) for one in faxes)),
        Contender("OCRmyPDF", lambda faxes: sum(ocrmypdf(ocr, one) for one in faxes)),
        Contender(OCRMYPDF_FAST, lambda faxes: sum(ocrmypdf(ocr, one, *fast) for one in faxes)),
        Contender("tesseract", lambda faxes: sum(cpu([tesseract, str(one.square), "stdout", "-l", "eng"], 1) for one in faxes)),
    ]


def prepared(samples: Path, folder: Path, most: int) -> list[Fax]:
    """The scanned samples with a PDF and a square-pixel TIFF of each."""
    found: list[Fax] = []
    for path, expected in readable(samples):
        if path.suffix != ".tif" or expected["end"] == "quarantined":
            continue
        pages = pages_of(path.read_bytes())
        lines = STANDARD if expected["resolution"] == "standard" else FINE
        pdf, square = folder / f"{path.stem}.pdf", folder / f"{path.stem}.tif"
        pdf.write_bytes(scanned_pdf(pages, lines))
        images = [
            as_image(page).convert("L").resize((1728, round(page.shape[0] * 204 / lines)), Image.Resampling.BICUBIC)
            for page in pages
        ]
        images[0].save(square, save_all=True, append_images=images[1:], compression="tiff_lzw", dpi=(204, 204))
        found.append(Fax(path, pdf, square, len(pages)))
    return found[: most or None]


def originals(faxes: Sequence[Fax]) -> list[str]:
    """The files as they drop."""
    return [str(one.original) for one in faxes]


def cpu(command: Sequence[str], threads: int | None = None) -> float:
    """CPU seconds of a command."""
    return run(command, threads=threads).cpu_seconds


def ocrmypdf(program: str, fax: Fax, *more: str) -> float:
    """CPU seconds of OCRmyPDF on one fax, one job, one thread."""
    out = fax.pdf.with_suffix(".out.pdf")
    return run([program, "--jobs", "1", "-l", "eng", "--quiet", *more, str(fax.pdf), str(out)], threads=1).cpu_seconds


def report(contenders: Sequence[Contender], faxes: int, pages: int, runs: int) -> str:
    """The table and the same as JSON."""
    base = statistics.median(contenders[0].seconds)
    text = f"{faxes} faxes, {pages} pages, {runs} runs interleaved, medians; {platform.machine()}, "
    text += f"Python {platform.python_version()}.\n\n"
    text += "| program | CPU s a page | least – most | times remsfax's one process |\n|---|--:|--:|--:|\n"
    for one in contenders:
        per_page = [seconds / pages for seconds in one.seconds]
        text += f"| {one.name} | {statistics.median(per_page):.3f} | {min(per_page):.3f} – {max(per_page):.3f} "
        text += f"| {statistics.median(one.seconds) / base:.2f} |\n"
    figures = {one.name: [round(seconds / pages, 4) for seconds in one.seconds] for one in contenders}
    return text + f"\n```json\n{json.dumps({'faxes': faxes, 'pages': pages, 'cpu_seconds_a_page': figures})}\n```\n"


if __name__ == "__main__":
    raise SystemExit(main())
