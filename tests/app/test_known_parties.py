"""Who is known, from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.known_parties import BadKnownFile, PartiesOfFile


@pytest.fixture
def parties(tmp_path: Path) -> PartiesOfFile:
    file = tmp_path / "known.jsonl"
    file.write_text(
        '{"kind": "patient", "first_name": "Ana", "last_name": "Garcia", "date_of_birth": "1980-02-01"}\n'
        "\n"
        '{"kind": "patient", "first_name": "Ana", "last_name": "Lopez", "date_of_birth": "1971-02-01", "zip": null}\n'
        '{"kind": "prescriber", "last_name": "Garcia", "prescriber_npi": "1234567893"}\n'
    )
    return PartiesOfFile.load(file)


def test_those_who_share_most_come_first_and_only_of_the_kind_asked(parties: PartiesOfFile) -> None:
    found = parties.candidates("patient", {"first_name": ["ANA"], "last_name": ["LOPEZ", "LOPES"]})
    assert [one.values["last_name"] for one in found] == ["Lopez", "Garcia"]


def test_who_shares_nothing_is_no_candidate(parties: PartiesOfFile) -> None:
    assert parties.candidates("patient", {"last_name": ["Smith"]}) == []


def test_field_names_may_carry_their_prefix(parties: PartiesOfFile) -> None:
    assert [one.values["npi"] for one in parties.candidates("prescriber", {"npi": ["1234567893"]})] == ["1234567893"]


@pytest.mark.parametrize("line", [
    "not json", '["patient"]', '{"kind": "dog", "name": "Rex"}', '{"last_name": "Garcia"}',
    '{"kind": "patient", "zip": {"a": 1}}',
])  # fmt: skip
def test_a_line_that_cannot_be_used_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "known.jsonl"
    file.write_text('{"kind": "patient"}\n' + line)
    with pytest.raises(BadKnownFile, match="line 2"):
        PartiesOfFile.load(file)
