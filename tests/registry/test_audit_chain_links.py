"""What the chain's verification says of each way a trail can be tampered with, entry by entry and without a database."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.audit_chain import NOTHING_BEFORE, Entry, Finding, Head, canonical, hash_of, seal, verify

DRAFT = Entry(
    datetime(2023, 11, 1, 15, tzinfo=UTC),
    "pat",
    "web",
    "s1",
    "R-1",
    "Patient",
    "P",
    "P",
    None,
    {"ü": 1, "a": None},
    "because",
    fax_pages="2, 3",
)
LINE = (
    b'{"actor":"pat","after":{"a":null,"\\u00fc":1},"at":"2023-11-01T15:00:00+00:00","before":null,"channel":"web","entry":1,'
    b'"fax_pages":"2, 3","previous":"'
    + b"0"
    * 64
    + b'","reason":"because","record":"Patient","record_key":"P","reference":"R-1","subject":"P",'
    b'"submission_id":"s1"}'
)


def sealed(count: int) -> tuple[list[Entry], Head]:
    head, entries = Head(), []
    for number in range(count):
        one, head = seal(replace(DRAFT, record_key=str(number)), head)
        entries.append(one)
    return entries, head


CHAIN, HEAD = sealed(5)


def said(entries: list[Entry], head: Head | None = HEAD, *noted: Head) -> list[tuple[int, str]]:
    return [(one.entry, one.kind) for one in verify(entries, head, noted)]


def texts(entries: list[Entry], head: Head | None = HEAD, *noted: Head) -> list[str]:
    return [one.detail for one in verify(entries, head, noted)]


def test_the_bytes_that_are_hashed_are_those_every_trail_on_disk_was_sealed_with() -> None:
    """Another spelling of them would make every stored chain look forged."""
    first, head = seal(DRAFT, Head())
    assert canonical(first) == LINE
    assert (first.entry, first.previous, first.hash) == (1, NOTHING_BEFORE, hashlib.sha256(LINE).hexdigest())
    assert head == Head(1, first.hash)
    second, after = seal(DRAFT, head)
    assert (second.entry, second.previous, second.hash, after) == (2, first.hash, hash_of(second), Head(2, second.hash))


def test_the_hash_does_not_depend_on_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert canonical(seal(DRAFT, Head())[0]) == LINE
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_time_without_a_zone_and_a_number_json_has_not_are_not_sealed() -> None:
    with pytest.raises(ValueError, match="entry 7: a time without a zone"):
        canonical(replace(DRAFT, at=datetime(2023, 11, 1), entry=7))  # noqa: DTZ001
    with pytest.raises(ValueError, match="JSON"):
        seal(replace(DRAFT, after={"anc": float("nan")}), Head())


def test_a_whole_chain_an_empty_one_and_noted_hashes_hold() -> None:
    assert said(CHAIN, HEAD, Head(), Head(2, CHAIN[1].hash), HEAD) == []
    assert said([], Head()) == []


def test_an_altered_entry_is_named_and_every_other_holds() -> None:
    assert said([*CHAIN[:2], replace(CHAIN[2], actor="eve"), *CHAIN[3:]]) == [(3, "altered")]


def test_an_altered_entry_with_its_hash_made_anew_breaks_the_next_link() -> None:
    forged = replace(CHAIN[2], actor="eve")
    forged = replace(forged, hash=hash_of(forged))
    assert said([*CHAIN[:2], forged, *CHAIN[3:]]) == [(4, "unlinked")]
    assert "entry 3" in texts([*CHAIN[:2], forged, *CHAIN[3:]])[0]


def test_missing_entries_are_told_one_or_several_and_from_which() -> None:
    assert said([*CHAIN[:2], *CHAIN[3:]]) == [(3, "missing")]
    assert "Before entry 4, entry 3 is not there" in texts([*CHAIN[:2], *CHAIN[3:]])[0]
    assert said([CHAIN[0], *CHAIN[3:]]) == [(2, "missing")]
    assert "Before entry 4, entries 2 to 3 is not there" in texts([CHAIN[0], *CHAIN[3:]])[0]
    assert said(CHAIN[1:]) == [(1, "missing")]


def test_an_entry_out_of_its_order_is_told() -> None:
    assert said([*CHAIN[:3], CHAIN[1], *CHAIN[3:]]) == [(2, "inserted"), (3, "missing")]
    assert "after entry 3" in texts([*CHAIN[:3], CHAIN[1], *CHAIN[3:]])[0]
    assert said([*CHAIN[:3], CHAIN[2], *CHAIN[3:]]) == [(3, "inserted")]


def test_a_first_entry_sealed_after_something_was_not_the_beginning() -> None:
    lone = replace(CHAIN[0], previous="f" * 64)
    lone = replace(lone, hash=hash_of(lone))
    found = list(verify([lone], Head(1, lone.hash)))
    assert [(one.entry, one.kind) for one in found] == [(1, "unlinked")]
    assert "a chain's beginning" in found[0].detail


def test_a_cut_tail_shows_at_the_head() -> None:
    assert said(CHAIN[:3]) == [(4, "cut")]
    assert "before entry 5" in texts(CHAIN[:3])[0]
    assert said([]) == [(1, "cut")]


def test_entries_past_the_head_another_head_and_no_head_are_told() -> None:
    assert said(CHAIN, Head(3, CHAIN[2].hash)) == [(4, "inserted")]
    assert "entry 3" in texts(CHAIN, Head(3, CHAIN[2].hash))[0]
    assert said(CHAIN, Head(5, "f" * 64)) == [(5, "altered")]
    assert said(CHAIN, None) == [(5, "cut")]
    assert said([], None) == [(0, "cut")]


def test_a_chain_rewritten_with_its_head_shows_against_a_hash_noted_elsewhere() -> None:
    head, rewritten = Head(), []
    for one in CHAIN:
        entry, head = seal(replace(one, actor="eve"), head)
        rewritten.append(entry)
    assert said(rewritten, head) == []
    assert said(rewritten, head, Head(2, CHAIN[1].hash)) == [(2, "not_as_noted")]


def test_a_noted_entry_that_is_not_there_is_missing_and_the_nothing_before_the_first_is_none() -> None:
    noted = (Head(9, "a" * 64), Head(7, "b" * 64))
    assert said(CHAIN, HEAD, *noted, Head()) == [(7, "missing"), (9, "missing")]
    assert said(CHAIN, HEAD, Head(0, "f" * 64)) == [(0, "missing")]


def test_every_finding_says_what_to_do() -> None:
    forged = replace(CHAIN[2], actor="eve")
    relinked = replace(forged, hash=hash_of(forged))
    broken: list[Finding] = [
        *verify([*CHAIN[:2], forged, *CHAIN[3:]], HEAD, [Head(1, "f" * 64), Head(9, "f" * 64)]),
        *verify([*CHAIN[:2], relinked, *CHAIN[3:]], HEAD), *verify(CHAIN[:3], HEAD), *verify(CHAIN[1:], HEAD),
        *verify([*CHAIN, CHAIN[1]], HEAD), *verify(CHAIN, None), *verify(CHAIN, Head(2, "")), *verify(CHAIN, Head(5, "")),
    ]  # fmt: skip
    assert {one.kind for one in broken} == {"altered", "missing", "inserted", "unlinked", "cut", "not_as_noted"}
    assert all("backup" in one.detail for one in broken)
