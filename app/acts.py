"""What an act of a person makes due: letters, and events for those who subscribed, in the act's transaction.

What: `tell_of_act`, for the desk's acts and for those of parties over the API.
Why: a status that changes because a person corrected, merged or withdrew something is told as one that a form changed.
Refuses: to decide who is told; the registry's notices say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.answers import Desk, notices_due
from app.fax_steps import plan
from app.nudging import Nudge
from app.webhooks.publishing import Told, publish_told
from outbound.notice import bundles
from registry.submission import NoticeDue


def tell_of_act(session: Session, act: str, notices: Sequence[NoticeDue], desk: Desk, now: datetime) -> Sequence[Nudge]:
    """The nudges that send them; `act` says which act of which patient it was. A nudge that is lost is made up by the sweep."""
    reference = f"C-{now:%Y%m%d-%H%M%S}"
    happening = f"{act}:{now.isoformat()}"
    letters = notices_due(notices, happening, reference, desk)
    nudges = [nudge for letter in bundles(letters) for nudge in plan(session, list(letter), now)]
    told = [Told(f"{happening} {place} {one.kind} {one.to}", one, reference) for place, one in enumerate(notices)]
    return [*nudges, *publish_told(session, told, now)]
