"""A known value and the writing in its field: how it may be spelled there, how well it explains the ink, what a confirmation is.

What: spellings, scores, the `FieldReading` of a confirmed field with what speaks for it, and whether a hand writes in capitals.
Why: `verification` decides who is meant; what a page says of one value is another question, and the same for persons and places.
Refuses: to decide who is meant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from intake.forms.definition import FieldDefinition, Meaning
from intake.identity import CONFIRMS_CELLS, CONFIRMS_LINE, FLOOR, alike, bare
from intake.laid_page import field_reading, page_place
from intake.ocr.certainty import Evidence, Manner, nines
from intake.reading import FieldReading, Route, Value
from intake.voting import parsed_text
from intake.written import WrittenField


def spellings(definition: FieldDefinition, value: str) -> list[str]:
    """How a known value may stand on paper."""
    if definition.meaning in (Meaning.BIRTH_DATE, Meaning.DRAW_DATE, Meaning.DATE):
        year, month, day = value.split("-")
        return [f"{month}{day}{year}"] if definition.cells else [f"{month}/{day}/{year}", f"{int(month)}/{int(day)}/{year}"]
    if definition.cells:
        return ["".join(character for character in value if character.isalnum()).upper()]
    if definition.meaning in (Meaning.NAME, Meaning.TEXT):
        # a hand writes a name as the registry has it or in capitals; which of c and C it is cannot be told from the writing
        return list(dict.fromkeys([value.title() if value.isupper() else value, value.upper()]))
    return list(dict.fromkeys([value, value.lower(), value.upper()]))


def explained(one: WrittenField, values: Sequence[str]) -> dict[str, tuple[str, float]]:
    """For each known value the spelling that explains the writing best, and how well."""
    ways = {value: spellings(one.definition, value) for value in values}
    flat = [text for texts in ways.values() for text in texts]
    by_text = dict(zip(flat, one.scores(flat), strict=True))
    best = {value: max(texts, key=by_text.__getitem__) for value, texts in ways.items()}
    return {value: (text, by_text[text]) for value, text in best.items()}


def confirming(one: WrittenField) -> float:
    """The score from which a field bears a known value out."""
    return CONFIRMS_LINE if one.cells is None else CONFIRMS_CELLS


def confirmed(one: WrittenField, spelled: str, value: str, score: float, margin: float, weight: float) -> FieldReading:
    """A field whose writing bears out a known value."""
    definition, page = one.definition, one.page
    place = page_place(page, definition, written=True)
    speaks = {
        "score": max(-5.0, math.log10(max(score, 1e-5))),
        "margin": min(margin, 20.0) / 10.0,
        "weight": min(weight, 10.0) / 5.0,
        "whole": float(place is None),
        "fine": float(not page.scan.standard_resolution),
    }
    raw = {}
    if one.cells is None:
        manner = Manner.VERIFIED_LINE
        text = one.line[0]
        speaks |= {"same": float(bare(text) == bare(spelled)), "alike": alike(text, spelled), "length": min(len(spelled), 8) / 8}
        # a misread word is read with little probability, another word than the known one with much
        speaks["unopposed"] = 1.0 if speaks["same"] else 1.0 - one.line[1]
        raw["ppocr"] = text
    else:
        manner = Manner.VERIFIED_COMB
        text = one.in_cells[0][0]
        same = text == spelled
        speaks |= {"same": float(same), "own": nines(one.cell_probability(spelled))}
        speaks["unopposed"] = 1.0 if same else 1.0 - one.in_cells[0][1]
        raw["handprint"] = text
        if not same:  # then the large reader is asked too
            raw["ppocr"] = one.line[0]
            speaks["second"] = one.lattices[0].score(spelled)
        else:
            speaks["second"] = 1.0
    parsed: Value = parsed_text(definition, spelled) or value
    return field_reading(
        definition, page, parsed, Evidence(manner, speaks), Route.VERIFIED, raw, guesses=tuple(dict.fromkeys((parsed, value)))
    )


@dataclass
class Hand:
    """Whether the names of a form are written in capitals, told from all of them: many letters look alike in both."""

    ways: dict[str, tuple[str, str]] = field(default_factory=dict)  # by field: as on file, and in capitals
    for_capitals: float = 0.0  # nats by which capitals explain the writing better

    def weigh(self, one: WrittenField, spelled: str) -> None:
        """Take a confirmed name into account."""
        if one.definition.meaning is not Meaning.NAME or one.cells is not None or len(spelled) < 2:
            return
        plain = spelled if not spelled.isupper() else spelled.title()
        as_filed, capitals = one.scores([plain, spelled.upper()])
        self.ways[one.definition.name] = (plain, spelled.upper())
        self.for_capitals += math.log(max(capitals, FLOOR)) - math.log(max(as_filed, FLOOR))

    def settle(self, fields: dict[str, FieldReading]) -> None:
        """Write every confirmed name in the one way."""
        for name, (plain, capitals) in self.ways.items():
            if name in fields:
                fields[name] = replace(fields[name], value=capitals if self.for_capitals > 0 else plain)
