"""The real forms with every box and zone inked by style, sent through machine, line and registration, as the product gets them.

What: pages of the catalogue's forms, laid by `intake.classification.place`, with what was drawn where.
Why: practice sheets have no comb rules, no text beside the zone and no registration of their own; forms do.
Refuses: pages that could not be laid: they come back as None and are counted, not judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from intake.classification import Blanks, place
from intake.fax import PageScan, PageSource
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.laid_page import LaidPage
from intake.ocr import thresholds
from intake.ocr.certainty import Calibration
from intake.resolution import square
from tools.make_samples.machine import projected, sprinkle
from tools.make_samples.sheet import SHEET_DPI, Sheet
from tools.train_ink.mark_styles import MARK_STYLES
from tools.train_ink.sheets import Wear, grain, torn
from tools.train_ink.signature_styles import ZONE_STYLES
from tools.train_ink.strokes import Chance, Ink

MARK_MIXTURE: Mapping[str, float] = {
    **{name: 1.0 for name, style in MARK_STYLES.items() if style.right == frozenset({True})},
    "tick": 4.0, "cross": 4.0, "typed sign": 3.0, "stroke leaving the box": 2.0, "PDF viewer's sign": 2.0, "filled": 0.7,
    "half filled": 0.3,
}  # fmt: skip
"""How people mark, as a guess; what is odd has its own share."""
ODD = tuple(name for name, style in MARK_STYLES.items() if style.right != frozenset({True}) and name != "blank")


@dataclass(frozen=True)
class Drawn:
    """What was put into one field."""

    definition: FieldDefinition
    styles: Mapping[str, str]  # style by option code; "" for a mark or a signature


@dataclass(frozen=True)
class Inked:
    """One form page as received."""

    laid: LaidPage
    drawn: tuple[Drawn, ...]


def inked(
    catalogue: Catalogue, blanks: Blanks, form: FormDefinition, page: int, ink: Ink, worn: Wear, chance: Chance, odd: float
) -> Inked | None:
    """One page: `odd` is the share of marked fields on which something odd is done."""
    sheet = Sheet(np.asarray(catalogue.blank_pages(form.code, form.revision, SHEET_DPI)[page - 1]))
    own = _hand(chance)
    drawn: list[Drawn] = []
    for one in form.on_page(page):
        if one.kind is FieldKind.SIGNATURE:
            name = _picked(ZONE_STYLES, {}, chance)
            ZONE_STYLES[name].draw(sheet, one.box, chance, ink)
            drawn.append(Drawn(one, {"": name}))
        elif one.kind in (FieldKind.MARK, FieldKind.CHOICE):
            boxes = one.options if one.kind is FieldKind.CHOICE else {"": one.box}
            styles = _marked(tuple(boxes), own, chance, odd)
            for code, name in styles.items():
                MARK_STYLES[name].draw(sheet, boxes[code], chance, ink)
            drawn.append(Drawn(one, styles))
    scan = _scanned(sheet, worn, chance)
    placed = place(scan, blanks)
    if placed is None or (placed.form.code, placed.classification.form_page) != (form.code, page):
        return None
    return Inked(LaidPage.of(scan, placed, Calibration.load()), tuple(drawn))


def _hand(chance: Chance) -> tuple[str, ...]:
    """A person marks in one way, now and then in another."""
    return (_picked(MARK_STYLES, MARK_MIXTURE, chance, least=0.0), _picked(MARK_STYLES, MARK_MIXTURE, chance, least=0.0))


def _picked(styles: Mapping[str, object], weights: Mapping[str, float], chance: Chance, least: float = 1.0) -> str:
    names = tuple(styles)
    shares = np.array([weights.get(name, least) for name in names])
    return names[int(chance.choice(len(names), p=shares / shares.sum()))]


def _marked(codes: tuple[str, ...], own: tuple[str, ...], chance: Chance, odd: float) -> dict[str, str]:
    """What stands in each box of a field: six in ten fields are marked, one box each."""
    styles = dict.fromkeys(codes, "blank")
    if chance.random() >= 0.6:
        return styles
    at = codes[int(chance.integers(len(codes)))]
    styles[at] = own[int(chance.random() < 0.15)]
    if chance.random() >= odd:
        return styles
    others = [code for code in codes if code != at]
    struck = ("struck out by lines", "scribbled over", "struck out by loops", "correction fluid", "struck out by one line")
    what = chance.random()
    if others and what < 0.2:  # both ticked
        styles[others[int(chance.integers(len(others)))]] = own[0]
    elif others and what < 0.45:  # corrected: the first struck out, another marked
        styles[others[int(chance.integers(len(others)))]] = own[0]
        styles[at] = struck[int(chance.integers(len(struck)))]
    else:
        styles[at] = ODD[int(chance.integers(len(ODD)))]
    return styles


def truth(drawn: Drawn) -> tuple[bool, str | bool | None]:
    """Whether an unseen value could be right at all, and which: a mark's truth, a choice's code."""
    right = {code: MARK_STYLES[name].right for code, name in drawn.styles.items()}
    yes = [code for code, one in right.items() if one == frozenset({True})]
    struck = any("struck" in name or "scribbled" in name for name in drawn.styles.values())
    neither = any(not one for code, one in right.items() if not _struck_out(drawn.styles[code]))
    if drawn.definition.kind is FieldKind.MARK:
        return bool(right[""]), bool(yes)
    if neither or len(yes) > 1 or (struck and not yes):
        return False, None
    return True, yes[0] if yes else None


def _struck_out(name: str) -> bool:
    return "struck" in name or "scribbled" in name


def _scanned(sheet: Sheet, worn: Wear, chance: Chance) -> PageScan:
    machine = worn.machine
    gray = projected(sheet.image, machine).astype(np.float32)
    if machine.grain:
        gray += grain(gray.shape, machine.grain, chance)
    black = np.asarray(gray < machine.threshold)
    if machine.specks:
        sprinkle(black, machine.specks, chance)
    if machine.stripe_mm is not None:
        at = round(machine.stripe_mm * 204 / 25.4)
        black[:, at : at + 2] |= chance.random((black.shape[0], 2)) < 0.85
    black, _ = torn(black, worn.lost, chance)
    resolution = (204.0, float(machine.lines_per_inch))
    return PageScan(1, square(np.where(black, 0, 255).astype(np.uint8), resolution), thresholds.DPI, resolution, PageSource.TIFF)
