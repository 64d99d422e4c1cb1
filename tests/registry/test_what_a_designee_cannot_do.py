"""R24–R27 over all forms a designee can sign: nothing that is the prescriber's alone ever stands."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from registry import storage
from registry.patients import Patient
from tests.registry.world import World, day, on

BY_DON = {"submitter": "designee", "designee_first_name": "DON", "designee_last_name": "MAY"}

marks = st.fixed_dictionaries(
    {},
    optional={
        "ben": st.just(True),
        "hospice": st.just(True),
        "missing_labs_authorized": st.just(True),
        "rationale": st.just(True),
        "rationale_draw_date": st.just(on(7)),
        "rationale_anc": st.just(850),
        "treatment_status": st.sampled_from(["enrolled", "interrupted", "discontinued"]),
    },
)


@settings(max_examples=25, deadline=None)
@given(marks, st.booleans())
def test_r24_to_r27_whatever_a_designee_signs_never_sets_ben_hospice_or_a_rationale(values: dict, low: bool) -> None:
    world = World()
    maria = world.patient()
    world.designee()
    world.status(day(7), (7, 850 if low else 1900), signed=("designee",), **BY_DON, **values)
    known = world.know(maria)
    assert (known["ben"], known["hospice"]) == (False, False)
    assert not (low and known["treatment_status"] == "enrolled")
    file = storage.patient_file(world.session, storage.find(world.session, Patient, {})[0])
    assert file.rationales == ()
    assert not any(form.missing_labs_authorized for form in file.status_forms)
