"""Fields that are filled by ink alone: tick boxes, choices among them, signatures.

What: the verdicts of `intake.ocr.marks` and `signatures` as field readings, with what was seen in words for the reviewer.
Why: where only the presence of ink counts nothing can be misread as text; a reader is asked only whether the ink in a signature's
zone is words that stand for a signature.
Refuses: to choose between two marked options, or to take one where another was struck out; a person does, best guess first.
"""

from __future__ import annotations

from collections.abc import Callable

from intake.forms.definition import FieldDefinition
from intake.instead_of_signing import NO_WORDS, Instead, ZoneWords, words_of
from intake.laid_page import LaidPage, field_reading
from intake.ocr import certainty, thresholds
from intake.ocr.engine import Strip
from intake.ocr.ink import FilledPage
from intake.ocr.ink_nets import BoxMm
from intake.ocr.lattice import Lattice
from intake.ocr.marks import MarkLook, MarkReading, MarkVerdict, read_mark, read_marks
from intake.ocr.signatures import SignatureReading, ZoneLook, judged, read_signature
from intake.ocr.strips import cut_line
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

WORDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.,-' "
"""The signs a reader looks for in a signature's zone."""
WORTH_READING = (ZoneLook.SIGNED, ZoneLook.NAME, ZoneLook.WRITTEN, ZoneLook.TYPED)


def mark(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    """One tick box: True, False, or doubtful."""
    seen = read_mark(page.filled, definition.box)
    raw = {"ink": _seen(seen)}
    if seen.verdict is MarkVerdict.UNSURE:
        problem = Problem(ProblemKind.UNSURE_MARK, seen.look.value, definition.name)
        likely = seen.marked >= 0.5
        return field_reading(definition, page, likely, 0.5, Route.READ, raw, (problem,), (likely, not likely))
    value = seen.verdict is MarkVerdict.PRESENT
    certain = certainty.mark_certainty(seen.firmness)
    return field_reading(definition, page, value, certain, Route.READ if value else Route.BLANK, raw)


def choice(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    """One of several tick boxes: the option's code, None where none is ticked, or doubtful."""
    seen = dict(zip(definition.options, read_marks(page.filled, tuple(definition.options.values())), strict=True))
    raw = {"ink": "; ".join(f"{code}: {_seen(one)}" for code, one in seen.items())}
    present = [code for code, one in seen.items() if one.verdict is MarkVerdict.PRESENT]
    unsure = sorted(
        (code for code, one in seen.items() if one.verdict is MarkVerdict.UNSURE), key=lambda code: -seen[code].marked
    )
    struck = [code for code in unsure if seen[code].look in (MarkLook.STRUCK, MarkLook.BLACKED, MarkLook.COVERED)]
    guesses: tuple[Value, ...] = (*present, *unsure)
    if len(present) > 1 or (present and struck):
        words = f"marked: {', '.join(_label(definition, code) for code in present)}"
        words += "".join(f"; {_label(definition, code)}: {seen[code].look.value}" for code in struck)
        problem = Problem(ProblemKind.SEVERAL_MARKS, words, definition.name)
        best = present[0] if len(present) == 1 else None
        return field_reading(definition, page, best, 0.5, Route.READ, raw, (problem,), guesses)
    doubtful = [code for code in unsure if not (present and _only_touched(seen[code]))]
    if doubtful:
        words = "; ".join(f"{_label(definition, code)}: {seen[code].look.value}" for code in doubtful)
        problem = Problem(ProblemKind.UNSURE_MARK, words, definition.name)
        return field_reading(definition, page, present[0] if present else None, 0.6, Route.READ, raw, (problem,), guesses)
    firmness = min(one.firmness for one in seen.values() if one.verdict is not MarkVerdict.UNSURE)
    certain = certainty.mark_certainty(firmness)
    value = present[0] if present else None
    return field_reading(definition, page, value, certain, Route.READ if present else Route.BLANK, raw, (), guesses)


def _only_touched(seen: MarkReading) -> bool:
    """A stroke that leaves a clearly marked box may touch its neighbour's surroundings; that alone is no second mark."""
    return seen.look is MarkLook.EMPTY and seen.ink_share <= thresholds.MARK_INKED_SHARE


def _label(definition: FieldDefinition, code: str) -> str:
    return definition.option_labels.get(code, code)


def _seen(seen: MarkReading) -> str:
    return f"{seen.look.value}, {100 * seen.ink_share:.0f} % inked, marked {seen.marked:.3f}"


def signature(definition: FieldDefinition, page: LaidPage, read_words: Callable[[Strip], Lattice]) -> FieldReading:
    """A signature zone: "present", "absent" or "unsure". `read_words` asks a reader what a strip may say; it is asked only where
    the ink may be words."""
    seen = read_signature(page.filled, definition.box)
    words = words_of([read_words(strip) for strip in strips_of_zone(page.filled, definition.name, definition.box, seen)])
    raw = {"ink": f"{seen.look.value}, strokes {seen.stroke_mm:.0f} mm over {seen.width_mm:.0f} mm, signed {seen.signed:.3f}"}
    if words.text:
        raw["words"] = f"{words.text} ({words.sure:.2f})"
    verdict, firmness, why = signature_verdict(seen, words)
    if verdict is MarkVerdict.UNSURE:
        problem = Problem(ProblemKind.UNSURE_SIGNATURE, why, definition.name)
        guesses = ("present", "absent") if seen.signed >= 0.5 else ("absent", "present")
        return field_reading(definition, page, "unsure", 0.5, Route.READ, raw, (problem,), guesses)
    certain = certainty.mark_certainty(firmness, certainty.Manner.SIGNATURE)
    route = Route.READ if verdict is MarkVerdict.PRESENT else Route.BLANK
    return field_reading(definition, page, verdict.value, certain, route, raw)


def strips_of_zone(page: FilledPage, name: str, box: BoxMm, seen: SignatureReading) -> tuple[Strip, ...]:
    """The lines in the signature's zone of a field that a reader should see; none where its words cannot matter."""
    if seen.look not in WORTH_READING and seen.verdict is not MarkVerdict.UNSURE:
        return ()
    return tuple(Strip(name, line, WORDS) for line in cut_line(page, box).lines)


def signature_verdict(seen: SignatureReading, words: ZoneWords = NO_WORDS) -> tuple[MarkVerdict, float, str]:
    """Pixels' verdict in the light of what a reader found, its firmness, and the words for a reviewer."""
    if not words.text:
        verdict, firmness = seen.verdict, seen.firmness
    else:
        verdict, firmness = judged(seen, _by_words(words))
    said = f', reads "{words.text}"' if words.text else ""
    if words.instead is Instead.PLAINLY and verdict is MarkVerdict.PRESENT:
        return MarkVerdict.UNSURE, 0.0, f'looks like a signature, but reads "{words.text}"'
    if verdict is MarkVerdict.UNSURE:
        return verdict, 0.0, f"ink that may not be a signature: {seen.look.value}{said}"
    return verdict, firmness, ""


def _by_words(words: ZoneWords) -> float:
    """How many times likelier the ink is to be words that are no name, by what the reader found."""
    return thresholds.SIGNATURE_WORDS_ODDS[words.instead]
