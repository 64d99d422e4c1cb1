"""Trains the reader of single characters and writes its model file.

    python -m tools.train_handprint --data FOLDER --out intake/ocr/models/handprint.onnx [--rows 36000] [--epochs 5] [--seed 5]

Needs what stands in `tools/train_handprint/requirements.txt` beside the project's own requirements, the handwriting data, and the
fonts (fetched by npm on first use). Rows are made and nets are fitted in two processes of one thread each, in about an hour and a
half; `--rows 300 --epochs 1` shows in a minute that everything runs. The same seed, versions and machine make the same model.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import repeat
from pathlib import Path

import cv2
import torch

from tools.handwriting.splits import Part, handwriting_folder
from tools.train_handprint.rows import Samples, made
from tools.train_handprint.training import fitted, fresh, write_model

TUNE_ROWS = 1000  # of twelve cells, by hands that take no part in the fit
AT_ONCE = 100  # rows a piece of work


def main() -> int:
    """Make samples, fit, write."""
    asked = argparse.ArgumentParser(prog="python -m tools.train_handprint", description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, default=None, help="the folder of handwriting data (or REMSFAX_HANDWRITING)")
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--rows", type=int, default=36_000, help="rows of twelve cells to fit on")
    asked.add_argument("--epochs", type=float, default=5.0, help="passes over all of them")
    asked.add_argument("--seed", type=int, default=5)
    given = asked.parse_args()
    folder = handwriting_folder(given.data)
    if folder is None:
        asked.error("no handwriting data: name its folder by --data or REMSFAX_HANDWRITING")
    with ProcessPoolExecutor(2, initializer=_one_thread) as pool:
        parts = {
            part: Samples.joined(list(pool.map(made, repeat(folder), repeat(part), _pieces(rows), repeat(given.seed))))
            for part, rows in ((Part.TUNE, min(TUNE_ROWS, given.rows)), (Part.FIT, given.rows))
        }
        _say(f"{len(parts[Part.FIT].images)} characters to fit on")
        fit = partial(fitted, samples=parts[Part.FIT], epochs=given.epochs, seed=given.seed, say=_say)
        fine, round_ = (pool.submit(fit, net) for net in fresh(given.seed))
        write_model(fine.result(), round_.result(), parts[Part.TUNE], given.out, _say)
    return 0


def _pieces(rows: int) -> list[range]:
    return [range(first, min(first + AT_ONCE, rows)) for first in range(0, rows, AT_ONCE)]


def _one_thread() -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
