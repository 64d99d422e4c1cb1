"""The card that goes with a net: what it is, what it saw, what it got right.

What: Markdown with data, size, recipe and, style by style, how often the net's first choice was right on the test part.
Why: a model file without a passport is soon nobody's.
Refuses: figures of the product; those are the bench's (`python -m bench.marks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

import numpy as np

from intake.ocr.ink_nets import MarkClass, ZoneClass
from tools.handwriting.splits import Part
from tools.train_ink.crops import Crops

WHAT = {
    "marks": ("tick boxes", "2 × 80 × 80 at 200 dpi (the page's ink, the blank's print)", MarkClass),
    "signatures": ("signature zones", "2 × 80 × 352 or 512 at 100 dpi (the page's ink, the blank's print)", ZoneClass),
}


SECOND_COURSE = {
    "marks": "; then two rounds to 6e-4 with the norms folded, over what is hardest to tell",
    "signatures": "",
}


def card(name: str, counts: Mapping[Part, int], rounds: int, share: float, size: int, test: Crops, found: np.ndarray) -> str:
    """The whole file; `share` of the sheets were made, `size` is the net's in bytes."""
    what, wanted, classes = WHAT[name]
    first = found.argmax(axis=1)
    rows = []
    for style in sorted(set(test.styles)):
        these = np.array([one == style for one in test.styles])
        other = ", ".join(
            f"{classes(place).name.lower()} {100 * share:.1f} %"
            for place, share in enumerate(np.bincount(first[these], minlength=len(classes)) / these.sum())
            if share > 0 and place != test.labels[these][0]
        )
        rows.append(
            f"| {style} | {int(these.sum())} | {100 * float((first[these] == test.labels[these]).mean()):.1f} | {other} |"
        )
    return f"""# The net for {what}

Made by `python -m tools.train_ink --data FOLDER --out intake/ocr/models/ --only {name}{_sized(share)}`,
trained from nothing by torch {metadata.version("torch")}.
A second opinion beside rules; what both together reach on whole forms stands in `docs/figures/marks.md`.

- Input: {wanted}. Output: {", ".join(one.name.lower() for one in classes)}.
- Size: {size} bytes. {rounds} rounds, seed 5, AdamW, one cycle to 4e-3{SECOND_COURSE[name]}, random shifts of 2 pixels.
- Data: {counts[Part.FIT]} crops to fit, {counts[Part.TUNE]} to tune, {counts[Part.TEST]} to test,
  from dense practice sheets (`tools/train_ink/sheets.py`) that went through the samples' scanner: 204 × 196 and 204 × 98,
  skew ±3°, thin to dark, specks, stripes, rows lost, doubled or blackened, off by about half a pixel as registration is.
- Pens: UJIpenchars2 (CC BY 4.0); fonts: `@fontsource` (OFL), DejaVu, Liberation. Parts share no writer and no handwriting font
  (`tools/handwriting/splits.py`); strokes drawn by chance share their recipe.

First choice on the test part:

| style | n | right % | else taken for |
|---|--:|--:|---|
{chr(10).join(rows)}
"""


def _sized(share: float) -> str:
    return "" if share == 1.0 else f" --size {share}"
