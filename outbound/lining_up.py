"""Whose turn it is: the rules of calling, asked of the rows and written back to them.

What: `has_its_turn`, asked before a call begins; what may not be called for now is put off or held on the way, with its reason,
and a number that must be confirmed first gets its test page.
Why: thousands of letters may wait for morning in front of the one that may go now; each is looked at once, then waits by its row.
Refuses: to begin a call; that is `outbound.sending`'s.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from outbound import calls_storage, day_storage, numbers_storage, storage
from outbound.calling import CallingRules, Go, Hold, Wait, Waiting, choose, may_go
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, HeldFor
from outbound.letter_kinds import NUMBER_CHECK
from outbound.notice import Notice, Recipient, Role, notice_key
from outbound.numbers import a_code, whose
from registry.moments import program_day

LOOKED_AT_ONCE = 200
"""Letters looked at in one transaction; it takes a tenth of a second, and the next one goes on where it ended."""
_ROUNDS = 3


def has_its_turn(session: Session, delivery: Delivery, now: datetime, rules: CallingRules) -> bool:
    """Whether a call for this letter may begin now; what may not begin, this letter or one before it, is put off or held."""
    mine = calls_storage.as_waiting(delivery)
    if not _put_in_order(session, [mine], now, rules):
        return False
    if rules.lines is None:
        return True
    free = rules.lines - storage.calls_under_way(session)
    for _ in range(_ROUNDS):
        first = storage.heads(session, now, min(LOOKED_AT_ONCE, max(free, 0)))
        ready = _put_in_order(session, calls_storage.waiting(session, first), now, rules)
        if len(ready) == len(first):
            break
    return any(call.leader.delivery_id == delivery.delivery_id for call in choose(ready, (), free, together=False))


def _put_in_order(session: Session, letters: list[Waiting], now: datetime, rules: CallingRules) -> list[Waiting]:
    """Those of the letters that may go; the others wait for their time, or are held, by their rows."""
    faxes = {one.fax for one in letters}
    numbers, holders = numbers_storage.numbers(session, faxes, now), numbers_storage.holders(session, faxes)
    calls_today = day_storage.times(session, now, day_storage.CALLS)
    ready = []
    for one in letters:
        verdict = may_go(one, numbers[one.fax], holders.get((one.fax, whose(one.role, one.name))), calls_today, rules, now)
        match verdict:
            case Go():
                ready.append(one)
            case Wait(until=until, why=why):
                storage.postpone_look(session, one.delivery_id, until, why)
            case Hold(reason=reason, why=why):
                storage.note_event(session, one.delivery_id, Event.HOLD, now, detail=why, waits_for=reason.value)
                if reason is HeldFor.UNCONFIRMED:
                    check_number(session, one.fax, one.role, one.name, now, urgent=one.urgent)
    return ready


def check_number(
    session: Session, fax: str, role: str, name: str, now: datetime, *, urgent: bool = False, anew: bool = False
) -> DeliveryId | None:
    """Plan the test page that asks whether the number is the recipient's, once; `anew`: once more, with a new code.

    The page's delivery; None where there is one already. `urgent`: a safety letter waits for it, so it goes at any hour.
    """
    row = numbers_storage.holder_row(session, fax, role, name)
    if row.confirmed_at is not None:
        return None
    if row.checked_by is not None and not anew:
        page = DeliveryId(row.checked_by)
        if urgent and storage.delivery(session, page).state is DeliveryState.DUE:
            calls_storage.hasten(session, page, now)
        return None
    row.checks += 1
    row.code, row.wrong_codes = a_code(), 0
    key = notice_key(f"number:{fax}:{row.whose}", NUMBER_CHECK, role, row.checks)
    notice = Notice(key, NUMBER_CHECK, Recipient(Role(role), name, fax), f"V-{program_day(now):%Y%m%d}", {"code": row.code})
    row.checked_by = storage.plan_delivery(session, [notice], DeliveryId(uuid4().hex), now, urgent=urgent)
    numbers_storage.remember(session, fax, now, "checked", "remsfax", f"a test page with a code for {name or role}")
    return DeliveryId(row.checked_by)
