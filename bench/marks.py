"""How tick boxes and signature zones are judged: what is accepted, and how often that is wrong.

    python -m bench.marks [--pages N] [--odd-pages N] [--zone-pages N] [--unsigned-pages N] [--seed N] [--part test|tune]
        [--data FOLDER] [--write docs/figures/marks.md]

Real forms, inked by hands of the TEST part, go through machine, line and registration; boxes whose place the registration itself
withholds are counted apart. A mixture: six fields in ten are marked, one marked field in fifty oddly. A second set, seven marked
fields in ten oddly, fills the table of styles. Signature zones stand on practice sheets (twenty a page) and on forms. Where only
a person may say (a dot, a mark struck out), any firm verdict counts as wrong. Exit status 1 where a bar of the mixture is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.marks_report import NOT_SIGNED, SIGNED, Found, report
from intake.classification import Blanks
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.instead_of_signing import words_of
from intake.laid_page import INK_ONLY, page_place
from intake.marked_fields import choice, mark, signature, signature_verdict, strips_of_zone
from intake.ocr.certainty import Calibration, Manner, mark_certainty
from intake.ocr.marks import MarkVerdict, read_marks
from intake.ocr.ppocr import PpOcr
from intake.ocr.signatures import read_signature
from tools.handwriting.splits import Part, handwriting_folder
from tools.make_samples.machine import STANDARD
from tools.train_ink.crops import ink_of
from tools.train_ink.inked_forms import Inked, inked, truth
from tools.train_ink.mark_styles import MARK_STYLES
from tools.train_ink.sheets import Practice, practice, wear
from tools.train_ink.signature_styles import ZONE_STYLES
from tools.train_ink.strokes import Box, Ink


def main() -> int:
    """Measure, print, write."""
    asked = argparse.ArgumentParser(prog="python -m bench.marks", description="How marks and signatures are judged.")
    asked.add_argument("--pages", type=int, default=400, help="of the mixture")
    asked.add_argument("--odd-pages", type=int, default=100)
    asked.add_argument("--zone-pages", type=int, default=60, help="practice sheets of signature zones, all kinds alike")
    asked.add_argument("--unsigned-pages", type=int, default=125, help="practice sheets of what is no signature")
    asked.add_argument("--part", choices=[Part.TEST.value, Part.TUNE.value], default=Part.TEST.value)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--data", type=Path, default=None)
    asked.add_argument("--write", type=Path, default=None)
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        print("no handwriting data: give --data or set REMSFAX_HANDWRITING; real pens are left out", file=sys.stderr)
    part = Part(given.part)
    ink = Ink(part) if folder is None else ink_of(part, folder)
    catalogue = load_catalogue()
    blanks = Blanks(catalogue)
    bench = Bench(catalogue, blanks, ink, given.seed)
    bench.mixture(given.pages)
    bench.odd(given.odd_pages)
    bench.zones(given.zone_pages)
    bench.unsigned(given.unsigned_pages)
    text, missed = report(bench.found, part, given.seed)
    print(text)
    if given.write:
        given.write.write_text(text)
    return 1 if missed else 0


class Bench:
    """One run: pages made, looked at and counted."""

    def __init__(self, catalogue: Catalogue, blanks: Blanks, ink: Ink, seed: int) -> None:
        self._catalogue, self._blanks, self._ink, self._seed = catalogue, blanks, ink, seed
        self._reader = PpOcr()
        self._calibration = Calibration.load()
        self._sheets = [
            (form, page) for form in catalogue.forms for page in range(1, form.pages + 1) if _inked_fields(form, page)
        ]
        self.found = Found()

    def mixture(self, pages: int) -> None:
        """Forms as they come."""
        for number in range(pages):
            page, resolution = self._page(number, 0.02, 0)
            if page is None:
                continue
            self._cost(page)
            for one in page.drawn:
                if one.definition.kind is FieldKind.SIGNATURE:
                    self._form_zone(page, one.styles[""], one.definition)
                    continue
                options = one.definition.options or {"": one.definition.box}
                boxes = read_marks(page.laid.filled, tuple(options.values()))
                if page_place(page.laid, one.definition, written=False) is not None:
                    self.found.flagged[resolution] += len(
                        boxes
                    )  # the registration says that it may be looking at the wrong place
                    boxes = ()
                for code, seen in zip(options, boxes, strict=False):
                    style = one.styles[code]
                    self.found.odd_boxes += not MARK_STYLES[style].right
                    before = self.found.boxes[resolution].wrong
                    verdict = self._accepted(seen.verdict, seen.firmness, Manner.MARK)
                    self.found.boxes[resolution].add(verdict, _right(style))
                    if self.found.boxes[resolution].wrong > before:
                        self.found.boxes[resolution].seen.append(
                            f"{style} taken for {seen.verdict}, {one.definition.name}, page {number}"
                        )
                read = (
                    mark(one.definition, page.laid)
                    if one.definition.kind is FieldKind.MARK
                    else choice(one.definition, page.laid)
                )
                may, value = truth(one)
                verdict = "unsure" if not read.accepted else "present"
                self.found.fields[resolution].add(verdict, ("present",) if may and read.value == value else ())

    def odd(self, pages: int) -> None:
        """Forms marked oddly, for the table of styles."""
        for number in range(pages):
            page, _ = self._page(number, 0.7, 1)
            if page is None:
                continue
            for one in page.drawn:
                if one.definition.kind is not FieldKind.SIGNATURE:
                    options = one.definition.options or {"": one.definition.box}
                    for code, seen in zip(options, read_marks(page.laid.filled, tuple(options.values())), strict=True):
                        verdict = self._accepted(seen.verdict, seen.firmness, Manner.MARK)
                        self.found.styles[one.styles[code]].add(verdict, _right(one.styles[code]))

    def zones(self, pages: int) -> None:
        """Signature zones on practice sheets, every kind as often as any other."""
        shares = dict.fromkeys(ZONE_STYLES, 1.0)
        for sheet in practice(self._seed + 900, pages, self._ink, marks=False, zone_shares=shares):
            for style, box in sheet.styles:
                verdict = self._zone(sheet, style, box)
                self.found.zone_kinds[style, sheet.lines_per_inch == STANDARD].add(verdict, ZONE_STYLES[style].right)

    def unsigned(self, pages: int) -> None:
        """The same of nothing but what is no signature."""
        shares = {name: float(style.right == NOT_SIGNED) for name, style in ZONE_STYLES.items()}
        for sheet in practice(self._seed + 1900, pages, self._ink, marks=False, zone_shares=shares):
            for style, box in sheet.styles:
                verdict = self._zone(sheet, style, box)
                self.found.unsigned[style].add(verdict, ZONE_STYLES[style].right)

    def _zone(self, sheet: Practice, style: str, box: Box) -> str:
        seen = read_signature(sheet.page, box)
        alone = self._accepted(seen.verdict, seen.firmness, Manner.SIGNATURE)
        self.found.zones_alone[ZONE_STYLES[style].right == SIGNED].add(alone, ZONE_STYLES[style].right)
        words = words_of([self._reader.lattice(strip) for strip in strips_of_zone(sheet.page, "signature", box, seen)])
        verdict, firmness, _ = signature_verdict(seen, words)
        accepted = self._accepted(verdict, firmness, Manner.SIGNATURE)
        if accepted != MarkVerdict.UNSURE and accepted not in ZONE_STYLES[style].right:
            self.found.taken_wrongly.append(f"{style} taken for {verdict}: {seen.look}, signed {seen.signed:.3f}, {words.text!r}")
        return accepted

    def _accepted(self, verdict: MarkVerdict, firmness: float, manner: Manner) -> str:
        """The verdict as the product takes it for a critical field: firm by the pixels and above the calibration's bar."""
        certain = self._calibration.certainty(mark_certainty(firmness, manner))
        return verdict.value if self._calibration.accepted(manner, certain, critical=True) else MarkVerdict.UNSURE.value

    def _page(self, number: int, odd: float, stream: int) -> tuple[Inked | None, str]:
        chance = np.random.default_rng([4409, self._seed, stream, number])
        form, page = self._sheets[number % len(self._sheets)]
        worn = wear(chance)
        made = inked(self._catalogue, self._blanks, form, page, self._ink, worn, chance, odd)
        self.found.unplaced += made is None
        return made, "standard" if worn.machine.lines_per_inch == STANDARD else "fine"

    def _form_zone(self, page: Inked, style: str, definition: FieldDefinition) -> None:
        read = signature(definition, page.laid, self._reader.lattice)
        right = ZONE_STYLES[style].right
        verdict = str(read.value) if read.accepted else "unsure"
        self.found.form_zones[right == SIGNED].add(verdict, right)
        if verdict != "unsure" and verdict not in right:
            self.found.taken_wrongly.append(f"on the forms: {style} taken for {verdict}: {dict(read.raw)}")

    def _cost(self, page: Inked) -> None:
        boxes = [
            box
            for one in page.drawn
            for box in (one.definition.options.values() or (one.definition.box,))
            if one.definition.kind is not FieldKind.SIGNATURE
        ]
        before = time.process_time()
        if boxes:
            read_marks(page.laid.filled, boxes)
        self.found.cpu.append(time.process_time() - before)


def _inked_fields(form: FormDefinition, page: int) -> Sequence[FieldDefinition]:
    return [one for one in form.on_page(page) if one.kind in INK_ONLY]


def _right(style: str) -> tuple[str, ...]:
    return tuple("present" if one else "absent" for one in MARK_STYLES[style].right)


if __name__ == "__main__":
    sys.exit(main())
