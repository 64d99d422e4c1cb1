"""The charts of what went out: each number where it belongs, each picture with its table; and the words of states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.sent_words import EVENTS, event_words, moment, outcome_of
from outbound.attempts import Attempt, How
from outbound.delivery import DeliveryId, Event
from outbound.gateway import Cause
from review_queue.sent_figures import WEEKS, by_day, calls_by_week, charts
from review_queue.sent_letters import Days, NumberCall, Tone

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)
COUNTED = st.sampled_from(["delivered", "uncertain", "given_up", "calls", "not_sent:busy", "took:hour", "tries:1", "tries:5"])
WORDS = Days({}, {"busy": "the line is busy"}, {"quarter": "15 minutes", "hour": "an hour", "longer": "longer"})


@given(st.lists(st.dictionaries(COUNTED, st.integers(0, 10**6)), max_size=28))
def test_every_chart_says_in_its_table_what_it_draws(found):
    days = {TODAY - timedelta(days=back): one for back, one in enumerate(found)}
    for chart in charts(Days(days, WORDS.causes, WORDS.within)):
        assert all(len(row) == len(chart.heads) for row in chart.rows)
        assert chart.svg.startswith("<svg")
        assert chart.says
    table = by_day(days).rows
    assert [int(row[1]) for row in table] == [one.get("delivered", 0) for one in found]


def test_figures_tell_how_soon_at_which_attempt_and_why_not():
    day = {"delivered": 8, "given_up": 2, "took:quarter": 4, "took:hour": 2, "took:longer": 2, "tries:1": 6, "tries:5": 2,
           "not_sent:busy": 3, "not_sent:elsewhere": 1}  # fmt: skip
    ends, took, tries, causes = charts(Days({TODAY: day}, WORDS.causes, WORDS.within))
    assert ends.says.startswith("8 delivered in 1 days, 80 % of what ended; 0 became uncertain, 2 failed.")
    assert took.says == "75 % of 8 letters arrived within an hour."
    assert took.rows[-1] == ("after that", "2", "25 %", "100 %")
    assert tries.rows[0] == ("1 attempt", "6", "75 %")
    assert tries.rows[-1] == ("5 or more", "2", "25 %")
    assert causes.rows == (("the line is busy", "3", "75 %"), ("elsewhere", "1", "25 %"))


def test_calls_of_a_number_stand_in_their_week_by_the_programs_calendar():
    def call(at: datetime, tone: Tone) -> NumberCall:
        return NumberCall(at, "", "letter", "R-1-1", "", tone, "", "", "")

    monday_night = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Sunday evening on the program's clock
    found = [call(NOW, Tone.ARRIVED), call(NOW, Tone.PERSON), call(monday_night, Tone.ENDED), call(NOW, Tone.WAITS)]
    chart = calls_by_week(found, NOW)
    assert chart.rows == (("11/23/2026", "1", "1", "1"), ("11/16/2026", "0", "0", "1"))
    assert chart.says == f"4 calls in the last {WEEKS} weeks; 1 brought every page."


def test_every_event_of_a_letter_has_words_and_an_unknown_one_its_name():
    assert set(Event) <= set(EVENTS)
    assert event_words("something_new") == "something new"


def test_every_end_of_a_call_has_words_and_only_what_may_have_gone_out_asks_for_a_person():
    def call(how: How | None, cause: str = "") -> Attempt:
        return Attempt(DeliveryId("d"), 1, "d-1", True, "3125550142", NOW, None, how, cause, "", 2, None, "", {})

    told = {how: outcome_of(call(how)) for how in How}
    assert {how for how, (_, tone) in told.items() if tone is Tone.PERSON} == {How.UNKNOWN, How.PARTLY}
    assert outcome_of(call(None)) == ("On the line", Tone.CALLING)
    for cause in Cause:
        assert cause.label in outcome_of(call(How.NOT_SENT, cause.value))[0]


def test_a_time_of_today_is_an_hour_and_of_another_day_a_date():
    assert moment(NOW, NOW) == "10:04"
    assert moment(NOW + timedelta(days=1), NOW) == "11/24 10:04"
