"""Who may post what, and whether words are needed: said where a route is added, checked before it runs.

What: `change`, the only way by which the desk's POST routes are added; it names the permission, and the fields one of which must
carry the reviewer's own words where the act alone does not say why.
Why: a route that forgets its guard is a hole; a test walks all routes and fails on one that was not added here.
Refuses: whoever lacks the permission (403), a change whose reason is missing (422); in both cases nothing was done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request

from review_queue.reviewers import Reviewer
from review_queue.reviewing import ReasonMissing
from review_queue.web.security import reviewer_of


class Permission(StrEnum):
    """What one must be to do it; each includes those before it."""

    REVIEW = "review"  # everybody who can sign in
    SENIOR = "senior"  # what was escalated, and records of the registry
    SUPERVISE = "supervise"  # other people's work

    def held_by(self, reviewer: Reviewer) -> bool:
        """Whether this reviewer has it."""
        if self is Permission.SUPERVISE:
            return reviewer.supervisor
        return self is Permission.REVIEW or reviewer.senior


_LACKING = {
    Permission.SENIOR: "Only a senior reviewer may do this. Ask one, and say why.",
    Permission.SUPERVISE: "Only a supervisor may do this. Ask one, and say why.",
}


@dataclass(frozen=True)
class Guard:
    """What stands before one POST route."""

    permission: Permission
    words_in: tuple[str, ...]  # form fields of which one must be filled: the reason; empty where the act says it
    act: str  # what is done, as the event and the audit name it


def change(
    router: APIRouter, path: str, act: str, *, by: Permission = Permission.REVIEW, words_in: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds a POST route with its guard; use as a decorator, in place of `router.post`."""
    guard = Guard(by, words_in, act)

    def allowed(request: Request) -> None:
        if not by.held_by(reviewer_of(request)):
            raise HTTPException(403, _LACKING[by])

    async def reasoned(request: Request) -> None:
        given = await request.form()
        if not any(str(one).strip() for name in words_in for one in given.getlist(name)):
            raise ReasonMissing("Say why, in a sentence.")

    def add(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        endpoint.guard = guard  # type: ignore[attr-defined]  # the test that walks the routes looks for it
        checks = [Depends(allowed), *([Depends(reasoned)] if words_in else [])]
        router.post(path, dependencies=checks)(endpoint)
        return endpoint

    return add
