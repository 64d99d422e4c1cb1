"""Apps of the desk that serve one desk after another: to make sixty routes takes a tenth of a second, and tests have many desks.

An app's routes speak to services that stand in for those of the desk that has the app now; when that desk is gone, the next one
of the same make gets it.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any, cast

from fastapi import FastAPI

from review_queue.web import DeskServices, desk_router

PLAIN = ("lease", "keying", "grace", "secure_cookies")
"""What routes may keep from when they were made; an app fits only services with the same."""
_free: dict[tuple[object, ...], list[_Standing]] = defaultdict(list)


class _Through:
    """One part of the services of whoever has the app now."""

    def __init__(self, standing: _Standing, name: str) -> None:
        self._standing, self._name = standing, name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._standing.services, self._name), name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return getattr(self._standing.services, self._name)(*args, **named)


class _InPlace:
    """The services an app is made of."""

    def __init__(self, standing: _Standing) -> None:
        self._standing = standing

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._standing.services, name)
        return found if found is None or name in PLAIN or name == "looking" else _Through(self._standing, name)


@dataclass
class _Standing:
    """An app, and whose it is now."""

    services: DeskServices
    app: FastAPI


def app_for(owner: object, services: DeskServices) -> FastAPI:
    """An app of the desk with these services, for as long as the owner is there."""
    make = (
        *((one.name, getattr(services, one.name) is None) for one in fields(services)),
        *(getattr(services, one) for one in PLAIN),
    )
    free = _free[make]
    if free:
        standing = free.pop()
        standing.services = services
    else:
        standing = _Standing(services, FastAPI())
        standing.app.include_router(desk_router(cast(DeskServices, _InPlace(standing))))
    weakref.finalize(owner, free.append, standing)
    return standing.app
