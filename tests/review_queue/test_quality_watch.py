"""Samples from admission to figure: keyed blind, borne out by a third, told to a senior, an alarm raised and lowered."""

from datetime import timedelta

import pytest

from review_queue import keying_storage, quality_storage, quality_watch, reviewing, storage
from review_queue.keying import KeyingState, KeyingTask
from review_queue.keying_tables import SampleRow
from review_queue.quality import Outcome
from review_queue.sampling import SamplingRules
from review_queue.triage import TriageContext, triage
from tests.review_queue import invented
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import enqueue
from tests.review_queue.invented import CERTAIN, DISAGREEING, STATUS_FORM, reading
from tests.review_queue.keying_desk import key, keying_desk, taken

ALL = SamplingRules(share=1.0)
SAMPLED = [name for name, value in CERTAIN.items() if value not in (None, False, "absent")] + ["blank"] * 4


@pytest.fixture
def desk(tmp_path):
    return keying_desk(tmp_path)


def admitted(desk, number=1, rules=ALL, **values):
    """A form that went through unseen; True if it is a sample."""
    facts = invented.fax(f"R-20261123-{number:04d}")
    with desk.sessions() as session, session.begin():
        return quality_watch.note_untouched(
            session, f"document-{number}", facts, reading(), STATUS_FORM, {**CERTAIN, **values}, rules, desk.clock()
        )


def outcomes(desk):
    with desk.sessions() as session:
        return {row.field: row.outcome for row in session.query(SampleRow).all()}


def typed(**changes):
    """What people key who read it as the readers did, but for the changes."""
    return {**CERTAIN, **{name.replace("__", "."): value for name, value in changes.items()}}


def alarms(desk):
    with desk.sessions() as session:
        return quality_storage.alarms(session)


def test_a_sample_is_keyed_by_one_person_where_they_agree_with_what_was_admitted(desk):
    assert admitted(desk)
    assert set(outcomes(desk).values()) == {"open"}
    assert key(desk, "ann", typed()).state is KeyingState.ALIKE
    assert set(outcomes(desk).values()) == {"right"}
    assert taken(desk, "bob") is None
    assert alarms(desk) == []


def test_a_mismatch_counts_as_an_error_only_once_a_third_keyed_the_same(desk):
    admitted(desk)
    again = key(desk, "ann", typed(labs__0__anc=3113))
    assert (again.state, again.fields) == (KeyingState.WAITING, ("labs.0.anc",))
    assert outcomes(desk)["labs.0.anc"] == "open"
    assert outcomes(desk)["patient_id"] == "right"
    assert taken(desk, "ann") is None
    key(desk, "bob", {"labs.0.anc": 3113})
    assert outcomes(desk)["labs.0.anc"] == "wrong"


def test_a_slip_of_the_second_is_no_error_of_the_reading(desk):
    admitted(desk)
    key(desk, "ann", typed(labs__0__anc=3113))
    key(desk, "bob", {"labs.0.anc": 3773})
    assert set(outcomes(desk).values()) == {"right"}


def test_a_real_error_is_told_to_seniors_with_the_way_to_put_it_right_and_raises_the_bars(desk):
    admitted(desk)
    key(desk, "ann", typed(labs__0__anc=3113))
    key(desk, "bob", {"labs.0.anc": 3113})
    assert "Found wrong" not in Person(desk, "ann").get("/desk").text
    bob = Person(desk, "bob")
    page = bob.get("/desk").text
    assert 'admitted as <b class="ref">3773</b>' in page
    assert 'href="/desk/people?q=4417082K7"' in page
    assert "Bars are raised for critical fields" in page
    path = "/desk/samples/blind-document-1/labs.0.anc"
    assert bob.act(path, outcome="wrong", words=" ").status_code == 422
    assert Person(desk, "ann").act(path, outcome="wrong", words="Corrected.").status_code == 403
    assert bob.act(path, outcome="wrong", words="Corrected.").status_code == 303
    assert bob.act(path, outcome="right", words="Again.").status_code == 409
    assert "Found wrong" not in bob.get("/desk").text
    assert outcomes(desk)["labs.0.anc"] == "wrong"


def test_what_no_two_agree_on_is_a_seniors_to_say(desk):
    admitted(desk)
    key(desk, "ann", typed(labs__0__anc=3113))
    key(desk, "bob", {"labs.0.anc": 3133})
    assert outcomes(desk)["labs.0.anc"] == "unclear"
    bob = Person(desk, "bob")
    assert "No two agree" in bob.get("/desk").text
    bob.act("/desk/samples/blind-document-1/labs.0.anc", outcome="right", words="I see 3773.")
    assert outcomes(desk)["labs.0.anc"] == "right"


def test_an_alarm_is_lowered_by_a_supervisor_with_a_reason_and_old_errors_raise_no_second_one(desk):
    admitted(desk)
    key(desk, "ann", typed(labs__0__anc=3113))
    key(desk, "bob", {"labs.0.anc": 3113})
    (alarm,) = alarms(desk)
    assert alarm.critical
    assert f"1 of {len(SAMPLED)} fields keyed blind were wrong" in alarm.why
    path = f"/desk/alarms/{alarm.number}/lower"
    assert Person(desk, "bob").act(path, reason="Fixed.").status_code == 403
    sue = Person(desk, "sue")
    assert "Lower the bars" in sue.get("/desk/quality").text
    assert sue.act(path, reason="The scanner at the clinic was replaced.").status_code == 303
    assert alarms(desk) == []
    desk.clock.pass_by(minutes=1)
    admitted(desk, 2)
    key(desk, "ann", typed())
    assert alarms(desk) == []
    with desk.sessions() as session:
        told = [(row.event, row.by) for row in storage.events(session, quality_watch.ALARMS)]
    assert told == [("alarm raised", "remsfax"), ("alarm lowered", "sue")]


def test_an_alarm_is_over_by_itself_when_enough_admitted_since_was_keyed_right(desk):
    admitted(desk)
    key(desk, "ann", typed(labs__0__anc=3113))
    key(desk, "bob", {"labs.0.anc": 3113})
    desk.clock.pass_by(minutes=1)
    now = desk.clock()

    def rows(begin, admitted_at, count):
        with desk.sessions() as session, session.begin():
            session.add_all(
                SampleRow(task_id=f"t{begin + number}", field="labs.0.anc", form="patient_status", hand="typed", critical=True,
                          admitted_at=admitted_at, settled_at=now, outcome="right")
                for number in range(count)
            )  # fmt: skip
            quality_watch.watch(session, now)

    rows(0, now - timedelta(days=3), 3000)  # admitted before the alarm: they say nothing of the raised bars
    assert len(alarms(desk)) == 1
    rows(3000, now, 2999)
    assert alarms(desk) == []


def test_an_alarm_makes_doubts_of_fields_that_are_less_sure_than_it_asks(desk):
    sure, less = invented.read("patient_id", "4417082K7", manner="read_comb", certainty=0.9999), "labs.0.anc"
    read = reading(sure, invented.read(less, 3773, manner="read_comb", certainty=0.996))
    context = TriageContext(invented.RECEIVED)
    assert triage(read, STATUS_FORM, context, invented.NOW).straight_through
    raised = invented.replace(context, raised={("read_comb", True): 0.99935})
    found = triage(read, STATUS_FORM, raised, invented.NOW)
    assert [doubt.key for doubt in found.doubts] == [less]
    assert "samples showed too many errors" in found.doubts[0].why
    elsewhere = invented.replace(context, raised={("read_comb", False): 0.99935})
    assert triage(read, STATUS_FORM, elsewhere, invented.NOW).straight_through


def test_samples_stand_a_day_behind_the_faxes_that_arrive_with_them(desk):
    admitted(desk, 7)
    enqueue(desk, 1, DISAGREEING)
    assert taken(desk, "ann").item_id == "item-1"
    desk.clock.pass_by(hours=30)
    with desk.sessions() as session, session.begin():
        facts = invented.replace(invented.fax("R-20261124-0002"), received_at=desk.clock())
        read = reading(DISAGREEING)
        found = triage(read, STATUS_FORM, TriageContext(desk.clock()), desk.clock())
        reviewing.enqueue_form(session, "item-2", "document-2", facts, read, found, desk.clock())
    assert taken(desk, "bob").item_id == "item-1"  # its lease ran out, and it is older
    assert isinstance(taken(desk, "sue"), KeyingTask)
    assert taken(desk, "ann").item_id == "item-2"


def test_a_sample_page_shows_nothing_of_what_was_admitted(desk):
    admitted(desk)
    ann = Person(desk, "ann")
    page = ann.act("/desk/next").headers["location"]
    text = ann.get(page).text
    assert "A sample" in text
    for value in CERTAIN.values():
        if isinstance(value, str) and value not in ("present", "absent", "prescriber"):
            assert value not in text
    assert "3773" not in text
    assert "checked" not in text


def test_the_figures_tell_what_passed_what_was_keyed_and_both_bounds_by_form_and_hand(desk):
    admitted(desk)
    admitted(desk, 2, SamplingRules(share=0.0))
    key(desk, "ann", typed())
    with desk.sessions() as session:
        found = quality_watch.figures(session, desk.clock())
        late = quality_watch.figures(session, desk.clock() + timedelta(days=100))
    critical = found.whole[0]
    assert (critical.rate.fields, critical.rate.wrong, critical.passed, critical.sampled) == (len(SAMPLED), 0, 2, 1)
    assert found.strata[0].what == "patient status, known"
    assert found.weighted == {True: 0.0, False: 0.0}
    assert late.whole[0].rate.fields == 0
    text = Person(desk, "ann").get("/desk/quality").text
    assert "patient status, known" in text
    assert "Lower the bars" not in text


def test_a_form_is_counted_and_sampled_once_a_document(desk):
    admitted(desk)
    with desk.sessions() as session:
        assert quality_storage.passed(session, "patient_status", "known", desk.clock().date() - timedelta(days=30)) == 1
        assert keying_storage.task(session, "blind-document-1").fields
        assert quality_storage.waiting(session) == len(SAMPLED)
        assert Outcome.OPEN.value in outcomes(desk).values()
