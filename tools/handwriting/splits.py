"""Who fits, who tunes and who tests: writers, scanned digits and fonts, told apart once for training and for every bench.

What: three parts that share no writer, no scanned digit and no font.
Why: a figure measured on a hand that the model has seen says nothing. Training and fitting take FIT alone, choices between models
and bars look at TUNE, and what a report shows comes from TEST.
Refuses: nothing. MNIST's rows name no writer, so that two digits of one writer
may stand in different parts; pens and fonts may not.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path


class Part(StrEnum):
    """What a hand is for."""

    FIT = "fit"
    TUNE = "tune"
    TEST = "test"


FONTS: dict[Part, tuple[str, ...]] = {
    Part.FIT: (
        "architects-daughter", "coming-soon", "gaegu", "indie-flower", "kalam", "nanum-pen-script", "patrick-hand", "schoolbell",
        "covered-by-your-grace", "gloria-hallelujah", "crafty-girls", "annie-use-your-telescope", "give-you-glory",
        "over-the-rainbow", "homemade-apple", "dawning-of-a-new-day", "sue-ellen-francisco", "neucha", "short-stack", "sriracha",
        "itim", "delius", "kristi", "sunshiney", "caveat-brush", "bad-script", "dekko", "shantell-sans", "klee-one", "hi-melody",
        "single-day", "rock-salt",
    ),
    Part.TUNE: ("handlee", "walter-turncoat", "pangolin", "the-girl-next-door", "gamja-flower", "mynerve"),
    Part.TEST: (
        "caveat", "shadows-into-light", "reenie-beanie", "just-another-hand", "waiting-for-the-sunrise", "cedarville-cursive",
        "mali", "gochi-hand", "nothing-you-could-do", "rancho", "playpen-sans", "poor-story",
    ),
}  # fmt: skip
"""Handwriting fonts by part: `@fontsource/NAME` packages under the OFL."""

SCRIPTS: dict[Part, tuple[str, ...]] = {
    Part.FIT: (
        "mr-de-haviland", "mrs-saint-delafield", "allura", "alex-brush", "great-vibes", "parisienne", "meddon", "zeyada",
        "loved-by-the-king", "marck-script", "corinthia", "ephesis", "licorice", "montecarlo", "ms-madi", "oooh-baby",
        "pinyon-script", "rochester", "tangerine", "whisper", "yellowtail", "cookie", "damion", "grand-hotel", "satisfy",
        "kaushan-script", "birthstone",
    ),
    Part.TUNE: ("qwigley", "sacramento"),
    Part.TEST: ("herr-von-muellerhoff", "mr-dafoe", "dancing-script", "ruthie", "monsieur-la-doulaise", "la-belle-aurore"),
}  # fmt: skip
"""Joined scripts for signatures that spell a name, by part."""


def handwriting_folder(given: Path | None = None) -> Path | None:
    """The folder of the handwriting data: as given, else REMSFAX_HANDWRITING; None where neither has it."""
    place = given or (Path(found) if (found := os.environ.get("REMSFAX_HANDWRITING")) else None)
    return place if place is not None and (place / "pen_strokes_40_writers.json.gz").is_file() else None


def part_of_writer(writer: int) -> Part:
    """The part of one of the forty pen writers: every eighth tests; seven tune: bars need hands that no reader was taught."""
    return Part.TEST if writer % 8 == 3 else Part.TUNE if writer % 8 == 7 or writer % 13 == 5 else Part.FIT


def part_of_row(row: int) -> Part:
    """The part of a scanned digit by its row in its file; rows are sorted, so that every part has all digits."""
    place = row % 20
    return Part.TEST if place >= 16 else Part.TUNE if place >= 14 else Part.FIT
