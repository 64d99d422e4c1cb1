"""Whether ink in a signature's zone is words that people write where they do not sign, or a date alone.

What: what a recogniser saw of each line is asked how well it says one of those words, small or capital letters, and whether it
is a date; a short word must be plain, a long one may be half illegible.
Why: "does it say one of these?" is answered far more surely than "what does it say?": of phrases by hand a reader spells one in
five wrong, and yet hardly a name or a scribble on earth looks like "signature on file".
Refuses: to call any other words anything: a name by hand may be how somebody signs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

import numpy as np

from intake.ocr import thresholds
from intake.ocr.lattice import Lattice

INSTEAD = (
    "on file", "signature on file", "sig on file", "n/a", "na", "none", "not applicable", "see attached", "attached",
    "same as above", "verbal order", "pending", "to follow", "sof", "see page", "refused", "unable to sign", "not available",
    "declined", "deceased", "not required", "see page 1", "see page 2", "see page 3", "see page 4",
)  # fmt: skip
"""Words that people write where they do not sign."""
SHORT = 3  # signs: "na", "n/a" and "sof" may be anybody's initials
LIKE_ENOUGH = 0.84  # share of characters that must agree with one of INSTEAD: "0n file", "signature onfile"
A_DATE = re.compile(r"^\W*(\d{1,4}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}|[A-Z][a-z]{2,8}\.?\s?\d{1,2},?\s?\d{2,4})\W*$")
WITH_A_MONTH = re.compile(r"^\W*([A-Za-z]{2,9})\W{0,2}\s?(\d[\d\s.,/]*)\W*$")
MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february", "march", "april",
    "june", "july", "august", "sept", "september", "october", "november", "december",
)  # fmt: skip
LIKE_A_MONTH = 0.6  # share of characters: "Fea", "ay" beside a day and a year
DATE_SIGNS = "0123456789/.-, "
DIGITS_OF_A_DATE = (4, 10)  # 1/2/24 to 10/22/2024, both its strokes taken for ones
DIGITS_WITHOUT_STROKES = 6  # that a date has at least if no stroke was read as one: loops read as "0008"


class Instead(IntEnum):
    """Whether ink says what people write where they do not sign."""

    NO = 0
    PERHAPS = 1  # half illegible, or so short that loops and initials are now and then read so
    PLAINLY = 2


@dataclass(frozen=True)
class ZoneWords:
    """What a reader makes of the ink in a signature's zone."""

    text: str  # "" where it sees nothing it could read
    sure: float  # the least of its lines' probabilities, 0–1
    instead: Instead


NO_WORDS = ZoneWords("", 0.0, Instead.NO)


def words_of(lines: Sequence[Lattice]) -> ZoneWords:
    """What the lines of a zone say. A line of a sign or two (a mark before the words) does not count beside another."""
    if not lines:
        return NO_WORDS
    best = [line.best() for line in lines]
    text = " ".join(words for words, _ in best).strip()
    long = [line for line, (words, _) in zip(lines, best, strict=True) if len(words) > 2] or list(lines)
    return ZoneWords(text, min(sure for _, sure in best), min(map(says_instead, long)))


def says_instead(line: Lattice) -> Instead:
    """Whether one line is such words or a date."""
    text = line.best()[0]
    if stands_instead(text):
        return Instead.PLAINLY if len(text.strip()) > SHORT else Instead.PERHAPS
    return max(_like_a_date(line, text), _like_words(line))


def stands_instead(text: str) -> bool:
    """Whether words, as read, are those that people write where they do not sign, or a date alone."""
    plain = " ".join(re.sub(r"[^a-z0-9/ ]", " ", text.lower()).split())
    if A_DATE.match(text.strip()):
        return True
    return any(SequenceMatcher(None, plain, one, autojunk=False).ratio() >= LIKE_ENOUGH for one in INSTEAD if len(plain) > 1)


def _like_words(line: Lattice) -> Instead:
    scores = _caseless(line).scores(INSTEAD)
    enough = any(score >= _legible(len(one)) for one, score in zip(INSTEAD, scores, strict=True))
    return Instead.PERHAPS if enough else Instead.NO


def _legible(length: int) -> float:
    """The score that words of this length need."""
    return next(score for longest, score in thresholds.INSTEAD_SCORES if length <= longest)


def _caseless(line: Lattice) -> Lattice:
    """The lattice with each capital's probability added to its small letter's."""
    places: dict[str, list[int]] = {}
    for place, character in enumerate(line.characters):
        places.setdefault(character.lower(), []).append(place + 1)
    columns = [line.log_probs[:, 0], *(np.logaddexp.reduce(line.log_probs[:, one], axis=1) for one in places.values())]
    return Lattice(np.stack(columns, axis=1).astype(np.float32), "".join(places))


def _like_a_date(line: Lattice, text: str) -> Instead:
    found = WITH_A_MONTH.match(text)
    if found and sum(sign.isdigit() for sign in found[2]) >= 3:
        month = found[1].lower()
        if any(SequenceMatcher(None, month, one, autojunk=False).ratio() >= LIKE_A_MONTH for one in MONTHS):
            return Instead.PLAINLY
    signs = [sign for sign in DATE_SIGNS if sign in line.characters]
    numbers = Lattice(line.log_probs[:, [0, *(line.characters.index(sign) + 1 for sign in signs)]], "".join(signs))
    said = numbers.best()[0]
    least, most = DIGITS_OF_A_DATE
    digits = sum(sign.isdigit() for sign in said)
    if not least <= digits <= most or (digits < DIGITS_WITHOUT_STROKES and not set(said) & set("/.-")):
        return Instead.NO
    return Instead.PERHAPS if line.score(said) >= thresholds.DATE_SCORE else Instead.NO
