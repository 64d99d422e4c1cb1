"""Small field and form definitions for tests of values."""

from __future__ import annotations

from pathlib import Path

from intake.forms.definition import Box, FieldDefinition, FieldKind, FormDefinition, Meaning, Requirement

BOX = Box(0, 0, 10, 10)
ROW = {"draw_date": Meaning.DRAW_DATE, "anc": Meaning.ANC, "band": Meaning.CODE}


def field(name: str, meaning: Meaning, options: tuple[str, ...] = (), cells: int = 0) -> FieldDefinition:
    """A field of that meaning, in a comb if it has cells."""
    kinds = {Meaning.CODE: FieldKind.CHOICE, Meaning.TICK: FieldKind.MARK, Meaning.SIGNATURE: FieldKind.SIGNATURE}
    return FieldDefinition(
        name=name,
        label=name,
        kind=kinds.get(meaning, FieldKind.TEXT),
        meaning=meaning,
        requirement=Requirement.OPTIONAL,
        critical=False,
        page=1,
        box=BOX,
        cells=(BOX,) * cells,
        options=dict.fromkeys(options, BOX),
    )


def form(code: str, rows: int = 4, **meanings: Meaning) -> FormDefinition:
    """A form with these fields and that many rows of labs."""
    labs = [field(f"labs.{row}.{part}", meaning) for row in range(rows) for part, meaning in ROW.items()]
    return FormDefinition(
        code=code,
        revision="2023-11",
        title=code,
        pages=1,
        width_mm=215.9,
        height_mm=279.4,
        fields=(*[field(name, meaning) for name, meaning in meanings.items()], *labs),
        codes={},
        blank=Path("blank.pdf"),
    )
