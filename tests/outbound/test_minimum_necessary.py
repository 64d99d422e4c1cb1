"""No letter says more of a patient than its row allows, nor less: every fact is marked, and the finished words are compared."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pypdf
import pytest
from jinja2 import meta

from app.enclosing import form_printer
from intake.forms.catalogue import load_catalogue
from outbound.letter_facts import FACTS, INITIALS, MAY_CARRY, PRINTED_FORM_MAY_CARRY, VARIABLES, allowed, facts_for_letter
from outbound.letter_kinds import LETTER_KINDS
from outbound.letters import TEMPLATES, LetterNotWritable, compose, environment
from outbound.notice import Notice, NoticeKey, Recipient, Role
from registry.submission import Value
from tools import letter_table
from tools.letter_samples import LONG, NEXT_FORM, NOW, PLAIN, PRINTED, US

OTHER: dict[str, Value] = {
    **{name: LONG.facts[name] for name in PLAIN.facts},
    "already_on_file": True,
    "band": "severe",
    "draw_date": "2026-11-19",
    "enrolled_on": "2026-11-21",
    "last_received_on": "2026-10-17",
    "lowest_anc": 390,
    "next_status_form_by": "2026-12-28",
    "patient_date_of_birth": "1954-06-30",
    "results_recorded": 3,
    "since": "2026-11-20",
}
"""For each fact another value."""
ROLES = [(kind, Role(role)) for kind, row in sorted(LETTER_KINDS.items()) for role in row.to]


def words(kind: str, role: Role, facts: dict[str, Value]) -> str:
    """All that stands in a letter, cover and header line included."""
    letter = compose([Notice(NoticeKey("n"), kind, Recipient(role, "", "2025550133"), "R-1", facts)], US, NOW)
    whole = f"{letter.cover_html} {letter.html} {letter.header.in_one_line(1, 2)}"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", whole)).split())


def carried(kind: str, role: Role) -> set[str]:
    """The facts about a patient that change the words of the letter when they change, whatever else holds."""
    row = LETTER_KINDS[kind].facts
    found = set()
    for base in ({}, {"is_latest": False}, {"complete": False}):
        plain = {name: PLAIN.facts[name] for name in row} | {name: value for name, value in base.items() if name in row}
        before = words(kind, role, plain)
        for name in row:
            if not FACTS[name].of_patient:
                continue
            assert OTHER[name] != PLAIN.facts[name], name
            if words(kind, role, {**plain, name: OTHER[name]}) != before:
                found.add(name)
        if "patient_name" in row:  # the same initials: is more told than they?
            found -= {"patient_name"} if words(kind, role, {**plain, "patient_name": "Zoe Quist"}) == before else set()
            if words(kind, role, {**plain, "patient_name": "Ada Quist"}) != before:
                found.add("patient_name" if words(kind, role, {**plain, "patient_name": "Zoe Quist"}) != before else INITIALS)
    return found


@pytest.mark.parametrize(("kind", "role"), ROLES)
def test_a_letter_carries_of_a_patient_what_its_row_allows_and_nothing_else(kind, role):
    assert carried(kind, role) == allowed(kind, role)


def test_a_sender_nobody_has_verified_is_told_nothing_of_a_patient():
    for kind in LETTER_KINDS:
        assert allowed(kind, Role.SENDER) == frozenset()


def test_a_template_that_names_what_its_row_does_not_allow_cannot_be_rendered(monkeypatch):
    monkeypatch.setitem(MAY_CARRY, "rationale_needed", MAY_CARRY["rationale_needed"] - {"anc"})
    with pytest.raises(LetterNotWritable, match=r"rationale_needed: .*anc"):
        words("rationale_needed", Role.PRESCRIBER, {name: PLAIN.facts[name] for name in LETTER_KINDS["rationale_needed"].facts})


def test_a_fact_that_no_row_knows_is_refused():
    facts = {name: PLAIN.facts[name] for name in LETTER_KINDS["anc_recorded"].facts}
    with pytest.raises(LetterNotWritable, match="unknown facts: shoe_size"):
        words("anc_recorded", Role.PRESCRIBER, {**facts, "shoe_size": 9})


def test_the_table_names_only_kinds_and_facts_there_are():
    for kind, may in MAY_CARRY.items():
        assert may <= {*LETTER_KINDS[kind].facts, INITIALS}, kind
        assert all(FACTS[name].of_patient for name in may), kind


def test_every_fact_of_every_kind_is_classified_and_none_is_left_over():
    used = {name for row in LETTER_KINDS.values() for name in row.facts}
    assert set(FACTS) == used | {INITIALS}
    assert all(one.meaning for one in FACTS.values())


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.stem)
def test_a_template_uses_only_variables_that_are_documented(path):
    parsed = environment().parse(path.read_text(encoding="utf-8"))
    assert meta.find_undeclared_variables(parsed) <= set(VARIABLES)


def test_every_documented_variable_is_used():
    used = set()
    for path in TEMPLATES.glob("*.html"):
        used |= meta.find_undeclared_variables(environment().parse(path.read_text(encoding="utf-8")))
    assert used == set(VARIABLES)


def test_a_printed_form_carries_of_the_patient_what_its_row_allows():
    pdf = pypdf.PdfReader(BytesIO(form_printer(load_catalogue())(NEXT_FORM)))
    filled = {name for name, field in (pdf.get_fields() or {}).items() if field.get("/V") not in (None, "", "/Off")}
    assert filled == set(PRINTED)
    assert {name for name in filled if not name.startswith("prescriber_")} == PRINTED_FORM_MAY_CARRY


def test_a_letter_to_an_unverified_sender_may_still_name_what_the_row_allows_to_others():
    told = facts_for_letter("status_form_recorded", Role.SENDER, dict.fromkeys(LETTER_KINDS["status_form_recorded"].facts, 1))
    assert {name: fact for name, fact in told.items() if FACTS[name].of_patient and fact is not None} == {}
    assert told["received_on"] == 1


def test_the_page_on_letters_says_what_the_tables_say():
    assert letter_table.PAGE.read_text(encoding="utf-8") == letter_table.page(), "run python -m tools.letter_table"
