"""What the letters about low counts say, band by band, against the table of the prescribing information (rems-rules 2)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from outbound.letters import compose
from registry.anc import finding
from registry.vocabulary import Population
from tests.outbound.letters_for_tests import NOW, US, notice_of_kind

REPEAT = "Confirm a first low result by a repeat ANC within 24 hours."
HEMATOLOGY = "A hematology consultation is recommended."
INTERRUPT = "Interrupt treatment for suspected clozapine-induced neutropenia."
NO_RECHALLENGE = "No rechallenge unless you judge that the benefit outweighs the risk."
WEEKLY = "weekly for 4 weeks, then go back to the last monitoring interval, if clinically appropriate"

SAYS: dict[str, tuple[str, ...]] = {
    "neutropenia_mild": (
        "ANC 1,000 to 1,499",
        "Continue treatment.",
        "three times a week until it is 1,500 or more, then go back to the last monitoring interval",
        "Dispensing: goes on as before",
    ),
    "neutropenia_moderate": (
        "ANC 500 to 999",
        INTERRUPT,
        "It may be resumed once the ANC is 1,000 or more.",
        HEMATOLOGY,
        "daily until it is 1,000 or more, then three times a week until it is 1,500 or more",
        WEEKLY,
        "Dispensing: an ANC below 1,000 stops it",
    ),
    "neutropenia_severe": (
        "ANC below 500",
        INTERRUPT,
        HEMATOLOGY,
        NO_RECHALLENGE,
        "daily until it is 1,000 or more, then three times a week until it is 1,500 or more",
        "once the ANC is 1,500 or more, and monitor as a new patient",
        "Dispensing: an ANC below 1,000 stops it",
    ),
    "neutropenia_ben": (
        "under BEN: ANC 500 to 999",
        "Continue treatment.",
        HEMATOLOGY,
        "three times a week until it is 1,000 or more, or at the patient's known baseline",
        WEEKLY,
        "Dispensing: goes on as before",
    ),
    "neutropenia_ben_severe": (
        "under BEN: ANC below 500",
        INTERRUPT,
        HEMATOLOGY,
        NO_RECHALLENGE,
        "daily until it is 500 or more, then three times a week until it is at the patient's baseline",
        "once the ANC is 1,000 or more, or at the patient's baseline, and monitor as a new patient",
        "Dispensing: an ANC below 500 stops it",
    ),
}
"""Sentences that each letter must say, beside the repeat within 24 hours."""

NEVER: dict[str, tuple[str, ...]] = {
    "neutropenia_mild": (
        "Interrupt treatment",
        "suspected",
        "ematology",
        "echallenge",
        "daily",
        "4 weeks",
        "Treatment Rationale",
        "BEN",
    ),
    "neutropenia_moderate": ("Continue treatment", "echallenge", "baseline", "new patient", "BEN"),
    "neutropenia_severe": ("Continue treatment", "may be resumed", "baseline", "4 weeks", "BEN"),
    "neutropenia_ben": ("Interrupt treatment", "suspected", "echallenge", "daily", "1,500", "Treatment Rationale"),
    "neutropenia_ben_severe": ("Continue treatment", "may be resumed", "1,500", "4 weeks"),
}
"""What each must not say: it is another band's, or the other population's."""


def said(kind: str, **facts: object) -> str:
    letter = compose([notice_of_kind(kind, treatment_status="enrolled", other_results=None, **facts)], US, NOW)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style.*?</style>", " ", letter.html, flags=re.DOTALL))).split())


GENERAL, BEN = Population.GENERAL, Population.BEN
BANDS = [
    (GENERAL, 1499.9, "neutropenia_mild"),
    (GENERAL, 1000, "neutropenia_mild"),
    (GENERAL, 999.9, "neutropenia_moderate"),
    (GENERAL, 500, "neutropenia_moderate"),
    (GENERAL, 499.9, "neutropenia_severe"),
    (BEN, 999.9, "neutropenia_ben"),
    (BEN, 500, "neutropenia_ben"),
    (BEN, 499.9, "neutropenia_ben_severe"),
]


@pytest.mark.parametrize(("population", "anc", "kind"), BANDS)
def test_each_count_gets_the_letter_of_its_band_and_population(population: Population, anc: float, kind: str) -> None:
    assert finding(anc, population) == kind
    assert {name for _, _, name in BANDS} == set(SAYS) == set(NEVER)


@pytest.mark.parametrize(("population", "anc"), [(GENERAL, 1500), (BEN, 1000), (BEN, 1499)])
def test_a_count_within_the_populations_range_gets_none(population: Population, anc: float) -> None:
    assert finding(anc, population) not in SAYS


@pytest.mark.parametrize("kind", sorted(SAYS))
def test_a_letter_about_a_low_count_says_what_the_label_says_of_its_band_and_nothing_of_another(kind: str) -> None:
    words = said(kind)
    for sentence in (REPEAT, *SAYS[kind]):
        assert sentence in words, sentence
    for never in NEVER[kind]:
        assert never not in words, never
    assert "The decision for this patient is the prescriber's." in words


@pytest.mark.parametrize("kind", sorted(SAYS))
def test_where_a_newer_result_is_on_file_the_letter_asks_for_nothing(kind: str) -> None:
    words = said(kind, is_latest=False)
    assert "A newer result is on file." in words
    for sentence in (REPEAT, INTERRUPT, HEMATOLOGY, NO_RECHALLENGE, "Continue treatment", "Draw the ANC", "Dispensing:"):
        assert sentence not in words, sentence
