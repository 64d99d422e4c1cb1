"""One e-mail for one letter: take, hand over, settle; beside the telephone, whose lines, hours and numbers it does not know.

What: `send_mail`, which an actor calls for every letter that is due and goes by e-mail.
How: as with faxes (`outbound.sending`): SENDING is stored with the attempt counted before any work, then that the text is made,
then it is handed over. An attempt that was never marked as made was never handed over: it is tried again. One that was, and of
which nobody knows the end, is UNCERTAIN: no mail server can be asked what became of a mail.
Refuses: to resend what may have gone out. Without a mail server a letter is HELD, says so, and goes once there is one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from outbound import calls_storage, storage
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, HeldFor
from outbound.emails import compose_email
from outbound.gateway import Impossible, NotTaken, Outcome, Unknown
from outbound.letters import LetterNotWritable
from outbound.mail import Mail
from outbound.notice import Acknowledgement, Notice, SenderIdentity
from outbound.retrying import Decision, RetryPolicy
from outbound.sending import PATIENCE, mark_of, settle

OFF = "e-mail is off: no mail server is set (REMSFAX_SMTP_HOST); it goes once there is one"


class Post(Protocol):
    """Something that takes mails."""

    def submit(self, mail: Mail, now: datetime) -> Outcome:
        """Hand one mail over."""
        ...


@dataclass(frozen=True)
class _Taken:
    """A letter this worker has taken: to send it, or to judge an attempt whose worker is silent."""

    letter: Delivery
    notices: tuple[Notice, ...]  # what it brings
    judged: Outcome | None = None  # of a silent attempt; None: it is to be sent


def send_mail(
    session_factory: sessionmaker[Session],
    delivery_id: DeliveryId,
    post: Post | None,
    now: datetime,
    *,
    sender: SenderIdentity,
    policy: RetryPolicy = PATIENCE,
) -> Decision | None:
    """Do what the letter needs at `now`; the decision on it, or None if there was nothing to do or another worker has it.

    `post`: None where no mail server is set. Calling it twice changes nothing the second time. KeyError if there is no such
    letter.
    """
    try:
        with session_factory.begin() as session:
            taken = _take(session, delivery_id, post, now, policy)
    except StaleDataError:  # another worker has the letter
        return None
    if taken is None:
        return None
    outcome = taken.judged
    if outcome is None and post is not None:
        outcome = _hand_over(session_factory, taken, post, sender, now)
    if outcome is None:
        return None
    return settle(session_factory, taken.letter.call_tag, outcome, now, policy).get(delivery_id)


def _take(session: Session, delivery_id: DeliveryId, post: Post | None, now: datetime, policy: RetryPolicy) -> _Taken | None:
    """The letter, claimed for this worker; None if nothing is to be done."""
    letter = storage.delivery(session, delivery_id)
    if letter.email is None or letter.next_look_at is None or letter.next_look_at > now:
        return None
    look_at = now + policy.mail_presumed_dead_after
    if letter.state is DeliveryState.SENDING:
        storage.postpone_look(session, delivery_id, look_at)
        return _Taken(letter, (), _of_silent_attempt(session, letter))
    if post is None:
        storage.note_event(session, delivery_id, Event.HOLD, now, detail=OFF, waits_for=HeldFor.MAIL_OFF.value)
        return None
    (begun,) = calls_storage.begin_call(session, delivery_id, (), now, look_at)
    return _Taken(begun, storage.notices_of(session, delivery_id))


def _of_silent_attempt(session: Session, letter: Delivery) -> Outcome:
    """What is known of an attempt whose worker says nothing any more."""
    attempt = calls_storage.attempts(session, letter.delivery_id)[-1]
    if not attempt.pages:
        return NotTaken()  # it is marked before it is handed over, and only while nobody has judged it
    return Unknown("nobody knows whether the mail server took it: the sending process died meanwhile")


def _hand_over(
    session_factory: sessionmaker[Session], taken: _Taken, post: Post, sender: SenderIdentity, now: datetime
) -> Outcome | None:
    """Write and submit; None where the attempt was judged meanwhile."""
    letter, notices = taken.letter, taken.notices
    if len(notices) != 1 or letter.email is None:
        return Impossible("an e-mail goes to an address and brings one notice")
    (notice,) = notices
    facts = {} if isinstance(notice.facts, Acknowledgement) else notice.facts  # an answer to a fax has no text, and is refused
    try:
        email = compose_email(notice.kind, facts, notice.reference, sender)
    except LetterNotWritable as problem:
        return Impossible(f"the e-mail cannot be written: {problem}")
    mail = Mail(mark_of(letter), letter.email, letter.name, email.subject, email.text)
    with session_factory.begin() as session:
        if not calls_storage.note_rendered(session, letter.call_tag, 1, hashlib.sha256(email.text.encode()).hexdigest()):
            return None
    return post.submit(mail, now)


__all__ = ["OFF", "Post", "send_mail"]
