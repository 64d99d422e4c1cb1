"""What caused a letter, and whom it is about, as links to the desk's pages.

What: the fax, call, act, day or earlier letter behind it, and the people its notices name.
Why: a letter is answered for by what it followed from; whoever asks about it is two keys away from that page.
Refuses: nothing; what has no page is told in words, with no address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from sqlalchemy.orm import Session

from intake import storage as faxes
from outbound import sent_storage, storage
from outbound.delivery import Delivery
from outbound.letter_kinds import NUMBER_CHECK
from outbound.notice import Notice
from registry.identifiers import print_patient_id
from review_queue import phone_storage
from review_queue.sent_letters import Link

BY_LETTER = {"C": "a person put a record right at the desk", "D": "a day came: what time alone makes due"}
"""What references that are no fax's stand for, by their first letter."""
PEOPLE = (("patient_id", "patient"), ("prescriber_npi", "prescriber"), ("pharmacy_npi", "pharmacy"))
"""Facts of a notice that name somebody with a page."""


def causes_of(session: Session, letter: Delivery, notices: Sequence[Notice]) -> Iterator[Link]:
    """What it followed from, then whom it names, each once."""
    fax = faxes.fax_of_reference(session, letter.reference)
    calls = {one.key.partition("/")[0].removeprefix("phone-") for one in notices if one.key.startswith("phone-")}
    if fax is not None:
        yield Link(f"Fax {letter.reference}", f"/desk/faxes/{quote(fax.fax.fax_id, safe='')}/history")
    for call_id in sorted(calls):
        known = phone_storage.call(session, call_id) is not None
        yield Link(f"Call {letter.reference}", f"/desk/phone/calls/{quote(call_id, safe='')}" if known else "")
    if fax is None and not calls:
        check = any(one.kind == NUMBER_CHECK for one in notices)
        words = "a number must be confirmed" if check else BY_LETTER.get(letter.reference[:1], "")
        yield Link(f"{letter.reference}{f': {words}' if words else ''}", "")
    for one in notices:
        before, copied, _ = one.key.partition("/copy/")
        original = sent_storage.bringing(session, before) if copied else None
        if original is not None:
            name = storage.delivery(session, original).letter
            yield Link(f"A further copy of {name}", f"/desk/sent/{quote(original, safe='')}")
            break
    yield from dict.fromkeys(link for one in notices for link in _people(one))


def _people(notice: Notice) -> Iterator[Link]:
    if not isinstance(notice.facts, Mapping):
        return
    for fact, kind in PEOPLE:
        key = notice.facts.get(fact)
        if key:
            number = print_patient_id(str(key)) if kind == "patient" else f"NPI {key}"
            name = notice.facts.get(f"{kind}_name")
            words = f"{kind.capitalize()} {f'{name}, ' if name else ''}{number}"
            yield Link(words, f"/desk/people/{kind}/{quote(str(key), safe='')}")
