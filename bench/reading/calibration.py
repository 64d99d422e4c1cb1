"""The faxes that the shipped calibration is fitted on, and the fit.

What: labelled faxes of hands that no reader was trained on, many of them nearly but not quite what the registry has; the same
faxes once more as if nobody were known; typed faxes beside them, which hold nothing of a hand; then the fit, from nothing.
Why: certainty must be true for hands that are strange and for values that differ by one sign, and one command must make it again.
Refuses: faxes of the test part, and hands of the fit part: a first fit on hands that the readers knew was ten times too bold.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from app import calibrating
from bench.reading.faxes import Mix
from bench.reading.making import MIX, make_folder
from bench.reading.measuring import NOBODY, READ, read_folder
from bench.reading.practised_zones import practised_zones
from intake.ocr.calibrating import Fitted, Labelled, fit
from intake.ocr.certainty import PRIOR, Calibration
from tools.handwriting.splits import Part

TYPED = frozenset({"typed", "typed_strangers"})
BY_HAND = frozenset({"fonts", "pen_known", "digits_known", "pen_strangers", "digits_strangers", "twins"})


@dataclass(frozen=True)
class Portion:
    """Some of the faxes."""

    part: Part
    seed: int
    count: int
    mix: Mix = MIX
    used: Collection[str] = TYPED | BY_HAND  # strata whose faxes are read
    as_strangers_too: bool = False  # read once more with nobody known

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.part.value}-{self.seed}"


PORTIONS = (
    Portion(Part.TUNE, 31, 340),
    Portion(
        Part.TUNE, 61, 300, Mix(("pen_known", "digits_known", "pen_strangers", "digits_strangers", "twins", "fonts"), 0.25),
        as_strangers_too=True,
    ),
    Portion(Part.TUNE, 62, 120, Mix(("pen_known", "digits_known"), 1.0), as_strangers_too=True),
    Portion(Part.FIT, 11, 400, used=TYPED),
    Portion(Part.FIT, 12, 800, used=TYPED),
)  # fmt: skip


def made_again(out: Path, version: str, faxline: Path | None, data: Path | None) -> Fitted:
    """Make what is missing, read what was not read, and fit from nothing. About half an hour on two cores."""
    labelled: list[Labelled] = []
    for portion in PORTIONS:
        folder = out / portion.name
        if not (folder / "faxes.json").exists():
            make_folder(folder, portion.part, portion.count, portion.seed, faxline, data, mix=portion.mix)
        strata = {one["stratum"] for one in json.loads((folder / "faxes.json").read_text()).values()} & set(portion.used)
        wanted = [(READ, strata)] + ([(NOBODY, strata & BY_HAND)] if portion.as_strangers_too else [])
        for name, chosen in wanted:
            if not (folder / name).exists():
                read_folder(folder, strata=chosen, known=name == READ)
            labelled += calibrating.of_readings(folder, folder / name)
    if data is not None:
        labelled += practised_zones(data, seed=7)
    prior = Calibration.load(PRIOR)  # a value typed into a PDF stands in no fax of these: its curve is what it was thought to be
    return fit(labelled, version, prior, prior, afresh=True)
