"""Fields that are filled by ink alone: tick boxes, choices among them, signatures.

What: the verdicts of `intake.ocr.marks` and `signatures` as field readings, with what was seen in words for the reviewer.
Why: no reader is needed where only the presence of ink counts, and nothing here can be misread as text.
Refuses: to choose between two marked options; a person does.
"""

from __future__ import annotations

from intake.forms.definition import FieldDefinition
from intake.laid_page import LaidPage, field_reading
from intake.ocr import certainty, thresholds
from intake.ocr.marks import MarkReading, MarkVerdict, read_mark
from intake.ocr.signatures import read_signature
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value


def mark(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    """One tick box: True, False, or doubtful."""
    seen = read_mark(page.filled, definition.box)
    if seen.verdict is MarkVerdict.UNSURE:
        problem = Problem(ProblemKind.UNSURE_MARK, _mark_words(seen), definition.name)
        return field_reading(
            definition, page, False, 0.5, Route.READ, {"ink": f"{seen.ink_share:.3f}"}, (problem,), (True, False)
        )
    value = seen.verdict is MarkVerdict.PRESENT
    certain = certainty.mark_certainty(seen.firmness, damaged=False)
    return field_reading(definition, page, value, certain, Route.READ if value else Route.BLANK, {"ink": f"{seen.ink_share:.3f}"})


def choice(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    """One of several tick boxes: the option's code, None where none is ticked, or doubtful."""
    seen = {code: read_mark(page.filled, box) for code, box in definition.options.items()}
    raw = {"ink": " ".join(f"{code}={one.ink_share:.3f}" for code, one in seen.items())}
    present = [code for code, one in seen.items() if one.verdict is MarkVerdict.PRESENT]
    unsure = [code for code, one in seen.items() if one.verdict is MarkVerdict.UNSURE]
    guesses: tuple[Value, ...] = (*present, *unsure)
    if len(present) > 1:
        problem = Problem(
            ProblemKind.SEVERAL_MARKS, f"marked: {', '.join(_label(definition, code) for code in present)}", definition.name
        )
        return field_reading(definition, page, None, 0.5, Route.READ, raw, (problem,), guesses)
    if unsure:
        # a stroke that leaves a clearly marked box may touch its neighbour's surroundings; that alone is no second mark
        firm = present and all(seen[code].ink_share <= thresholds.MARK_ABSENT_SHARE for code in unsure)
        if not firm:
            problem = Problem(
                ProblemKind.UNSURE_MARK,
                "; ".join(f"{_label(definition, c)}: {_mark_words(seen[c])}" for c in unsure),
                definition.name,
            )
            return field_reading(definition, page, present[0] if present else None, 0.6, Route.READ, raw, (problem,), guesses)
    firmness = min(one.firmness for one in seen.values() if one.verdict is not MarkVerdict.UNSURE)
    certain = certainty.mark_certainty(firmness, damaged=False)
    value = present[0] if present else None
    return field_reading(definition, page, value, certain, Route.READ if present else Route.BLANK, raw, (), guesses)


def _label(definition: FieldDefinition, code: str) -> str:
    return definition.option_labels.get(code, code)


def _mark_words(seen: MarkReading) -> str:
    if seen.around_mm2 > thresholds.MARK_BESIDE_MM2 and seen.ink_share <= thresholds.MARK_ABSENT_SHARE:
        return "ink beside the box, not in it"
    if seen.ink_share > thresholds.MARK_SCRIBBLED_SHARE:
        return "the box is blacked out"
    return "a trace of ink in the box"


def signature(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    """A signature zone: "present", "absent" or "unsure"."""
    seen = read_signature(page.filled, definition.box)
    raw = {"ink": f"strokes {seen.stroke_mm:.0f} mm, width {seen.width_mm:.0f} mm, longest {seen.largest_mm:.0f} mm"}
    if seen.verdict is MarkVerdict.UNSURE:
        detail = f"ink that may not be a signature: {seen.stroke_mm:.0f} mm of strokes over {seen.width_mm:.0f} mm"
        problem = Problem(ProblemKind.UNSURE_SIGNATURE, detail, definition.name)
        return field_reading(definition, page, "unsure", 0.5, Route.READ, raw, (problem,), ("present", "absent"))
    certain = certainty.mark_certainty(seen.firmness, damaged=False)
    route = Route.READ if seen.verdict is MarkVerdict.PRESENT else Route.BLANK
    return field_reading(definition, page, seen.verdict.value, certain, route, raw)
