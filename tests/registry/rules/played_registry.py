"""A registry that is played line by line, as an operator or an integration would: only events go in, answers come out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from registry.grading import example_answer_keys
from registry.played import play
from tests.registry.world import ANN, CORNER, DESIGNEE, PATIENT, PHARMACY, PRESCRIBER, STATUS

Answer = dict[str, Any]

DAY_ZERO = datetime(2023, 11, 1, 15, 0, tzinfo=UTC)
"""11 in the morning, US Eastern, a Wednesday; the clocks go back on day 4."""

BY_DON = {"submitter": "designee", "designee_first_name": "DON", "designee_last_name": "MAY"}
BY_CORNER = {"submitter": "pharmacy", "pharmacy_npi": CORNER, "pharmacy_name": "CORNER DRUGS"}
NEITHER_SIGNED = {"prescriber": "absent", "designee": "absent"}
ONLY_DESIGNEE = {"prescriber": "absent", "designee": "present"}


def at(day: float) -> str:
    """The moment of day `day`, at 15:00 UTC and a fraction of days after."""
    return (DAY_ZERO + timedelta(days=day)).isoformat()


def on(day: int) -> str:
    """The ISO day of day `day`."""
    return (DAY_ZERO + timedelta(days=day)).date().isoformat()


def row(number: int, draw_day: int | str, anc: Any) -> dict[str, Any]:
    """A row of a form: draw day (number of a day, or as written) and ANC."""
    drawn = on(draw_day) if isinstance(draw_day, int) else draw_day
    return {f"labs.{number}.draw_date": drawn, f"labs.{number}.anc": anc}


class Registry:
    """An empty registry in play; every method is one line or a few, and gives the last line's answer.

    Moments are days from DAY_ZERO or ISO text. `patient` enrolls Maria with Ann, whom it certifies first.
    """

    def __init__(self) -> None:
        self._next: deque[Mapping[str, Any]] = deque()
        self._answers = play(self._lines())
        self.maria = ""

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        while True:  # asked for the next line only when there is one
            yield self._next.popleft()

    def line(self, when: float | str, **event: Any) -> Answer:
        """One event."""
        self._next.append({"at": when if isinstance(when, str) else at(when), **event})
        return next(self._answers)

    def submit(self, form: str, values: Mapping[str, Any], when: float | str = 0, *, admitted: float | str | None = None,
               channel: str = "fax", signed: Mapping[str, str] | None = None, submission_id: str | None = None,
               ) -> Answer:  # fmt: skip
        """A form received at `when`; admitted then too, unless `admitted` says later."""
        sent = {
            "form": form, "channel": channel, "received_at": when if isinstance(when, str) else at(when),
            "values": dict(values), "signatures": dict(signed or {}),
        }  # fmt: skip
        if submission_id is not None:
            sent["submission_id"] = submission_id
        return self.line(when if admitted is None else admitted, submit=sent)

    def assessment(self, when: float | str = 0, *, pharmacy: bool = False, **values: Any) -> Answer:
        """A Knowledge Assessment with all answers right, by Ann or by Ray of Corner Drugs."""
        form = "pharmacy_knowledge" if pharmacy else "prescriber_knowledge"
        who: dict[str, Any] = {"respondent_first_name": "ANN", "respondent_last_name": "LEE", "prescriber_npi": ANN}
        if pharmacy:
            who = {"respondent_first_name": "RAY", "respondent_last_name": "HILL", "pharmacy_name": "C", "pharmacy_npi": CORNER}
        return self.submit(form, {**who, **example_answer_keys()[form], **values}, when)

    def prescriber(self, when: float | str = 0, values: Mapping[str, Any] = PRESCRIBER) -> Answer:
        """A prescriber's form and passed assessment."""
        self.submit("prescriber_enrollment", values, when, signed={"prescriber": "present"})
        return self.assessment(
            when, prescriber_npi=values["prescriber_npi"], respondent_first_name=values["prescriber_first_name"],
            respondent_last_name=values["prescriber_last_name"],
        )  # fmt: skip

    def designee(self, when: float | str = 0) -> Answer:
        """Don becomes Ann's designee."""
        return self.submit("prescriber_designee", DESIGNEE, when, signed={"prescriber": "present", "designee": "present"})

    def pharmacy(self, when: float | str = 0, form: str = "outpatient_pharmacy", **values: Any) -> Answer:
        """A pharmacy's passed assessment and form."""
        enrolled = {**PHARMACY, **values}
        self.assessment(
            when, pharmacy=True, pharmacy_npi=enrolled["pharmacy_npi"], respondent_first_name=enrolled["ar_first_name"],
            respondent_last_name=enrolled["ar_last_name"],
        )  # fmt: skip
        return self.submit(form, enrolled, when, signed={"ar": "present"})

    def enroll(self, when: float | str = 0, signed: Mapping[str, str] | None = None, **values: Any) -> Answer:
        """A Patient Enrollment Form."""
        return self.submit("patient_enrollment", {**PATIENT, **values}, when, signed=signed or {"prescriber": "present"})

    def patient(self, when: float | str = 0, **values: Any) -> str:
        """Maria is enrolled by Ann; gives her REMS Patient ID."""
        self.prescriber(when)
        self.maria = self.enroll(when, **values)["ids"]["patient_id"]
        return self.maria

    def status(self, when: float | str, *labs: tuple[int, float], signed: Mapping[str, str] | None = None, channel: str = "fax",
               admitted: float | str | None = None, **values: Any) -> Answer:  # fmt: skip
        """A Patient Status Form about Maria, signed by the prescriber unless `signed` says otherwise."""
        rows: dict[str, Any] = {}
        for number, (day, anc) in enumerate(labs):
            rows |= row(number, day, anc)
        verdicts = {"prescriber": "present", "designee": "absent"} if signed is None else signed
        return self.submit(
            "patient_status", {**STATUS, **rows, **values}, when, admitted=admitted, channel=channel, signed=verdicts
        )

    def lab(self, when: float | str, day: int | str, anc: Any, **values: Any) -> Answer:
        """An ANC Lab Reporting Form about Maria."""
        given = {**STATUS, **row(0, day, anc), "submitter_name": "ANN LEE", **values}
        return self.submit("anc_lab_reporting", given, when, signed={"submitter": "present"})

    def answered(self, when: float | str, day: int, anc: float, **values: Any) -> Answer:
        """A signed status form with a Treatment Rationale for the ANC of that day."""
        return self.status(when, rationale=True, rationale_draw_date=on(day), rationale_anc=anc, **values)

    def ask(self, when: float | str, pharmacy: str = CORNER, patient_id: str | None = None) -> Answer:
        """A dispense check."""
        return self.line(when, ask="dispense", pharmacy_npi=pharmacy, patient_id=patient_id or self.maria)

    def dispense(self, when: float | str, pharmacy: str = CORNER) -> str:
        """A dispensing that is authorized and reported; gives the authorization."""
        answer = self.ask(when, pharmacy)
        assert answer["authorized"], answer["reasons"]
        self.line(when, dispensed={"authorization": answer["authorization"]})
        return str(answer["authorization"])

    def rationale(self, when: float | str, draw_day: int | str | None, anc: Any = 1900, pharmacy: str = CORNER,
                  prescriber: str | None = ANN, **more: Any) -> Answer:  # fmt: skip
        """A Dispense Rationale."""
        drawn = on(draw_day) if isinstance(draw_day, int) else draw_day
        given = {"pharmacy_npi": pharmacy, "patient_id": self.maria, "prescriber_npi": prescriber, "draw_date": drawn, "anc": anc}
        return self.line(when, dispense_rationale={**given, **more})

    def know(self, when: float | str = 1000) -> Answer:
        """What the registry says of Maria."""
        return self.line(when, ask="patient", patient_id=self.maria)

    def treatment(self) -> str:
        """Maria's treatment status."""
        return str(self.know()["treatment_status"])

    def standing(self, npi: str, when: float | str) -> Answer:
        """What the registry says of a pharmacy."""
        return self.line(when, ask="pharmacy", pharmacy_npi=npi)

    def certified(self, when: float | str) -> list[str]:
        """The NPIs on the list of certified pharmacies."""
        return [one["npi"] for one in self.line(when, ask="certified_pharmacies")["pharmacies"]]

    def due(self, when: float | str) -> list[str]:
        """The kinds of notices due."""
        return [one["kind"] for one in self.line(when, ask="due")["notices"]]


def rules(answer: Answer) -> set[tuple[str, str]]:
    """Part and rule of each refusal."""
    return {(one["part"], one["rule"]) for one in answer["refused"]}


def cited(answer: Answer) -> set[str]:
    """The rules a refusal names."""
    return {one["rule"] for one in answer["refused"]}


def parts(answer: Answer) -> set[str]:
    """The parts that stand."""
    return {one["part"] for one in answer["applied"]}


def told(answer: Answer, to: str | None = None) -> set[str]:
    """The kinds of notices due, to one role or to anybody."""
    return {one["kind"] for one in answer["notices"] if to in (None, one["to"])}


def why(answer: Answer) -> list[str]:
    """The rules behind a denial, one for each failed condition."""
    return sorted(one["rule"] for one in answer["reasons"])


def ancs(known: Answer) -> list[float]:
    """A patient's ANCs in draw-date order."""
    return [one["anc"] for one in known["labs"]]


def neutropenia(kinds: Iterable[str]) -> set[str]:
    """The notices of low ANCs among these kinds."""
    return {kind for kind in kinds if kind.startswith("neutropenia_")}
