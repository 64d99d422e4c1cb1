"""Section 5: where the program's own words contradict each other, what was chosen."""

from __future__ import annotations

import re

import pytest

from registry import policies
from tests.registry.rules.played_registry import BY_CORNER, BY_DON, NEITHER_SIGNED, ONLY_DESIGNEE, Registry, parts, row, told


def test_pt8_and_ts12_the_phone_is_never_given_as_the_fax_nor_the_fax_as_the_phone(maria: Registry) -> None:
    assert (policies.CONTACT_PHONE, policies.PROGRAM_FAX) == ("888-586-0758", "800-878-5927")
    answer = maria.enroll(2, patient_date_of_birth="1980-02-04", **{"labs.0.anc": None})
    said = " ".join(one["reason"] for one in [*answer["refused"], *maria.status(7, **{"labs.0.anc": 1900})["refused"]])
    assert re.search(r"call [^.]*888-586-0758", said)
    assert re.search(r"fax [^.]*800-878-5927", said)
    assert not re.search(r"call [^.]*800-878-5927|fax [^.]*888-586-0758", said)


@pytest.mark.parametrize("anc", [999, 500, 499, 100])
def test_pt6_a_rationale_is_asked_for_moderate_neutropenia_as_for_severe(maria: Registry, anc: float) -> None:
    answer = maria.status(7, (7, anc))
    assert ("rationale_needed" in told(answer), answer["treatment_status"]) == (True, "interrupted")


def test_pt2_hospice_is_taken_at_enrollment_and_on_the_status_form(empty: Registry) -> None:
    empty.prescriber()
    empty.maria = empty.enroll(hospice=True)["ids"]["patient_id"]
    assert empty.know()["hospice"] is True
    other = Registry()
    other.patient()
    other.status(7, (7, 1900), hospice=True)
    assert other.know()["hospice"] is True


def test_pt8_every_role_sends_ancs_on_either_of_the_two_forms(treated: Registry) -> None:
    senders = [({}, {"prescriber": "present"}), (BY_DON, ONLY_DESIGNEE), (BY_CORNER, NEITHER_SIGNED)]
    for number, (values, signed) in enumerate(senders, start=1):
        assert "labs.0" in parts(treated.status(2 * number, (2 * number, 1900 + number), signed=signed, **values))
        lab = treated.lab(2 * number + 1, 2 * number + 1, 1900, **{**values, "submitter_name": "DON MAY"})
        assert "labs.0" in parts(lab)


def test_pt8_a_bare_printout_is_no_form(maria: Registry) -> None:
    answer = maria.submit("lab_printout", row(0, 7, 1900), 7)
    assert set(answer) == {"error"}
