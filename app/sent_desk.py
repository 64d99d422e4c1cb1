"""Letters that went out and are going out, put together for the desk from what outbound has written down.

What: `SentDesk` fills `review_queue.sent_letters.Sent`: the list, one letter with its calls, one number with its history, days.
Why: the desk knows no letter, outbound no page of the desk; each look goes by index, with a million letters as with ten.
Refuses: to decide; `outbound.letter_acts` does, asked through `app.sent_acts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from app.sent_acts import Line, act_on_letter, act_on_number, offered
from app.sent_causes import causes_of
from app.sent_pages import CallPages
from app.sent_words import (
    CONFIRMED,
    clock,
    clock_seconds,
    event_words,
    moment,
    number_words,
    outcome_of,
    pages_of,
    said_of,
)
from app.story_words import kinds_in_words
from intake import storage as faxes
from outbound import calls_storage, day_storage, looking_storage, numbers_storage, sent_storage, storage
from outbound.attempts import Attempt
from outbound.delivery import Delivery, DeliveryState
from outbound.gateway import Cause
from outbound.letter_kinds import LETTER_KINDS
from outbound.notice import ACKNOWLEDGEMENT, Notice, Role
from outbound.numbers import Holder, whose
from outbound.recipients import may_be_dialled
from outbound.wording import telephone
from registry import contacts
from registry.identifiers import normal_phone
from registry.moments import day_begins, day_ends
from review_queue.sent_letters import (
    Answer,
    CallLine,
    Days,
    DrawnPages,
    Filter,
    HolderLine,
    LetterAct,
    LetterLine,
    LetterList,
    LetterPage,
    Link,
    NumberAct,
    NumberCall,
    NumberPage,
    Sought,
    Step,
    Wanted,
)

STATES = {
    Filter.QUEUED: DeliveryState.DUE,
    Filter.CALLING: DeliveryState.SENDING,
    Filter.DELIVERED: DeliveryState.DELIVERED,
    Filter.UNCERTAIN: DeliveryState.UNCERTAIN,
    Filter.HELD: DeliveryState.HELD,
    Filter.NO_NUMBER: DeliveryState.NO_ADDRESS,
    Filter.FAILED: DeliveryState.ABANDONED,
    Filter.STOPPED: DeliveryState.ABANDONED,
}
WITHIN = {
    "quarter": "15 minutes", "hour": "an hour", "four": "4 hours", "day": "a day", "three_days": "3 days", "longer": "longer",
}  # fmt: skip
OF_A_DAY = ("D", "V")
"""References of two parts: what a day made due, and checks of numbers."""
EXEMPT = {Role.SENDER.value: "letters to the sender of a fax name no patient", Role.CONTACT_CENTRE.value: "a setting of ours"}
"""Why numbers of these roles need no confirmation, by `outbound.numbers.VOUCHED_BY_SETTING`."""
CALLS_BACK = timedelta(weeks=26)  # of a number's calls on its page
MOST_CALLS = 400
OWN_FACTS = ("far machine", "rate", "log")  # of the evidence: shown under names of ours, before the rest


class SentDesk:
    """The letters for the desk."""

    def __init__(self, line: Line, pages: CallPages, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._line = line
        self._pages = pages
        self._clock = clock

    def kinds(self) -> Sequence[tuple[str, str]]:
        """By their words, the answer to a fax first."""
        named = sorted((kinds_in_words([one]), one) for one in LETTER_KINDS)
        return [(ACKNOWLEDGEMENT, kinds_in_words([ACKNOWLEDGEMENT])), *((code, words) for words, code in named)]

    def wanting(self, session: Session, most: int) -> int:
        """Counted by the index of just those."""
        return sent_storage.wanting(session, most)

    def letters(self, session: Session, wanted: Sought, after: str, limit: int, now: datetime) -> LetterList:
        """One look; what nobody can look for finds nothing."""
        asked = _asked(wanted)
        if asked is None:
            return LetterList((), "", "Look for a whole fax number, or a reference such as R-20231120-0417.")
        found = sent_storage.sought(session, asked, _place(after), limit)
        then = "" if found.then is None else _written(found.then)
        looked = ""
        if found.then is not None and len(found.letters) < limit:
            looked = f"Looked at the letters back to {clock(found.then.at)}; there are earlier ones."
        return LetterList(self._lines(session, found.letters, now), then, looked)

    def letter(self, session: Session, letter_id: str, now: datetime) -> LetterPage | None:
        """By id or by name."""
        known = looking_storage.named(session, letter_id)
        if known is None:
            return None
        full = looking_storage.letter(session, known)
        (line,) = self._lines(session, [full.delivery], now)
        return LetterPage(
            line=line,
            brings=tuple(_tells(one) for one in full.notices),
            causes=tuple(causes_of(session, full.delivery, full.notices)),
            calls=tuple(self._call(session, full.delivery, one, now) for one in reversed(full.attempts)),
            history=tuple(
                Step(clock_seconds(one.at), event_words(one.event), "" if one.by == "remsfax" else one.by, one.detail)
                for one in full.history
            ),
            acts=offered(session, full.delivery),
            number_state=self._number_state(session, full.delivery, now),
            mail=None if full.delivery.email is None else self._pages.mail(session, full.delivery),
        )

    def drawn(self, session: Session, letter_id: str, call: int) -> Callable[[], DrawnPages | None] | None:
        """The call with all its letters; 0: the letter as it would go now."""
        known = looking_storage.named(session, letter_id)
        if known is None:
            return None
        attempts = {one.number: one for one in calls_storage.attempts(session, known)}
        letter = storage.delivery(session, known)
        if (call and call not in attempts) or letter.email is not None or (call and not attempts[call].fax):
            return None
        return self._pages.of(session, letter, attempts.get(call), self._clock())

    def number(self, session: Session, fax: str, after: str, limit: int, now: datetime) -> NumberPage | None:
        """Also one that nobody has called yet."""
        if normal_phone(fax) != fax:
            return None
        one = numbers_storage.number(session, fax, now)
        found = self.letters(session, Sought(text=fax), after, limit, now)
        calls = sent_storage.calls_to(session, fax, now - CALLS_BACK, MOST_CALLS)
        facts = [("Calls today", str(one.called_today)), ("Failed calls in a row", str(one.failures))]
        facts += [("Last arrived", clock(one.last_arrived_at))] if one.last_arrived_at else []
        facts += [("Rests until", moment(one.rests_until, now))] if one.rests_until and one.rests_until > now else []
        facts += [] if may_be_dialled(fax) else [("May be dialled", "no: a premium number, or abroad")]
        return NumberPage(
            fax=fax,
            number=telephone(fax),
            barred=f"since {clock(one.barred_at)}, by {one.barred_by}: {one.barred_reason}" if one.barred_at else "",
            flagged=f"since {clock(one.flagged_at)}: {one.flag_reason}" if one.flagged_at else "",
            facts=tuple(facts),
            holders=_holders(numbers_storage.holders_of(session, fax), found.lines),
            on_file=tuple(
                Link(f"{each.name} ({Role(each.role).label.lower()})", f"/desk/people/{each.role}/{each.identifier}")
                for each in contacts.parties_with_fax(session, fax)
            ),
            calls=self._number_calls(session, calls),
            history=tuple(
                Step(clock(each.at), event_words(each.event), "" if each.by == "remsfax" else each.by, each.detail)
                for each in reversed(numbers_storage.history(session, fax))
            ),
            letters=found,
        )

    def days(self, session: Session, first: date, last: date) -> Days:
        """Every day of the span, also one that brought nothing."""
        found = day_storage.per_day(session, first, last)
        length = (last - first).days + 1
        days = {day: found.get(day, {}) for day in (first + timedelta(days=place) for place in range(length))}
        return Days(days, {one.value: one.label for one in Cause}, WITHIN)

    def act(self, letter_id: str, act: LetterAct, wanted: Wanted, now: datetime) -> Answer:
        """By `app.sent_acts`."""
        with self._line.database.reading() as session:
            known = looking_storage.named(session, letter_id)
        if known is None:
            raise KeyError(letter_id)
        return act_on_letter(self._line, known, act, wanted, now)

    def act_on_number(self, fax: str, act: NumberAct, wanted: Wanted, now: datetime) -> Answer:
        """By `app.sent_acts`."""
        return act_on_number(self._line, fax, act, wanted, now)

    def _lines(self, session: Session, letters: Sequence[Delivery], now: datetime) -> tuple[LetterLine, ...]:
        last = sent_storage.last_attempts(session, [one.delivery_id for one in letters])
        answered = faxes.ids_of_references(session, {one.reference for one in letters})
        return tuple(
            LetterLine(
                letter_id=one.delivery_id,
                name=one.letter,
                what=kinds_in_words(one.kinds),
                to=one.name,
                role=Role(one.role).label if one.role in set(Role) else one.role,
                number=telephone(one.fax),
                fax=one.fax or "",
                email=one.email or "",
                reference=one.reference,
                fax_id=answered.get(one.reference, ""),
                said=said_of(one, last.get(one.delivery_id), now),
                attempts=one.attempts,
                at=clock(one.created_at),
                urgent=one.urgent,
            )
            for one in letters
        )

    def _call(self, session: Session, letter: Delivery, call: Attempt, now: datetime) -> CallLine:
        outcome, tone = outcome_of(call)
        beside = [one.delivery_id for one in calls_storage.members(session, call.call_tag)]
        others = [storage.delivery(session, one) for one in beside if one != letter.delivery_id]
        facts = [("Far station", call.far_station), ("Rate", call.rate), ("Log of the line", call.log)]
        facts += [("Job of the gateway", call.gateway_reference)]
        facts += [(name.capitalize(), words) for name, words in call.evidence.items() if name not in OWN_FACTS]
        return CallLine(
            number=call.number,
            at=clock_seconds(call.began_at),
            ended="" if call.ended_at is None else clock_seconds(call.ended_at),
            to=telephone(call.fax) or letter.email or "an address",
            outcome=outcome,
            tone=tone,
            words=call.detail,
            pages=pages_of(call),
            facts=tuple((name, words) for name, words in facts if words),
            beside=self._lines(session, others, now) if letter.delivery_id in beside else (),
        )

    def _number_calls(self, session: Session, calls: Sequence[Attempt]) -> tuple[NumberCall, ...]:
        names = sent_storage.names_of(session, {one.delivery_id for one in calls})
        return tuple(_number_call(one, names.get(one.delivery_id, one.delivery_id)) for one in calls)

    def _number_state(self, session: Session, letter: Delivery, now: datetime) -> str:
        if letter.fax is None:
            return ""
        holder = numbers_storage.holders(session, [letter.fax]).get((letter.fax, whose(letter.role, letter.name)))
        number = numbers_storage.number(session, letter.fax, now)
        return number_words(number, holder, self._line.rules.confirm_numbers)


def _number_call(call: Attempt, letter: str) -> NumberCall:
    outcome, tone = outcome_of(call)
    return NumberCall(
        began=call.began_at,
        at=clock_seconds(call.began_at),
        letter_id=call.delivery_id,
        letter=letter,
        outcome=outcome,
        tone=tone,
        words=call.detail,
        pages=pages_of(call),
        far=call.far_station,
    )


def _asked(wanted: Sought) -> sent_storage.Sought | None:
    """What outbound is asked for; None for words that name neither a number nor a reference."""
    state = Filter(wanted.state) if wanted.state in set(Filter) else None
    text, fax, reference = wanted.text.strip(), "", ""
    if text:
        fax = normal_phone(text) or ""
        reference = "" if fax else _reference(text)
        if not fax and not reference:
            return None
    return sent_storage.Sought(
        wants_a_person=state is Filter.PERSON,
        state=None if state is None else STATES.get(state),
        by_person={Filter.FAILED: False, Filter.STOPPED: True}.get(state) if state else None,
        fax=fax,
        reference=reference,
        kind=wanted.kind,
        begins=None if wanted.begins is None else day_begins(wanted.begins),
        ends=None if wanted.ends is None else day_ends(wanted.ends),
    )


def _reference(text: str) -> str:
    """A reference, also from a letter's name: "R-20231120-0417-2" is under R-20231120-0417, "D-20231120-7" under D-20231120."""
    parts = text.upper().split("-")
    if len(parts) < 2 or len(parts[0]) != 1:
        return ""
    return "-".join(parts[: 2 if parts[0] in OF_A_DAY else 3])


def _tells(notice: Notice) -> str:
    words = kinds_in_words([notice.kind])
    return f"{words[:1].upper()}{words[1:]}"


def _holders(known: Iterable[Holder], letters: Iterable[LetterLine]) -> tuple[HolderLine, ...]:
    """Who is known at the number, and who else its letters name."""
    found = {}
    for one in known:
        how = CONFIRMED.get(one.confirmed_how, one.confirmed_how)
        by = "" if one.confirmed_by in ("", "remsfax") else f", by {one.confirmed_by}"
        why = f": {one.confirmed_detail}" if one.confirmed_detail else ""
        confirmed = "" if one.confirmed_at is None else f"{clock(one.confirmed_at)}, {how}{by}{why}"
        awaited = one.confirmed_at is None and one.checked_by is not None
        found[whose(one.role, one.name)] = HolderLine(one.role, _label(one.role), one.name, confirmed, awaited)
    roles = {one.label: one.value for one in Role}
    for each in letters:
        role = roles.get(each.role, each.role)
        found.setdefault(whose(role, each.to), HolderLine(role, each.role, each.to, "", exempt=EXEMPT.get(role, "")))
    return tuple(found.values())


def _label(role: str) -> str:
    return Role(role).label if role in set(Role) else role


def _written(place: sent_storage.Place) -> str:
    return f"{place.at.isoformat()}~{place.delivery_id}{'~!' if place.urgent else ''}"


def _place(after: str) -> sent_storage.Place | None:
    """As `_written` wrote it; None for anything else: the list then begins at its beginning."""
    at, _, rest = after.partition("~")
    delivery_id, _, urgent = rest.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return None if moment.tzinfo is None or not delivery_id else sent_storage.Place(moment, delivery_id, urgent == "!")
