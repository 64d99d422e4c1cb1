"""The reviewing desk in a browser: server-rendered pages that a keyboard alone can work.

What: `desk_router(services)`, everything under `/desk`.
Why: no build step, nothing from other hosts, and the essentials work without a script.
Refuses: any page, image or change to whoever has not signed in: routes are guarded where they are added, not one by one.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends

from review_queue.web.answering import add_answering_routes
from review_queue.web.blindness import StaysBlind
from review_queue.web.choosing import add_beside_route, add_choosing_route
from review_queue.web.deciding import add_closing_routes, add_taking_routes
from review_queue.web.faxes import add_arranging_route, add_fax_routes
from review_queue.web.figures import add_figures_route
from review_queue.web.handing import add_handing_routes
from review_queue.web.hinting import add_hint_route
from review_queue.web.keying import add_keying_changes, add_keying_pages
from review_queue.web.looking import add_looking_routes
from review_queue.web.noting import add_note_pages, add_note_route
from review_queue.web.people import add_people_routes, add_person_act
from review_queue.web.pharmacy_calls import add_pharmacy_questions
from review_queue.web.phone import add_phone_acts, add_phone_pages
from review_queue.web.quality import add_quality_changes, add_quality_page
from review_queue.web.questions import add_question_routes
from review_queue.web.queueing import add_queue_routes
from review_queue.web.recalling import add_recall
from review_queue.web.rendering import DeskRoute
from review_queue.web.reviewers import add_account_acts, add_accounts_page
from review_queue.web.security import NeedsSignIn, from_our_own_page
from review_queue.web.sent import add_sent_routes
from review_queue.web.sent_acts import add_sent_acts
from review_queue.web.services import DeskServices
from review_queue.web.sign_in import add_open_routes, add_sign_out
from review_queue.web.stories import add_story_routes
from review_queue.web.watching import add_watching_routes

__all__ = ["DeskServices", "desk_router"]


def desk_router(services: DeskServices) -> APIRouter:
    """All routes of the desk, to be included as they are (they begin with `/desk`)."""
    signed_in, blind = Depends(NeedsSignIn(services)), Depends(StaysBlind(services))
    open_to_all = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)
    looking = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False, dependencies=[signed_in, blind])
    changing = APIRouter(
        prefix="/desk",
        route_class=DeskRoute,
        include_in_schema=False,
        dependencies=[signed_in, Depends(from_our_own_page), blind],
    )
    add_open_routes(open_to_all, services)
    add_queue_routes(looking, services)
    add_looking_routes(looking, services)
    add_note_pages(looking, services)
    add_figures_route(looking, services)
    add_accounts_page(looking, services)
    add_hint_route(looking, services)
    add_watching_routes(looking, services)
    add_keying_pages(looking, services)
    add_quality_page(looking, services)
    add_sign_out(changing, services)
    add_taking_routes(changing, services)
    add_answering_routes(changing, services)
    add_closing_routes(changing, services)
    add_handing_routes(changing, services)
    add_note_route(changing, services)
    add_account_acts(changing, services)
    if services.answering is not None:
        add_question_routes(changing, services, services.answering)
    if services.contacts is not None:
        add_story_routes(looking, services, services.contacts)
    if services.phone is not None:
        add_phone_pages(looking, services)
        add_phone_acts(changing, services, services.phone)
        add_pharmacy_questions(looking, changing, services, services.phone)
    add_keying_changes(changing, services)
    add_recall(changing, services)
    add_quality_changes(changing, services)
    if services.people is not None:
        add_people_routes(looking, services, services.people)
        add_person_act(changing, services, services.people)
    if services.sent is not None:
        add_sent_routes(looking, services, services.sent)
        add_sent_acts(changing, services, services.sent)
    if services.persons is not None:
        add_beside_route(looking, services)
        add_choosing_route(changing, services, services.persons)
    if services.faxes is not None:
        add_fax_routes(looking, services, services.faxes)
        add_arranging_route(changing, services, services.faxes)
    whole = APIRouter()
    for router in (open_to_all, looking, changing):
        whole.routes.extend(router.routes)  # as they are: including would make each of them once more, at every start
    return whole
