"""How well single characters in combs are read, and how sure the reader rightly is, on hands that it was never shown.

    python -m bench.handprint --data FOLDER [--strings 600] [--part test] [--seed 1] [--write docs/figures/handprint.md]

Ten-digit identifiers (each a valid NPI) are written into the combs of real blanks by hands of one part
(`tools.handwriting.splits`): scanned digits (MNIST, Semeion), pens of real writers, handwriting fonts, typed fonts. The pages go
through a fax machine at 204 × 196 and 204 × 98, are placed, cut and read. An identifier is right only if all ten digits are.
The curve: of identifiers whose probability reaches a bar, how many are wrong; by the reader alone, and where the check digit
must fit as well. Scanned digits stand in no writer's order: ten digits of one string are of ten people, harder than what
one person writes.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from intake.classification import Blanks, place
from intake.fax import PageScan, PageSource
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.forms.definition import FieldDefinition, FormDefinition
from intake.laid_page import LaidPage
from intake.ocr.cells import CellImage, cut_characters
from intake.ocr.certainty import Calibration
from intake.ocr.handprint import CellLattice, HandprintReader
from intake.resolution import DPI, square
from registry import identifiers
from tools.handwriting.pens import PenLetters, writers
from tools.handwriting.scanned_digits import DigitLetters, digits
from tools.handwriting.splits import FONTS, Part, handwriting_folder, part_of_writer
from tools.make_samples.filling import in_cells
from tools.make_samples.hand import WRITTEN, Hand
from tools.make_samples.lettering import FontLetters
from tools.make_samples.machine import FINE, STANDARD, Machine, scan
from tools.make_samples.sheet import SHEET_DPI, Sheet
from tools.train_handprint.glyphs import TYPED

DIGITS = "0123456789"
SOURCES = ("mnist", "semeion", "pens", "fonts", "typed")
BARS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)
FORM = "inpatient_pharmacy"  # the blank with most ten-digit combs on a page


@dataclass(frozen=True)
class Written:
    """One identifier as it was cut out of its page."""

    source: str
    lines_per_inch: int
    truth: str
    cells: tuple[CellImage, ...]


@dataclass(frozen=True)
class Read:
    """One identifier as it was read."""

    written: Written
    text: str
    probability: float
    checks: bool  # the check digit fits

    @property
    def right(self) -> bool:
        """All ten digits are."""
        return self.text == self.written.truth


def main() -> int:
    """Write, fax, read, and show."""
    asked = argparse.ArgumentParser(prog="python -m bench.handprint", description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=None, help="the folder of handwriting data (or REMSFAX_HANDWRITING)")
    asked.add_argument("--strings", type=int, default=600, help="identifiers per source and resolution")
    asked.add_argument("--part", type=Part, default=Part.TEST)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--write", type=Path, default=None, help="write the tables there as Markdown")
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        asked.error("no handwriting data: name its folder by --data or REMSFAX_HANDWRITING")
    cv2.setNumThreads(1)
    reader = HandprintReader()
    catalogue = load_catalogue()
    blanks = Blanks(catalogue)
    found: list[Read] = []
    seconds, lost = 0.0, 0
    for source in SOURCES:
        for lines_per_inch in (FINE, STANDARD):
            strings, missing = written(folder, catalogue, blanks, given.part, source, lines_per_inch, given.strings, given.seed)
            lost += missing
            started = _cpu()
            found += read(reader, strings)
            seconds += _cpu() - started
    cells = sum(len(one.text) for one in found)
    text = (
        tables(found)
        + f"\n{lost} pages were not placed. Reading took {seconds / cells * 1e4:.1f} ms of CPU per ten cells, in batches.\n"
    )
    print(text)
    if given.write:
        command = f"python -m bench.handprint --strings {given.strings} --part {given.part} --seed {given.seed}"
        head = f"# Handprint in combs\n\nMade by `{command}` with the model {reader.version}.\n{EXPLAINED}\n"
        given.write.write_text(head + text)
    return 0


EXPLAINED = """
Ten-digit identifiers in the combs of a real blank, written by hands that the reader was never shown, faxed, placed, cut and read.
*Bar* is the least probability of the whole identifier at which it is accepted; *wrong* are those accepted with any digit wrong.
"""


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def written(
    folder: Path, catalogue: Catalogue, blanks: Blanks, part: Part, source: str, lines_per_inch: int, count: int, seed: int
) -> tuple[list[Written], int]:
    """So many identifiers of a source, cut out of their pages; and the pages that could not be placed."""
    form = next(one for one in catalogue.forms if one.code == FORM)
    number, combs = _fullest_page(form)
    paper = np.asarray(catalogue.blank_pages(form.code, form.revision, SHEET_DPI)[number - 1])
    out: list[Written] = []
    lost = 0
    page = 0
    while len(out) < count:
        page += 1
        chance = np.random.default_rng([seed, SOURCES.index(source), lines_per_inch, page])
        sheet = Sheet(paper)
        truths = [identifier(chance) for _ in combs]
        for comb, truth in zip(combs, truths, strict=True):
            hand = next(hands(folder, part, source, chance))  # one per identifier: few people would make chance figures
            in_cells(sheet, comb.cells, truth, hand, chance, right=False)
        laid = _laid(sheet, machine(lines_per_inch, chance), seed * 1000 + page, blanks)
        if laid is None:
            lost += 1
            continue
        for comb, truth in zip(combs, truths, strict=True):
            out.append(Written(source, lines_per_inch, truth, cut_characters(laid.filled, comb.cells)))
    return out[:count], lost


def _fullest_page(form: FormDefinition) -> tuple[int, list[FieldDefinition]]:
    pages = {n: [one for one in form.on_page(n) if len(one.cells) == 10] for n in range(1, form.pages + 1)}
    number = max(pages, key=lambda n: len(pages[n]))
    return number, pages[number]


def hands(folder: Path, part: Part, source: str, chance: np.random.Generator) -> Iterator[Hand]:
    """Hands of a source, each by chance."""
    everyone = [number for number in writers(folder) if part_of_writer(number) is part]
    while True:
        pen = float(chance.uniform(0.3, 0.7))
        size = float(chance.uniform(3.4, 4.8))
        if source in ("mnist", "semeion"):
            others = PenLetters(writers(folder)[everyone[0]], pen)
            letters: object = DigitLetters(digits(folder, part, source), others, int(chance.integers(-40, 40)))
        elif source == "pens":
            letters = PenLetters(writers(folder)[int(chance.choice(everyone))], pen)
        else:
            names = FONTS[part] if source == "fonts" else TYPED[part]
            letters = FontLetters(str(chance.choice(names)), int(chance.integers(0, 4)) if source == "fonts" else 0)
        typed = source == "typed"
        yield replace(
            WRITTEN, typed=typed, cell_cap_mm=float(chance.uniform(2.8, 3.6)) if typed else size, shake=0.0 if typed else 0.7,
            lettering=letters,
        )  # fmt: skip


def identifier(chance: np.random.Generator) -> str:
    """An NPI whose check digit fits."""
    while True:
        text = "".join(str(digit) for digit in (int(chance.integers(1, 3)), *chance.integers(0, 10, 8)))
        for last in DIGITS:
            if identifiers.npi_fits(text + last):
                return text + last


def machine(lines_per_inch: int, chance: np.random.Generator) -> Machine:
    """A fax machine by chance: most feed straight and scan well."""
    return Machine(
        lines_per_inch=lines_per_inch,
        skew=float(np.clip(chance.normal(0, 1.2), -5, 5)),
        shift_mm=(float(chance.normal(0, 1.5)), float(chance.normal(0, 1.5))),
        threshold=int(chance.integers(115, 195)),
        grain=float(chance.uniform(4, 20)),
        specks=float(chance.choice([0.0, 0.0, 0.5, 1.5])),
    )


def _laid(sheet: Sheet, machine_: Machine, seed: int, blanks: Blanks) -> LaidPage | None:
    black = scan(sheet, machine_, 1, 1, seed)
    dpi = (204.0, float(machine_.lines_per_inch))
    page = PageScan(1, square(np.where(black, 0, 255).astype(np.uint8), dpi), DPI, dpi, PageSource.TIFF)
    placed = place(page, blanks)
    return None if placed is None or placed.form.code != FORM else LaidPage.of(page, placed, Calibration.load())


def read(reader: HandprintReader, strings: Sequence[Written]) -> list[Read]:
    """All identifiers, a document's worth in a run."""
    out: list[Read] = []
    for at in range(0, len(strings), 10):
        some = strings[at : at + 10]
        lattice = reader.read([cell for one in some for cell in one.cells])
        out += [_of(one, lattice.part(10 * place_, 10 * place_ + 10)) for place_, one in enumerate(some)]
    return out


def _of(one: Written, lattice: CellLattice) -> Read:
    text, probability = lattice.best(DIGITS)
    if not all(cell.inked for cell in one.cells):
        probability = 0.0  # a digit is missing, or too faint to count
    return Read(one, text, probability, identifiers.npi_fits(text))


def tables(found: Sequence[Read]) -> str:
    """Accuracy by source, and error among accepted against acceptance."""
    out = "\n## Accuracy\n\n| source | lines per inch | identifiers | digits right | identifiers right |\n|---|---|---|---|---|\n"
    for source in SOURCES:
        for lines in (FINE, STANDARD):
            some = [one for one in found if one.written.source == source and one.written.lines_per_inch == lines]
            if some:
                digits_ = np.mean([a == b for one in some for a, b in zip(one.text, one.written.truth, strict=True)])
                right = np.mean([one.right for one in some])
                out += f"| {source} | {lines} | {len(some)} | {100 * digits_:.2f} % | {100 * right:.1f} % |\n"
    out += "\n## Error among accepted\n"
    scanned = [one for one in found if one.written.source in ("mnist", "semeion", "pens")]
    typed = [one for one in found if one.written.source == "typed"]
    for title, some in (("real digits of unseen writers", scanned), ("typed", typed)):
        for lines in (FINE, STANDARD):
            of_lines = [one for one in some if one.written.lines_per_inch == lines]
            if of_lines:
                out += f"\n### {title}, 204 × {lines}\n\n{curve(of_lines)}"
    return out


def curve(found: Sequence[Read]) -> str:
    """A table over bars."""
    out = (
        "| bar | accepted | wrong | wrong per 1,000 | accepted, check digit fits | wrong | wrong per 1,000 |\n"
        + "|---" * 7
        + "|\n"
    )
    for bar in BARS:
        cells = [f"{bar:g}"]
        for some in (list(found), [one for one in found if one.checks]):
            accepted = [one for one in some if one.probability >= bar]
            wrong = sum(not one.right for one in accepted)
            cells += [f"{100 * len(accepted) / len(found):.1f} %", str(wrong), f"{1000 * wrong / max(1, len(accepted)):.1f}"]
        out += "| " + " | ".join(cells) + " |\n"
    return out


if __name__ == "__main__":
    raise SystemExit(main())
