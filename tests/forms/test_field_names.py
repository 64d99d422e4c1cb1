"""The forms have exactly the field names that integrations rely on."""

from __future__ import annotations

import pytest

from intake.forms.catalogue import Catalogue
from intake.forms.definition import FieldKind, FormDefinition, Meaning, Requirement


def names(text: str) -> list[str]:
    return text.split()


BANDS = {"normal", "mild", "moderate", "severe"}


def labs(rows: int) -> set[str]:
    return {f"labs.{row}.{part}" for row in range(rows) for part in ("draw_date", "anc", "band")}


def signed(*roles: str, named: bool = True) -> set[str]:
    parts = ("", "_name", "_date") if named else ("", "_date")
    return {f"signature_{role}{part}" for role in roles for part in parts}


def attested(count: int) -> set[str]:
    return {f"attestation_{number}" for number in range(1, count + 1)}


PHARMACY = {
    *names("pharmacy_name pharmacy_npi pharmacy_ncpdp pharmacy_dea pharmacy_hin pharmacy_licence address city state zip ship_to"),
    *names("pharmacy_phone pharmacy_fax ar_first_name ar_last_name ar_title ar_phone ar_fax ar_email ar_replaces"),
    *(f"locations.{row}.{part}" for row in range(5) for part in ("name", "npi", "ncpdp", "zip")),
    *attested(7),
    *signed("ar"),
}

EXPECTED: dict[str, set[str]] = {
    "patient_enrollment": {
        *names("patient_first_name patient_middle_initial patient_last_name patient_date_of_birth patient_sex patient_zip"),
        *names("patient_address patient_phone prescriber_first_name prescriber_last_name prescriber_npi prescriber_phone"),
        *names("prescriber_fax prescriber_email practice_name submitter designee_first_name designee_last_name ben hospice"),
        *names("monitoring_frequency new_to_clozapine start_date"),
        *labs(2),
        *signed("prescriber", "designee"),
    },
    "patient_status": {
        *names("patient_id patient_first_name patient_last_name patient_date_of_birth patient_zip prescriber_first_name"),
        *names("prescriber_last_name prescriber_npi prescriber_phone prescriber_fax submitter designee_first_name"),
        *names("designee_last_name treatment_status status_date status_reason ben hospice monitoring_frequency"),
        *names("missing_labs_authorized missing_labs_reason rationale rationale_draw_date rationale_anc"),
        *names("adverse_event adverse_event_narrative"),
        *labs(8),
        *signed("prescriber", "designee"),
    },
    "anc_lab_reporting": {
        *names("prescriber_first_name prescriber_last_name prescriber_npi prescriber_dea prescriber_phone prescriber_fax"),
        *names("prescriber_email submitter pharmacy_name pharmacy_npi submitter_name patient_first_name patient_last_name"),
        *names("patient_date_of_birth patient_zip patient_sex patient_id"),
        *labs(1),
        *signed("submitter", named=False),
    },
    "prescriber_enrollment": {
        *names("prescriber_first_name prescriber_middle_initial prescriber_last_name credentials credentials_other specialty"),
        *names("prescriber_npi prescriber_dea licence licence_state practice_name address city state zip prescriber_phone"),
        *names("phone_extension prescriber_fax prescriber_email preferred_contact"),
        *attested(9),
        *signed("prescriber"),
    },
    "prescriber_designee": {
        *names("prescriber_first_name prescriber_last_name prescriber_npi designee_first_name designee_last_name"),
        *names("designee_role designee_phone designee_fax designee_email"),
        *attested(4),
        *signed("prescriber", "designee"),
    },
    "outpatient_pharmacy": PHARMACY | {"pharmacy_kind"},
    "inpatient_pharmacy": PHARMACY | {"facility_type"},
    "prescriber_knowledge": {
        *names("respondent_first_name respondent_last_name prescriber_npi assessment_date"),
        *(f"answers.{number}" for number in range(1, 11)),
        *signed("respondent", named=False),
    },
    "pharmacy_knowledge": {
        *names("respondent_first_name respondent_last_name pharmacy_name pharmacy_npi assessment_date"),
        *(f"answers.{number}" for number in range(1, 11)),
        *signed("respondent", named=False),
    },
    "distributor_enrollment": {
        *names("company_name distributor_dea distributor_hin address city state zip ar_first_name ar_last_name ar_title"),
        *names("ar_phone ar_fax ar_email secure_ftp"),
        *attested(3),
        *signed("ar"),
    },
}

OPTIONS: dict[str, set[str]] = {
    "patient_sex": {"female", "male", "other"},
    "new_to_clozapine": {"yes", "no"},
    "treatment_status": {"enrolled", "interrupted", "discontinued"},
    "adverse_event": {"yes", "no"},
    "credentials": {"md", "do", "np", "pa", "resident_or_intern", "other"},
    "preferred_contact": {"phone", "fax", "email"},
    "designee_role": {"provider", "staff", "pharmacist"},
    "pharmacy_kind": {"single", "multiple", "chain"},
    "ar_title": {"pharmacy_manager", "staff_pharmacist", "director_of_pharmacy", "corporate_executive", "other"},
    "ar_replaces": {"yes", "no"},
    "secure_ftp": {"yes", "no"},
}

REQUIRED_FOR_ENROLLMENT = {
    *names("patient_first_name patient_last_name patient_date_of_birth patient_sex patient_zip prescriber_first_name"),
    *names("prescriber_last_name prescriber_npi prescriber_phone prescriber_fax submitter labs.0.draw_date labs.0.anc"),
    "monitoring_frequency",
}


def current(catalogue: Catalogue, code: str) -> FormDefinition:
    return catalogue.form(code)


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_a_form_has_exactly_the_promised_fields(catalogue: Catalogue, code: str) -> None:
    assert {one.name for one in current(catalogue, code).fields} == EXPECTED[code]


def test_the_ten_forms_come_first_and_the_outdated_revision_last(catalogue: Catalogue) -> None:
    assert {code for code, _ in catalogue.keys[:10]} == set(EXPECTED)
    assert catalogue.keys[10:] == (("patient_status", "2021-11"),)
    assert catalogue.forms[-1].outdated


def test_a_form_asked_for_without_revision_is_the_current_one(catalogue: Catalogue) -> None:
    assert catalogue.form("patient_status").revision == "2023-11"


def test_choices_have_the_promised_codes_and_each_has_its_words(catalogue: Catalogue) -> None:
    for form in catalogue.forms[:10]:
        for one in form.fields:
            if one.name.startswith("answers."):
                assert set(one.options) == set("abcd")
            elif one.name.endswith(".band"):
                assert set(one.options) == BANDS
            elif one.name in OPTIONS and one.kind is FieldKind.CHOICE:
                assert set(one.options) == OPTIONS[one.name]
            assert set(one.option_labels) == set(one.options)


def test_only_an_enrollments_required_fields_are_required(catalogue: Catalogue) -> None:
    form = current(catalogue, "patient_enrollment")
    assert {one.name for one in form.fields if one.requirement is Requirement.REQUIRED} == REQUIRED_FOR_ENROLLMENT


def test_whatever_can_harm_a_patient_is_critical_on_every_form(catalogue: Catalogue) -> None:
    harmful = {
        "patient_id",
        "patient_first_name",
        "patient_last_name",
        "patient_date_of_birth",
        "treatment_status",
        "ben",
        "hospice",
    }
    for form in catalogue.forms:
        for one in form.fields:
            if one.name in harmful or one.meaning in (Meaning.ANC, Meaning.DRAW_DATE) or one.name == "prescriber_npi":
                assert one.critical, f"{form.code} {one.name}"


def test_every_written_field_says_how_much_fits(catalogue: Catalogue) -> None:
    for form in catalogue.forms:
        for one in form.fields:
            written = one.kind not in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)
            assert (one.max_length is not None) == written, one.name
