"""The words that the API's requests are made of, each with its form: identifiers, texts, values.

What: annotated types for the models of the routes.
Why: what a database cannot store or a rule cannot read is refused at the door, with the place named, and never becomes a fault.
Refuses: control characters, lone surrogates, endless numbers.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from registry.dispense_requests import RequestAnswer

PATIENT_ID_PATTERN = r"^[0-9]{4}-?[0-9]{4}-?[A-Za-z]$"
NPI_PATTERN = r"^[0-9]{10}$"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TEXT_PATTERN = r"^[^\u0000-\u001f\u007f]*$"

EMAIL_PATTERN = r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}$"

Npi = Annotated[
    str, Field(pattern=NPI_PATTERN, description="A National Provider Identifier, ten digits.", examples=["1234567893"])
]
PatientId = Annotated[
    str, Field(pattern=PATIENT_ID_PATTERN, description="A REMS Patient ID, with or without its dashes.", examples=["4417-0823-D"])
]
Day = Annotated[str, Field(pattern=DAY_PATTERN, description="An ISO day.", examples=["2023-11-02"])]
Email = Annotated[str, Field(pattern=EMAIL_PATTERN, description="An email address.", examples=["kit@example.org"])]
PersonName = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT_PATTERN)]
NpiInPath = Annotated[str, Path(pattern=NPI_PATTERN, description="A National Provider Identifier, ten digits.")]
PatientIdInPath = Annotated[str, Path(pattern=PATIENT_ID_PATTERN, description="A REMS Patient ID, with or without its dashes.")]


class Given(BaseModel):
    """A body that somebody sends: a mistyped key must not be taken for one left out."""

    model_config = ConfigDict(extra="forbid")


class ReasonOut(BaseModel):
    """One failed condition."""

    rule: str = Field(description="The rule's number.", examples=["R65"])
    reason: str = Field(
        description="What failed, in words.",
        examples=["No Patient Status Form was completed in the last 37 days: the last was received on 2023-09-20."],
    )


class DoneOut(BaseModel):
    """Whether it is done; what the rules refuse is an answer, with the reason."""

    done: bool = Field(description="Whether it is done, now or before.")
    reasons: list[ReasonOut] = Field(description="Why it is not; empty where it is.")


def done_out(answer: RequestAnswer) -> dict[str, Any]:
    """The registry's answer to a request, JSON-native."""
    why = [] if answer.reason is None else [{"rule": answer.reason.rule, "reason": answer.reason.reason}]
    return {"done": answer.done, "reasons": why}
