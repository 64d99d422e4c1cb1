"""Errors of the API: RFC 9457 `application/problem+json`, for every status, wherever in /api it arises.

What: `Problem`, raised by routes; the handlers that answer it and everything the framework raises; the texts for OpenAPI.
Why: a program at the other end must get one shape, and a sentence that says what to do.
Refuses: to echo what was sent: a refused body may hold patient data, and answers end in logs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
FHIR_MEDIA_TYPE = "application/fhir+json"
API, FHIR = "/api/", "/api/v1/fhir/"
AWAY = "The database did not answer, or another request was faster too often. Nothing was changed; send it again."


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    location: str = Field(description="Where: `body.pharmacy_npi`, `query.limit`, `header.idempotency-key`.")
    message: str = Field(description="What is wrong with it.")


class ProblemOut(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(
        description="What kind of problem: a URN of ours, the same for ever.", examples=["urn:remsfax:problem:other-party"]
    )
    title: str = Field(description="The status in words.", examples=["Forbidden"])
    status: int = Field(description="The HTTP status.", examples=[403])
    detail: str = Field(description="One sentence that says what to do.")
    instance: str = Field(description="The path that was asked.")
    errors: list[FieldProblem] = Field(default=[], description="One for each part of the request that is wrong.")


class Problem(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        errors: list[FieldProblem] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors or []


def away() -> Problem:
    """503: nothing was changed, ask again."""
    return Problem(503, "away", AWAY, {"Retry-After": "1"})


def install(web: FastAPI) -> None:
    """Answer every error under /api in this shape; the desk keeps its own."""
    handlers: Any = {
        Problem: _of_problem,
        RequestValidationError: _of_validation,
        HTTPException: _of_framework,
        OperationalError: _of_database,
        InterfaceError: _of_database,
        NoConnectionFree: _of_database,
        Exception: _of_fault,
    }
    for kind, handler in handlers.items():
        web.add_exception_handler(kind, handler)


def _of_problem(request: Request, problem: Problem) -> Response:
    if request.url.path.startswith(FHIR):
        return _outcome(problem)
    body = ProblemOut(
        type=f"urn:remsfax:problem:{problem.kind}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        instance=request.url.path,
        errors=problem.errors,
    ).model_dump()
    if not problem.errors:
        del body["errors"]
    return JSONResponse(body, status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def _outcome(problem: Problem) -> Response:
    """FHIR's own shape of an error."""
    code = {401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "conflict", 429: "throttled"}
    fallback = "transient" if problem.status == 503 else "exception" if problem.status >= 500 else "invalid"
    issues = [
        {
            "severity": "error",
            "code": code.get(problem.status, fallback),
            "diagnostics": one.message,
            "expression": [one.location],
        }
        for one in problem.errors
    ] or [{"severity": "error", "code": code.get(problem.status, fallback), "diagnostics": problem.detail}]
    body = {"resourceType": "OperationOutcome", "issue": issues}
    return JSONResponse(body, status_code=problem.status, headers=problem.headers, media_type=FHIR_MEDIA_TYPE)


async def _of_validation(request: Request, problem: RequestValidationError) -> Response:
    if not request.url.path.startswith(API):
        return await request_validation_exception_handler(request, problem)
    errors = [
        FieldProblem(location=".".join(str(part) for part in one["loc"])[:200], message=str(one["msg"]))
        for one in problem.errors()
    ]
    return _of_problem(request, Problem(422, "not-valid", "The request is not as the API's description says.", errors=errors))


async def _of_framework(request: Request, problem: HTTPException) -> Response:
    if not request.url.path.startswith(API):
        return await http_exception_handler(request, problem)
    kinds = {400: "not-readable", 404: "not-found", 405: "method", 413: "too-large"}
    words = {
        400: "The body could not be read as JSON.",
        404: "There is nothing at this path.",
        405: "This path does not know this method.",
        413: WORDS[413],
    }
    detail = words.get(problem.status_code, str(problem.detail))
    headers = {**(problem.headers or {}), **({"Allow": _allowed(request)} if problem.status_code == 405 else {})}
    return _of_problem(request, Problem(problem.status_code, kinds.get(problem.status_code, "http"), detail, headers))


def _allowed(request: Request) -> str:
    """Every method that the path knows; the framework names those of the first route with that path only."""
    pieces = request.url.path.split("/")
    methods: set[str] = set()
    for path, described in request.app.openapi()["paths"].items():
        wanted = path.split("/")
        if len(wanted) == len(pieces) and all(a == b or a.startswith("{") for a, b in zip(wanted, pieces, strict=True)):
            methods |= {method.upper() for method in described}
    return ", ".join(sorted(methods))


def _of_database(request: Request, problem: Exception) -> Response:
    if not request.url.path.startswith(API):
        raise problem
    _log.warning("the database did not answer: %s", type(problem).__name__)
    return _of_problem(request, away())


def _of_fault(request: Request, problem: Exception) -> Response:
    """What nobody foresaw; the server raises and logs it after this answer."""
    if not request.url.path.startswith(API):
        return PlainTextResponse("Internal Server Error", status_code=500)
    return _of_problem(request, Problem(500, "fault", "Something went wrong here; nothing was changed. It is in our log."))


WORDS = {
    400: "The body is no JSON.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "The token may not do this, or names another party.",
    404: "There is no such thing, or none that this token may see.",
    409: "The Idempotency-Key was used for another request, or the id for another form.",
    413: "The body is larger than the API takes.",
    422: "The request is not as described here.",
    429: "Too many requests: wait as long as Retry-After says.",
    500: "A fault of ours; nothing was changed.",
    503: "The database did not answer, or other requests were faster; nothing was changed. Send it again.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for its OpenAPI description; 429, 500 and 503 may come from each."""
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    headers = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    return {
        status: {
            "description": WORDS[status],
            "content": {MEDIA_TYPE: {"schema": schema}},
            **({"headers": headers} if status in (429, 503) else {}),
        }
        for status in sorted({*statuses, 429, 500, 503})
    }
