"""Notes beside a fax: read by all, written by all, and a badge for whom they name until they have seen them.

What: `together_on` for the item page (it also notes what its reader has seen now), one POST, and the page of what names oneself.
Why: a question to a colleague belongs to the fax, not to a slip of paper or a chat without an audit.
Refuses: a note without words or longer than `LONGEST` (422): nothing is cut silently.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from review_queue import handing, note_storage, queue_storage, storage
from review_queue.lifecycle import ReviewEvent, ReviewState
from review_queue.mentions import Piece, pieces
from review_queue.note_storage import Note
from review_queue.queue_page import moment
from review_queue.review_item import ReviewItem
from review_queue.reviewers import Reviewer
from review_queue.web.guards import change
from review_queue.web.rendering import part, show
from review_queue.web.security import reviewer_of, wants_json
from review_queue.web.services import DeskServices
from review_queue.wording import span

LONGEST = 1000  # characters of a note
MOST_NOTES = 100  # on the page of what names oneself


@dataclass(frozen=True)
class ShownNote:
    """A note as the page shows it."""

    by: str
    age: str
    written: str  # the moment, written out
    pieces: tuple[Piece, ...]
    item_id: str
    reference: str  # of its fax, where notes of several stand together
    seen: bool


@dataclass(frozen=True)
class BesideItem:
    """What stands beside an item: notes, whom it could be handed to, and whether its reader may take it over."""

    notes: tuple[ShownNote, ...]
    colleagues: tuple[str, ...]  # all but the reader
    may_take_over: bool
    taken_over: str  # who took it out of the reader's hands, and why; empty otherwise
    handed: str  # "handed to bob by ann until 11/24/2026 11:30 EST"; empty where it is for everybody


def together_on(session: Session, item: ReviewItem, reviewer: Reviewer, now: datetime) -> BesideItem:
    """What the item page shows beside the item; its reader has seen the notes now."""
    names = queue_storage.colleagues(session)
    note_storage.see(session, item.item_id, reviewer.name, now)
    handed = ""
    if item.meant_for and item.meant_until is not None and item.meant_until > now:
        handed = f"Handed to {item.meant_for} by {item.passed_by}, for everybody again from {moment(item.meant_until)}."
    return BesideItem(
        notes=tuple(_shown(one, names, now) for one in note_storage.notes_of(session, item.item_id)),
        colleagues=tuple(name for name in names if name != reviewer.name),
        may_take_over=reviewer.supervisor and item.state is ReviewState.IN_HAND and item.holder != reviewer.name,
        taken_over=_taken_over(session, item, reviewer.name),
        handed=handed,
    )


def _taken_over(session: Session, item: ReviewItem, reader: str) -> str:
    """The supervisor's words to the one who had it, for as long as the supervisor has it."""
    if item.state is not ReviewState.IN_HAND or item.holder == reader:
        return ""
    begin = f"from {reader}: "  # as `handing.take_over` writes it
    found = [one for one in storage.events(session, item.item_id) if one.event == ReviewEvent.TAKEN_OVER]
    if not found or found[-1].by != item.holder or not found[-1].detail.startswith(begin):
        return ""
    return f"{item.holder} took this fax over from you: {found[-1].detail.removeprefix(begin)}"


def _shown(note: Note, names: Collection[str], now: datetime) -> ShownNote:
    cut = pieces(note.text, names)
    return ShownNote(note.by, span(now - note.at), moment(note.at), cut, note.item_id, note.reference, note.seen)


def add_note_pages(router: APIRouter, services: DeskServices) -> None:
    """What names oneself."""

    @router.get("/notes")
    def notes(request: Request) -> Response:
        with services.looking() as session:
            names = queue_storage.colleagues(session)
            found = note_storage.notes_naming(session, reviewer_of(request).name, MOST_NOTES)
        return show(request, "notes.html", notes=[_shown(one, names, services.clock()) for one in found], most=MOST_NOTES)


def add_note_route(router: APIRouter, services: DeskServices) -> None:
    """Writing one."""

    @change(router, "/items/{item_id}/notes", "write a note", words_in=("text",))
    def write(request: Request, item_id: str, text: Annotated[str, Form()] = "") -> Response:
        if len(text) > LONGEST:
            raise HTTPException(422, f"A note has at most {LONGEST} characters; this one has {len(text)}. Nothing was saved.")
        reviewer, now = reviewer_of(request), services.clock()
        with services.sessions() as session, session.begin():
            told = handing.write_note(session, item_id, reviewer.name, now, text)
            names = queue_storage.colleagues(session)
            found = [_shown(one, names, now) for one in note_storage.notes_of(session, item_id)]
        if wants_json(request):
            return JSONResponse({"notes": part("_notes_list.html", notes=found), "count": len(found), "told": list(told)})
        return RedirectResponse(f"/desk/items/{item_id}#notes", status_code=303)
