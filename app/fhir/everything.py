"""A patient as a FHIR Bundle: the Patient and one Observation for each ANC. Pure, but for the FHIR models.

What: `bundle` from the registry's answer on a patient to FHIR JSON, checked by the R4 models.
Why: a practice system shows a patient's counts where its users look.
Refuses: to invent what the registry does not know: a draw's hour, a laboratory, a method.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.fhir.observing import LOINC, NPI_SYSTEM, PATIENT_ID_SYSTEM, UCUM

EXTENSION = "urn:remsfax:extension:"


def bundle(found: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The `searchset` Bundle of `registry.questions.patient`'s answer; `base` is the address of the FHIR door."""
    from fhir.resources.R4B.bundle import Bundle

    patient_id = found["patient_id"]
    reference = {"reference": f"Patient/{patient_id}", "identifier": {"system": PATIENT_ID_SYSTEM, "value": patient_id}}
    labs = [_observation(patient_id, number, lab, reference) for number, lab in enumerate(found["labs"], start=1)]
    resources = [_patient(found), *labs]
    made = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "entry": [
            {
                "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                "resource": one,
                "search": {"mode": "match" if one["resourceType"] == "Patient" else "include"},
            }
            for one in resources
        ],
    }
    parsed: dict[str, Any] = json.loads(Bundle.model_validate(made).model_dump_json())
    return parsed


def _patient(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": found["patient_id"],
        "identifier": [{"system": PATIENT_ID_SYSTEM, "value": found["patient_id"]}],
        "name": [{"family": found["last_name"], "given": [found["first_name"]]}],
        "birthDate": found["date_of_birth"],
        "generalPractitioner": [{"identifier": {"system": NPI_SYSTEM, "value": found["prescriber_npi"]}}],
        "extension": [
            {"url": f"{EXTENSION}treatment-status", "valueCode": found["treatment_status"]},
            {"url": f"{EXTENSION}monitoring-frequency", "valueCode": found["monitoring_frequency"]},
            {"url": f"{EXTENSION}ben", "valueBoolean": found["ben"]},
        ],
    }


def _observation(patient_id: str, number: int, lab: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    code = "26499-4"  # by whatever method: the registry does not know it
    return {
        "resourceType": "Observation",
        "id": f"{patient_id}-{lab['draw_date']}-{number}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code, "display": "Neutrophils [#/volume] in Blood"}]},
        "subject": reference,
        "effectiveDateTime": lab["draw_date"],
        "valueQuantity": {"value": lab["anc"], "unit": "/uL", "system": UCUM, "code": "/uL"},
    }
