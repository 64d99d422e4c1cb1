"""Fields that are filled by ink alone: tick boxes, choices among them, signatures.

What: the verdicts of `intake.ocr.marks` and `signatures` as field readings, with what was seen in words for the reviewer.
Why: where only the presence of ink counts nothing can be misread as text; a reader is asked only whether the ink in a signature's
zone is words that stand for a signature.
Refuses: to choose between two marked options, or to take one where another was struck out; a person does, best guess first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from intake.forms.definition import FieldDefinition
from intake.laid_page import LaidPage, field_reading
from intake.ocr import certainty, thresholds
from intake.ocr.engine import Strip
from intake.ocr.ink import FilledPage
from intake.ocr.ink_nets import BoxMm
from intake.ocr.marks import MarkLook, MarkReading, MarkVerdict, read_mark, read_marks
from intake.ocr.signatures import SignatureReading, ZoneLook, read_signature
from intake.ocr.strips import cut_line
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

INSTEAD = (
    "on file", "signature on file", "sig on file", "n/a", "na", "none", "not applicable", "see attached", "attached",
    "same as above", "verbal order", "pending", "to follow", "sof", "see page", "refused", "unable to sign", "not available",
)  # fmt: skip
"""Words that people write where they do not sign."""
A_DATE = re.compile(r"^\W*(\d{1,4}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2,4}|[A-Z][a-z]{2,8}\.?\s?\d{1,2},?\s?\d{2,4})\W*$")
WORDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.,-' "
"""The signs a reader looks for in a signature's zone."""
LIKE_ENOUGH = 0.84  # share of characters that must agree with one of INSTEAD: "0n file", "signature onfile"


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


def signature(
    definition: FieldDefinition, page: LaidPage, read_words: Callable[[Sequence[Strip]], tuple[str, float]]
) -> FieldReading:
    """A signature zone: "present", "absent" or "unsure". `read_words` asks a reader what some strips say, and with which
    probability (0–1); it is asked only where the ink may be words."""
    seen = read_signature(page.filled, definition.box)
    strips = strips_of_zone(page.filled, definition.name, definition.box, seen)
    text, text_certainty = read_words(strips) if strips else ("", 0.0)
    raw = {"ink": f"{seen.look.value}, strokes {seen.stroke_mm:.0f} mm over {seen.width_mm:.0f} mm, signed {seen.signed:.3f}"}
    if text:
        raw["words"] = f"{text} ({text_certainty:.2f})"
    verdict, firmness, words = signature_verdict(seen, text, text_certainty)
    if verdict is MarkVerdict.UNSURE:
        problem = Problem(ProblemKind.UNSURE_SIGNATURE, words, definition.name)
        guesses = ("present", "absent") if seen.signed >= 0.5 else ("absent", "present")
        return field_reading(definition, page, "unsure", 0.5, Route.READ, raw, (problem,), guesses)
    certain = certainty.mark_certainty(firmness, certainty.Manner.SIGNATURE)
    route = Route.READ if verdict is MarkVerdict.PRESENT else Route.BLANK
    return field_reading(definition, page, verdict.value, certain, route, raw)


def signature_strips(page: FilledPage, name: str, box: BoxMm) -> tuple[Strip, ...]:
    """The lines in the signature's zone of a field that a reader should see before `signature` is asked; none where its words
    cannot matter."""
    return strips_of_zone(page, name, box, read_signature(page, box))


def strips_of_zone(page: FilledPage, name: str, box: BoxMm, seen: SignatureReading) -> tuple[Strip, ...]:
    """The same where the zone was looked at already."""
    if seen.look not in (ZoneLook.SIGNED, ZoneLook.WRITTEN, ZoneLook.TYPED) and seen.verdict is not MarkVerdict.UNSURE:
        return ()
    return tuple(Strip(name, line, WORDS) for line in cut_line(page, box).lines)


def stands_instead(text: str) -> bool:
    """Whether words are those that people write where they do not sign, or a date alone."""
    plain = " ".join(re.sub(r"[^a-z0-9/ ]", " ", text.lower()).split())
    if A_DATE.match(text.strip()):
        return True
    return any(SequenceMatcher(None, plain, one, autojunk=False).ratio() >= LIKE_ENOUGH for one in INSTEAD if len(plain) > 1)


def signature_verdict(seen: SignatureReading, text: str | None, sure: float) -> tuple[MarkVerdict, float, str]:
    """Pixels' verdict in the light of what a reader found, its firmness, and the words for a reviewer."""
    instead = bool(text) and stands_instead(text or "")
    if instead and seen.verdict is MarkVerdict.PRESENT:
        return MarkVerdict.UNSURE, 0.0, f'looks like a signature, but reads "{text}"'
    if instead and seen.words >= thresholds.SIGNATURE_WORDS and sure >= thresholds.SIGNATURE_TEXT_SURE:
        return MarkVerdict.ABSENT, thresholds.MARK_FIRM + (1 - thresholds.MARK_FIRM) * min(sure, seen.words) / 2, ""
    if seen.verdict is MarkVerdict.UNSURE:
        return seen.verdict, 0.0, f"ink that may not be a signature: {seen.look.value}" + (f', reads "{text}"' if text else "")
    return seen.verdict, seen.firmness, ""
