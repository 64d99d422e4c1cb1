"""Fax lines, each named by how it misbehaves, that count what really went out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

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
from outbound.spool_folder import SpoolFolder


class ProcessDied(BaseException):
    """The worker is gone; nothing in the program may catch this."""


@dataclass
class GatewayThatWorks:
    """Brings every letter, once per mark."""

    sent: dict[str, FaxJob] = field(default_factory=dict)  # by tag: each entry is a telephone call that brought pages

    def submit(self, job: FaxJob) -> Outcome:
        self.sent.setdefault(job.mark.tag, job)
        return Delivered(f"job-{job.mark.tag}", job.pages)

    def find(self, mark: JobMark) -> Outcome:
        job = self.sent.get(mark.tag)
        return Delivered(f"job-{mark.tag}", job.pages) if job else NotTaken()


class GatewayThatIsAlwaysBusy(GatewayThatWorks):
    def submit(self, job: FaxJob) -> Outcome:
        return NotSent(Cause.BUSY)


class GatewayThatDiesAfterTaking(GatewayThatWorks):
    """The first time, the pages go out and the asking process is killed before it hears so."""

    dead = False

    def submit(self, job: FaxJob) -> Outcome:
        outcome = super().submit(job)
        if not self.dead:
            self.dead = True
            raise ProcessDied
        return outcome


class GatewayThatDiesBeforeTaking(GatewayThatWorks):
    """The process is killed before the gateway has anything, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def submit(self, job: FaxJob) -> Outcome:
        if self.times:
            self.times -= 1
            raise ProcessDied
        return super().submit(job)


class GatewayThatLosesTheLine(GatewayThatWorks):
    """The line dies after the pages went out; nobody can say whether they arrived."""

    def submit(self, job: FaxJob) -> Outcome:
        super().submit(job)
        return Unknown("no response to the end of page 2")

    def find(self, mark: JobMark) -> Outcome:
        return Unknown("no response to the end of page 2") if mark.tag in self.sent else NotTaken()


class GatewayThatSaysDoneWithNoPages(GatewayThatWorks):
    def submit(self, job: FaxJob) -> Outcome:
        return Delivered("job-1", 0)


class GatewayThatRefusesTheNumber(GatewayThatWorks):
    def submit(self, job: FaxJob) -> Outcome:
        return Impossible("not a telephone number")


class GatewayThatCannotBeAsked(GatewayThatWorks):
    def find(self, mark: JobMark) -> Outcome:
        return Unreachable("connection refused")


class GatewayThatTakesItsTime(GatewayThatWorks):
    """Takes the job and sends it only when `finish` is called."""

    done = False

    def submit(self, job: FaxJob) -> Outcome:
        super().submit(job)
        return InProgress(f"job-{job.mark.tag}")

    def find(self, mark: JobMark) -> Outcome:
        return super().find(mark) if self.done or mark.tag not in self.sent else InProgress(f"job-{mark.tag}")


class DiskThatIsFull(SpoolFolder):
    """A spool folder on a full disk: every real write says ENOSPC."""

    def __init__(self) -> None:
        super().__init__(Path("/dev/full"))
