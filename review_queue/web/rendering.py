"""Templates to pages: one environment, every page with who is signed in and the token its forms must carry.

What: `Pages.show` renders a template of `templates/pages`; `DeskRoute` puts the security headers on every answer and says
desk errors as pages a person understands.
Why: a header forgotten on one route is a hole; here no route can forget it.
Refuses: a template that uses a name it was not given (StrictUndefined).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.exc import OperationalError

from review_queue.accounts import CannotChange
from review_queue.choosing import CannotBeMeant
from review_queue.confirmation import DoubtsLeft
from review_queue.handing import NoSuchColleague
from review_queue.keying_work import FieldsLeft, NoSuchKeying, StillBlind, TooEarly
from review_queue.lifecycle import IllegalStep
from review_queue.recalling import TooLate
from review_queue.reviewing import NoSuchItem, NotFree, NotYours, ReasonMissing
from review_queue.taking_back import NothingToTakeBack
from review_queue.web.security import HEADERS, wants_json

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pages"
STATIC = TEMPLATES / "static"


def environment() -> Environment:
    """The templates' environment: escaping on, unknown names an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


PAGES = environment()
_log = logging.getLogger(__name__)


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The rendered page; each has `reviewer`, None before the sign-in, `mentions`: how many notes wait for them, and
    `stuck`: how many letters want a person, None where the desk sends none."""
    said = {"reviewer": getattr(request.state, "reviewer", None), "mentions": getattr(request.state, "mentions", 0)}
    stuck = getattr(request.state, "letters", None)
    return HTMLResponse(PAGES.get_template(template).render(stuck=stuck, **said, **values), status_code=status)


def part(template: str, **values: Any) -> str:
    """A piece of a page, for the script to put in place."""
    return PAGES.get_template(template).render(**values)


class DeskRoute(APIRoute):
    """A route whose every answer carries the security headers, and whose errors are words."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, wrapped."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await handler(request)
            except HTTPException as error:
                response = _said(request, error.status_code, str(error.detail))
                response.headers.update(error.headers or {})
            except RequestValidationError:
                response = _said(request, 422, "The desk did not understand this request.")
            except OperationalError as error:
                # the page keeps what was typed and asks again, so this may come many times: a line each, and no statement in it
                _log.error("the database did not answer the desk: %s", error.orig)
                response = _said(request, 503, "The desk's database does not answer. Nothing was changed. Try again in a moment.")
            except tuple(_WORDS) as error:
                status, words = _WORDS[type(error)]
                response = _said(request, status, words or f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}.")
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded


_WORDS: dict[type[Exception], tuple[int, str]] = {
    NoSuchItem: (404, "There is no such fax at the desk."),
    NotYours: (
        409,
        "This fax is no longer in your hands: a colleague may have taken it over. Nothing was changed.",
    ),
    NotFree: (409, ""),
    DoubtsLeft: (409, ""),
    ReasonMissing: (422, "Say why, in a sentence."),
    CannotBeMeant: (409, ""),
    IllegalStep: (409, ""),
    NoSuchColleague: (422, ""),
    CannotChange: (409, ""),
    NothingToTakeBack: (409, "Nothing of yours is left to take back."),
    StillBlind: (409, ""),
    TooEarly: (409, ""),
    TooLate: (409, ""),
    FieldsLeft: (409, "Some fields are not keyed yet."),
    NoSuchKeying: (404, "There is no such keying."),
}


def _said(request: Request, status: int, words: str) -> Response:
    if wants_json(request):
        return JSONResponse({"why": words}, status_code=status)
    return show(request, "message.html", status, words=words)
