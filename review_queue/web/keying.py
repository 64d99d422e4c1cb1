"""Keying in a browser: strips and empty inputs, one answer at a time.

What: the keying page with its images, the POST of each field, putting a task back, and a senior's release.
Why: two people must have read the paper, not each other; a field saved one by one survives a browser that dies.
Refuses: the page and its strips to whoever does not hold the task; everything that `review_queue.keying_work` refuses.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from intake.forms.definition import FormDefinition
from review_queue import keying_work, recalling, reviewing, storage, strips
from review_queue.answers import Said, Unsettled
from review_queue.keying import KeyingTask, judged
from review_queue.keying_work import SecondKeying
from review_queue.reviewing import NotYours
from review_queue.web.guards import Permission, change
from review_queue.web.keying_views import keying_page
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of, wants_json
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]


def second_keying(services: DeskServices, session: Session, item_id: str) -> SecondKeying | None:
    """What a submission of this item must ask; None at a desk without second keying, and for loose pages."""
    item = reviewing.look_at(session, item_id)
    if services.keying is None or item.reading is None:
        return None
    return SecondKeying(services.forms.form(item.reading.form, item.reading.revision), services.keying)


def next_address(request: Request, services: DeskServices) -> str | None:
    """The page of what the reviewer does next, taken in hand; None if nothing waits."""
    reviewer = reviewer_of(request)
    with services.sessions() as session, session.begin():
        found = keying_work.next_work(session, reviewer.name, services.clock(), services.lease, senior=reviewer.senior)
    if found is None:
        return None
    return f"/desk/keying/{found.task_id}" if isinstance(found, KeyingTask) else f"/desk/items/{found.item_id}"


def add_keying_pages(router: APIRouter, services: DeskServices) -> None:
    """The page of a task, its strips and pages."""

    @router.get("/keying/{task_id}")
    def keying(request: Request, task_id: str, field: str = "") -> Response:
        return keying_response(request, services, task_id, wanted=field)

    @router.get("/keying/{task_id}/strip/{field}.png")
    def strip(request: Request, task_id: str, field: str) -> Response:
        task, form = _held(request, services, task_id)
        if field not in task.fields:
            raise HTTPException(404, "There is no such field.")
        definition = form.field(field)
        page = next((one for one in task.reading.pages if one.form_page == definition.page), None)
        if page is None or page.mm_to_pixels is None:
            raise HTTPException(404, "Nobody knows where this field stands on the page.")
        image = strips.decode(_page(services, task, page.fax_page))
        return _png(strips.encode(strips.cut_strip(image, definition.box, form, page.mm_to_pixels)))

    @router.get("/keying/{task_id}/pages/{number}.png")
    def page_image(request: Request, task_id: str, number: int) -> Response:
        task, _ = _held(request, services, task_id)
        return _png(_page(services, task, number))


def add_keying_changes(router: APIRouter, services: DeskServices) -> None:
    """Keying, putting back, letting a form go on without."""

    @change(router, "/keying/{task_id}/fields/{key}", "key a field")
    def key_field(
        request: Request, task_id: str, key: str, version: Number, said: Text = "value", value: Text = "", insist: Text = ""
    ) -> Response:
        task, form = _held(request, services, task_id)
        if key not in task.fields or said not in tuple(Said):
            raise HTTPException(404, "There is no such field.")
        outcome = judged(form.field(key), Said(said), value, task.fax.received_at, insist=insist == "1")
        if isinstance(outcome, Unsettled):
            if wants_json(request):
                return JSONResponse({"why": outcome.why, "may_insist": outcome.may_insist}, status_code=422)
            return keying_response(
                request, services, task_id, wanted=key, trouble=outcome.why, typed=value, insist=outcome.may_insist, status=422
            )
        name, now = reviewer_of(request).name, services.clock()
        with services.sessions() as session, session.begin():
            left = keying_work.key(session, task_id, version, key, outcome.kind, outcome.value, name, now, services.lease)
            if not left:
                task = keying_work.finish(session, task_id, version, name, form, now, services.lease)
        return _onward(request, services, task, left)

    @change(router, "/keying/{task_id}/take", "take a keying")
    def take(request: Request, task_id: str) -> Response:
        with services.sessions() as session, session.begin():
            keying_work.take(session, task_id, reviewer_of(request).name, services.clock(), services.lease)
        return RedirectResponse(f"/desk/keying/{task_id}", status_code=303)

    @change(router, "/keying/{task_id}/lease", "renew the lease of a keying")
    def renew(request: Request, task_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            keying_work.renew(session, task_id, version, reviewer_of(request).name, services.clock(), services.lease)
        return JSONResponse({"lease": int(services.lease.total_seconds())})

    @change(router, "/keying/{task_id}/release", "put a keying back")
    def put_back(request: Request, task_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            keying_work.put_back(session, task_id, version, reviewer_of(request).name, services.clock())
        return RedirectResponse("/desk", status_code=303)

    @change(
        router,
        "/items/{item_id}/without-keying",
        "let a form go on without its second keying",
        by=Permission.SENIOR,
        words_in=("reason",),
    )
    def waive(request: Request, item_id: str, reason: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            item = keying_work.waive(session, item_id, reviewer_of(request).name, services.clock(), reason)
        services.settled(item.document_id)
        return RedirectResponse(f"/desk/items/{item_id}", status_code=303)


def keying_response(
    request: Request,
    services: DeskServices,
    task_id: str,
    *,
    wanted: str = "",
    trouble: str = "",
    typed: str = "",
    insist: bool = False,
    status: int = 200,
) -> Response:
    """The page; `trouble` is what is wrong with what was just typed into the wanted field."""
    task, form = _held(request, services, task_id)
    name, now = reviewer_of(request).name, services.clock()
    with services.sessions() as session, session.begin():
        storage.add_event(session, task.item_id or task.document_id, "keying opened", name, now)
        left = keying_work.left(session, task, name)
        recall = recalling.recallable(session, name, now, services.grace)
    page = keying_page(task, form, left, now)
    first = wanted if wanted in task.fields else (left[0] if left else "")
    return show(
        request, "keying.html", status, page=page, open_key=first, trouble=trouble, typed=typed, insist=insist, recall=recall
    )


def _onward(request: Request, services: DeskServices, task: KeyingTask, left: tuple[str, ...]) -> Response:
    onward = f"/desk/keying/{task.task_id}"
    if not left:
        settled = keying_work.document_of(task)
        if settled is not None:
            services.settled(settled)
        onward = next_address(request, services) or "/desk?told=keyed"
    if wants_json(request):
        seconds = int(services.lease.total_seconds())
        return JSONResponse({"left": list(left), "lease": seconds, "next": "" if left else onward})
    return RedirectResponse(onward, status_code=303)


def _held(request: Request, services: DeskServices, task_id: str) -> tuple[KeyingTask, FormDefinition]:
    """The task, in the hands of who asks; `NotYours`."""
    with services.sessions() as session:
        task = keying_work.look_at(session, task_id)
    if task.holder != reviewer_of(request).name:
        raise NotYours(task_id)
    return task, services.forms.form(task.reading.form, task.reading.revision)


def _page(services: DeskServices, task: KeyingTask, number: int) -> bytes:
    """A page of the fax on which a field of the task stands."""
    wanted = number in {one.fax_page for one in task.reading.pages}
    image = services.pages.image(task.fax.fax_id, number) if wanted else None
    if image is None:
        raise HTTPException(404, "There is no such page.")
    return image


def _png(data: bytes) -> Response:
    return Response(data, media_type="image/png")
