"""What is done about letters and numbers: a POST route each, with its permission and its reason.

What: routes only; who may do what stands in `review_queue.web.sent_views`, beside what the pages offer.
Why: each act has an address of its own, so that its guard says all that is needed for it.
Refuses: an act without a reason (422) or by who may not (403), and one that the letter's state does not allow any more (409).
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review_queue.sent_letters import LetterAct, NumberAct, Sent, Wanted
from review_queue.web.guards import change
from review_queue.web.security import reviewer_of
from review_queue.web.sent_views import LETTER_ACTS, NUMBER_ACTS, letter_response, number_response
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]


def add_sent_acts(router: APIRouter, services: DeskServices, sent: Sent) -> None:
    """A route for each act."""
    for act in LetterAct:
        _letter_route(router, services, sent, act)
    for each in NumberAct:
        _number_route(router, services, sent, each)


def _letter_route(router: APIRouter, services: DeskServices, sent: Sent, act: LetterAct) -> None:
    name = f"letter: {act.value.replace('-', ' ')}"

    @change(router, f"/sent/{{letter_id}}/{act.value}", name, by=LETTER_ACTS[act], words_in=("reason",))
    def post(request: Request, letter_id: str, reason: Text = "", number: Text = "", whole_call: Text = "") -> Response:
        wanted = Wanted(reviewer_of(request).name, reason.strip(), number=number.strip(), whole_call=bool(whole_call))
        try:
            answer = sent.act(letter_id, act, wanted, services.clock())
        except KeyError:
            raise HTTPException(404, "There is no such letter.") from None
        if answer.trouble:
            return letter_response(request, services, sent, letter_id, trouble=answer.trouble, status=409)
        return RedirectResponse(f"/desk/sent/{quote(letter_id, safe='')}?done={answer.told}", status_code=303)


def _number_route(router: APIRouter, services: DeskServices, sent: Sent, act: NumberAct) -> None:
    words = ("code",) if act is NumberAct.CODE else ("reason",)  # who tells a code has said why

    @change(router, f"/sent/number/{{fax}}/{act.value}", f"number: {act.value}", by=NUMBER_ACTS[act], words_in=words)
    def post(request: Request, fax: str, reason: Text = "", role: Text = "", name: Text = "", code: Text = "") -> Response:
        wanted = Wanted(reviewer_of(request).name, reason.strip(), role=role, name=name.strip(), code=code.strip())
        answer = sent.act_on_number(fax, act, wanted, services.clock())
        if answer.trouble:
            return number_response(request, services, sent, fax, trouble=answer.trouble, status=409)
        return RedirectResponse(f"/desk/sent/number/{quote(fax, safe='')}?done={answer.told}", status_code=303)
