"""Trains the reader of single characters and writes its model file.

    python -m tools.train_handprint --data FOLDER --out intake/ocr/models/handprint.onnx
        [--rows 6500 10000 12500] [--epochs 2.5 1.2 1.2] [--seed 1]

Needs what stands in `tools/train_handprint/requirements.txt` beside the project's own requirements, the handwriting data, and the
fonts (fetched by npm on first use). Each round adds rows to those before and goes over all of them. One thread. The same seed,
versions and machine make the same model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import torch

from tools.handwriting.splits import Part, handwriting_folder
from tools.train_handprint.rows import Samples, made
from tools.train_handprint.training import fitted, fresh, write_model

TUNE_ROWS = 1000  # of twelve cells, by hands that take no part in the fit


def main() -> int:
    """Make samples, fit, write."""
    asked = argparse.ArgumentParser(prog="python -m tools.train_handprint", description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=None, help="the folder of handwriting data (or REMSFAX_HANDWRITING)")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--rows", type=int, nargs="+", default=[6500, 10000, 12500], help="rows of cells each round adds")
    asked.add_argument("--epochs", type=float, nargs="+", default=[2.5, 1.2, 1.2], help="passes of each round over all rows")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        asked.error("no handwriting data: name its folder by --data or REMSFAX_HANDWRITING")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    def say(line: str) -> None:
        print(line, flush=True)

    tune = made(folder, Part.TUNE, TUNE_ROWS, given.seed)
    fine, round_ = fresh(given.seed)
    seen: list[Samples] = []
    for number, (rows, epochs) in enumerate(zip(given.rows, given.epochs, strict=True)):
        seen.append(made(folder, Part.FIT, rows, given.seed + number))
        samples = Samples.joined(seen)
        say(f"round {number + 1}: {len(samples.images)} characters to fit on")
        fine = fitted(fine, samples, epochs, given.seed + number, say)
        round_ = fitted(round_, samples, epochs, given.seed + number, say)
    write_model(fine, round_, tune, given.out, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
