"""What the registry was asked and what it answered, stored and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.stored_json import from_json, to_json
from registry.submission import (
    Admission,
    Admitted,
    Applied,
    Correction,
    NoticeDue,
    Reference,
    Refused,
    Submission,
    SubmissionId,
    Value,
)
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict, TreatmentStatus
from review_queue.review_item import Closing

AT = datetime(2023, 11, 20, 15, 0, tzinfo=UTC)
values = st.dictionaries(
    st.sampled_from(["labs.0.anc", "ben", "patient_zip", "labs.0.draw_date"]),
    st.none() | st.booleans() | st.integers(0, 30000) | st.floats(0, 30000) | st.text(max_size=20),
)


@given(values)
def test_a_submission_comes_back_as_it_was_with_the_types_of_its_values(given_values: dict[str, Value]) -> None:
    submission = Submission(
        submission_id=SubmissionId("s"),
        reference=Reference("R-20231120-0001"),
        form=FormCode.PATIENT_STATUS,
        revision="2023-11",
        channel=Channel.FAX,
        received_at=AT,
        values=given_values,
        signatures={SignatureRole.PRESCRIBER: SignatureVerdict.UNSURE},
        corrections=(Correction("labs.0.anc", 1850, 1350, "corrected", "kim", AT),),
    )
    back = from_json(Submission, json.loads(json.dumps(to_json(submission))))
    assert back == submission
    assert {name: type(one) for name, one in back.values.items()} == {name: type(one) for name, one in given_values.items()}


def test_an_admission_comes_back_as_it_was() -> None:
    admission = Admission(
        SubmissionId("s"), Reference("R-20231120-0001"), Admitted.PARTLY,
        (Applied("labs.0", "The ANC of 11/02/2023 is recorded."),), (Refused("ben", "R28", "The prescriber must sign."),),
        TreatmentStatus.INTERRUPTED, {"patient_id": "REMS12345"},
        (NoticeDue("neutropenia_moderate", "prescriber", "A. Lee", "3125550123", None, {"anc": 820, "ben": False}),),
    )  # fmt: skip
    assert from_json(Admission, json.loads(json.dumps(to_json(admission)))) == admission


def test_a_closing_comes_back_as_it_was() -> None:
    closing = Closing("kim", AT, "Not a form of this program.", ("A status form.",), answer_sender=False)
    assert from_json(Closing, json.loads(json.dumps(to_json(closing)))) == closing
