"""The gateway to a HylaFAX server.

What: each attempt becomes a job of its own with one call at most, marked in JOBINFO with the attempt's tag; what became of it is
read from the server's queues and records, each time over a new conversation.
Why: the retries are ours (`outbound.delivery`), since they depend on why a call failed, and since a server that calls again by
itself after a lost receipt sends health data twice.
How: before a job is made its tag is looked for, so a process that died between the server's taking it and our knowing it makes
no second one. A finished job is purged by the server sooner or later: what we were told once is kept with the delivery.
Refuses: to say "never taken" of a job the server once named, or of an attempt so old that its record may have been purged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outbound.gateway import (
    Cause,
    Delivered,
    FaxJob,
    Impossible,
    InProgress,
    JobMark,
    NotSent,
    NotTaken,
    Outcome,
    Unknown,
    Unreachable,
)
from outbound.hylafax_session import HylaGone, HylaRefused, HylaServer, HylaSession, QueuedJob, hyla_session
from outbound.hylafax_verdicts import JobRecord, outcome_of

RECORDS_KEPT = timedelta(minutes=30)
"""For how long after an attempt began the server's silence proves that it never had the job. faxqclean purges jobs that are
finished for 15 minutes, and Debian runs it once a day; an operator who purges sooner is warned in docs/operating.md."""
STUCK_AFTER = timedelta(minutes=2)
"""A job that has waited so long beside idle modems was forgotten: HylaFAX can lose the wake-up of a job that is submitted in
the second of a delayed run of its queue. One that is suspended so long was left so by a process that died waking it; who wants a
letter stopped says so at the desk, not to the fax server."""
EVIDENCE = {"csi": "far machine", "signalrate": "rate", "dataformat": "coding", "commid": "log", "tottries": "tries"}
"""What a finished job's record proves, by the server's key."""

_log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class HylaFax:
    """The gateway; one conversation per question."""

    server: HylaServer
    modem: str = ""  # which modem calls; "" leaves it to the server
    resolution: int = 196  # lines per inch, as the letters are drawn
    clock: Callable[[], datetime] = _now
    deadline: timedelta = timedelta(minutes=20)  # what was not called for by then comes back to us as not sent

    def submit(self, job: FaxJob) -> Outcome:
        """Hand the letter over; InProgress once the server has taken it."""
        handed = False
        try:
            with hyla_session(self.server) as session:
                earlier = _of_tag(session, job.mark.tag)
                if earlier is not None:
                    return self._word_on(session, earlier, job.pages)
                document = session.store(job.tiff)
                number = session.new_job(self._parameters(job), document)
                handed = True  # from here on nobody knows, unless the server answers
                return self._hand_in(session, number)
        except HylaGone as gone:
            if handed:
                return Unreachable(f"the fax server hung up while it took the letter: {gone}")
            return NotSent(Cause.GATEWAY_DOWN, str(gone))
        except HylaRefused as refused:
            if 400 <= refused.code < 500:
                return NotSent(Cause.GATEWAY_DOWN, str(refused))
            return Impossible(f"the fax server refuses the letter: {refused}")

    def find(self, mark: JobMark) -> Outcome:
        """What became of an attempt, asked on a new line."""
        try:
            with hyla_session(self.server) as session:
                job = _of_tag(session, mark.tag)
                if job is not None:
                    return self._word_on(session, job, None, mark)
        except HylaGone as gone:
            return Unreachable(str(gone))
        except HylaRefused as refused:
            return Unreachable(f"the fax server refuses to say: {refused}")
        if mark.gateway_reference:
            return Unknown(f"the fax server took {mark.gateway_reference} and knows nothing of it any more")
        if mark.begun_at is None or self.clock() - mark.begun_at > RECORDS_KEPT:
            return Unknown("the fax server does not know the job, and would not, had it been sent: its records are purged by now")
        return NotTaken()

    def cancel(self, mark: JobMark) -> bool:
        """Ask the server to end the attempt; False if it knows no such open job. What became of it is asked by `find`."""
        try:
            with hyla_session(self.server) as session:
                job = next((one for one in session.jobs("sendq") if one.tag == mark.tag), None)
                if job is None:
                    return False
                session.cancel(job.job)
                return True
        except (HylaGone, HylaRefused) as problem:
            _log.warning("a job could not be cancelled: %s", problem)
            return False

    def _hand_in(self, session: HylaSession, number: int) -> Outcome:
        """The new job to the scheduler. Where that is refused it is taken off the server again, so that it can never go out."""
        try:
            session.submit()
        except HylaRefused as refused:
            try:
                session.delete(number)
            except HylaRefused as kept:
                return Unreachable(f"the fax server refuses job {number} ({refused}) and does not give it back ({kept})")
            return NotSent(Cause.GATEWAY_DOWN, str(refused))
        return InProgress(f"job {number}")

    def _parameters(self, job: FaxJob) -> dict[str, str | int]:
        told: dict[str, str | int] = {
            # First: of 360 jobs made at once the server had forgotten, of 2, what it was told. One without a number is refused
            # and made anew; one without our tag would be lost sight of.
            "DIALSTRING": job.fax,
            "FROMUSER": "remsfax",
            "LASTTIME": _ddhhmm(self.deadline),
            "MAXDIALS": 1,
            "MAXTRIES": 1,
            "NOTIFY": "none",
            "NOTIFYADDR": "remsfax",
            "VRES": self.resolution,
            "PAGEWIDTH": 215,
            "PAGELENGTH": 279,
            "USEECM": "YES",
            "PAGECHOP": "none",
            "JOBINFO": job.mark.tag,
            "EXTERNAL": job.fax,
        }
        if self.modem:
            told["MODEM"] = self.modem
        return told

    def _word_on(self, session: HylaSession, job: QueuedJob, pages: int | None, mark: JobMark | None = None) -> Outcome:
        written = session.record(job.job) if job.state in "DF" else {}
        outcome = outcome_of(_record_of(job, written), pages, "" if mark is None else mark.gateway_reference)
        if isinstance(outcome, Delivered):
            told = {words: written[key].strip() for key, words in EVIDENCE.items() if written.get(key, "").strip()}
            return Delivered(outcome.gateway_reference, outcome.pages, told)
        began = None if mark is None else mark.begun_at
        late = began is not None and self.clock() - began > STUCK_AFTER
        if late and job.state == "T":
            _log.warning("job %s is suspended; it is put back into the queue", job.job)
            session.submit_again(job.job)
        if late and job.state == "W" and session.idle_modems(self.modem):
            _log.warning("job %s waits beside an idle modem; it is put back into the queue", job.job)
            session.put_back(job.job)
        return outcome


def _ddhhmm(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 1440:02}{minutes // 60 % 24:02}{minutes % 60:02}"


def _of_tag(session: HylaSession, tag: str) -> QueuedJob | None:
    """The job with our tag. What is to be sent is listed first and last: a job that is just done moves over meanwhile. Of several
    that bear it, such as where an operator submitted a failed one again, the one that got furthest."""
    for queue in ("sendq", "doneq", "sendq"):
        mine = [one for one in session.jobs(queue) if one.tag == tag]
        if mine:
            return max(mine, key=lambda one: (one.state == "D", one.pages, one.tries, one.dials))
    return None


def _record_of(job: QueuedJob, written: dict[str, str]) -> JobRecord:
    """The list's line, and where the server wrote a record of the finished job, that."""

    def count(key: str, otherwise: int) -> int:
        text = written.get(key, "").strip()
        return int(text) if text.isdecimal() else otherwise

    return JobRecord(
        job=job.job,
        state=job.state,
        pages=count("npages", job.pages),
        total_pages=count("totpages", job.total_pages),
        dials=count("totdials", job.dials),
        tries=count("tottries", job.tries),
        code=written.get("statuscode", "").strip(),
        status=written.get("status", "").strip() or job.status,
    )
