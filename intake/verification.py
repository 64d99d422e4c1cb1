"""Asking the page whether it says what is known: the person or place behind a form, by joint evidence.

What: for each party a form names, candidates from the registry are scored on the recogniser's own lattices, field by field; the
one that wins clearly is taken, and the fields that agree with it are confirmed.
Why: most fields of most faxes are known already, and a known value is confirmed far more surely than an unknown one is read.
Refuses: near-twins: a runner-up that explains the page nearly as well sends it to a person; a field that disagrees keeps what was
read and says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.known import KnownParties, KnownParty
from intake.ocr import certainty
from intake.ocr.ppocr import Lattice
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

PREFIXES = ("patient", "prescriber", "pharmacy", "designee")
IDENTIFYING = frozenset(
    {"id", "first_name", "last_name", "date_of_birth", "zip", "npi", "dea", "ncpdp", "name", "phone", "fax", "email"}
)
PLACE = (ProblemKind.DAMAGED_ROWS, ProblemKind.CUT_OFF, ProblemKind.UNREGISTERED)  # problems that a known value does not mend
CONFIRMS = 0.45  # lattice score from which a field says what is known (1 in 1,000 random others reaches it; recognition.md)
CONTRADICTS = 0.02  # lattice score under which it says something else
FLOOR = 1e-4  # of a field's score in the joint evidence: one smudged field must not outweigh all others
AGREEING = 3  # fields that must confirm a party, an identifier with a check digit counting as two
MARGIN = math.log(30.0)  # by which the winner's joint evidence must beat the runner-up's


@dataclass(frozen=True)
class _Scored:
    party: KnownParty
    fields: Mapping[str, float]  # score by field name of the form
    evidence: float  # sum of log scores


def verify(
    form: FormDefinition, fields: Mapping[str, FieldReading], lattices: Mapping[str, Lattice], known: KnownParties
) -> dict[str, FieldReading]:
    """The fields again, those that a known party explains confirmed, those that contradict it named."""
    result = dict(fields)
    for kind in PREFIXES:
        named = _named(form, fields, kind)
        if not named:
            continue
        read = {short: _readings(fields[definition.name]) for short, definition in named.items()}
        read = {short: values for short, values in read.items() if values}
        if not read:
            continue
        scored = sorted(
            (_scored(party, named, fields, lattices) for party in known.candidates(kind, read)), key=lambda one: -one.evidence
        )
        if scored:
            _apply(result, named, scored)
    return result


def _named(form: FormDefinition, fields: Mapping[str, FieldReading], kind: str) -> dict[str, FieldDefinition]:
    """The form's fields that identify a party of this kind, by their name without prefix."""
    return {
        definition.name.removeprefix(f"{kind}_"): definition
        for definition in form.fields
        if definition.name.startswith(f"{kind}_")
        and definition.name in fields
        and definition.name.removeprefix(f"{kind}_") in IDENTIFYING
        and definition.kind not in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)
    }


def _readings(field: FieldReading) -> list[str]:
    values: list[Value] = [field.value, *field.guesses]
    return list(dict.fromkeys(str(value) for value in values if value is not None))


def _scored(
    party: KnownParty,
    named: Mapping[str, FieldDefinition],
    fields: Mapping[str, FieldReading],
    lattices: Mapping[str, Lattice],
) -> _Scored:
    scores: dict[str, float] = {}
    for short, definition in named.items():
        value = party.values.get(short)
        field = fields[definition.name]
        if not value:
            continue
        if definition.name in lattices:
            scores[definition.name] = max(lattices[definition.name].score(text) for text in spellings(definition, value))
        elif field.value is not None:  # taken as text
            scores[definition.name] = 1.0 if same_text(str(field.value), value) else 0.0
    return _Scored(party, scores, sum(math.log(max(score, FLOOR)) for score in scores.values()))


def spellings(definition: FieldDefinition, value: str) -> list[str]:
    """How a known value may stand on paper."""
    if definition.meaning in (Meaning.BIRTH_DATE, Meaning.DRAW_DATE, Meaning.DATE):
        year, month, day = value.split("-")
        return [f"{month}{day}{year}"] if definition.cells else [f"{month}/{day}/{year}", f"{int(month)}/{int(day)}/{year}"]
    if definition.meaning in (Meaning.NAME, Meaning.TEXT):
        return list(dict.fromkeys([value, value.upper(), value.title(), value.lower()]))
    if definition.cells:
        return ["".join(character for character in value if character.isalnum())]
    return list(dict.fromkeys([value, value.lower()]))


def same_text(one: str, other: str) -> bool:
    """Equal but for capitals, spaces and punctuation."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _apply(result: dict[str, FieldReading], named: Mapping[str, FieldDefinition], scored: Sequence[_Scored]) -> None:
    best = scored[0]
    votes = sum(
        2 if definition.meaning in (Meaning.NPI, Meaning.DEA, Meaning.PATIENT_ID) else 1
        for definition in named.values()
        if best.fields.get(definition.name, 0.0) >= CONFIRMS
    )
    if votes < AGREEING:
        return
    if len(scored) > 1 and best.evidence - scored[1].evidence < MARGIN:
        return
    for short, definition in named.items():
        score = best.fields.get(definition.name)
        if score is None:
            continue
        field = result[definition.name]
        known_value = best.party.values[short]
        if score >= CONFIRMS:
            keeps = field.value is not None and same_text(str(field.value), known_value)
            problems = tuple(problem for problem in field.problems if problem.kind in PLACE)
            certain = max(field.certainty, certainty.VERIFIED) if not problems else field.certainty
            result[definition.name] = replace(
                field,
                value=field.value if keeps else known_value,  # text as written where it is the same text
                certainty=certain,
                accepted=certainty.accepted(certain, definition.critical) and not problems,
                route=Route.VERIFIED,
                problems=problems,
                guesses=tuple(dict.fromkeys((known_value, *field.guesses))),
            )
        elif score < CONTRADICTS:
            detail = f"the registry has “{known_value}” here for the same {definition.name.split('_')[0]}"
            result[definition.name] = replace(
                field,
                accepted=False,
                problems=(*field.problems, Problem(ProblemKind.CONTRADICTION, detail, definition.name)),
                guesses=tuple(dict.fromkeys((*field.guesses, known_value))),
            )
