"""A process of its own that supervises two small parts; run by the supervisor's tests.

Each part starts a child of its own, says `NAME PID CHILD'S-PID` on standard output, and waits for a signal that ends it;
`stubborn` ignores SIGTERM.
"""

from __future__ import annotations

import sys

from app import supervisor

PART = """
import os, signal, subprocess, sys
name = sys.argv[1]
if name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
os.write(1, f"{name} {os.getpid()} {child.pid}\\n".encode())
signal.pause()  # an ignored signal does not end it
"""


def main() -> None:
    """Supervise until told to stop."""
    supervisor.PATIENCE = 1.0
    parts = [
        supervisor.Part(name, lambda name=name: [sys.executable, "-c", PART, name])  # type: ignore[misc]
        for name in ("steady", "stubborn")
    ]
    supervisor.Supervisor(parts).run()


if __name__ == "__main__":
    main()
