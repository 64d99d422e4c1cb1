"""A process of its own that supervises two small parts; run by the supervisor's tests.

Each part writes its pid to FOLDER/NAME.<start>, starts a child of its own, and sleeps; `stubborn` ignores SIGTERM.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app import supervisor

PART = """
import os, signal, subprocess, sys, time
folder, name = sys.argv[1:]
if name == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
number = len([one for one in os.listdir(folder) if one.startswith(name)])
with open(os.path.join(folder, f".{name}"), "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
os.rename(file.name, os.path.join(folder, f"{name}.{number}"))
signal.pause() if name != "stubborn" else time.sleep(1000)
"""


def main() -> None:
    """`supervising.py FOLDER`."""
    folder = Path(sys.argv[1])
    supervisor.PATIENCE = 1.0
    parts = [
        supervisor.Part(name, lambda name=name: [sys.executable, "-c", PART, str(folder), name])  # type: ignore[misc]
        for name in ("steady", "stubborn")
    ]
    supervisor.Supervisor(parts).run()


if __name__ == "__main__":
    main()
