"""What a reading must reach while an alarm is on: bars above those of the calibration in force.

What: for each manner and class the certainty that is needed now; empty while no alarm is on.
Why: the calibration's bars follow from the faxes it was fitted on. When blind keyings show more errors than allowed, they are
wrong here, and until it is known why, only what is ten times as sure goes through unseen.
Refuses: to touch what is surer than `SURE_ENOUGH` already: no manner above it was ever wrong often enough to be the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from intake.ocr.certainty import Calibration
from review_queue import quality_storage

TIMES_AS_SURE = 10.0
"""By how much the doubt that a bar admits is divided while an alarm is on."""

SURE_ENOUGH = 0.9995
"""Certainty above which no bar is raised: of 13,587 test fields there 1 was wrong (docs/figures/reading.md), and blanks, marks
and signatures have their bars above it; raising those would stop every form for errors that are not theirs."""


@dataclass(frozen=True)
class RaisedBars:
    """Asks whether an alarm is on, and knows the calibration that is in force."""

    calibration: Path | None  # None: the one remsfax brings

    def __call__(self, session: Session) -> Mapping[tuple[str, bool], float]:
        """The certainty needed by manner and class (True: critical), of the classes whose alarm is on."""
        classes = [one.critical for one in quality_storage.alarms(session)]
        return {key: bar for key, bar in self._bars.items() if key[1] in classes} if classes else {}

    @cached_property
    def _bars(self) -> dict[tuple[str, bool], float]:
        curves = Calibration.load(self.calibration).curves
        return {
            (manner.value, critical): raised(curve.bar_critical if critical else curve.bar_ordinary)
            for manner, curve in curves.items()
            for critical in (True, False)
        }


def raised(bar: float) -> float:
    """The bar with a tenth of its doubt left, not above `SURE_ENOUGH`, never below itself."""
    return max(bar, min(1.0 - (1.0 - bar) / TIMES_AS_SURE, SURE_ENOUGH))
