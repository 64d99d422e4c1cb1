"""Writing where the form has no field: between the lines, in the margin, across the bottom.

What: ink on a laid page that lies outside every zone, told from specks, stripes and the sender's header line.
Why: people write what matters most where there is room ("pt fell ill on Tuesday"); a form that is otherwise certain must not pass
with such a note unseen, and an adverse event on any fax starts a safety clock (R05).
Refuses: to read it; a person does.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from intake.forms.definition import FieldDefinition
from intake.ocr import thresholds
from intake.ocr.ink import FilledPage
from intake.reading import Problem, ProblemKind


def writing_outside(page: FilledPage, fields: Sequence[FieldDefinition], fax_page: int) -> Problem | None:
    """A problem naming the page if there is handwriting or print outside all fields."""
    stray = page.fill.copy()
    height, width = stray.shape
    header = round(thresholds.HEADER_LINE_MM * page.dpi / 25.4)
    edge = round(thresholds.EDGE_MM * page.dpi / 25.4)
    stray[:header], stray[height - edge :], stray[:, :edge], stray[:, width - edge :] = False, False, False, False
    for field in fields:
        for box in field.options.values() if field.options else (field.box,):
            x0, y0, x1, y1 = page.box(box, grow_mm=thresholds.OVERSHOOT_MM)
            stray[y0:y1, x0:x1] = False
    mm = 25.4 / page.dpi
    if float(np.count_nonzero(stray)) * mm * mm < thresholds.STRAY_MM2:
        return None  # telling strokes apart costs a tenth of reading a page, and there is not enough of them
    count, _, stats, _ = cv2.connectedComponentsWithStats(stray.astype(np.uint8), connectivity=8)
    if count <= 1:
        return None
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT] * mm, stats[1:, cv2.CC_STAT_WIDTH] * mm
    strokes = (heights >= 1.2) & (heights <= 40.0) & (widths >= 0.3) & (widths <= 90.0)
    area = float(stats[1:, cv2.CC_STAT_AREA][strokes].sum()) * mm * mm
    if area < thresholds.STRAY_MM2 or int(strokes.sum()) < 3:
        return None
    return Problem(ProblemKind.OUTSIDE_ZONE, f"there is writing outside the fields on page {fax_page} of the fax")
