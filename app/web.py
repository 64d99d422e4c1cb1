"""The web server: the desk for people, the API for programs, health and metrics for operators.

What: one FastAPI application over a composed service.
Why: one process, one port; the desk's pages stay in `review_queue.web`, here is only what mounts them.
Refuses: to answer healthy when it cannot do its work: `/readyz` says 503 without database or broker.
"""

from __future__ import annotations

import socket
from datetime import datetime

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.orm import Session

from app import __version__
from app.api.assembling import add_api
from app.broker import reachable
from app.case_flow import Stage
from app.composition import Remsfax
from app.contacts_desk import ContactsDesk
from app.earlier_signatures import earlier_signatures
from app.fax_desk import FaxDesk
from app.known_patient import known_patient
from app.metrics import registry_of
from app.nudging import Nudge
from app.person_desk import PersonDesk
from app.persons_beside import PersonsBeside
from app.phone_desk import PhoneDesk
from app.sent_acts import Line
from app.sent_desk import SentDesk
from app.sent_pages import CallPages
from app.status import status
from app.storage import documents_between
from app.web_fax_callbacks import add_web_fax_callback
from intake.fax import DocumentId, FaxId
from intake.page_store import PageStore
from review_queue.daily_figures import DocumentCounts
from review_queue.web import DeskServices, desk_router


def document_counts(session: Session, begins: datetime, ends: datetime) -> DocumentCounts:
    """The desk's port to the documents that never came to it."""
    return DocumentCounts(*documents_between(session, begins, ends))


class PagesOfStore:
    """The desk's port to the page images."""

    def __init__(self, store: PageStore) -> None:
        self._store = store

    def image(self, fax_id: FaxId, number: int) -> bytes | None:
        """PNG bytes, or None."""
        path = self._store.path(fax_id, number)
        return None if path is None else path.read_bytes()


def desk_services(house: Remsfax) -> DeskServices:
    """Everything the desk's pages need, of this service."""

    def settled(document_id: DocumentId) -> None:
        if house.grace:
            return  # it may still be taken back; the sweep goes on with it once it can not
        house.nudges.send([Nudge(Stage.TAKE_VERDICT, document_id)])

    people = PersonDesk(house.desk)
    return DeskServices(
        sessions=house.database.writing_sessions,
        pages=PagesOfStore(house.pages),
        forms=house.catalogue,
        settled=settled,
        known_patient=known_patient,
        earlier_signatures=earlier_signatures(house.catalogue) if house.settings.signature_hint else None,
        documents=document_counts,
        reading_sessions=house.database.reading_sessions,
        persons=PersonsBeside(),
        faxes=FaxDesk(house.catalogue, house.nudges),
        answering=house.answering,
        contacts=ContactsDesk(house.catalogue.form, house.sender, house.draw),
        people=people,
        phone=PhoneDesk(house.desk, people),
        sent=SentDesk(
            Line(house.database, house.gateway, house.nudges, house.patience, house.calling),
            CallPages(house.sender, house.draw),
            house.clock,
        ),
        clock=house.clock,
        keying=house.keying,
        grace=house.grace,
        secure_cookies=house.settings.https,
    )


def application(house: Remsfax) -> FastAPI:
    """Everything that answers over HTTP."""
    web = for_programs(house)
    web.include_router(desk_router(desk_services(house)))

    @web.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        """People come for the desk."""
        return RedirectResponse("/desk", status_code=303)

    return web


def for_programs(house: Remsfax) -> FastAPI:
    """What programs ask: the API, a fax service's calls back, health and metrics."""
    web = FastAPI(
        title="remsfax",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
    )

    add_api(web, house)
    add_web_fax_callback(web, house)
    metrics = registry_of(lambda: status(house.database, house.broker, house.clock()))

    @web.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    def healthz() -> PlainTextResponse:
        """This process answers."""
        return PlainTextResponse("ok\n")

    @web.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    def readyz() -> JSONResponse:
        """Database and broker answer too; 503 otherwise."""
        found = {"database": house.database.reachable(), "broker": reachable(house.broker)}
        return JSONResponse(found, status_code=200 if all(found.values()) else 503)

    @web.get("/metrics", include_in_schema=False)
    def numbers() -> Response:
        """For Prometheus."""
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    return web


def serve(house: Remsfax, door: socket.socket) -> None:
    """Answer on an open listening socket until SIGTERM or SIGINT."""
    import uvicorn

    config = uvicorn.Config(
        application(house),
        log_level="warning",
        access_log=False,  # addresses of documents are none of a log's business
        server_header=False,
        proxy_headers=house.settings.https,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[door])
