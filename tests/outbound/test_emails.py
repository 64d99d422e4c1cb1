"""Invitations by email: a subject, plain words, a link, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import meta

from outbound.emails import EMAIL_KINDS, compose_email, environment
from outbound.letters import TEMPLATES, LetterNotWritable
from tests.outbound.letters_for_tests import US

UNTIL = datetime(2026, 11, 30, 15, 4, tzinfo=UTC)
LINK = "https://desk.example.org/join/abc123"
FACTS = {"designee_name": "Jon Ruiz", "prescriber_name": "Amara Oyelaran", "staff_name": "Kim Abara",
         "pharmacy_name": "Harbor Pharmacy", "ar_name": "Lena Cho"}  # fmt: skip


def facts_of(kind: str) -> dict[str, str]:
    return {name: FACTS[name] for name in EMAIL_KINDS[kind]}


def test_every_text_has_a_kind_and_every_kind_a_text():
    assert {path.stem for path in TEMPLATES.glob("*.txt")} == set(EMAIL_KINDS)


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_an_invitation_says_who_invites_whom_and_until_when_its_link_works(kind):
    email = compose_email(kind, facts_of(kind), LINK, UNTIL, US)
    assert "\n" not in email.subject
    assert email.subject
    for needed in (*facts_of(kind).values(), LINK, "11/30/2026 10:04 AM EST", "800-555-0100", "Sample REMS Contact Center"):
        assert needed in email.subject + email.text, needed
    assert "{" not in email.text


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_facts_that_are_missing_empty_or_unknown_make_no_email(kind):
    for name in EMAIL_KINDS[kind]:
        lacking = {one: fact for one, fact in facts_of(kind).items() if one != name}
        for wrong in (lacking, {**facts_of(kind), name: "  "}):
            with pytest.raises(LetterNotWritable, match=name):
                compose_email(kind, wrong, LINK, UNTIL, US)
    with pytest.raises(LetterNotWritable, match="patient_name"):
        compose_email(kind, {**facts_of(kind), "patient_name": "Zelmira"}, LINK, UNTIL, US)


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_a_text_names_only_what_its_kind_has(kind):
    source = (TEMPLATES / f"{kind}.txt").read_text(encoding="utf-8")
    assert meta.find_undeclared_variables(environment().parse(source)) == {"facts", "link", "until", "sender"}
    assert all(f"facts.{name}" in source for name in EMAIL_KINDS[kind])


def test_an_unknown_kind_is_refused():
    with pytest.raises(LetterNotWritable, match="love_letter"):
        compose_email("love_letter", {}, LINK, UNTIL, US)


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_no_name_can_forge_a_line_of_the_header_or_be_read_as_a_template(name):
    email = compose_email("staff_invitation", {**facts_of("staff_invitation"), "pharmacy_name": name}, LINK, UNTIL, US)
    assert len(email.subject.splitlines()) == 1
    assert " ".join(name.split()) in email.subject
