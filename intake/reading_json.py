"""A reading as JSON and back: the shape that outsiders rely on, and how readings are stored.

What: `FaxReading` and `FormReading` as plain dictionaries with the keys of the outside contract, and the way back.
Why: one shape for the command line, the API and the database, so that none can drift.
Refuses: unknown enum codes (ValueError): a stored reading from a newer version must not be half understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intake.reading import (
    FaxReading,
    FieldReading,
    FormPage,
    FormReading,
    OtherKind,
    OtherPage,
    Problem,
    ProblemKind,
    Route,
)

Json = dict[str, Any]


def fax_reading_to_json(reading: FaxReading) -> Json:
    """The part of an outside line that reading yields: pages, cpu_seconds, engines, documents, other_pages."""
    return {
        "pages": reading.pages,
        "cpu_seconds": round(reading.cpu_seconds, 3),
        "engines": dict(reading.engines),
        "documents": [form_reading_to_json(one) for one in reading.documents],
        "other_pages": [
            {"fax_page": one.fax_page, "kind": one.kind.value, **({"rotated": one.rotated} if one.rotated else {})}
            for one in reading.other_pages
        ],
    }


def fax_reading_from_json(data: Json) -> FaxReading:
    """The way back; ValueError or KeyError on anything not written by `fax_reading_to_json`."""
    return FaxReading(
        pages=int(data["pages"]),
        documents=tuple(form_reading_from_json(one) for one in data["documents"]),
        other_pages=tuple(
            OtherPage(int(one["fax_page"]), OtherKind(one["kind"]), int(one.get("rotated", 0))) for one in data["other_pages"]
        ),
        cpu_seconds=float(data["cpu_seconds"]),
        engines=dict(data.get("engines", {})),
    )


def form_reading_to_json(reading: FormReading) -> Json:
    """One document."""
    return {
        "form": reading.form,
        "revision": reading.revision,
        "certainty": round(reading.certainty, 6),
        "pages": [
            {
                "fax_page": page.fax_page,
                "form_page": page.form_page,
                "rotated": page.rotated,
                "damaged_rows": page.damaged_rows,
                "mm_to_pixels": None if page.mm_to_pixels is None else list(page.mm_to_pixels),
            }
            for page in reading.pages
        ],
        "missing_pages": list(reading.missing_pages),
        "problems": [_problem_to_json(problem) for problem in reading.problems],
        "fields": {name: _field_to_json(one) for name, one in reading.fields.items()},
    }


def form_reading_from_json(data: Json) -> FormReading:
    """The way back of one document."""
    return FormReading(
        form=data["form"],
        revision=data["revision"],
        certainty=float(data["certainty"]),
        pages=tuple(
            FormPage(
                fax_page=int(page["fax_page"]),
                form_page=int(page["form_page"]),
                rotated=int(page["rotated"]),
                damaged_rows=int(page["damaged_rows"]),
                mm_to_pixels=None if page.get("mm_to_pixels") is None else tuple(float(x) for x in page["mm_to_pixels"]),
            )
            for page in data["pages"]
        ),
        missing_pages=tuple(int(page) for page in data["missing_pages"]),
        problems=tuple(_problem_from_json(problem) for problem in data["problems"]),
        fields={name: _field_from_json(name, one) for name, one in data["fields"].items()},
    )


def _problem_to_json(problem: Problem) -> Json:
    return {"kind": problem.kind.value, "field": problem.field, "detail": problem.detail}


def _problem_from_json(data: Mapping[str, Any]) -> Problem:
    return Problem(kind=ProblemKind(data["kind"]), detail=data["detail"], field=data["field"])


def _field_to_json(one: FieldReading) -> Json:
    return {
        "value": one.value,
        "certainty": round(one.certainty, 6),
        "accepted": one.accepted,
        "route": one.route.value,
        "raw": dict(one.raw),
        "fax_page": one.fax_page,
        "box_mm": [round(edge, 2) for edge in one.box_mm],
        "problems": [_problem_to_json(problem) for problem in one.problems],
        "guesses": list(one.guesses),
        "manner": one.manner,
        "speaks": {name: round(value, 4) for name, value in one.speaks.items()},
        "calibration": one.calibration,
    }


def _field_from_json(name: str, data: Mapping[str, Any]) -> FieldReading:
    x0, y0, x1, y1 = data["box_mm"]
    return FieldReading(
        field=name,
        value=data["value"],
        certainty=float(data["certainty"]),
        accepted=bool(data["accepted"]),
        route=Route(data["route"]),
        raw=dict(data["raw"]),
        fax_page=int(data["fax_page"]),
        box_mm=(float(x0), float(y0), float(x1), float(y1)),
        problems=tuple(_problem_from_json(problem) for problem in data["problems"]),
        guesses=tuple(data.get("guesses", ())),
        manner=data.get("manner", ""),  # readings kept by an older release have none of the three
        speaks=dict(data.get("speaks", {})),
        calibration=data.get("calibration", ""),
    )
