"""How sure a value is: the first calibration, by rules whose figures come from measured readers.

What: a probability for each way a value can have come about, and the bars above which nobody need look.
Why: two unlike readers that agree on print are right 98–100 % of the time before any check; with the cells counted by ink and
the value's own checks passed, what is left is rarer than what a person misses. One reader alone is not enough
for a critical field.
Refuses: to be more than it is: version "rules-1" is stored with every value; fitted calibrations replace it.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "rules-1"

BAR_CRITICAL = 0.9990
"""Accept a critical field (patient, ANC, status, BEN, rationale, NPI, signatures) from here."""

BAR_ORDINARY = 0.9970
"""Accept an ordinary field from here."""


@dataclass(frozen=True)
class TextEvidence:
    """What speaks for one value read from pixels."""

    path: float  # the recogniser's probability for the text over all its paths, 0–1
    agrees: bool  # the independent reader, looking alone, says the same
    late: bool  # … but only on a second look, having said something else at first
    loosely: bool  # … says the same but for capitals, spaces or punctuation
    silent: bool  # the independent reader said nothing usable
    checked: bool  # a check digit fits (NPI, DEA, patient ID)
    counted: bool | None  # characters equal the cells with ink; None without cells
    parsed: bool  # the value is of the form the field needs
    damaged: bool  # the zone lies in damaged or squeezed rows, or its place is extrapolated
    standard: bool  # 204 × 98
    beyond: bool  # strokes run over the zone's edge


def text_certainty(evidence: TextEvidence) -> float:
    """The probability that the whole value is right."""
    if not evidence.parsed or evidence.counted is False:
        certainty = 0.4 * evidence.path
    elif evidence.agrees and evidence.checked:
        certainty = 0.99999 if not evidence.late else 0.9995
    elif evidence.agrees and evidence.late:
        certainty = 0.9985 if evidence.path >= 0.97 else 0.98
    elif evidence.agrees:
        certainty = 0.9997 if evidence.path >= 0.90 else 0.9975 if evidence.path >= 0.50 else 0.98
    elif evidence.checked and evidence.counted and evidence.path >= 0.80:
        certainty = 0.9995
    elif evidence.loosely and evidence.path >= 0.998:
        certainty = 0.9975
    elif (evidence.loosely and evidence.path >= 0.90) or (evidence.counted and evidence.path >= 0.97):
        certainty = 0.9960
    elif evidence.silent and evidence.path >= 0.97:
        certainty = 0.9900
    else:
        certainty = 0.97 * evidence.path
    if evidence.damaged:
        certainty -= (1 - certainty) * 9 + 0.002
    if evidence.beyond:
        certainty -= 0.0015
    if evidence.standard:
        certainty -= (1 - certainty) * 0.5
    return max(0.0, min(certainty, 1.0))


BLANK_CERTAIN = 0.9998
"""A zone without ink above noise on a well laid page is blank."""

BLANK_DIRTY = 0.990
"""… with some ink that is probably dirt."""

MARK_CERTAIN = 0.9998
"""A tick box far from the band of doubt."""

MARK_NEAR = 0.9975
"""A tick box near it."""

TEXT_LAYER = 0.99999
"""A value typed into a PDF form and transmitted as text: nothing was recognised, nothing can be misread."""

VERIFIED = 0.9999
"""A known value confirmed on the page, with the person settled by the joint evidence of several fields."""


def mark_certainty(firmness: float, damaged: bool) -> float:
    """For tick boxes and signatures, from how far they lie outside the band of doubt (0–1)."""
    certainty = MARK_CERTAIN if firmness >= 0.25 else MARK_NEAR + (MARK_CERTAIN - MARK_NEAR) * firmness / 0.25
    return certainty - 0.005 if damaged else certainty


def accepted(certainty: float, critical: bool) -> bool:
    """Whether nobody need look."""
    return certainty >= (BAR_CRITICAL if critical else BAR_ORDINARY)
