"""Pages that belong to no form of the program: cover sheets, laboratory printouts, other programs' papers.

What: rows of words set on an empty sheet, with rules and boxes as such pages have.
Why: a reader must tell them from a form, and a person must see them.
Refuses: nothing. A row that begins with "# " is a heading, "---" a rule across the page, and "|" parts columns.
"""

from __future__ import annotations

from tools.make_samples.hand import WORD_PROCESSOR
from tools.make_samples.sample import LoosePage
from tools.make_samples.sheet import LETTER_MM, Sheet

MARGIN_MM = 20.0
ROW_MM = 7.2


def draw(page: LoosePage) -> Sheet:
    """The page on paper."""
    sheet = Sheet()
    hand = page.hand or WORD_PROCESSOR
    y = 26.0
    for row in page.rows:
        if row == "---":
            sheet.stroke([(MARGIN_MM, y), (LETTER_MM[0] - MARGIN_MM, y)], 0.5)
            y += ROW_MM
        elif row.startswith("# "):
            sheet.write(row[2:], (MARGIN_MM, y + 4), hand.font, 5.2, weight=hand.weight + 1)
            y += 1.9 * ROW_MM
        else:
            columns = row.split("|")
            step = (LETTER_MM[0] - 2 * MARGIN_MM) / len(columns)
            for place, words in enumerate(columns):
                if words.strip():
                    sheet.write(words.strip(), (MARGIN_MM + place * step, y + 2), hand.font, hand.cap_mm, weight=hand.weight)
            y += ROW_MM
    return sheet
