"""One letter and one number as pages, by GET or in answer to an act that was not done; who may do what about them.

What: `letter_response`, `number_response`; `LETTER_ACTS` and `NUMBER_ACTS`, the permission of each act; what is told of one.
Why: a page offers what its reviewer may do, and the routes grant the same, from one table. What may put a patient's data on a
stranger's machine, or keep an answer from going out, is a senior reviewer's; what the recipient tells on the telephone is taken
by whoever answers it.
Refuses: a letter or number there is not (404). Whoever looks is noted with the time (45 CFR 164.312).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import HTTPException, Request, Response

from review_queue import sent_figures, storage
from review_queue.sent_letters import LetterAct, NumberAct, Sent
from review_queue.web.guards import Permission
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

MANY = 50  # lines of a list

LETTER_ACTS: Mapping[LetterAct, Permission] = {
    LetterAct.AGAIN: Permission.REVIEW,  # no page went out: nobody gets it twice
    LetterAct.NOT_ARRIVED: Permission.REVIEW,  # the recipient says so
    LetterAct.ARRIVED: Permission.REVIEW,  # the recipient says so
    LetterAct.COPY: Permission.REVIEW,  # it goes where it went before
    LetterAct.AGAIN_ANYWAY: Permission.SENIOR,
    LetterAct.STOP: Permission.SENIOR,
    LetterAct.GIVE_NUMBER: Permission.SENIOR,
}
NUMBER_ACTS: Mapping[NumberAct, Permission] = {
    NumberAct.CODE: Permission.REVIEW,
    NumberAct.DOUBT: Permission.REVIEW,  # less goes out, not more
    NumberAct.CHECK: Permission.REVIEW,
    NumberAct.CLEAR: Permission.REVIEW,
    NumberAct.VOUCH: Permission.SENIOR,
    NumberAct.BAR: Permission.SENIOR,
    NumberAct.UNBAR: Permission.SENIOR,
}
LETTER_TOLD = {
    "again": "It goes out again as soon as a line is free.",
    "not-arrived": "It goes out again as soon as a line is free; what the recipient said stays with it.",
    "again-anyway": "It goes out again as soon as a line is free.",
    "arrived": "Noted: the recipient has it. Who heard so stays with it.",
    "arrived-after-all": "The line was asked first, and says that it arrived: nothing was sent again.",
    "stop": "Stopped. It is not sent.",
    "stops-after-call": "It is not tried again. The call that is under way goes on; look here again in some minutes.",
    "copy": "A further copy is on its way, as a letter of its own.",
    "give-number": "The number is noted; the letter is due now.",
}
NUMBER_TOLD = {
    "code": "The code is right: the number is confirmed, and what waited for it goes out.",
    "vouch": "The number counts as theirs, and what waited for it goes out.",
    "doubt": "The number counts as theirs no more: letters that name a patient wait until it is confirmed anew.",
    "check": "A new test page with a new code goes there. The earlier code does not hold any more.",
    "clear": "Noted that you have looked: the number is called as any other.",
    "bar": "Nothing is faxed there any more. What is due there waits for a person.",
    "unbar": "It may be faxed to again, and what waited for that goes out.",
}


def letter_response(
    request: Request, services: DeskServices, sent: Sent, letter_id: str, *, call: int = -1, told: str = "", trouble: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    """The page; `trouble` is why what was just asked is not done. `call`: whose pages are shown, -1 for the latest's."""
    reviewer, now = reviewer_of(request), services.clock()
    with services.sessions() as session, session.begin():
        found = sent.letter(session, letter_id, now)
        if found is None:
            raise HTTPException(404, "There is no such letter.")
        shown = call if call >= 0 else max((one.number for one in found.calls), default=0)
        draw = sent.drawn(session, letter_id, shown)
        storage.add_event(session, f"letter:{found.line.letter_id}"[:40], "looked at", reviewer.name, now)
    drawn = None if draw is None else draw()
    return show(
        request, "sent_letter.html", status, page=found, line=found.line, drawn=drawn, shown=shown, told=told, trouble=trouble,
        may={one: permission.held_by(reviewer) for one, permission in LETTER_ACTS.items()},
    )  # fmt: skip


def number_response(
    request: Request, services: DeskServices, sent: Sent, fax: str, *, after: str = "", told: str = "", trouble: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    """The page; `trouble` is why what was just asked is not done."""
    reviewer, now = reviewer_of(request), services.clock()
    with services.sessions() as session, session.begin():
        found = sent.number(session, fax, after, MANY, now)
        if found is None:
            raise HTTPException(404, "This is no fax number of the United States: ten digits are needed.")
        storage.add_event(session, f"number:{fax}"[:40], "looked at", reviewer.name, now)
    more = f"/desk/sent/number/{fax}?{urlencode({'after': found.letters.then})}" if found.letters.then else ""
    return show(
        request, "sent_number.html", status, page=found, chart=sent_figures.calls_by_week(found.calls, now), told=told,
        trouble=trouble, more=more, after=after, may={one: NUMBER_ACTS[one].held_by(reviewer) for one in NumberAct},
    )  # fmt: skip
