"""Pages that came later and pages that came before, as one form: pure.

What: which of an earlier form's pages an answer lacks, and the two as one reading with what people had settled on those pages.
Why: a sender who is asked for page 2 faxes page 2; the form is whole only together with what lies here already.
Refuses: pages of another form or revision, and to settle anything anew: a field of an earlier page stands as it was read, or as a
named person said, and what nobody could read stays doubtful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from intake.forms.cross_checks import cross_check
from intake.forms.definition import FieldKind, FormDefinition
from intake.reading import FieldReading, FormPage, FormReading, Problem, ProblemKind, Value
from registry.vocabulary import SignatureVerdict
from review_queue.review_item import Verdict, VerdictKind

_OF_ITS_OWN_FAX = frozenset({ProblemKind.MISSING_PAGE, ProblemKind.DOUBLED_PAGE, ProblemKind.OUTDATED_REVISION})
"""Problems of the earlier document that say nothing of the whole that the two make."""


@dataclass(frozen=True)
class JoinedPages:
    """An answer together with the pages it lacked."""

    reading: FormReading
    carried: Mapping[str, Verdict]  # by field: what people had settled on the pages that were taken over
    pages: tuple[tuple[int, int], ...]  # page number in the answer's fax, page number in the earlier fax


def lacking(answer: FormReading, earlier: FormReading) -> tuple[FormPage, ...]:
    """The earlier pages that would make the answer more whole, in the form's order; none for another form or revision."""
    if (answer.form, answer.revision) != (earlier.form, earlier.revision):
        return ()
    return tuple(sorted((one for one in earlier.pages if one.form_page in answer.missing_pages), key=lambda one: one.form_page))


def joined(
    answer: FormReading, earlier: FormReading, verdicts: Mapping[str, Verdict], first_number: int, form: FormDefinition
) -> JoinedPages:
    """The answer with the pages it lacked, numbered from `first_number` on as further pages of its fax."""
    taken = lacking(answer, earlier)
    numbers = {page.form_page: first_number + place for place, page in enumerate(taken)}
    pages = [*answer.pages, *(replace(page, fax_page=numbers[page.form_page]) for page in taken)]
    fields = dict(answer.fields)
    carried: dict[str, Verdict] = {}
    for field in form.fields:
        read = earlier.fields.get(field.name)
        if field.page not in numbers or read is None:
            continue
        moved = replace(read, fax_page=numbers[field.page])
        verdict = verdicts.get(field.name)
        if verdict is not None and verdict.kind is not VerdictKind.ILLEGIBLE:
            carried[field.name] = verdict
            moved = _said(moved, verdict, field.kind)
        fields[field.name] = moved
    missing = tuple(number for number in answer.missing_pages if number not in numbers)
    crossed = cross_check(form, fields)
    for one in crossed:
        if one.kind is ProblemKind.CONTRADICTION and one.field in fields:
            # the new pages speak against what was settled: a person must see both again
            fields[one.field] = replace(fields[one.field], accepted=False)
            carried.pop(one.field, None)
    whole = FormReading(
        form=answer.form,
        revision=answer.revision,
        certainty=min(answer.certainty, earlier.certainty),
        pages=tuple(pages),
        missing_pages=missing,
        problems=(*_problems(answer, earlier, missing, form), *crossed),
        fields={field.name: fields[field.name] for field in form.fields if field.name in fields},
    )
    return JoinedPages(
        whole,
        carried,
        tuple((numbers[page.form_page], page.fax_page) for page in taken),
    )


def _said(read: FieldReading, verdict: Verdict, kind: FieldKind) -> FieldReading:
    """The field as a person settled it."""
    value: Value = verdict.value
    if verdict.kind is VerdictKind.BLANK:
        value = False if kind is FieldKind.MARK else SignatureVerdict.ABSENT.value if kind is FieldKind.SIGNATURE else None
    return replace(read, value=value, accepted=True, certainty=1.0, problems=(), guesses=())


def _problems(answer: FormReading, earlier: FormReading, missing: Sequence[int], form: FormDefinition) -> tuple[Problem, ...]:
    """What is doubtful about the pages of both, and what still lacks; what fields say against each other is asked anew."""
    kept = [one for one in answer.problems if one.kind is not ProblemKind.MISSING_PAGE and _of_a_page(one)]
    kept += [one for one in earlier.problems if one.kind not in _OF_ITS_OWN_FAX and _of_a_page(one) and one not in kept]
    kept += [Problem(ProblemKind.MISSING_PAGE, f"page {number} of {form.pages} did not arrive") for number in missing]
    return tuple(kept)


def _of_a_page(problem: Problem) -> bool:
    return problem.field is None or problem.kind is ProblemKind.OUTSIDE_ZONE
