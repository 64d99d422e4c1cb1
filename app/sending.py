"""The stage that sends letters: outbound counts its attempts itself, so it needs no step of ours.

What: one delivery per job.
Why: whether a letter may be sent again is the most delicate question of all and has one home, `outbound.sending`.
Refuses: to raise: this is the worker's edge for sending.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.case_flow import Stage
from app.composition import Remsfax
from outbound.delivery import DeliveryId

_log = logging.getLogger(__name__)


def sending_or(house: Remsfax, other: Callable[[Stage, str], None]) -> Callable[[Stage, str], None]:
    """Runs SEND by outbound, every other stage by `other`."""

    def run(stage: Stage, subject: str) -> None:
        if stage is Stage.SEND:
            send_letter(house, DeliveryId(subject))
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
