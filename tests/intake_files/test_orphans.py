from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

import intake

PARENT = """
import os, signal, sys, time
from intake.decoding import warm_up
warm_up()
print(os.getpid(), flush=True)
sys.stdin.read()
"""


def test_a_killed_parent_leaves_no_decoding_child_behind():
    root = Path(intake.__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        children = psutil.Process(pid).children()
        assert len(children) == 1
        parent.kill()
        parent.wait(5)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []
