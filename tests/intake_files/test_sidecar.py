from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.fax import Caller
from intake.sidecar import parse_sidecar

NOW = datetime(2023, 11, 6, 15, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["cid", "received_at", "error", "x"]), inner),
    max_leaves=8,
)


def test_every_key_is_optional_and_every_fact_is_carried():
    assert parse_sidecar(b"{}", NOW).caller == Caller()
    said = {"cid": "5555550142", "cidname": "DR  SMITH", "dnis": 8008785927, "commid": "000000123", "error": "", "modem": "ttyS0"}
    parsed = parse_sidecar(json.dumps(said).encode(), NOW)
    assert parsed.caller == Caller(cid="5555550142", cidname="DR SMITH", dnis="8008785927", commid="000000123", error=None)
    assert parsed.trouble == ""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2023-11-06T14:00:00Z", datetime(2023, 11, 6, 14, tzinfo=UTC)),
        ("2023-11-06T09:00:00-05:00", datetime(2023, 11, 6, 14, tzinfo=UTC)),
        (1699279200, datetime(2023, 11, 6, 14, tzinfo=UTC)),
        ("2023-11-06T15:05:00Z", NOW),  # the fax server's clock is a little ahead of ours
    ],
)
def test_a_time_is_understood(written, moment):
    parsed = parse_sidecar(json.dumps({"received_at": written}).encode(), NOW)
    assert parsed.received_at == moment
    assert parsed.trouble == ""


@pytest.mark.parametrize("written", ["yesterday", "1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", [], 1e300, -1e300])
def test_a_time_that_cannot_be_is_left_out_and_said(written):
    parsed = parse_sidecar(json.dumps({"cid": "1", "received_at": written}).encode(), NOW)
    assert parsed.received_at is None
    assert parsed.trouble
    assert parsed.caller.cid == "1", "the other facts stand"


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000, b"{" + b" " * 70_000 + b"}"])
def test_a_broken_sidecar_says_nothing_but_why(data):
    parsed = parse_sidecar(data, NOW)
    assert parsed.caller == Caller()
    assert parsed.trouble


def test_names_from_old_fax_servers_are_read_as_latin_1():
    assert parse_sidecar('{"cidname": "PRAXIS MÜLLER"}'.encode("latin-1"), NOW).caller.cidname == "PRAXIS MÜLLER"


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise_or_believe_a_time_to_come(data):
    parsed = parse_sidecar(data, NOW)
    assert parsed.received_at is None or parsed.received_at <= NOW


@given(JSON)
def test_no_json_makes_it_raise_or_believe_a_time_to_come(said):
    parsed = parse_sidecar(json.dumps(said).encode(), NOW)
    assert parsed.received_at is None or parsed.received_at <= NOW + timedelta(0)
