"""The stages that send: letters, whose attempts outbound counts itself, and webhooks' messages, which count their own.

What: one delivery, or one telling of a subscriber, per job.
Why: whether a letter may be sent again is the most delicate question of all and has one home, `outbound.sending`.
Refuses: to raise: this is the worker's edge for sending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.case_flow import Stage
from app.composition import Remsfax
from app.nudging import Nudge
from outbound.delivery import DeliveryId

if TYPE_CHECKING:
    from app.mailing_aside import Aside

_log = logging.getLogger(__name__)


def sending_or(house: Remsfax, other: Callable[[Stage, str], None], aside: Aside | None = None) -> Callable[[Stage, str], None]:
    """Runs SEND by outbound, e-mails `aside`, TELL by the webhooks, every other stage by `other`."""

    def run(stage: Stage, subject: str) -> None:
        if stage is Stage.SEND:
            send_letter(house, DeliveryId(subject), aside)
        elif stage is Stage.TELL:
            tell_subscriber(house, subject)
        else:
            other(stage, subject)

    return run


def send_letter(house: Remsfax, delivery_id: DeliveryId, aside: Aside | None = None) -> None:
    """One attempt at one delivery; where its call ended, the line is free for the next one. An e-mail needs no line: it goes
    `aside`, with all that are due by then; without, at once and alone."""
    from outbound.mail_storage import by_mail
    from outbound.retrying import LookAgain
    from outbound.sending import send

    try:
        with house.database.reading() as session:
            mailed = by_mail(session, delivery_id)
        if mailed:
            _mail(house, delivery_id, aside)
            return
        decision = send(
            house.database.writing_sessions,
            delivery_id,
            house.gateway,
            house.clock(),
            sender=house.sender,
            policy=house.patience,
            rules=house.calling,
            draw=house.draw,
        )
        if decision is not None and not isinstance(decision, LookAgain) and house.calling.lines is not None:
            nudge_next(house)
    except Exception:  # noqa: BLE001 - the edge: the delivery stays SENDING and its gateway is asked about it later
        _log.exception("delivery %s was interrupted", delivery_id)


def _mail(house: Remsfax, delivery_id: DeliveryId, aside: Aside | None) -> None:
    from app.mailing_aside import send_mails, send_one

    if aside is None:
        send_one(house, delivery_id)
    else:
        aside(partial(send_mails, house))


def nudge_next(house: Remsfax) -> None:
    """Nudge the letters that may begin on the free lines, rather than let a line idle until the next sweep."""
    from outbound import storage as letters

    lines = house.calling.lines or 0
    with house.database.reading() as session:
        free = lines - letters.calls_under_way(session)
        first = letters.heads(session, house.clock(), free)
    house.nudges.send(Nudge(Stage.SEND, one) for one in first)


def tell_subscriber(house: Remsfax, telling_id: str) -> None:
    """One try at one subscriber of a webhook."""
    from app.webhooks.posting import post
    from app.webhooks.telling import tell

    private_too = house.settings.webhooks_to_private_addresses
    try:
        tell(house.database, telling_id, partial(post, private_too=private_too), house.clock)
    except Exception:  # noqa: BLE001 - the edge: the telling stays SENDING and is due again a minute later
        _log.exception("webhook telling %s was interrupted", telling_id)
