"""Invitations by e-mail: a subject, plain words, what to do, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import meta

from outbound.emails import EMAIL_KINDS, compose_email, environment
from outbound.letter_facts import FACTS as FACTS_TABLE
from outbound.letter_facts import MAY_CARRY
from outbound.letter_kinds import LETTER_KINDS, MAILED
from outbound.letters import TEMPLATES, LetterNotWritable
from outbound.numbers import WITHOUT_PATIENT_DATA
from tests.outbound.letters_for_tests import US

REF = "R-20261123-0417"
FACTS = {"designee_name": "Jon Ruiz", "prescriber_name": "Amara Oyelaran", "staff_name": "Kim Abara",
         "pharmacy_name": "Harbor Pharmacy", "ar_name": "Lena Cho"}  # fmt: skip


def facts_of(kind: str) -> dict[str, str]:
    return {name: FACTS[name] for name in EMAIL_KINDS[kind]}


def test_every_text_has_a_kind_and_every_kind_a_text():
    assert {path.stem for path in TEMPLATES.glob("*.txt")} == set(EMAIL_KINDS)


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_an_invitation_says_who_invites_whom_what_to_do_and_under_which_reference(kind):
    email = compose_email(kind, facts_of(kind), REF, US)
    assert "\n" not in email.subject
    assert email.subject
    words = " ".join(f"{email.subject} {email.text}".split())
    for needed in (*facts_of(kind).values(), REF, "call 800-555-0100", "Sample REMS Contact Center"):
        assert needed in words, needed
    assert "{" not in email.text
    assert "://" not in email.text
    assert max(len(line) for line in email.text.split("\n")) <= 72


def test_nothing_that_names_a_patient_may_go_by_email():
    for kind in MAILED:
        assert not any(FACTS_TABLE[name].of_patient for name in LETTER_KINDS[kind].facts), kind
        assert kind in WITHOUT_PATIENT_DATA
        assert kind not in MAY_CARRY


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_facts_that_are_missing_empty_or_unknown_make_no_email(kind):
    for name in EMAIL_KINDS[kind]:
        lacking = {one: fact for one, fact in facts_of(kind).items() if one != name}
        for wrong in (lacking, {**facts_of(kind), name: "  "}):
            with pytest.raises(LetterNotWritable, match=name):
                compose_email(kind, wrong, REF, US)
    with pytest.raises(LetterNotWritable, match="patient_name"):
        compose_email(kind, {**facts_of(kind), "patient_name": "Zelmira"}, REF, US)


@pytest.mark.parametrize("kind", sorted(EMAIL_KINDS))
def test_a_text_names_only_what_its_kind_has(kind):
    source = (TEMPLATES / f"{kind}.txt").read_text(encoding="utf-8")
    assert meta.find_undeclared_variables(environment().parse(source)) == {"facts", "reference", "sender"}
    assert all(f"facts.{name}" in source for name in EMAIL_KINDS[kind])


def test_an_unknown_kind_is_refused():
    with pytest.raises(LetterNotWritable, match="love_letter"):
        compose_email("love_letter", {}, REF, US)


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_no_name_can_forge_a_line_of_the_header_or_be_read_as_a_template(name):
    email = compose_email("staff_invitation", {**facts_of("staff_invitation"), "pharmacy_name": name}, REF, US)
    assert len(email.subject.splitlines()) == 1
    assert " ".join(name.split()) in email.subject
