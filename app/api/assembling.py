"""Puts the API together on an application: routes, door, errors, headers, and its OpenAPI description.

What: `add_api`.
Why: what holds for every answer under /api (its error shape, its headers, its description) is said once.
Refuses: to let a cache keep an answer: nearly all of them are health data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.openapi.utils import get_openapi
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.dispensing import dispensing_routes
from app.api.door import Door
from app.api.faxes import service_routes
from app.api.fhir import fhir_routes
from app.api.notices_due import notice_routes
from app.api.own_designees import designee_routes
from app.api.own_patients import own_patient_routes
from app.api.parties import party_routes
from app.api.patients import patient_routes
from app.api.problems import API, ProblemOut, install
from app.api.representatives import representative_routes
from app.api.shipping import shipping_routes
from app.api.staff import staff_routes
from app.api.submissions import submission_routes
from app.api.webhooks import webhook_routes
from app.composition import Remsfax

PREFIX = "/api/v1"
MOST_BYTES = 500_000  # of a body; the longest form has some thousands
ABOUT = "The Clozapine REMS registry's web door. Tokens, examples and webhooks: docs/api.md."


def add_api(web: FastAPI, house: Remsfax) -> None:
    """The whole API, on an application that has nothing under /api yet."""
    web.state.door = Door(house)
    whole = APIRouter(prefix=PREFIX)
    for routes in (
        service_routes, dispensing_routes, patient_routes, party_routes, submission_routes, webhook_routes, fhir_routes,
        staff_routes, representative_routes, own_patient_routes, designee_routes, notice_routes, shipping_routes,
    ):  # fmt: skip
        whole.include_router(routes(house))
    web.include_router(whole)
    install(web)
    web.add_middleware(ApiEdges)
    web.openapi = _description(web)  # type: ignore[method-assign]  # the way FastAPI has for it


class ApiEdges:
    """What holds for every request under /api: its body has an end; nobody keeps the answer; how much may still be asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, with an eye on its size, and the answer with the headers."""
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        received = 0

        async def no_more_than_allowed() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BYTES:
                raise HTTPException(413)
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers.update(state.get("rate_headers", {}))
            await send(message)

        await self._app(scope, no_more_than_allowed, with_headers)


def _description(web: FastAPI) -> Callable[[], dict[str, Any]]:
    """OpenAPI of the API, made once, with the shape of errors."""

    def description() -> dict[str, Any]:
        if web.openapi_schema is None:
            made = get_openapi(title=web.title, version=web.version, description=ABOUT, routes=web.routes)
            problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
            made["components"]["schemas"] |= {**problem.pop("$defs", {}), "ProblemOut": problem}
            web.openapi_schema = made
        return web.openapi_schema

    return description
