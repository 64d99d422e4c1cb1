"""What a letter's pages cost, beside a bare WeasyPrint rendering of the same HTML in the same run.

What: `python -m bench.letters --count 1000` makes the pages of so many letters, all kinds in turn, at each resolution, and
renders the same HTML (letter and cover in one document, the same style, fonts loaded once) to PDF by WeasyPrint alone; they take
turns, letter by letter, so that other work on the machine weighs on both.
Why: drawing, coding, header lines and page counts are ours; they must not cost more than the layout itself does.
Refuses: to measure start-up; both sides are warm before the first letter counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from weasyprint import HTML

from outbound.fax_pages import fonts, render, style
from outbound.letters import PAGE_COUNT_MARK, Letter, compose
from outbound.tiff_f import Resolution
from tools.letter_samples import NOW, PLAIN, US, samples

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures" / "letters.md"


def timed(act: Callable[[Letter], object], letter: Letter) -> float:
    """CPU seconds of one call."""
    before = time.process_time()
    act(letter)
    return time.process_time() - before


def bare_pdf(letter: Letter) -> bytes:
    """Letter and cover as one document, the letter on a page of its own, by WeasyPrint and nothing else."""
    body = letter.html[letter.html.index("<body>") + len("<body>") :]
    whole = letter.cover_html.replace("</body>\n</html>", '<div style="break-before: page"></div>') + body
    made = HTML(string=whole.replace(PAGE_COUNT_MARK, "2")).render(font_config=fonts(), stylesheets=[style()]).write_pdf()
    assert isinstance(made, bytes)
    return made


def measured(count: int, resolution: Resolution) -> tuple[list[float], list[float], int]:
    """CPU seconds of our way and of the bare one, a letter each, and how many pages came out."""
    letters = [compose(notices, US, NOW) for notices in samples(PLAIN).values() if not any(one.enclosures for one in notices)]
    for one in letters:  # warm
        render(one, resolution=resolution)
        bare_pdf(one)
    ours, bare, pages = [], [], 0
    for one in islice(cycle(letters), count):
        ours.append(timed(lambda letter: render(letter, resolution=resolution), one))
        bare.append(timed(bare_pdf, one))
    pages = sum(render(one).pages for one in letters)
    return ours, bare, round(pages / len(letters) * count)


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=1000)
    asked.add_argument("--write", action="store_true", help="write docs/figures/letters.md")
    given = asked.parse_args()
    lines = []
    for resolution in (Resolution.STANDARD, Resolution.FINE):
        ours, bare, pages = measured(given.count, resolution)
        ratio = sum(ours) / sum(bare)
        lines.append(
            f"| 204 × {resolution.value} | {given.count} | {pages} | {1000 * statistics.mean(ours):.0f} ms | "
            f"{1000 * statistics.mean(bare):.0f} ms | {ratio:.2f} |"
        )
        print(lines[-1])
    if given.write:
        FIGURES.write_text(text(lines), encoding="utf-8")


def text(lines: list[str]) -> str:
    """The page of figures."""
    return "\n".join(
        [
            "# What a letter's pages cost",
            "",
            "CPU of one core, a letter with its cover, from HTML to the coded TIFF-F, beside a bare WeasyPrint rendering of the",
            "same HTML to PDF in the same run, fonts and style loaded once on both sides. At most 2.0 is wanted.",
            "Made by `python -m bench.letters --count N --write`, N as the table says.",
            "",
            "| dots per inch | letters | pages | ours | WeasyPrint alone | ratio |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
