"""A form that came from a number proves that number: the sender's machine is where the sender's letters go.

What: `note_proofs`, called in the transaction that admits a form; `is_confirmed`, asked before something of a page is shown.
Why: most senders fax from the machine they want to be answered at; they must not read a code out on the phone.
Refuses: a form of which nothing was admitted, one whose number on file is not the one that called, and one without the sender's
own name: a number is confirmed for one recipient.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from outbound import numbers_storage
from outbound.notice import Recipient
from outbound.numbers import Confirmed, whose
from registry.identifiers import normal_phone
from registry.submission import Admission, Admitted


def note_proofs(
    session: Session, caller: str | None, party: Recipient | None, admission: Admission, reference: str, now: datetime
) -> None:
    """`caller`: as signalled; `party`: who sent the form, with the number on file after its admission."""
    number = normal_phone(caller) if caller else None
    if party is None or number is None or party.fax != number or admission.admitted is Admitted.NO:
        return
    numbers_storage.note_machine_there(session, number, now, f"a fax came from there: {reference}")
    numbers_storage.confirm(session, number, party.role.value, party.name, Confirmed.CALLER, "remsfax", reference, now)


def is_confirmed(session: Session, party: Recipient) -> bool:
    """Whether the number on file is shown to be that party's (decision 39), whatever the setting says of letters."""
    if party.fax is None:
        return False
    holder = numbers_storage.holders(session, [party.fax]).get((party.fax, whose(party.role.value, party.name)))
    return holder is not None and holder.confirmed_at is not None
