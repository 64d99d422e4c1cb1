"""Forms as the registry takes them, without a registry: what a decision's parts are asked in pure tests."""

from __future__ import annotations

from typing import Any

from registry.submission import Admission, Reference, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict
from tests.registry.histories_by_hand import at


def sent(
    signed: dict[SignatureRole, SignatureVerdict] | None = None,
    channel: Channel = Channel.FAX,
    received: float = 5,
    **values: Any,
) -> Submission:
    """A Patient Status Form of that day; a double underscore in a name stands for a dot."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    return Submission(
        SubmissionId("s"), Reference("R"), FormCode.PATIENT_STATUS, "2023-11", channel, at(received), values=named,
        signatures=signed or {},
    )  # fmt: skip


def refusals(admission: Admission) -> list[tuple[str, str]]:
    """Part and rule of each refusal, in order."""
    return [(one.part, one.rule) for one in admission.refused]


def reasons(admission: Admission) -> str:
    """All that is said of what was refused."""
    return " ".join(one.reason for one in admission.refused)
