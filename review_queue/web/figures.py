"""The figures page: how the desk does, for everybody; who does how much, for supervisors and oneself.

What: one GET page.
Why: what is measured in the open is believed; one person's pace is theirs and their supervisor's business.
Refuses: to show a reviewer the lines of another.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from registry.moments import program_day
from review_queue import figures_page, queue_storage
from review_queue.business_days import overdue_before
from review_queue.daily_figures import fortnight, present_pace
from review_queue.figures import AGES, forecast
from review_queue.queue_storage import Wanted
from review_queue.web.quality import quality_values
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices


def add_figures_route(router: APIRouter, services: DeskServices) -> None:
    """The page."""

    @router.get("/figures")
    def figures(request: Request) -> Response:
        now, reviewer = services.clock(), reviewer_of(request)
        today = program_day(now)
        bounds = [now - length for length, _ in AGES if length < timedelta.max]
        with services.sessions() as session, session.begin():  # writes: days that are over are kept
            days = fortnight(session, services.documents, now)
            counts = queue_storage.lane_counts(session, Wanted(), overdue_before(now))
            here = [one for rank, one in counts.items() if rank is not None]
            ages = queue_storage.ages(session, bounds)
            pace = present_pace(session, now)
            quality = quality_values(session, now)
        waiting = sum(one.count for one in here)
        return show(
            request,
            "figures.html",
            charts=[
                figures_page.arrivals_by_day(days),
                figures_page.arrivals_by_hour(days, today),
                figures_page.ages(ages, sum(one.overdue for one in here)),
                figures_page.corrections(days),
            ],
            forecast=forecast(waiting, pace, now),
            waiting=waiting,
            days=len(days),
            people=figures_page.people_lines(days, None if reviewer.supervisor else reviewer.name),
            **quality,
        )
