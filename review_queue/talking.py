"""What an item's page says about questions to its sender and their answers: pure.

What: `Talk` and its lines, and what a reviewer had settled on the earlier fax as guesses for the same fields.
Why: whoever has the answer before them must see what was asked, and need not key again what a colleague had settled.
Refuses: to settle anything: an earlier word is a guess under a key, never an answer by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from registry.policies import PROGRAM_ZONE
from review_queue.asking_storage import Answer
from review_queue.joining import Ended, Question, Tie
from review_queue.page_models import Answer as Offered
from review_queue.page_models import Card, ItemPage
from review_queue.waiting_for_sender import overdue

MOST_GUESSES = 9  # one key each
ENDS = {
    Ended.ANSWERED: "The answer came",
    Ended.SETTLED: "It was settled without an answer on paper",
    Ended.ASKED_AGAIN: "The sender was asked again",
}


@dataclass(frozen=True)
class AskedLine:
    """One question about the form on the page."""

    asked: str  # "11/23/2026 by ann"
    asked_for: tuple[str, ...]  # a sentence each
    until: str  # "11/30/2026"
    late: bool  # the day is over and nothing came
    ended: str  # how it ended, in words; empty: it is open
    answers: tuple[tuple[str, bool], ...]  # faxes that came in answer, and whether each is joined with it


@dataclass(frozen=True)
class AnswersLine:
    """The question that the form on the page answers, or may answer."""

    item_id: str  # of the earlier item: its page and images
    fax_id: str  # of the earlier fax
    reference: str
    asked: str  # "11/23/2026 by ann"
    asked_for: tuple[str, ...]
    joined: bool  # False: a person must say yet
    tie: str  # what ties the two together, in words
    pages: tuple[str, ...]  # which pages were taken over, a phrase each


@dataclass(frozen=True)
class Talk:
    """Everything an item's page says about asking and answering."""

    asked: tuple[AskedLine, ...] = ()  # about this form, the latest first
    answers: AnswersLine | None = None  # what this form answers


def talk(questions: Mapping[Question, tuple[Answer, ...]], answer: Answer | None, now: datetime) -> Talk:
    """The lines of a page: what was asked about its form with what came, and what the form itself answers."""
    asked = tuple(_asked(one, came, now) for one, came in reversed(list(questions.items())))
    return Talk(asked, None if answer is None else _answers(answer))


def with_earlier(page: ItemPage, said: Mapping[str, tuple[str, str]], reference: str) -> ItemPage:
    """The page with what was settled on the earlier fax under one key. `said`: by field, what is posted and how it reads."""
    return replace(page, doubts=tuple(_offering(card, said, reference) for card in page.doubts)) if said else page


def _offering(card: Card, said: Mapping[str, tuple[str, str]], reference: str) -> Card:
    code, words = said.get(card.key, ("", ""))
    if not code or card.widget == "seen":
        return card
    if card.widget == "pick":
        marked = tuple(
            replace(one, label=f"{one.label} (so on {reference})") if one.code == code else one for one in card.answers
        )
        return replace(card, answers=marked)
    others = [one for one in card.answers if one.code != code][: MOST_GUESSES - 1]
    first = Offered(1, code, words, False, f"on {reference}")
    rest = [replace(one, number=place) for place, one in enumerate(others, start=2)]
    return replace(card, answers=(first, *rest))


def _asked(question: Question, came: tuple[Answer, ...], now: datetime) -> AskedLine:
    return AskedLine(
        asked=f"{_day(question.asked_at)} by {question.by}",
        asked_for=question.asked_for,
        until=f"{question.answer_by:%m/%d/%Y}",
        late=not question.ended and overdue(question.answer_by, now),
        ended=ENDS[Ended(question.ended)] if question.ended else "",
        answers=tuple((one.fax_id, one.joined) for one in came),
    )


def _answers(answer: Answer) -> AnswersLine:
    question = answer.question
    return AnswersLine(
        item_id=question.item_id,
        fax_id=question.fax_id,
        reference=question.reference,
        asked=f"{_day(question.asked_at)} by {question.by}",
        asked_for=question.asked_for,
        joined=answer.joined,
        tie=f"{answer.by} said so" if answer.tie is Tie.PERSON else answer.tie.label,
        pages=tuple(f"page {mine} here is page {theirs} of {question.reference}" for mine, theirs in answer.pages),
    )


def _day(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y}"
