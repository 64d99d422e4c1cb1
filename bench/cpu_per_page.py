"""CPU seconds per filled page: `remsfax read` beside OCRmyPDF and the tesseract command line, on the same pages in one run.

    apt-get install ghostscript qpdf tesseract-ocr
    python3 -m venv /tmp/ocrmypdf && /tmp/ocrmypdf/bin/pip install -r bench/requirements-ocrmypdf.txt
    python -m bench.cpu_per_page --ocrmypdf /tmp/ocrmypdf/bin/ocrmypdf [--faxes 10] [--runs 3] [--quick | --two] [--write FILE.md]

The pages are readable scanned samples, typed and handwritten, spread evenly over the folder. Each program gets every fax in turn,
one process a fax, as a folder action would run it; remsfax is measured a second time with all faxes in one process, as its
service runs. Both peers run as their users run them and again with one thread: where the cores are busy, tesseract's own threads
wait for one another by spinning, which can cost several times the CPU. Runs are interleaved so that a busy machine is busy for
all; medians are reported. CPU is user and system time of the process and of every child it waited for. OCRmyPDF gets a PDF with
the fax's own CCITT images, tesseract the pages with square pixels (made beforehand, not timed). "Fast" means: no PDF/A, no
optimising; --quick leaves it out, and remsfax with a process a fax. How much more two processes read than one is told by wall
time, so it means something only on a quiet machine: --two measures that alone, in a minute. One reading of everything before the
first run is not counted: it leaves bytecode and parsed blanks on disk, as the first fax of any installation does.
What comes out differs: OCRmyPDF and tesseract yield a text layer, remsfax checked values by
field.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PIL import Image

from bench.accuracy import SAMPLES, readable
from bench.running import REMSFAX, Failed, ProgramMissing, needed, read_lines, run, run_at_once
from tools.make_samples.fax_files import as_image, pages_of, scanned_pdf
from tools.make_samples.machine import FINE, STANDARD

ONE_PROCESS = "remsfax read, all faxes in one process"
A_PROCESS_EACH = "remsfax read, one process a fax"
OCRMYPDF, OCRMYPDF_ONE = "OCRmyPDF", "OCRmyPDF, one thread"
OCRMYPDF_FAST = "OCRmyPDF, fast, one thread"
TESSERACT, TESSERACT_ONE = "tesseract", "tesseract, one thread"
NO_BAR = (A_PROCESS_EACH, OCRMYPDF_FAST)  # shown for what they are; no bar is set by them
PATIENCE = 180.0  # seconds for one fax; the slowest sample takes OCRmyPDF ten
OCRMYPDF_SHARE, TESSERACT_SHARE, SPEED_UP, MOST_MIB = 1 / 6, 1 / 2, 1.9, 600.0  # the bars


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
    work: Callable[[Sequence[Fax]], list[float]]  # CPU seconds by fax; for one process the whole of it, start-up spread by pages
    seconds: list[list[float]] = field(default_factory=list)

    def per_page(self, faxes: Sequence[Fax]) -> list[float]:
        """CPU seconds a page, run by run, over all faxes."""
        return [sum(run) / sum(fax.pages for fax in faxes) for run in self.seconds]

    def median_fax(self, faxes: Sequence[Fax]) -> float:
        """The median over faxes of the CPU seconds a page, each fax by its median over the runs."""
        by_fax = zip(*self.seconds, strict=True)
        return statistics.median(statistics.median(runs) / fax.pages for fax, runs in zip(faxes, by_fax, strict=True))


def main() -> int:
    """Measure, print tables and JSON; exit status 1 where a bar is missed, 2 where something needed is missing."""
    asked = argparse.ArgumentParser(prog="python -m bench.cpu_per_page", description="CPU per filled page against OCRmyPDF.")
    asked.add_argument("--ocrmypdf", default="ocrmypdf")
    asked.add_argument("--tesseract", default="tesseract")
    asked.add_argument("--samples", type=Path, default=SAMPLES)
    asked.add_argument("--faxes", type=int, default=10, help="how many; 0 for all")
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--quick", action="store_true", help="only what the bars need: half the time")
    asked.add_argument("--two", action="store_true", help="only how much more two processes read than one: on a quiet machine")
    asked.add_argument("--write", type=Path, default=None, help="write the tables there as Markdown")
    asked.add_argument("--json", type=Path, default=None, help="write the bars there, for `python -m bench.reading report`")
    given = asked.parse_args()
    try:
        if not given.two:
            needed(given.tesseract, "apt-get install tesseract-ocr")
            needed(given.ocrmypdf, "see bench/requirements-ocrmypdf.txt, and give its place with --ocrmypdf")
            needed("gs", "OCRmyPDF's PDF/A needs it: apt-get install ghostscript")
        text, bars = measured(given)
    except (ProgramMissing, Failed) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(text)
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        given.write.write_text("# CPU per filled page\n\nMade by `python -m bench.cpu_per_page`.\n\n" + text)
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in bars], indent=1) + "\n")
    return 0 if all(one.met for one in bars) else 1


@dataclass(frozen=True)
class Bar:
    """One bar and what was reached, in words for a table."""

    what: str
    bar: str
    reached: str
    met: bool


def measured(given: argparse.Namespace) -> tuple[str, list[Bar]]:
    """The report, and the bars."""
    with tempfile.TemporaryDirectory() as folder:
        faxes = prepared(given.samples, Path(folder), given.faxes)
        contenders = contenders_with(given.ocrmypdf, given.tesseract)
        if given.quick:
            contenders = [one for one in contenders if one.name not in NO_BAR]
        if given.two:
            contenders = contenders[:1]
        contenders[0].work(faxes)
        peaks: list[float] = []
        ratios: list[float] = []
        for number in range(given.runs):
            for one in contenders:
                one.seconds.append(one.work(faxes))
                print(f"run {number + 1}: {one.name}: {one.per_page(faxes)[-1]:.3f} CPU s a page", file=sys.stderr)
            alone, peak = both_at_once(faxes)
            ratios.append(alone)
            peaks.append(peak)
            print(f"run {number + 1}: two processes at once {alone:.2f} ×, {peak:.0f} MiB", file=sys.stderr)
    return report(contenders, faxes, ratios, peaks)


def contenders_with(ocr: str, tesseract: str) -> list[Contender]:
    """What is measured, remsfax first."""

    def each(command: Callable[[Fax], list[str]], threads: int | None = None) -> Callable[[Sequence[Fax]], list[float]]:
        return lambda faxes: [run(command(fax), threads=threads, patience=PATIENCE).cpu_seconds for fax in faxes]

    def ocrmypdf(*more: str) -> Callable[[Fax], list[str]]:
        return lambda fax: [ocr, "-l", "eng", "--quiet", *more, str(fax.pdf), str(fax.pdf.with_suffix(".out.pdf"))]

    def plain(fax: Fax) -> list[str]:
        return [tesseract, str(fax.square), "stdout", "-l", "eng"]

    return [
        Contender(ONE_PROCESS, in_one_process),
        Contender(A_PROCESS_EACH, each(lambda fax: [REMSFAX, "read", str(fax.original), "--json"])),
        Contender(OCRMYPDF, each(ocrmypdf())),
        Contender(OCRMYPDF_ONE, each(ocrmypdf("--jobs", "1"), 1)),
        Contender(OCRMYPDF_FAST, each(ocrmypdf("--jobs", "1", "--output-type", "pdf", "--optimize", "0"), 1)),
        Contender(TESSERACT, each(plain)),
        Contender(TESSERACT_ONE, each(plain, 1)),
    ]


def in_one_process(faxes: Sequence[Fax]) -> list[float]:
    """CPU seconds by fax of one `remsfax read` over all of them; what is no fax's own (start-up) is spread by pages."""
    lines, done = read_lines([fax.original for fax in faxes])
    shared = (done.cpu_seconds - sum(line["cpu_seconds"] for line in lines)) / sum(fax.pages for fax in faxes)
    return [line["cpu_seconds"] + shared * fax.pages for fax, line in zip(faxes, lines, strict=True)]


def both_at_once(faxes: Sequence[Fax]) -> tuple[float, float]:
    """How much more two processes at once read than one, by wall time, and the peak memory of one in MiB."""
    command = [REMSFAX, "read", *(str(fax.original) for fax in faxes), "--json"]
    before = run(command)
    two = run_at_once(command, 2)
    after = run(command)  # the neighbours come and go: one before, one after
    return 2 * (before.wall_seconds + after.wall_seconds) / 2 / two, max(before.peak_mib, after.peak_mib)


def prepared(samples: Path, folder: Path, most: int) -> list[Fax]:
    """The scanned samples, `most` of them spread evenly, with a PDF and a square-pixel TIFF of each."""
    scanned = [
        (path, expected)
        for path, expected in readable(samples)
        if path.suffix == ".tif" and expected["end"] != "quarantined" and expected["documents"]
    ]
    count = min(most or len(scanned), len(scanned))
    chosen = [scanned[index * len(scanned) // count] for index in range(count)]
    return [as_pages(path, expected["resolution"], folder) for path, expected in chosen]


def as_pages(path: Path, resolution: str, folder: Path) -> Fax:
    """A fax with a PDF and a square-pixel TIFF of it in a folder; `resolution` is "standard" or "fine"."""
    pages = pages_of(path.read_bytes())
    lines = STANDARD if resolution == "standard" else FINE
    pdf, square = folder / f"{path.stem}.pdf", folder / f"{path.stem}.tif"
    pdf.write_bytes(scanned_pdf(pages, lines))
    images = [
        as_image(page).convert("L").resize((1728, round(page.shape[0] * 204 / lines)), Image.Resampling.BICUBIC) for page in pages
    ]
    images[0].save(square, save_all=True, append_images=images[1:], compression="tiff_lzw", dpi=(204, 204))
    return Fax(path, pdf, square, len(pages))


def report(
    contenders: Sequence[Contender], faxes: Sequence[Fax], ratios: Sequence[float], peaks: Sequence[float]
) -> tuple[str, list[Bar]]:
    """The tables and the same as JSON, and the bars."""
    per_page = {one.name: one.per_page(faxes) for one in contenders}
    median = {name: statistics.median(runs) for name, runs in per_page.items()}
    pages = sum(fax.pages for fax in faxes)
    text = f"{len(faxes)} faxes, {pages} pages, {len(ratios)} runs interleaved, medians; {platform.machine()}, "
    text += f"Python {platform.python_version()}.\n\n"
    text += "| program | CPU s a page | least – most | of the median fax | times remsfax's one process |\n|---|--:|--:|--:|--:|\n"
    for one in contenders:
        runs = per_page[one.name]
        text += f"| {one.name} | {median[one.name]:.3f} | {min(runs):.3f} – {max(runs):.3f} | {one.median_fax(faxes):.3f} "
        text += f"| {median[one.name] / median[ONE_PROCESS]:.2f} |\n"
    peers = (
        ("of OCRmyPDF's CPU", OCRMYPDF, OCRMYPDF_SHARE),
        ("of OCRmyPDF's CPU with one thread", OCRMYPDF_ONE, OCRMYPDF_SHARE),
        ("of tesseract's CPU", TESSERACT, TESSERACT_SHARE),
        ("of tesseract's CPU with one thread", TESSERACT_ONE, TESSERACT_SHARE),
    )
    bars = [
        *((what, median[ONE_PROCESS] / median[peer], share, False) for what, peer, share in peers if peer in median),
        ("times one process's speed with two at once", statistics.median(ratios), SPEED_UP, True),
        ("MiB at most of one process", max(peaks), MOST_MIB, False),
    ]
    text += "\n| remsfax, all faxes in one process | reached | bar | |\n|---|--:|--:|---|\n"
    rows: list[Bar] = []
    for what, reached, bar, at_least in bars:
        good = reached >= bar if at_least else reached <= bar
        rows.append(Bar(f"remsfax, one process: {what}", f"{'≥' if at_least else '≤'} {bar:.3g}", f"{reached:.3g}", good))
        text += f"| {what} | {reached:.3g} | {'≥' if at_least else '≤'} {bar:.3g} | {'met' if good else 'missed'} |\n"
    figures = {name: [round(seconds, 4) for seconds in runs] for name, runs in per_page.items()}
    said = {"faxes": len(faxes), "pages": pages, "cpu_seconds_a_page": figures, "speed_up": ratios, "peak_mib": peaks}
    return text + f"\n```json\n{json.dumps(said)}\n```\n", rows


if __name__ == "__main__":
    raise SystemExit(main())
