"""Pages that are no form of ours: cover sheet, lab printout, another program's form, an outdated one, a blank sheet.

What: a kind for each, from the words tesseract finds on the whole page and the ink there is.
Why: the sender of a bare lab printout must be told which form to use; a cover sheet needs no person at all.
Refuses: to guess: a page whose words fit no kind clearly is unknown, and a person looks at it.
"""

from __future__ import annotations

import re

from intake.reading import OtherKind

COVER = ("fax", "cover", "to:", "from:", "attn", "pages", "confidential", "re:", "date:", "recipient", "urgent")
LAB = (
    "laboratory", "specimen", "collected", "reference", "range", "wbc", "neutrophil", "hemoglobin", "hematology", "platelet",
    "result", "lymphocytes", "cbc", "differential", "accession",
)  # fmt: skip
PROGRAM = ("rems", "ipledge", "isotretinoin", "tirf", "lenalidomide", "thalidomide", "bosentan", "ambrisentan", "sodium oxybate")
OURS = ("clozapine",)


def kind_of(text: str) -> OtherKind:
    """The kind of a page with ink on it, from all its words."""
    words = re.sub(r"\s+", " ", text.lower())

    def hits(keys: tuple[str, ...]) -> int:
        return sum(1 for key in keys if key in words)

    cover, lab = hits(COVER), hits(LAB)
    if cover >= 4 and ("cover" in words or ("to:" in words and "from:" in words)):
        return OtherKind.COVER_SHEET
    if any(key in words for key in OURS) and "form" in words and ("rems" in words or "enrollment" in words or "status" in words):
        return OtherKind.OUTDATED_FORM
    if lab >= 4 and lab >= cover:
        return OtherKind.LAB_PRINTOUT
    if hits(PROGRAM) >= 1 and "form" in words:
        return OtherKind.OTHER_PROGRAM
    return OtherKind.UNKNOWN
