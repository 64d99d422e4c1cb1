"""The audit chain: untouched it holds, and no single change to it goes unseen."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, update

from registry import dispense_requests, storage
from registry.audit import Cause, subject_of
from registry.audit_chain import Entry, Head, hash_of, seal, verify
from registry.parties import Designee, PharmacyLocation, Prescriber
from registry.patients import Patient, StatusChange
from registry.tables import TABLES, AuditHeadRow, AuditRow
from registry.trail import storage as trail
from tests.registry.world import ANN, BEA, CORNER, World, day

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
maybe = st.none() | words
values = st.dictionaries(
    words, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words, max_size=4
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
unsealed = st.builds(
    Entry, at=moments, actor=words, channel=words, submission_id=maybe, reference=maybe, record=words, record_key=words,
    subject=maybe, before=st.none() | values, after=values, reason=maybe,
    entry=st.just(0), previous=st.just(""), hash=st.just(""),
)  # fmt: skip


def chain(drafts: list[Entry]) -> tuple[list[Entry], Head]:
    sealed, head = [], Head()
    for draft in drafts:
        one, head = seal(draft, head)
        sealed.append(one)
    return sealed, head


def findings(entries: list[Entry], head: Head | None, *noted: Head) -> list[str]:
    return [one.kind for one in verify(entries, head, noted)]


@given(st.lists(unsealed, max_size=6))
def test_an_untouched_chain_holds_and_so_does_every_hash_noted_on_the_way(drafts: list[Entry]) -> None:
    entries, head = chain(drafts)
    assert findings(entries, head, Head(), *(Head(one.entry, one.hash) for one in entries)) == []


CHANGES = {
    "at": lambda value: value + timedelta(microseconds=1),
    "before": lambda value: {"other": 1} if value is None else None,
    "after": lambda value: {**value, "another": 0.1},
    "entry": lambda value: value + 1,
    "previous": lambda value: "f" * 64 if value[0] == "0" else "0" + value[1:],
    "hash": lambda value: "f" * 64 if value[0] == "0" else "0" + value[1:],
}


@settings(max_examples=300)
@given(st.data())
def test_any_one_change_is_found(data: st.DataObject) -> None:
    entries, head = chain(data.draw(st.lists(unsealed, min_size=1, max_size=6)))
    at = data.draw(st.integers(0, len(entries) - 1))
    how = data.draw(st.sampled_from(["alter", "drop", "insert", "swap", "truncate", "rewrite"]))
    if how == "alter":
        name = data.draw(st.sampled_from([one.name for one in fields(Entry)]))
        changed = CHANGES.get(name, lambda value: (value or "") + "x")
        entries[at] = replace(entries[at], **{name: changed(getattr(entries[at], name))})
    elif how == "drop":
        del entries[at]
    elif how == "insert":
        entries.insert(
            at, data.draw(st.sampled_from([entries[at], seal(data.draw(unsealed), Head(at, entries[at].previous))[0]]))
        )
    elif how == "swap":
        other = (at + 1) % len(entries)
        if other == at:
            return
        entries[at], entries[other] = entries[other], entries[at]
    elif how == "truncate":
        del entries[at:]
    else:  # one who knows how hashes are made changes an entry and seals it anew
        changed_entry = replace(entries[at], actor=entries[at].actor + "x")
        entries[at] = replace(changed_entry, hash=hash_of(changed_entry))
    assert findings(entries, head)


def test_swapped_contents_under_their_old_numbers_are_found() -> None:
    world = World()
    world.patient()
    first, second, *rest = trail.entries(world.session)
    entries = [replace(second, entry=1), replace(first, entry=2), *rest]
    assert [one.entry for one in verify(entries, trail.head(world.session)) if one.kind == "altered"] == [1, 2]


def test_a_chain_rewritten_with_its_head_shows_only_against_a_noted_hash() -> None:
    world = World()
    world.patient()
    entries = list(trail.entries(world.session))
    noted = Head(entries[2].entry, entries[2].hash)
    rewritten, head = chain([replace(entries[0], actor="someone else"), *entries[1:]])
    assert findings(rewritten, head) == []
    assert findings(rewritten, head, noted) == ["not_as_noted"]
    shorter, head = chain(entries[:2])
    assert findings(shorter, head, noted) == ["missing"]


def test_a_lost_head_is_a_finding_and_nothing_is_added_behind_it() -> None:
    world = World()
    world.patient()
    world.session.execute(delete(AuditHeadRow))
    assert findings(list(trail.entries(world.session)), trail.head(world.session)) == ["cut"]
    with pytest.raises(trail.BrokenTrail, match="restore"):
        world.prescriber(day(2))


def test_what_the_registry_writes_is_one_whole_chain() -> None:
    world = World()
    maria = world.patient()
    world.pharmacy()
    world.dispense(maria, day(1))
    world.status(day(7), (7, 850.5), signed=("prescriber",))
    world.session.commit()
    world.session.expire_all()
    entries = list(trail.entries(world.session))
    assert [one.entry for one in entries] == list(range(1, len(entries) + 1))
    assert findings(entries, trail.head(world.session)) == []
    world.session.execute(update(AuditRow).where(AuditRow.entry == 3).values(actor="nobody"))
    assert [one.entry for one in verify(trail.entries(world.session), trail.head(world.session))] == [3]


def test_a_change_that_is_rolled_back_leaves_no_gap() -> None:
    world = World()
    world.prescriber()
    world.session.commit()
    world.prescriber(day(1))
    world.session.rollback()
    world.designee()
    assert findings(list(trail.entries(world.session)), trail.head(world.session)) == []


def test_the_status_change_gives_its_cause_as_the_reason_of_the_patients_new_status() -> None:
    world = World()
    maria = world.patient()
    world.status(day(7), (7, 850))
    (change,) = storage.find(world.session, StatusChange, {"patient_id": maria})
    assert [row.reason for row in storage.audit_of(world.session, maria)] == [None, change.cause]
    assert storage.audit_of(world.session, change.change_id)[0].reason == change.cause


def test_the_reason_a_person_gave_stands_in_the_trail() -> None:
    world = World()
    storage.put(world.session, Prescriber(ANN), Cause(day(1), "kim", "phone", reason="Asked for by phone."))
    assert storage.audit_of(world.session, ANN)[0].reason == "Asked for by phone."
    assert not storage.put(world.session, Prescriber(ANN), Cause(day(2), "kim", "phone")), "stands so already"


def test_every_entry_says_whose_record_it_is() -> None:
    world = World()
    maria = world.patient()
    world.designee()
    world.status(day(7), (7, 850))
    rows = {row.record: row.subject for row in trail.entries(world.session)}
    assert rows | {"Account": None} == rows
    assert {rows[kind] for kind in ("Patient", "AncResult", "StatusForm", "StatusChange")} == {maria}
    assert {rows[kind] for kind in ("Prescriber", "Designee", "Assessment")} == {ANN}
    assert subject_of(PharmacyLocation(BEA, CORNER)) == CORNER
    assert subject_of(Designee("x", ANN, "A", "B", "staff", "", None, "", day(0))) == ANN


def test_a_moment_hashes_alike_in_whatever_zone_it_is_given() -> None:
    here = datetime(2023, 11, 1, 10, tzinfo=timezone(timedelta(hours=-4)))
    drafts = [Entry(at, "a", "web", None, None, "Patient", "k", None, None, {}, None) for at in (here, here.astimezone(UTC))]
    assert hash_of(drafts[0]) == hash_of(drafts[1])


def test_a_dispense_authorization_costs_few_statements_however_long_the_trail_is() -> None:
    world = World()
    maria = world.patient()
    world.pharmacy()
    world.session.commit()
    written: list[str] = []
    event.listen(world.session.get_bind(), "before_cursor_execute", lambda *given: written.append(given[2]))
    storage.put(world.session, storage.find(world.session, Patient, {"patient_id": maria})[0], Cause(day(1), "a", "web"))
    assert len(written) == 3, "the patient asked for, the head, the patient as it stands"
    written.clear()
    assert dispense_requests.ask_dispense(world.session, CORNER, maria, day(1)).authorized
    ours = [one for one in written if "registry_audit" in one or "registry_authorizations" in one]
    assert len([one for one in ours if one.startswith(("INSERT", "UPDATE"))]) == 3
    assert len([one for one in ours if "registry_audit" in one]) == 3


def test_all_of_one_form_is_stored_with_one_look_up_a_type() -> None:
    world = World()
    world.patient()
    written: list[str] = []
    event.listen(world.session.get_bind(), "before_cursor_execute", lambda *given: written.append(given[2]))
    results = [TABLES[Prescriber].record(npi) for npi in (ANN, BEA, CORNER)]
    storage.put_all(world.session, results, Cause(day(1), "a", "web"))
    assert len(written) == 6, "head, look-up, a change each for the one known, one insert, trail, head"
