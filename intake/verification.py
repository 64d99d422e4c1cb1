"""Asking the page whether it says what is known: whose form it is, and which fields that settles.

What: for each party a form names, candidates are scored field by field on the writing itself; who is identified confirms the
fields that agree; a printed name is confirmed by the person it belongs to.
Why: most fields of most faxes are known already, and a known value is confirmed far more surely than an unknown one is read.
Refuses: near-twins, which go to a person; a field that says something else than the registry, which is read, and named as a
contradiction; a value already taken as text, which needs no confirming.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.confirming import Hand, confirmed, confirming, explained, spellings
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.forms.page_codes import TurnaroundCode
from intake.identity import (
    CONFIRMS_CELLS,
    CONFIRMS_LINE,
    POSSIBLE_LINE,
    Contradicted,
    Identified,
    NearTwins,
    Scored,
    are_near_twins,
    bare,
    identify,
    near_days,
)
from intake.known import KnownParties, KnownParty
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value
from intake.voting import parsed_text
from intake.written import WrittenField

PREFIXES = ("prescriber", "patient", "pharmacy", "designee")
"""In this order: a prescriber who is known narrows down whose patients can be meant."""
IDENTIFYING = frozenset(
    {"id", "first_name", "last_name", "date_of_birth", "zip", "npi", "dea", "ncpdp", "name", "phone", "fax", "email"}
)
ALSO_KNOWN = frozenset(
    {"middle_initial", "practice_name", "licence"}
)  # confirmed where the person is known; they identify nobody
NOT_WRITTEN = (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)
CONTRADICTS = 1e-3  # score under which a field says something else
PRINTED_NAMES = {
    "signature_prescriber_name": "prescriber",
    "signature_designee_name": "designee",
    "signature_ar_name": "ar",
    "submitter_name": "prescriber",
}
"""Fields that repeat the name of somebody the form names elsewhere, and whose."""


@dataclass
class Verified:
    """What the known people and places say of a form."""

    fields: dict[str, FieldReading] = field(default_factory=dict)  # confirmed
    against: dict[str, tuple[Problem, Value]] = field(
        default_factory=dict
    )  # by field: what speaks against it, and the known value


def verify(
    form: FormDefinition,
    done: Mapping[str, FieldReading],
    written: Mapping[str, WrittenField],
    known: KnownParties,
    code: TurnaroundCode | None = None,
) -> Verified:
    """Confirm what can be confirmed. `done` holds the fields that needed no reader, `written` the others; `code` is what a
    pre-printed page says of itself: one witness among others, never believed against the writing."""
    result = Verified()
    hand = Hand()
    prescriber: Sequence[str] = ()
    for kind in PREFIXES:
        named = _named(form, done, written, kind)
        if not named:
            continue
        read = {short: _readings(definition, done, written) for short, definition in named.items() if short in IDENTIFYING}
        read = {short: values for short, values in read.items() if values}
        if code is not None:
            _add_code(read, kind, code)
        if kind in ("patient", "designee") and prescriber:
            read["prescriber_npi"] = list(prescriber)
        if not read:
            continue
        candidates = known.candidates(kind, read)
        found = identify([_with_code(one, code) for one in _scored(candidates, named, done, written)])
        if isinstance(found, Identified) and kind == "patient":
            found = _unless_twin(found, known)
        if isinstance(found, Identified):
            _confirm(result, found, named, done, written, hand)
            if kind == "prescriber" and "npi" in found.who.party.values:
                prescriber = (found.who.party.values["npi"],)
        elif isinstance(found, NearTwins):
            _name_twins(result, found, named)
        elif isinstance(found, Contradicted):
            _contradict(result, found.who, named)
        if kind == "patient" and not isinstance(found, Identified):
            _warn_of_namesakes(result, candidates, named, read)
    _confirm_printed_names(result, done, written, hand)
    hand.settle(result.fields)
    return result


def _add_code(read: dict[str, list[str]], kind: str, code: TurnaroundCode) -> None:
    """Look people up by the code as well."""
    if kind == "patient":
        read["id"] = list(dict.fromkeys((code.patient_id, *read.get("id", ()))))
    elif kind == "prescriber" and code.prescriber_npi is not None:
        read["npi"] = list(dict.fromkeys((code.prescriber_npi, *read.get("npi", ()))))


def _with_code(one: Scored, code: TurnaroundCode | None) -> Scored:
    """A candidate whom the code names has one witness more; one whom it does not name has one against them."""
    own = {"patient": "id", "prescriber": "npi"}.get(one.party.kind)
    said = None if code is None else code.patient_id if own == "id" else code.prescriber_npi if own == "npi" else None
    if own is None or said is None:
        return one
    same = bare(one.party.values.get(own, "")) == bare(said)
    return replace(one, scores={**one.scores, "code": float(same)}, confirmed=one.confirmed | ({"code"} if same else set()))


def _unless_twin(found: Identified, known: KnownParties) -> Identified | NearTwins:
    """The patient, unless somebody of the same name is too like them whom nothing on the page had brought up."""
    own = found.who.party
    names = {name: [own.values[name]] for name in ("first_name", "last_name") if own.values.get(name)}
    for other in known.candidates("patient", names):
        if other.values != own.values and are_near_twins(own, other):
            return NearTwins(found.who, other)
    return found


def _named(
    form: FormDefinition, done: Mapping[str, FieldReading], written: Mapping[str, WrittenField], kind: str
) -> dict[str, FieldDefinition]:
    """The form's fields that say something of a party of this kind, by their name without prefix."""
    return {
        short: definition
        for definition in form.fields
        if definition.name.startswith(f"{kind}_")
        and (definition.name in done or definition.name in written)
        and (short := definition.name.removeprefix(f"{kind}_")) in IDENTIFYING | ALSO_KNOWN
        and definition.kind not in NOT_WRITTEN
    }


def _readings(definition: FieldDefinition, done: Mapping[str, FieldReading], written: Mapping[str, WrittenField]) -> list[str]:
    """What a field may say, as values to look candidates up by."""
    if definition.name in done:
        value = done[definition.name].value
        return [] if value is None else [str(value)]
    one = written[definition.name]
    values = (parsed_text(definition, text) for text in one.likely)
    return list(dict.fromkeys(value for value in values if value))


def _scored(
    parties: Sequence[KnownParty],
    named: Mapping[str, FieldDefinition],
    done: Mapping[str, FieldReading],
    written: Mapping[str, WrittenField],
) -> list[Scored]:
    """How each field speaks of each candidate; a field is asked once about all of them."""
    scores: list[dict[str, float]] = [{} for _ in parties]
    confirmed: list[set[str]] = [set() for _ in parties]
    for short, definition in named.items():
        if short in ALSO_KNOWN:
            continue
        values = [party.values.get(short) or "" for party in parties]
        if definition.name in written:
            one = written[definition.name]
            best = explained(one, [value for value in dict.fromkeys(values) if value])
            enough = confirming(one)
            for place, value in enumerate(values):
                if value:
                    scores[place][short] = best[value][1]
                    if best[value][1] >= enough:
                        confirmed[place].add(short)
        elif done[definition.name].value is not None:  # taken as text
            said = bare(str(done[definition.name].value))
            for place, value in enumerate(values):
                if value:
                    scores[place][short] = float(said == bare(value))
                    if said == bare(value):
                        confirmed[place].add(short)
    return [Scored(*one) for one in zip(parties, scores, map(frozenset, confirmed), strict=True)]


def _confirm(
    result: Verified,
    found: Identified,
    named: Mapping[str, FieldDefinition],
    done: Mapping[str, FieldReading],
    written: Mapping[str, WrittenField],
    hand: Hand,
) -> None:
    for short, definition in named.items():
        value = found.who.party.values.get(short)
        if not value:
            continue
        if definition.name in written:
            _confirm_written(result, written[definition.name], value, found, hand)
        elif short in found.who.scores and short not in found.who.confirmed:
            result.against[definition.name] = (_contradiction(definition, value), value)


def _confirm_written(result: Verified, one: WrittenField, value: str, found: Identified, hand: Hand) -> None:
    definition = one.definition
    spelled, score = explained(one, [value])[value]
    if score >= (POSSIBLE_LINE if one.cells is None else CONFIRMS_CELLS):
        result.fields[definition.name] = confirmed(one, spelled, value, score, found.margin, found.who.weight)
        hand.weigh(one, value)
    elif score < CONTRADICTS:
        result.against[definition.name] = (_contradiction(definition, value), value)


def _contradiction(definition: FieldDefinition, value: str) -> Problem:
    detail = f"the registry has “{value}” here for the same {definition.name.split('_')[0]}"
    return Problem(ProblemKind.CONTRADICTION, detail, definition.name)


def _contradict(result: Verified, who: Scored, named: Mapping[str, FieldDefinition]) -> None:
    """Somebody's names, but another birth date or number: the fields that say otherwise go to a reviewer."""
    for short, definition in named.items():
        value = who.party.values.get(short)
        if value and short in who.scores and short not in who.confirmed:
            result.against[definition.name] = (_contradiction(definition, value), value)


def _warn_of_namesakes(
    result: Verified, candidates: Sequence[KnownParty], named: Mapping[str, FieldDefinition], read: Mapping[str, Sequence[str]]
) -> None:
    """A patient whom nobody knows may be one who is known, born about the same day: a slip of the pen or another person."""
    first, last, days = (set(map(bare, read.get(short, ())[:1])) for short in ("first_name", "last_name", "date_of_birth"))
    day = next(iter(read.get("date_of_birth", ())), None)
    definition = named.get("date_of_birth")
    if definition is None or day is None or definition.name in result.against:
        return
    for party in candidates:
        values = party.values
        born = values.get("date_of_birth", "")
        same_name = bare(values.get("first_name", "")) in first and bare(values.get("last_name", "")) in last
        if same_name and bare(born) not in days and near_days(day, born):
            detail = f"a patient of this name is known, born {born}: a slip of the pen, or somebody else"
            result.against[definition.name] = (Problem(ProblemKind.NEAR_TWIN, detail, definition.name), born)


def _name_twins(result: Verified, found: NearTwins, named: Mapping[str, FieldDefinition]) -> None:
    """Every field that names the person goes to a reviewer."""
    one, other = found.who.party.values, found.other.values
    words = " and ".join(
        f"{who.get('first_name', '')} {who.get('last_name', '')}, born {who.get('date_of_birth', '?')}" for who in (one, other)
    )
    detail = f"two patients are nearly alike, and only a person may tell them apart: {words}"
    for short, definition in named.items():
        if short in IDENTIFYING:
            problem = Problem(ProblemKind.NEAR_TWIN, detail, definition.name)
            result.against[definition.name] = (problem, one.get(short))


def _confirm_printed_names(
    result: Verified, done: Mapping[str, FieldReading], written: Mapping[str, WrittenField], hand: Hand
) -> None:
    """The name printed beside a signature, where the form's own fields say who that is."""
    for name, whose in PRINTED_NAMES.items():
        one = written.get(name)
        if one is None:
            continue
        names = [f"{whose}_{part}_name" for part in ("first", "last")]
        parts = [hand.ways[one][0] if one in hand.ways else _sure(result, done, one) for one in names]
        if not all(parts):
            continue
        first, last = (str(part) for part in parts)
        ways = [way for text in (f"{first} {last}", f"{last} {first}") for way in spellings(one.definition, text)]
        each = one.scores(ways)
        best = max(range(len(ways)), key=each.__getitem__)
        identified = all(f"{whose}_{part}_name" in result.fields for part in ("first", "last"))
        if each[best] >= (POSSIBLE_LINE if identified else CONFIRMS_LINE):
            margin = 2.0 if identified else 1.0
            result.fields[name] = confirmed(one, ways[best], ways[best], each[best], 10.0 * margin, 5.0)
            hand.weigh(one, ways[best])


def _sure(result: Verified, done: Mapping[str, FieldReading], name: str) -> Value:
    """The name of who was identified, or one taken as text; not one that was read: it may be misread twice in the same way."""
    one = result.fields.get(name) or done.get(name)
    return one.value if one is not None and (one.accepted or one.route is Route.VERIFIED) else None
