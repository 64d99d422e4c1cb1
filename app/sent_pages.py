"""The pages of a call, drawn once more as they went out: all its letters under one cover, dated as then.

What: `CallPages`, which draws and keeps the last ones, and says whether they are dot for dot what went out.
Why: years later somebody asks what a recipient was told. The pages are not kept; they follow from the notices, which never
change. The hash of what went out was kept, so that a page can be trusted, or is seen to be drawn anew.
Refuses: to draw with a session open: laying out a letter takes a tenth of a second.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from sqlalchemy.orm import Session

from outbound import calls_storage, sent_storage, storage
from outbound.attempts import Attempt
from outbound.delivery import Delivery, DeliveryId
from outbound.emails import compose_email
from outbound.fax_pages import FaxPages, preview_png
from outbound.letters import Letter, LetterNotWritable, compose
from outbound.notice import Acknowledgement, Notice, SenderIdentity
from review_queue.sent_letters import DrawnPages, MailText

KEPT = 24  # calls whose pages are kept: somebody who looks asks for one page after another


@dataclass(frozen=True)
class _Call:
    """What a drawing follows from; equal ones are drawn once."""

    notices: tuple[Notice, ...]
    at: datetime
    sha256: str  # of what went out; "" where that is not kept


class CallPages:
    """Draws calls and remembers the latest."""

    def __init__(self, sender: SenderIdentity, draw: Callable[[Letter], FaxPages]) -> None:
        self._sender = sender
        self._draw = draw
        self._kept: OrderedDict[str, FaxPages | None] = OrderedDict()
        self._lock = Lock()

    def of(self, session: Session, letter: Delivery, call: Attempt | None, now: datetime) -> Callable[[], DrawnPages | None]:
        """What draws that call of the letter, or the letter as it would go now; None of it where it cannot be written."""
        members: Sequence[Attempt] = () if call is None else calls_storage.members(session, call.call_tag)
        mine = any(one.delivery_id == letter.delivery_id for one in members)
        ids = [one.delivery_id for one in members] if mine else [letter.delivery_id]
        notices = [one for each in ids for one in storage.notices_of(session, DeliveryId(each))]
        if call is not None:  # the number as it was called then; another may have been given since
            fax = call.fax
            notices = [replace(one, recipient=replace(one.recipient, fax=fax)) for one in notices]
        latest = call is not None and mine and call.number == letter.attempts and call.pages > 0
        sha256 = sent_storage.sha256_of_pages(session, letter.delivery_id) if latest else ""
        ordered = tuple(sorted(notices, key=lambda one: one.precedence))
        wanted = _Call(ordered, now if call is None else call.began_at, sha256)
        key = f"{call.call_tag} {' '.join(ids)} {call.fax}" if call is not None else ""
        return lambda: self._drawn(wanted, key)

    def mail(self, session: Session, letter: Delivery) -> MailText | None:
        """The letter as an e-mail; None where none can be written of it."""
        notices = storage.notices_of(session, letter.delivery_id)
        facts = notices[0].facts
        if isinstance(facts, Acknowledgement):
            return None
        try:
            written = compose_email(notices[0].kind, facts, notices[0].reference, self._sender)
        except LetterNotWritable:
            return None
        sha256 = sent_storage.sha256_of_pages(session, letter.delivery_id) if letter.pages else ""
        same = hashlib.sha256(written.text.encode()).hexdigest() == sha256 if sha256 else None
        return MailText(written.subject, written.text, same)

    def _drawn(self, wanted: _Call, key: str) -> DrawnPages | None:
        with self._lock:
            known = key in self._kept
            pages = self._kept.get(key)
        if not known:
            try:
                pages = self._draw(compose(wanted.notices, self._sender, wanted.at))
            except LetterNotWritable:
                pages = None
            self._keep(key, pages)
        if pages is None:
            return None
        drawn = pages
        same = hashlib.sha256(drawn.tiff).hexdigest() == wanted.sha256 if wanted.sha256 else None

        def page(number: int) -> bytes | None:
            return preview_png(drawn.tiff, number) if 1 <= number <= drawn.pages else None

        return DrawnPages(drawn.pages, same, page)

    def _keep(self, key: str, pages: FaxPages | None) -> None:
        if not key:  # as it would go now: not the same in a minute
            return
        with self._lock:
            self._kept[key] = pages
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
