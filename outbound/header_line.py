"""What every page says of itself: from whom, when, to whom, about what, and which page of how many it is.

What: `HeaderLine`, two lines for our own pages and one for the foot of a form that follows them.
Why: a page that is found alone must say where it belongs (rems-rules §7), and the number of pages is known only when all are
laid out. So this is drawn on the finished pages, the same on a letter and on a form.
Refuses: anything about a patient; it is made from a cover page, which has no room for that.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HeaderLine:
    """The words; the page's number is added when the page is drawn."""

    sender: str  # our name and number
    about: str  # date and time, the recipient's number, the reference

    def page(self, number: int, total: int) -> str:
        """Such as "Page 2 of 3"."""
        return f"Page {number} of {total}"

    def in_one_line(self, number: int, total: int) -> str:
        """For the foot of a form."""
        return f"{self.sender}  {self.about}  {self.page(number, total)}"
