"""Trains the reader of single characters and writes its model file.

    python -m tools.train_handprint --data FOLDER --out intake/ocr/models/handprint.onnx [--rows 40000] [--epochs 4] [--seed 1]

Needs what stands in `tools/train_handprint/requirements.txt` beside the project's own requirements, the handwriting data, and the
fonts (fetched by npm on first use). One thread. The same seed, versions and machine make the same model.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import torch

from tools.handwriting.splits import Part, handwriting_folder
from tools.train_handprint.rows import made
from tools.train_handprint.training import both_nets, write_model


def main() -> int:
    """Make samples, fit, write."""
    asked = argparse.ArgumentParser(prog="python -m tools.train_handprint", description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=None, help="the folder of handwriting data (or REMSFAX_HANDWRITING)")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--rows", type=int, default=30000, help="rows of twelve cells to fit on")
    asked.add_argument("--epochs", type=float, default=4)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        asked.error("no handwriting data: name its folder by --data or REMSFAX_HANDWRITING")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)

    def say(line: str) -> None:
        print(line, flush=True)

    samples = made(folder, Part.FIT, given.rows, given.seed)
    tune = made(folder, Part.TUNE, max(200, given.rows // 12), given.seed + 1)
    say(f"{len(samples.images)} characters to fit on, {len(tune.images)} to tune on")
    fine, round_ = both_nets(samples, given.epochs, given.seed, say)
    write_model(fine, round_, tune, given.out, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
