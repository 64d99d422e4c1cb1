"""The course of a treatment: what follows from everything that was received about a patient, in the order of receipt.

What: `course` folds ANCs, rationales, status forms and statements, grouped by the moment of receipt, into who
prescribes, which thresholds hold, how often the ANC is drawn, and the treatment status with each turn it took.
Why: a clear form passes a doubtful one that waits at the desk. A status that was moved along at each admission would depend on
which of the two a person looked at first; folded from the history it depends on when they were received and drawn alone.
Refuses: to judge a form by what came later; each moment sees what had been received up to it. What was received at one moment
(the forms of one fax, a copy under another id) counts together: an order by ids would be chance, and chance would interrupt.

What was received before the enrollment form (held for its sender, R35) counts with it: nobody was a patient before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from registry.anc import more_current
from registry.moments import program_day
from registry.monitoring import Gap, missing_labs, period_start, wider
from registry.patients import About, AncResult, Patient, PatientFile, Rationale, Statement, StatusForm, form_order
from registry.policies import AS_A_NEW_PATIENT_AFTER, FREQUENCY_OF_A_NEW_PATIENT
from registry.treatment import open_low, status_after
from registry.vocabulary import MonitoringFrequency, Population, TreatmentStatus


@dataclass(frozen=True)
class Turn:
    """One change of the treatment status."""

    submission_id: str  # what brought it
    at: datetime  # receipt of that
    before: TreatmentStatus
    after: TreatmentStatus
    since: date  # from when the status holds: the form's own day where it says one, else the day of receipt
    cause: str  # one sentence
    reason: str | None = None  # as the form gave it


@dataclass(frozen=True)
class FormTerms:
    """How the draws of one status form's period are judged."""

    period_start: date  # missing labs are looked for from here
    monitored: MonitoringFrequency  # the wider of the frequencies before and after the form


@dataclass(frozen=True)
class Course:
    """What a history comes to."""

    prescriber_npi: str
    off_list_since: date | None
    ben: bool
    hospice: bool
    frequency: MonitoringFrequency
    status: TreatmentStatus
    status_since: date
    newest: AncResult | None  # the most current ANC
    low: AncResult | None  # the same, where it is below the threshold to continue and unanswered
    turns: tuple[Turn, ...]
    overruled: Mapping[str, AncResult]  # submission → the open low ANC that its "Enrolled" could not pass (R44)
    not_for_hospice: frozenset[str]  # submissions whose six-monthly frequency was for no hospice patient (PT-2)
    restarted: frozenset[str]  # submissions after which the patient is monitored as a new one [label]
    terms: Mapping[str, FormTerms]  # by status form


@dataclass
class _Batch:
    """What was received at one moment, by one submission or several: nobody sent one of them before the other."""

    received_at: datetime
    results: list[AncResult] = field(default_factory=list)
    rationales: list[Rationale] = field(default_factory=list)
    forms: list[StatusForm] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    @cached_property
    def said(self) -> Mapping[About, Statement]:
        """What counts of each subject: the one received last; of one moment the more careful, whatever their ids."""
        return {one.about: one for one in sorted(self.statements, key=_weight)}

    @property
    def submissions(self) -> frozenset[str]:
        """Whose it is."""
        records: tuple[AncResult | Rationale | Statement, ...] = (*self.results, *self.rationales, *self.statements)
        return frozenset((*(one.submission_id for one in records), *(form.status_form_id for form in self.forms)))

    @property
    def submission_id(self) -> str:
        """Who is named: whose status counts, else the last by id."""
        said = self.said.get(About.STATUS)
        return max(self.submissions) if said is None else said.submission_id

    def saying(self, about: About, value: str) -> frozenset[str]:
        """The submissions that say this."""
        return frozenset(one.submission_id for one in self.statements if (one.about, one.value) == (about, value))


CAREFUL: Mapping[About, Sequence[str]] = {
    About.STATUS: (TreatmentStatus.ENROLLED, TreatmentStatus.INTERRUPTED, TreatmentStatus.DISCONTINUED),
    About.FREQUENCY: tuple(reversed(MonitoringFrequency)),
}
"""Of what was said at one moment, what stands further right counts."""


def _weight(one: Statement) -> tuple[datetime, int, str, date, str, str]:
    """Orders statements so that the last one counts; the id decides only between two that say the same."""
    order = CAREFUL.get(one.about, ())
    rank = order.index(one.value) if one.value in order else -1
    return one.received_at, rank, one.value, one.day or date.min, one.reason or "", one.submission_id


def course(file: PatientFile) -> Course:
    """R38–R48: the history's outcome; the same records in any order of arrival give the same."""
    walk = _Walk(file.patient)
    for batch in _batches(file):
        walk.take(batch)
    return walk.end()


def settled(file: PatientFile, found: Course | None = None) -> Patient:
    """The patient with everything the history says, as it stands in the registry."""
    found = course(file) if found is None else found
    last = file.last_status_form
    gaps = () if last is None or last.missing_labs_authorized else gaps_of(file, last, found)
    return replace(
        file.patient,
        prescriber_npi=found.prescriber_npi,
        off_list_since=found.off_list_since,
        ben=found.ben,
        hospice=found.hospice,
        monitoring_frequency=found.frequency,
        treatment_status=found.status,
        status_since=found.status_since,
        latest_draw=None if found.newest is None else found.newest.draw_date,
        latest_anc=None if found.newest is None else found.newest.anc,
        low_open=found.low is not None,
        last_form_at=None if last is None else last.received_at,
        missing_labs=", ".join(map(str, gaps)) or None,
    )


def gaps_of(file: PatientFile, form: StatusForm, found: Course) -> tuple[Gap, ...]:
    """The missing labs of a status form's period; draws that arrived after it fill its gaps."""
    terms = found.terms[form.status_form_id]
    draws = (result.draw_date for result in file.results)
    return missing_labs(draws, terms.monitored, terms.period_start, program_day(form.received_at))


def _batches(file: PatientFile) -> Iterable[_Batch]:
    """What arrived, by the moment of receipt; what was there before the enrollment counts with it."""
    found: dict[datetime, _Batch] = {}

    def batch(received_at: datetime) -> _Batch:
        moment = max(received_at, file.patient.enrolled_at)
        return found.setdefault(moment, _Batch(moment))

    for result in file.results:
        batch(result.received_at).results.append(result)
    for rationale in file.rationales:
        batch(rationale.received_at).rationales.append(rationale)
    for form in sorted(file.status_forms, key=form_order):
        batch(form.received_at).forms.append(form)
    for statement in file.statements:
        batch(statement.received_at).statements.append(statement)
    return (found[moment] for moment in sorted(found))


class _Walk:
    """The state on the way through a history."""

    def __init__(self, patient: Patient) -> None:
        self._enrolled_on = program_day(patient.enrolled_at)
        self._prescriber_npi = patient.prescriber_npi
        self._off_list_since: date | None = None
        self._ben = False
        self._hospice = False
        self._frequency = FREQUENCY_OF_A_NEW_PATIENT
        self._status = TreatmentStatus.ENROLLED
        self._since = self._enrolled_on
        self._newest: AncResult | None = None
        self._drawn: set[tuple[date, float]] = set()
        self._answered: set[tuple[date, float]] = set()
        self._last_form: StatusForm | None = None
        self._turns: list[Turn] = []
        self._overruled: dict[str, AncResult] = {}
        self._not_for_hospice: set[str] = set()
        self._restarted: set[str] = set()
        self._terms: dict[str, FormTerms] = {}

    def take(self, batch: _Batch) -> None:
        """What one moment brought: who and which thresholds, ANCs and rationales, frequency, status, then the form itself."""
        frequency_before = self._frequency
        self._associate(batch)
        self._ben = self._ben or About.BEN in batch.said
        self._hospice = self._hospice or About.HOSPICE in batch.said
        brought = {(one.draw_date, one.anc) for one in batch.results}
        brings_draws = not brought <= self._drawn
        self._drawn |= brought
        for result in batch.results:
            self._newest = more_current(self._newest, result)
        self._answered |= {(one.draw_date, one.anc) for one in batch.rationales}
        self._set_frequency(batch)
        self._turn(batch)
        for form in batch.forms:
            self._terms[form.status_form_id] = self._judged(form, brings_draws, frequency_before)
            self._last_form = form

    def _judged(self, form: StatusForm, brings_draws: bool, frequency_before: MonitoringFrequency) -> FormTerms:
        """From where, and by which frequency, a form's draws are judged.

        Since the form before. One that brings no draw of its own (a resend, or no blood was drawn) and one of the same day go on
        where that one began, unless its gaps were authorized: sent twice, a form would else hide what was missing from the first.
        """
        monitored = wider(frequency_before, self._frequency)
        last, received_on = self._last_form, program_day(form.received_at)
        if last is None:
            return FormTerms(period_start(received_on, None, self._enrolled_on), monitored)
        last_day, before = program_day(last.received_at), self._terms[last.status_form_id]
        goes_on = last_day == received_on or (not brings_draws and not last.missing_labs_authorized)
        if not goes_on:
            return FormTerms(period_start(received_on, last_day, self._enrolled_on), monitored)
        start = period_start(received_on, before.period_start, self._enrolled_on)
        return FormTerms(start, wider(before.monitored, monitored) if last_day == received_on else monitored)

    def end(self) -> Course:
        """Where the history leads."""
        return Course(
            self._prescriber_npi, self._off_list_since, self._ben, self._hospice, self._frequency, self._status, self._since,
            self._newest, self._low(), tuple(self._turns), self._overruled, frozenset(self._not_for_hospice),
            frozenset(self._restarted), self._terms,
        )  # fmt: skip

    def _associate(self, batch: _Batch) -> None:
        """R47: who enrolls has the patient; R48: who has the patient may take it off the own list."""
        if (enrolled := batch.said.get(About.PRESCRIBER)) is not None:
            self._prescriber_npi, self._off_list_since = enrolled.value, None
        if (off := batch.said.get(About.OFF_LIST)) is not None and off.value == self._prescriber_npi:
            self._off_list_since = program_day(off.received_at)

    def _set_frequency(self, batch: _Batch) -> None:
        """R07; six months for hospice only (PT-2)."""
        if (said := batch.said.get(About.FREQUENCY)) is None:
            return
        frequency = MonitoringFrequency(said.value)
        if frequency is MonitoringFrequency.EVERY_SIX_MONTHS and not self._hospice:
            self._not_for_hospice |= batch.saying(About.FREQUENCY, frequency)
            return
        self._frequency = frequency

    def _low(self) -> AncResult | None:
        """The most current ANC, if it interrupts and no rationale answers it."""
        return open_low(self._newest, self._answered, Population.BEN if self._ben else Population.GENERAL)

    def _turn(self, batch: _Batch) -> None:
        """R39–R44, and the label's "as a new patient" after 30 days or more of Interrupted."""
        said, low = batch.said.get(About.STATUS), self._low()
        stated = None if said is None else TreatmentStatus(said.value)
        if low is not None:
            self._overruled |= dict.fromkeys(batch.saying(About.STATUS, TreatmentStatus.ENROLLED), low)
        population = Population.BEN if self._ben else Population.GENERAL
        outcome = status_after(self._status, low, population, stated, bool(batch.rationales))
        if outcome.cause is None:
            return
        received_on = program_day(batch.received_at)
        own_day = said.day if said is not None and stated is outcome.status else None
        since = min(own_day or received_on, received_on)
        reason = None if said is None else said.reason
        self._turns.append(
            Turn(batch.submission_id, batch.received_at, self._status, outcome.status, since, outcome.cause, reason)
        )
        back = (self._status, outcome.status) == (TreatmentStatus.INTERRUPTED, TreatmentStatus.ENROLLED)
        told = About.FREQUENCY in batch.said
        if back and since - self._since >= AS_A_NEW_PATIENT_AFTER and not told and not self._hospice:
            if self._frequency is not FREQUENCY_OF_A_NEW_PATIENT:
                self._restarted |= batch.submissions
            self._frequency = FREQUENCY_OF_A_NEW_PATIENT
        self._status, self._since = outcome.status, since
