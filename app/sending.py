"""The stages that send: letters, whose attempts outbound counts itself, and webhooks' messages, which count their own.

What: one delivery, or one telling of a subscriber, per job.
Why: whether a letter may be sent again is the most delicate question of all and has one home, `outbound.sending`.
Refuses: to raise: this is the worker's edge for sending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from app.case_flow import Stage
from app.composition import Remsfax
from outbound.delivery import DeliveryId

_log = logging.getLogger(__name__)


def sending_or(house: Remsfax, other: Callable[[Stage, str], None]) -> Callable[[Stage, str], None]:
    """Runs SEND by outbound, TELL by the webhooks, every other stage by `other`."""

    def run(stage: Stage, subject: str) -> None:
        if stage is Stage.SEND:
            send_letter(house, DeliveryId(subject))
        elif stage is Stage.TELL:
            tell_subscriber(house, subject)
        else:
            other(stage, subject)

    return run


def send_letter(house: Remsfax, delivery_id: DeliveryId) -> None:
    """One attempt at one delivery."""
    from outbound.sending import send

    try:
        send(
            house.database.writing_sessions,
            delivery_id,
            house.gateway,
            house.clock(),
            sender=house.sender,
            policy=house.patience,
        )
    except Exception:  # noqa: BLE001 - the edge: the delivery stays SENDING and its gateway is asked about it later
        _log.exception("delivery %s was interrupted", delivery_id)


def tell_subscriber(house: Remsfax, telling_id: str) -> None:
    """One try at one subscriber of a webhook."""
    from app.webhooks.posting import post
    from app.webhooks.telling import tell

    private_too = house.settings.webhooks_to_private_addresses
    try:
        tell(house.database, telling_id, partial(post, private_too=private_too), house.clock)
    except Exception:  # noqa: BLE001 - the edge: the telling stays SENDING and is due again a minute later
        _log.exception("webhook telling %s was interrupted", telling_id)
