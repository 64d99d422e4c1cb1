"""What every answer of the desk carries, and what every request must bring.

What: the headers, the cookie, the guard that knows who is signed in, the guard on changes (own origin and the sign-in's token).
Why: these pages show patients. Nothing is kept by a browser or a proxy, nothing is framed, no script runs that is not ours,
and no other site can make a reviewer's browser change anything.
Refuses: a page without a sign-in (to the sign-in page), an image or a change without one (401), a change from elsewhere (403).
"""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Form, HTTPException, Request, Response

from review_queue.note_storage import unseen
from review_queue.reviewers import LONGEST_SIGN_IN, Reviewer, recognise
from review_queue.web.services import DeskServices

COOKIE = "remsfax_desk"
SIGN_IN = "/desk/sign-in"
ASKED_BY_PAGES = ("/hands", "/desk/numbers")
"""How paths end that an open page asks for by itself: no sign that anybody sits before it."""

MOST_LETTERS = 100  # that want a person, counted for the bar of every page

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # "no-referrer" would make browsers send "Origin: null" with our own forms, and the origin is checked
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class NeedsSignIn:
    """A dependency of every route but the sign-in: who asks, kept in `request.state.reviewer`; for pages also how many notes name
    them unseen, in `request.state.mentions`, and how many letters want a person, in `request.state.letters`."""

    def __init__(self, services: DeskServices) -> None:
        self._services = services

    def __call__(self, request: Request) -> Reviewer:
        """The signed-in reviewer; a page without one redirects to the sign-in, anything else is 401."""
        token = request.cookies.get(COOKIE)
        reviewer = None
        if token:
            with self._services.sessions() as session, session.begin():
                asks_itself = request.url.path.endswith(ASKED_BY_PAGES)
                reviewer = recognise(session, token, self._services.clock(), active=not asks_itself)
                if reviewer is not None and "text/html" in request.headers.get("accept", ""):
                    request.state.mentions = unseen(session, reviewer.name)
                    if self._services.sent is not None:
                        request.state.letters = self._services.sent.wanting(session, MOST_LETTERS)
        if reviewer is None:
            raise _sent_to_sign_in(request)
        request.state.reviewer = reviewer
        return reviewer


def reviewer_of(request: Request) -> Reviewer:
    """Who asks; set by `NeedsSignIn`, which guards the whole router."""
    reviewer: Reviewer = request.state.reviewer
    return reviewer


def from_our_own_page(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """A dependency of every change: 403 unless it comes from the desk's own origin and carries the sign-in's token."""
    same_origin(request)
    if not secrets.compare_digest(csrf.encode(), reviewer_of(request).csrf.encode()):
        raise HTTPException(403, "This page is from an earlier sign-in. Open the fax again.")


def same_origin(request: Request) -> None:
    """403 unless the browser says that the request comes from a page of this very host."""
    origin = request.headers.get("origin")
    if origin is None:  # every browser of the last years sends it with a POST
        raise HTTPException(403, "This request does not say where it comes from.")
    if urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise HTTPException(403, "This request comes from another site.")


def wants_json(request: Request) -> bool:
    """True for the page's own script."""
    return "application/json" in request.headers.get("accept", "")


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    """The sign-in's cookie: out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LONGEST_SIGN_IN.total_seconds()),
        path="/desk",
        httponly=True,
        samesite="strict",
        secure=secure,
    )


def safe_next(wanted: str) -> str:
    """Where to go after the sign-in: a page of the desk, never another site."""
    ours = wanted.startswith(("/desk/items/", "/desk/faxes/"))
    return wanted if ours and "//" not in wanted and "\\" not in wanted else "/desk"


def item_of(path: str) -> str:
    """The page to come back to from a path of the desk: the item or fax itself for what is posted to it, else the path."""
    parts = path.split("/")
    return "/".join(parts[:4]) if parts[:3] in (["", "desk", "items"], ["", "desk", "faxes"]) else path


def _sent_to_sign_in(request: Request) -> HTTPException:
    if "text/html" in request.headers.get("accept", "") and not wants_json(request):
        shown = item_of(request.url.path)
        lost = "" if request.method == "GET" else "&lost=1"  # a form sent too late: said, since its words are gone
        return HTTPException(303, "Sign in first.", headers={"Location": f"{SIGN_IN}?next={quote(shown)}{lost}"})
    return HTTPException(401, "Sign in first.")
