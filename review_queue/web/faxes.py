"""The page of a whole fax: every page of it, what each is part of, and a plan to put them together anew.

What: the page, its images, one POST that makes a plan so. The plan travels in the address, so "back" undoes and nothing is kept
of a plan that was not made.
Why: which pages belong together is seen on all of them at once, also on those nobody had to look at.
Refuses: a plan that moves what cannot be moved, or was made over a fax that went on meanwhile (409); who opens a fax is noted.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from intake.arrangement import Arrangement
from intake.fax import FaxId
from intake.reading import OtherKind
from review_queue import arranging, storage, strips
from review_queue.arranging import Impossible, Lengths
from review_queue.fax_board import FaxBoard, Faxes, FaxWentOn
from review_queue.fax_pages import fax_page
from review_queue.web.guards import change
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]

REASONS = (
    "A form had not been recognized.",
    "Pages of two forms had been taken for one, or one form for two.",
    "Pages stood in the wrong order, or lay sideways.",
    "A page had been taken for something it is not.",
)
MARKS = {
    "cover": OtherKind.COVER_SHEET,
    "blank": OtherKind.BLANK,
    "lab": OtherKind.LAB_PRINTOUT,
    "other": OtherKind.UNKNOWN,
    "again": None,
}
STALE = "The fax went on meanwhile, so this plan cannot be made any more. Here is how it stands now."


def add_fax_routes(router: APIRouter, services: DeskServices, faxes: Faxes) -> None:
    """The page and its images."""

    @router.get("/faxes/{fax_id}")
    def fax(
        request: Request, fax_id: str, plan: str = "", at: str = "", do: str = "", what: str = "", act: str = "", told: str = ""
    ) -> Response:
        page = int(at) if at.isascii() and at.isdecimal() and len(at) < 5 else 0
        return fax_response(request, services, faxes, fax_id, plan=plan, at=page, do=do, what=what, act=act, told=told)

    @router.get("/faxes/{fax_id}/pages/{number}.png")
    def page_image(fax_id: str, number: int) -> Response:
        return Response(_image(services, fax_id, number), media_type="image/png")

    @router.get("/faxes/{fax_id}/pages/{number}/thumb.png")
    def thumb(fax_id: str, number: int) -> Response:
        small = strips.thumbnail(strips.decode(_image(services, fax_id, number)))
        return Response(strips.encode(small), media_type="image/png")


def add_arranging_route(router: APIRouter, services: DeskServices, faxes: Faxes) -> None:
    """Making a plan so."""

    @change(router, "/faxes/{fax_id}/arrangement", "put a fax together anew", words_in=("reason", "other"))
    def arrange(
        request: Request, fax_id: str, plan: Text = "", base: Number = -1, at: Number = 0, reason: Text = "", other: Text = ""
    ) -> Response:
        wanted = _plan_of(plan)
        if wanted is None:
            raise HTTPException(422, "The desk did not understand this plan.")
        words = " ".join((other.strip() or reason).split())
        try:
            with services.sessions() as session, session.begin():
                why_not = faxes.arrange(session, fax_id, base, wanted, words, reviewer_of(request), services.clock())
        except FaxWentOn as went_on:
            why_not = str(went_on)
        if why_not:
            return fax_response(request, services, faxes, fax_id, at=at, trouble=why_not, status=409)
        with services.sessions() as session:
            faxes.read_again(session, fax_id)
        return RedirectResponse(f"/desk/faxes/{fax_id}?told=arranged&at={at}", status_code=303)


def fax_response(
    request: Request,
    services: DeskServices,
    faxes: Faxes,
    fax_id: str,
    *,
    plan: str = "",
    at: int = 0,
    do: str = "",
    what: str = "",
    act: str = "",
    told: str = "",
    trouble: str = "",
    status: int = 200,
) -> Response:
    """The page of a fax under a plan, after one more act on the selected page."""
    reviewer, now = reviewer_of(request), services.clock()
    with services.sessions() as session, session.begin():
        board = faxes.board(session, fax_id, reviewer, now)
        if board is None:
            raise HTTPException(404, "There is no such fax, or it is not read yet.")
        if not (plan or do):
            storage.add_event(session, fax_id, "opened", reviewer.name, now)
    forms = faxes.forms()
    lengths = {(one.code, one.revision): one.pages for one in forms}
    wanted = board.free
    if plan:
        said = _plan_of(plan)
        if said is not None and _fits(said, board, lengths):
            wanted = said
        else:
            trouble = trouble or STALE
    if do:
        try:
            wanted = _acted(board, wanted, do, what, at, lengths)
        except Impossible as impossible:
            trouble = str(impossible)
    page = fax_page(board, wanted, at, forms, now)
    lost = [number for number in range(1, board.pages + 1) if services.pages.image(FaxId(fax_id), number) is None]
    return show(
        request,
        "fax.html",
        status,
        page=page,
        act=act if act == "form" else "",
        trouble=trouble,
        told="" if told != "arranged" else "The pages are read again as you put them together.",
        reasons=REASONS,
        lost=lost,
    )


def _acted(board: FaxBoard, plan: Arrangement, do: str, what: str, at: int, lengths: Lengths) -> Arrangement:
    """The plan after one act; `Impossible` with words."""
    if do == "restore":
        return board.found
    if at not in plan.fax_pages:
        raise Impossible(board.frozen_pages.get(at) or board.state or "Choose a page first.")
    if do == "form":
        code, _, rest = what.partition("@")
        revision, _, page = rest.partition("@")
        return arranging.classify(plan, at, code, revision, int(page) if page.isdecimal() else 0, lengths)
    if do in MARKS:
        return arranging.mark(plan, at, MARKS[do])
    match do:
        case "split":
            return arranging.split(plan, at)
        case "join":
            return arranging.join(plan, at, lengths)
        case "earlier" | "later":
            return arranging.move(plan, at, -1 if do == "earlier" else 1, lengths)
        case "turn" | "turn-back":
            return arranging.turn(plan, at, 90 if do == "turn" else 270)
    raise Impossible("The desk did not understand this.")


def _fits(plan: Arrangement, board: FaxBoard, lengths: Lengths) -> bool:
    """Whether a plan speaks of exactly the pages that can be moved, and of forms that there are."""
    known = all(page.form_page <= lengths.get((one.form, one.revision), 0) for one in plan.groups for page in one.pages)
    return known and plan.fax_pages == board.free.fax_pages


def _plan_of(text: str) -> Arrangement | None:
    try:
        return arranging.from_text(text)
    except (ValueError, KeyError):
        return None


def _image(services: DeskServices, fax_id: str, number: int) -> bytes:
    image = services.pages.image(FaxId(fax_id), number)
    if image is None:
        raise HTTPException(404, "There is no such page.")
    return image
