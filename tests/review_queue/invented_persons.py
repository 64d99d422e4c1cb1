"""Two invented patients who are near a form of the desk's tests, and what would contradict a choice of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from intake.reading import Value
from registry.submission import PersonChoice, PersonSaid
from review_queue.persons import Candidate, Compared

ITEMS = ("REMS Patient ID", "first name", "last name", "birth date", "ZIP", "sex")

WILLIAM = Candidate(
    "44170826K", "4417-0826-K", "William Perez", "Enrolled, weekly",
    tuple(map(Compared, ITEMS, ("4417-0826-K", "William", "Perez", "10/31/1950", "22101", "male"),
              ("unknown", "agrees", "agrees", "nearly", "unknown", "unknown"), ("", "", "", "one digit off", "", ""))),
)  # fmt: skip
BILL = Candidate(
    "44170834M", "4417-0834-M", "Bill Peres", "Interrupted, monthly",
    tuple(map(Compared, ITEMS, ("4417-0834-M", "Bill", "Peres", "10/31/1951", "", ""),
              ("unknown", "nearly", "nearly", "differs", "unknown", "unknown"),
              ("", "a nickname", "one letter off", "", "", ""))),
)  # fmt: skip


@dataclass
class PersonsInMemory:
    """Whom a test puts near; a form whose last name is a candidate's that is `exactly` it contradicts every other choice."""

    near: list[Candidate] = field(default_factory=list)
    exactly: str = ""  # the ID of the patient whom a form of last name EXACT names

    def candidates(self, session: Session, values: Mapping[str, Value]) -> Sequence[Candidate]:
        return self.near

    def written(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        fields = ("patient_id", "patient_first_name", "patient_last_name", "patient_date_of_birth", "patient_zip", "patient_sex")
        return {item: str(values.get(name) or "") for item, name in zip(ITEMS, fields, strict=True)}

    def against(self, session: Session, values: Mapping[str, Value], choice: PersonChoice) -> str:
        if values.get("patient_last_name") != "EXACT":
            return ""
        fits = choice.said is PersonSaid.SAME and choice.patient_id == self.exactly
        return "" if fits else "What stands on the form names another patient exactly."
