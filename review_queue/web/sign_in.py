"""Signing in and out.

What: the only pages of the desk that are open to everyone, and the files they need.
Why: everything else shows patients.
Refuses: a sign-in from another site's form, and names no file outside the folder of static files.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from review_queue import reviewers
from review_queue.reviewers import SignInRefused
from review_queue.web.guards import change
from review_queue.web.rendering import STATIC, show
from review_queue.web.security import COOKIE, SIGN_IN, safe_next, same_origin, set_cookie
from review_queue.web.services import DeskServices

LOST = "You were signed out after a time without a key or a click. What you sent last was not saved."
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def add_open_routes(router: APIRouter, services: DeskServices) -> None:
    """The sign-in page, its answer, and the static files."""

    @router.get("/sign-in")
    def sign_in_page(request: Request, next: str = "", lost: str = "") -> Response:
        return show(request, "sign_in.html", refused=LOST if lost == "1" else "", name="", next=safe_next(next))

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",
    ) -> Response:
        same_origin(request)
        with services.sessions() as session, session.begin():
            result = reviewers.sign_in(session, name, password, services.clock())
        if isinstance(result, SignInRefused):
            return show(request, "sign_in.html", 403, refused=result.words, name=name, next=safe_next(next))
        response = RedirectResponse(safe_next(next), status_code=303)
        set_cookie(response, result.token, secure=services.secure_cookies)
        return response

    @router.get("/static/{name}")
    def static_file(name: str) -> Response:
        known = {path.name: path for path in STATIC.iterdir() if path.suffix in KINDS}
        if name not in known:
            raise HTTPException(404, "There is no such file.")
        path = known[name]
        # revalidated each time: an upgraded desk must not run with yesterday's script
        return FileResponse(path, media_type=KINDS[path.suffix], headers={"Cache-Control": "no-cache"})


def add_sign_out(router: APIRouter, services: DeskServices) -> None:
    """Leaving the desk."""

    @change(router, "/sign-out", "sign out")
    def sign_out(request: Request) -> Response:
        with services.sessions() as session, session.begin():
            reviewers.sign_out(session, request.cookies[COOKIE])
        response = RedirectResponse(SIGN_IN, status_code=303)
        response.delete_cookie(COOKIE, path="/desk")
        return response
