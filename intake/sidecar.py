"""What the fax server says about a call, in a JSON file beside the fax.

What: `{"error", "cid", "cidname", "dnis", "commid", "received_at"}`, every key optional.
Why: only the sidecar knows who called, and that a call was cut in the middle of a page.
Refuses: nothing ever. A sidecar that is broken costs its facts, never the fax; what was wrong with it is said in words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake.fax import Caller

LARGEST = 64 * 1024  # bytes; more is not a sidecar
LONGEST = 500  # characters of one fact
CLOCKS_APART = timedelta(minutes=10)  # the fax server's clock may run ahead of ours by this much
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sidecar:
    """What could be understood."""

    caller: Caller
    received_at: datetime | None  # aware UTC; None: not said, or not believable
    trouble: str = ""  # what was wrong, in words; "" if nothing


def parse_sidecar(data: bytes, now: datetime) -> Sidecar:
    """The facts of a sidecar. A time without a zone is this machine's local time. Never raises."""
    if len(data) > LARGEST:
        return Sidecar(Caller(), None, f"The sidecar has {len(data):,} bytes: not read.")
    try:
        said = json.loads(_text(data))
    except (ValueError, RecursionError) as trouble:
        return Sidecar(Caller(), None, f"The sidecar is not JSON: {trouble}.")
    if not isinstance(said, dict):
        return Sidecar(Caller(), None, "The sidecar is not a JSON object.")
    caller = Caller(**{key: _fact(said.get(key)) for key in ("cid", "cidname", "dnis", "commid", "error")})
    received_at, trouble_of_time = _time(said.get("received_at"), now)
    return Sidecar(caller, received_at, trouble_of_time)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # names as older fax servers write them


def _fact(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    printable = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return " ".join(printable.split())[:LONGEST] or None


def _time(value: object, now: datetime) -> tuple[datetime | None, str]:
    if value is None or value == "":
        return None, ""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, UTC)
        else:
            moment = datetime.fromisoformat(str(value).strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None, f"“{str(value)[:60]}” is not a time."
    if not EARLIEST <= moment <= now + CLOCKS_APART:
        return None, f"The fax cannot have come at {moment:%Y-%m-%d %H:%M} UTC."
    return min(moment, now), ""
