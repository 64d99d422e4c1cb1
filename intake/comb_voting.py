"""What unlike readers make of a comb together, where nobody knows what it should say.

What: the small reader of characters and the large recogniser, their probabilities joined over all readings that either thinks
likely; of a day, over the days that can be meant; or the small reader and tesseract alone, where both read the same print.
Why: agreement of unlike readers is the strongest evidence there is for what nobody knows beforehand.
Refuses: to change a character because another would pass a check: a reading is chosen before its check digit or its order is
looked at, a day only where a reader alone reads it; one that fails stays as it was read, with what else it may be as guesses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from intake.forms.definition import FieldDefinition, Meaning
from intake.forms.field_values import parse
from intake.laid_page import field_reading, page_place
from intake.ocr.certainty import Evidence, Manner, nines
from intake.ocr.own_hand import OwnHand
from intake.reading import FieldReading, Problem, ProblemKind, Route
from intake.voting import CHECKED, RECENT_DAYS, TYPED, Witness, borne_out, disputed, guesses_of, in_position, parsed_as, state_of
from intake.written import LEAST, WrittenField

SECOND = 0.6  # weight of the large recogniser's log probability beside the small reader's, which knows about cells
FIXED_LENGTH = frozenset(
    {Meaning.NPI, Meaning.DEA, Meaning.NCPDP, Meaning.HIN, Meaning.PATIENT_ID, Meaning.ZIP, Meaning.PHONE, Meaning.BIRTH_DATE,
     Meaning.DRAW_DATE, Meaning.DATE}
)  # fmt: skip
"""What fills all its cells or is not whole."""
POSSIBLE = (
    0.005  # joint probability from which another reading is offered; below it only misleads (a low count makes a fax urgent)
)
UNLIKELY = 0.02  # weight of a reading that cannot stand in its field, or that the rest of the form speaks against
KNOWN_CELLS = 10  # characters of a hand that must be known before it vouches for others: an NPI, or a birth date and a ZIP code
ONE_HAND_CELLS = 20  # known characters from which it can be told whether one hand wrote them
UNOPPOSED = 0.5  # probability that the large recogniser must leave to other readings than its own
CAN_BE_BORNE_OUT = frozenset({Meaning.ANC, Meaning.DRAW_DATE, Meaning.DATE})


def read_cells(one: WrittenField, witness: Witness, today: date) -> FieldReading:
    """A comb that nobody knows, by both readers together."""
    definition = one.definition
    joined = _joined(one)
    own, large = one.in_cells[0][0] if one.in_cells else "", one.line[0].replace(" ", "")
    raw = {"handprint": own, "ppocr": large}
    if one.by_own_hand:
        raw["own_hand"] = one.by_own_hand
    if not joined:
        problem = Problem(ProblemKind.UNREADABLE, "there is writing, but nothing could be read", definition.name)
        return field_reading(definition, one.page, None, 0.0, Route.READ, raw, (problem,))
    days = _among_days(one, joined, today)
    if days is not None and days.text in (own, large):
        joined = [(days.text, days.joint), *((text, chance) for text, chance in joined if text != days.text)]
    else:
        days = None
    text, posterior = joined[0]
    parsed = parse(definition, in_position(definition, text), today)
    place = page_place(one.page, definition, written=True)
    lattice = one.lattices[0]
    speaks = {
        "joint": nines(posterior),
        "likely": nines(posterior if days else _among_the_possible(definition, joined, witness, today)),
        "cells": nines(days.cells if days else one.cell_probability(text)),
        "large": nines(days.large if days else lattice.probability(text)),
        "agree": float(own == text and large == text),
        "unopposed": 1.0 if large == text else 1.0 - lattice.best()[1],
        "checked": float(definition.meaning in CHECKED and not parsed.problems),
        "witness": borne_out(definition, parsed.value, witness, today),
        "few": 1.0 - min(len(text), 10) / 10,
        **_by_own_hand(one, witness.hand, text),
        **state_of(one, place),
    }
    problems = [*parsed.problems, *_comb_problems(one)]
    if one.cut.doubtful_cells:
        speaks["clean"] = 0.0
    guesses = guesses_of(
        definition, [parsed, *(parsed_as(definition, other, today) for other, chance in joined[1:6] if chance >= POSSIBLE)]
    )
    stops = parsed.value is None or any(problem.kind is not ProblemKind.OUTSIDE_ZONE for problem in problems)
    checked = bool(speaks["checked"]) and definition.meaning is not Meaning.DEA  # whose letters no check digit knows
    # one reader alone settles nothing that no check digit bears out
    stops = stops or not (checked or [own, large, one.by_own_hand].count(text) > 1)
    # nor do the small reader and the hand's own characters, which see alike, where the large one is firm about something else,
    # unless all digits that are known are of one hand
    stops = stops or (not checked and speaks["unopposed"] < UNOPPOSED and not _of_one_hand(witness.hand))
    # nor do two by hand where a stroke beside the row is nobody's, or where the hand's own 1 may be taken for a 7
    by_hand = not checked and witness.printed < TYPED
    stops = stops or (by_hand and one.cut.stray)
    stops = stops or (by_hand and witness.hand is not None and len(witness.hand.characters) < KNOWN_CELLS)
    manner = Manner.CHECKED_COMB if checked else Manner.READ_COMB
    evidence: Evidence | float = Evidence(manner, speaks) if not stops else 0.4 * posterior
    done = field_reading(definition, one.page, parsed.value, evidence, Route.READ, raw, tuple(problems), guesses)
    return done if done.accepted or own == large else disputed(done, own, large)


def read_printed_cells(one: WrittenField, witness: Witness, today: date) -> FieldReading:
    """A comb in which tesseract, looking alone, reads what the small reader of cells does: the large recogniser is not asked."""
    definition = one.definition
    text, probability = one.in_cells[0]
    raw = {"handprint": text, "tesseract": text}
    parsed = parsed_as(definition, text, today)
    place = page_place(one.page, definition, written=True)
    problems = [*parsed.problems, *_comb_problems(one)]
    runner_up = one.in_cells[1][1] if len(one.in_cells) > 1 else 0.0
    speaks = {
        "cells": nines(probability),
        "joint": nines(probability / (probability + runner_up)) if probability > 0 else 0.0,
        "checked": float(definition.meaning in CHECKED and not parsed.problems),
        "witness": borne_out(definition, parsed.value, witness, today),
        "few": 1.0 - min(len(text), 10) / 10,
        **state_of(one, place),
    }
    stops = parsed.value is None or any(problem.kind is not ProblemKind.OUTSIDE_ZONE for problem in problems)
    evidence: Evidence | float = Evidence(Manner.PRINTED_COMB, speaks) if not stops else 0.4 * probability
    return field_reading(
        definition, one.page, parsed.value, evidence, Route.READ, raw, tuple(problems), guesses_of(definition, [parsed])
    )


def _by_own_hand(one: WrittenField, hand: OwnHand | None, text: str) -> dict[str, float]:
    """What the known characters of the same hand say: whether they alone read the same, how well they read each other, how many
    there are of the character of which there are fewest, and whether nothing else this hand writes is taken for one of these."""
    if hand is None or not one.by_own_hand:
        return {"nearest": 0.0, "legible": 0.0, "shown": 0.0, "distinct": 0.0, "one_hand": 0.0}
    fewest = min(hand.characters.count(sign) for sign in text)
    return {
        "nearest": float(one.by_own_hand == text),
        "legible": nines(hand.legible),
        "shown": 1.0 - 1.0 / (1.0 + fewest),
        "distinct": float(not hand.mistaken & set(text)),
        "one_hand": float(_of_one_hand(hand)),
    }


def _of_one_hand(hand: OwnHand | None) -> bool:
    """Whether so many digits are known, and each looks so much like the others of its kind, that one hand wrote them."""
    return hand is not None and len(hand.characters) >= ONE_HAND_CELLS and hand.consistent == 1.0


def _comb_problems(one: WrittenField) -> list[Problem]:
    """What is wrong with a comb whatever its characters are read as: cells left out, strokes over the edge, a stripe."""
    definition = one.definition
    problems = []
    fixed = definition.meaning in FIXED_LENGTH
    full = definition.max_length is not None and one.count == definition.max_length
    if fixed and definition.max_length is not None and not full:
        words = f"{one.count} of {definition.max_length} boxes hold ink"
        problems.append(Problem(ProblemKind.FORMAT, words, definition.name))
    if one.cut.beyond or one.cut.stray:
        problems.append(Problem(ProblemKind.OUTSIDE_ZONE, "the writing runs over the edge of its field", definition.name))
    stripe = one.page.stripe_through(definition)
    if stripe is not None and not (fixed and full):  # where every cell holds a character none can be hidden
        problems.append(stripe)
    return problems


def _joined(one: WrittenField) -> list[tuple[str, float]]:
    """All readings that either reader thinks likely, with their joint probabilities, best first."""
    lattice = one.lattices[0]
    texts = {text for text, _ in one.in_cells}
    allowed = len(one.in_cells[0][0]) if one.in_cells else None
    texts |= {text for text, _ in ((t.replace(" ", ""), p) for t, p in lattice.alternatives(6)) if len(text) == allowed}
    if not texts:
        return []
    ordered = sorted(texts)
    logs = np.array(
        [
            math.log(max(one.cell_probability(text), LEAST)) + SECOND * math.log(max(lattice.probability(text), LEAST))
            for text in ordered
        ]
    )
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return sorted(zip(ordered, (float(weight) for weight in weights), strict=True), key=lambda pair: -pair[1])


@dataclass(frozen=True)
class _Day:
    """The day that explains a comb best among those that can be meant."""

    text: str  # as it stands in the cells
    joint: float  # its share by both readers together, 0–1
    cells: float  # by the reader of cells alone
    large: float  # by the large recogniser alone


def _among_days(one: WrittenField, joined: Sequence[tuple[str, float]], today: date) -> _Day | None:
    """Which day of the weeks before the fax a draw or a signature names: not what eight digits say, but which of some sixty days.

    Whatever else the readers found likely competes too, for less. The caller takes the day only where a reader alone reads it.
    """
    definition = one.definition
    recent = definition.meaning is Meaning.DRAW_DATE or (
        definition.meaning is Meaning.DATE and definition.name.startswith(("signature_", "assessment_"))
    )
    if not recent or one.count != len("MMDDYYYY"):
        return None
    days = [f"{today - timedelta(days=away):%m%d%Y}" for away in range(RECENT_DAYS + 1)]
    texts = [*days, *(text for text, _ in joined if text not in days)]
    weights = np.array([1.0] * len(days) + [UNLIKELY] * (len(texts) - len(days)))
    cells = np.maximum([one.cell_probability(text) for text in texts], LEAST)
    large = np.maximum(one.lattices[0].probabilities(texts), LEAST)
    shares = [part * weights / float((part * weights).sum()) for part in (cells * large**SECOND, cells, large)]
    best = int(shares[0].argmax())
    return _Day(texts[best], *(float(share[best]) for share in shares)) if best < len(days) else None


def _among_the_possible(definition: FieldDefinition, joined: Sequence[tuple[str, float]], witness: Witness, today: date) -> float:
    """The best reading's share once the others are weighed by what can stand there at all: a draw of four years ago, a day that
    does not exist, a count of another band than the one ticked hardly compete. The reading itself was chosen without this."""
    weighed = []
    for text, chance in joined:
        parsed = parsed_as(definition, text, today)
        weight = UNLIKELY if parsed.problems or parsed.value is None else 1.0
        if weight == 1.0 and definition.meaning in CAN_BE_BORNE_OUT and not borne_out(definition, parsed.value, witness, today):
            weight = 1.0 if definition.meaning is Meaning.ANC and witness.band is None else UNLIKELY
        weighed.append(chance * weight)
    total = sum(weighed)
    return weighed[0] / total if total > 0 else 0.0
