"""The README of `sample_faxes/`: each file's origin, purpose and end.

What: one table made from the same descriptions as the faxes.
Why: test data without a passport is soon nobody's.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from tools.make_samples.machine import FINE
from tools.make_samples.sample import BadFile, Container, End, FilledForm, Sample

INTRODUCTION = """# Sample faxes

Every person, place and number here is invented: NPIs begin with 2 (none has been issued), phones are 555-01xx. The pages are
made by `python -m tools.make_samples --faxline FAXLINE` from the blanks in `templates/forms/` and a fixed seed; those of origin
*line* went through a genuine T.30 call between two fax machines (spandsp), some with noise. Handwriting is that of handwriting
fonts, so no accuracy measured here is that of pens.

- `NAME.tif` or `NAME.pdf` is the fax, `NAME.json` its sidecar as a fax server writes it; these two drop into the watched folder.
- `NAME.expected.json` is what must come of it: the forms with their pages and values, and the end.
- The ends: *answered* (nobody need look), *desk* (a person must look; `doubts` has what the desk must name at least),
  *quarantined* (`refused` has the reason). With `may_be_asked` a reader may honestly be unsure: *answered* with every value
  right, and *desk*, are both good ends.
- `undecidable`: nothing on the pages says which belong together, so whatever is accepted unseen is a guess.
- `chapter`: a fax rests on what earlier chapters brought into the registry; a chapter should settle before the next one drops.

| file | origin | purpose | end |
|---|---|---|---|
"""


def readme(samples: Iterable[Sample], bad_files: Iterable[BadFile]) -> str:
    """The whole file."""
    rows = [(file_name(one), origin(one), one.purpose, end(one)) for one in samples]
    rows += [(one.name, "made", one.purpose, f"quarantined: `{one.reason}`") for one in bad_files]
    return INTRODUCTION + "".join(f"| `{name}` | {made} | {purpose} | {ends} |\n" for name, made, purpose, ends in rows)


def file_name(sample: Sample) -> str:
    """The name under which a sample drops."""
    return sample.name + (".tif" if sample.container is Container.TIFF else ".pdf")


def origin(sample: Sample) -> str:
    """How a sample came about, in a few words."""
    if sample.container is Container.FILLED_PDF:
        return "PDF form"
    fonts = sorted({part.hand.font for part in sample.parts if isinstance(part, FilledForm)})
    resolution = "204×196" if sample.machine.lines_per_inch == FINE else "204×98"
    line = ""
    if sample.line is not None:
        line = f", line ({sample.line.noise.removesuffix(',gate=1') if sample.line.noise else 'clean'})"
    pdf = ", PDF" if sample.container is Container.SCANNED_PDF else ""
    return f"{', '.join(fonts) or 'words'}, {resolution}{line}{pdf}"


def end(sample: Sample) -> str:
    """Where a sample must end, in a few words."""
    if sample.same_as:
        return f"answered as already received (`{sample.same_as}`)"
    if sample.may_be_asked:
        return "answered or desk"
    doubts = ", ".join(f"`{doubt.kind}`" for doubt in sample.doubts)
    return sample.end.value + (f": {doubts}" if sample.end is End.DESK and doubts else "")
