"""To which machine a letter goes: the policy, as pure functions.

What: the recipient of an acknowledgement and of a notice of the registry.
Why: a wrong number is a disclosure, and a caller's number is only what the caller's machine claims.

The policy [decision]:
1. A notice of the registry to a party it knows carries patient data. It goes to the fax number on file and nowhere else;
   without one it waits for an operator (NO_ADDRESS). Neither the number on the form nor the caller's is ever taken for it.
   A notice to the "sender", whom the registry does not know, goes to the caller's number; its letter names no patient
   (`outbound.letters` leaves every patient fact out for that role).
2. An acknowledgement carries no patient data, so it may go to a number nobody has verified, but prefers one that somebody has:
   a. the caller's number, if it is on file for one of the parties of the fax: known, and where somebody waits for the answer;
   b. else the number on file of the first party (prescriber, or pharmacy on pharmacy forms);
   c. else a number written on a form, if its reading was accepted or a person confirmed it;
   d. else the caller's number;
   e. else nobody's: an operator sees it.
   Why (b) before (d): a clinic that faxes through a trunk line or a fax service signals a number that answers to nobody.
3. Unverified numbers (c, d, and the "sender" of 1) must be telephone numbers within the United States and not premium ones:
   a signalled number is a way to make a machine dial an expensive one.
4. A strip cut from the sender's own page may show what stands in a field (rems-rules §7, minimum necessary). It goes only to a
   number that is confirmed for the party it is on file for (decision 39), or to the number the fax came from, whose machine has
   held the sheet. A number that is merely written on a form, this one or an earlier one, gets none: one misread digit would show
   it to a stranger.
Refuses: our own number, in every case. A fax that claims to come from us would be answered by us, to us, for ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from outbound.letter_kinds import MAILED
from outbound.notice import Recipient, Role
from registry.identifiers import normal_phone
from registry.submission import NoticeDue

PREMIUM_AREAS = frozenset({"900"})
PREMIUM_EXCHANGES = frozenset({"976"})
ABROAD = frozenset(  # area codes of the same numbering plan outside the United States and Canada
    """242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876""".split()  # noqa: SIM905 - a table reads better
)


def acknowledgement_recipient(
    parties: Sequence[Recipient], on_forms: Sequence[str], caller: str | None, *, ours: str
) -> Recipient:
    """Who is told that the fax arrived.

    `parties`: who sent each document, with the number on file, in the order of the fax. `on_forms`: numbers written on the
    forms that are certain. `caller`: as signalled, in any notation. `ours`: ten digits.
    """
    known = [one for one in parties if one.fax and one.fax != ours]
    calling = normal_phone(caller) if caller else None
    for party in known:
        if party.fax == calling:
            return party
    if known:
        return known[0]
    named = parties[0] if parties else Recipient(Role.SENDER, "", None)
    for written in (*on_forms, caller or ""):
        number = normal_phone(written) if written else None
        if number is not None and number != ours and may_be_dialled(number):
            return Recipient(named.role, named.name, number)
    return Recipient(named.role, named.name, None)


def may_see_own_page(recipient: Recipient, confirmed: Sequence[Recipient], caller: str | None) -> bool:
    """Whether a letter to this machine may show what stands in a field of the fax it answers (4.).

    `confirmed`: the parties of the fax whose number on file is confirmed.
    """
    if recipient.fax is None:
        return False
    return recipient in confirmed or (bool(caller) and recipient.fax == normal_phone(caller or ""))


def notice_recipient(due: NoticeDue, *, ours: str, contact_centre: str | None = None, mails: bool = False) -> Recipient:
    """To whom a notice of the registry goes: the fax number on file, or no number; an invitation to the address on file.

    `contact_centre`: the fax machine of the people who take urgent reports (R05, R35), if they have one beside our own line.
    `mails`: there is a mail server. Without one an invitation goes by fax to whoever has a number, and else waits for the server.
    """
    role = Role(due.to)
    written = contact_centre if role is Role.CONTACT_CENTRE else due.fax
    number = normal_phone(written) if written else None
    refused = number == ours or (role is Role.SENDER and number is not None and not may_be_dialled(number))
    fax = None if refused else number
    if due.kind in MAILED and due.email and (mails or fax is None):
        return Recipient(role, due.name, None, due.email)
    return Recipient(role, due.name, fax)


def may_be_dialled(number: str) -> bool:
    """Not a premium number and not abroad."""
    area, exchange = number[:3], number[3:6]
    return area not in PREMIUM_AREAS | ABROAD and exchange not in PREMIUM_EXCHANGES
