"""Trains the two nets for ink and writes them with their cards.

    python -m tools.train_ink --data FOLDER --out intake/ocr/models/ [--only marks|signatures] [--size SHARE] [--keep FOLDER]

Needs what `tools/train_ink/requirements.txt` lists beside the project, the handwriting data and the fonts (fetched when missing).
One thread; about half an hour in all. `--size 0.02` goes through all steps in a minute with a fiftieth of the sheets; its nets
are good for nothing. The same seeds make the same sheets; the weights are the same on the same machine and version of torch.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from intake.ocr.ink_nets import MARK_SIDE, ZONE_HEIGHT, ZONE_WIDTHS
from tools.handwriting.splits import Part, handwriting_folder
from tools.train_ink.cards import card
from tools.train_ink.crops import Crops, crops
from tools.train_ink.nets import MarkNet, ZoneNet, beliefs, exported, folded, trained

SEEDS = {Part.FIT: 1, Part.TUNE: 2, Part.TEST: 3}
PAGES = {
    "marks": {Part.FIT: 220, Part.TUNE: 12, Part.TEST: 20},
    "signatures": {Part.FIT: 760, Part.TUNE: 40, Part.TEST: 40},
}
SECOND = {Part.FIT: ((4, 36), (5, 36)), Part.TUNE: ((6, 5),), Part.TEST: ((7, 6),)}
"""Seeds and pages of the second course: marks that the first leaves hardest to tell."""
KEPT = 20_000  # crops of the first course that the second goes through again, lest they be forgotten
ROUNDS = {"marks": 5, "signatures": 6}


def main() -> None:
    """Make sheets, train, look at the tuning and test parts once, write."""
    asked = argparse.ArgumentParser(prog="python -m tools.train_ink", description="Train the nets for tick boxes and signatures.")
    asked.add_argument("--data", type=Path, default=None, help="the handwriting folder (or REMSFAX_HANDWRITING)")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--only", choices=sorted(PAGES), default=None)
    asked.add_argument("--keep", type=Path, default=None, help="a folder that keeps the crops between runs")
    asked.add_argument("--rounds", type=int, default=None)
    asked.add_argument("--size", type=float, default=1.0, help="the share of the sheets that are made; 1 made the project's nets")
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        asked.error("no handwriting data: give --data or set REMSFAX_HANDWRITING")
    given.out.mkdir(parents=True, exist_ok=True)
    for name in sorted(PAGES):
        if given.only in (None, name):
            _one(name, folder, given.out, given.keep, given.rounds or ROUNDS[name], given.size)


def _one(name: str, folder: Path, out: Path, keep: Path | None, rounds: int, size: float) -> None:
    marks = name == "marks"
    begun = time.time()
    parts = {part: _crops(name, part, folder, keep, size) for part in Part}
    print(
        f"{name}: " + ", ".join(f"{part} {len(one.labels)}" for part, one in parts.items()) + f"; {time.time() - begun:.0f} s",
        flush=True,
    )
    net = trained(MarkNet() if marks else ZoneNet(), parts[Part.FIT], parts[Part.TUNE], rounds, 5, marks)
    if marks:
        second = {part: _second(part, folder, keep, size) for part in Part}
        again = parts[Part.FIT].first(KEPT).joined(second[Part.FIT])
        net = trained(folded(net), again, second[Part.TUNE], 2, 6, marks, peak=6e-4, fresh=False)
        parts = {part: parts[part].joined(second[part]) for part in Part}
    shape = (2, MARK_SIDE, MARK_SIDE) if marks else (2, ZONE_HEIGHT, ZONE_WIDTHS[-1])
    exported(net, shape, out / f"{name}.onnx")
    weighs = (out / f"{name}.onnx").stat().st_size
    test = parts[Part.TEST]
    (out / f"{name}.md").write_text(
        card(name, {part: len(one.labels) for part, one in parts.items()}, rounds, size, weighs, test, beliefs(net, test))
    )
    print(f"{name}: {weighs} bytes, {time.time() - begun:.0f} s", flush=True)


def _second(part: Part, folder: Path, keep: Path | None, size: float) -> Crops:
    made: Crops | None = None
    for seed, whole in SECOND[part]:
        pages = _share(whole, size)
        kept = None if keep is None else keep / f"second-{part}-{seed}-{pages}.npz"
        one = _loaded(kept) or crops(part, folder, seed, pages, True, second=True)
        _stored(one, kept)
        made = one if made is None else made.joined(one)
    assert made is not None
    return made


def _crops(name: str, part: Part, folder: Path, keep: Path | None, size: float) -> Crops:
    seed, pages = SEEDS[part], _share(PAGES[name][part], size)
    kept = None if keep is None else keep / f"{name}-{part}-{seed}-{pages}.npz"
    made = _loaded(kept) or crops(part, folder, seed, pages, name == "marks")
    _stored(made, kept)
    return made


def _share(pages: int, size: float) -> int:
    """So many pages of the whole course."""
    return max(1, round(pages * size))


def _loaded(kept: Path | None) -> Crops | None:
    if kept is None or not kept.exists():
        return None
    with np.load(kept) as packed:
        return Crops(packed["images"], packed["labels"], tuple(packed["styles"].tolist()))


def _stored(made: Crops, kept: Path | None) -> None:
    if kept is not None and not kept.exists():
        np.savez(kept, images=made.images, labels=made.labels, styles=np.array(made.styles))


if __name__ == "__main__":
    main()
