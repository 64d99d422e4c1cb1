"""A genuine telephone call between two fax machines, where the tool for it is at hand.

What: runs the outside program `faxline` (spandsp's sender and receiver with an impaired line between) over a TIFF-F.
Why: a line does not sprinkle noise; it drops whole rows while both ends report success. That cannot be imitated.
Refuses: a call that failed at either end (CallFailed), for a sample must be a fax that arrived. Without the program
(`--faxline` or REMSFAX_FAXLINE) the samples that need it are left as they are, with a message.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


class CallFailed(Exception):
    """One of the two machines did not report success."""


@dataclass(frozen=True)
class Line:
    """One way to call."""

    noise: str | None = None  # faxline's -n: "snr=21,imp=4,impms=5,impdb=6"
    error_correction: bool = False
    bits_per_second: int = 14400
    coding: str = "1d"  # 1d, 2d or t6 on the line
    seed: int = 1


def program(given: str | None = None) -> Path | None:
    """Where faxline is, if anywhere."""
    place = given or os.environ.get("REMSFAX_FAXLINE")
    return Path(place) if place and Path(place).is_file() else None


def call(faxline: Path, sent: bytes, line: Line, station: str = "") -> tuple[bytes, dict[str, object]]:
    """The TIFF as it arrived from the machine that calls itself `station`, and faxline's verdict. Raises CallFailed.

    The line's own header (`-H`) stays off: it bears the clock of the day, and a sample must be the same tomorrow.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, arrived = Path(folder, "sent.tif"), Path(folder, "arrived.tif")
        source.write_bytes(sent)
        command = [
            str(faxline),
            "-i",
            str(source),
            "-o",
            str(arrived),
            "-r",
            str(line.bits_per_second),
            "-c",
            line.coding,
            "-s",
            str(line.seed),
        ]
        if line.noise:
            command += ["-n", line.noise]
        if line.error_correction:
            command.append("-e")
        if station:
            command += ["-L", station]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        verdict: dict[str, object] = json.loads(done.stdout or "{}")
        if done.returncode or not arrived.exists():
            raise CallFailed(f"{verdict.get('tx')} / {verdict.get('rx')} {done.stderr}")
        return arrived.read_bytes(), verdict
