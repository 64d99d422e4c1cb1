"""A HylaFAX server of one's own in a folder, with a prescriber's modem and the program's, for as long as a test lasts.

Nothing under /etc or /var/spool changes; only two links in /dev, named after this process, come and go. Root is needed (the
server runs as uucp), and a network of one's own, so that nobody else hears the port: `unshare -n`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PRESCRIBER, PROGRAM = "8005550100", "8005551234"
HOME, SETUP = Path("/var/spool/hylafax"), Path("/etc/hylafax")
PROGRAMS = tuple(Path("/usr/sbin") / name for name in ("faxq", "hfaxd", "faxgetty"))
FOLDERS = ("archive", "client", "docq", "doneq", "log", "pollq", "recvq", "sendq", "tmp", "info", "status", "etc", "dev")
PLAN = """\
8005550001 busy
8005550002 noanswer
8005550003 nodialtone
8005550004 voice
8005550006 cut=22 8005550100
"""

SERVER = """\
CountryCode: 1
AreaCode: 202
LongDistancePrefix:
InternationalPrefix: 011
DialStringRules: etc/dialrules-plain
MaxBatchJobs: 1
LogFacility: local5
"""
MODEM = """\
CountryCode: 1
AreaCode: 202
LongDistancePrefix:
InternationalPrefix: 011
FAXNumber: {number}
DialStringRules: etc/dialrules-plain
LocalIdentifier: {station}
RecvFileMode: 0644
LogFileMode: 0644
DeviceMode: 0660
RingsBeforeAnswer: 1
SpeakerVolume: off
GettyArgs: "-h %l dx_%s"
TagLineFont: etc/lutRS18.pcf
TagLineFormat: "From %%l|%c|Page %%P of %%T"
MaxRecvPages: 100
SessionTracing: 0x7fff
FaxRcvdCmd: bin/faxrcvd-drop
ModemType: Class1
ModemResetCmds: "ATH1\\nAT+VCID=1"
ModemReadyCmds: ATH0
Class1AdaptRecvCmd: AT+FAR=1
Class1TMConnectDelay: 100
CallIDPattern: "NMBR="
CallIDPattern: "NAME="
CallIDPattern: "ANID="
CallIDPattern: "NDID="
ModemResetDelay: 50
ModemDTRDropDelay: 10
ModemSoftResetCmdDelay: 50
PollModemWait: 2
PollLockWait: 2
"""
RULES = "CanonicalNumber := [\n[^+0-9]+ = \n]\nDialString := [\n[^0-9] = \n]\nDisplayNumber := [\n]\n"
DROP = """\
#!/bin/sh
# file, modem, commid, error, caller's number, caller's name, -, number called
umask 022
name=$(basename "$1" .tif)
plain() {{ printf '%s' "$1" | tr -d '"\\\\' ; }}
folder={folder}/$(case "$2" in *{program}*) echo program ;; *) echo prescriber ;; esac)
if [ -f "$1" ]; then
  printf '{{"cid": "%s", "commid": "%s", "error": "%s"}}\\n' "$(plain "$5")" "$(plain "$3")" "$(plain "$4")" \
    > "$folder/$name.json"
  cp "$1" "$folder/.$name" && mv "$folder/.$name" "$folder/$name.tif"
fi
"""


class NoFaxLine(Exception):
    """What is needed for it is not here; the words say what."""


@dataclass(frozen=True)
class FaxServerOfOnesOwn:
    """A running server."""

    port: int
    program_modem: str  # what the program calls with
    prescriber_modem: str
    received: Path  # folders `program` and `prescriber`: what each modem received
    spool: Path

    def stop_scheduler(self) -> None:
        """As if the server were restarted: its scheduler ends."""
        subprocess.run(["pkill", "-f", f"faxq -D -q {self.spool}"], check=False)


def lacking() -> str:
    """Why there can be no fax line here; empty if there can."""
    if os.geteuid() != 0:
        return "the fax server's programs start as root"
    missing = [str(one) for one in PROGRAMS if not one.exists()]
    if missing:
        return f"HylaFAX is not installed ({missing[0]}): apt-get install hylafax-server hylafax-client libspandsp2"
    try:
        from tests.line.soft_modems import spandsp

        spandsp()
    except OSError as problem:
        return f"spandsp is not installed ({problem}): apt-get install libspandsp2"
    if subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        return "no network of its own can be made here (unshare -n)"
    return ""


@contextmanager
def fax_server(folder: Path, port: int = 4559, speed: float = 8.0) -> Iterator[FaxServerOfOnesOwn]:
    """Started under `folder`, stopped at the end. Call it inside a network of one's own."""
    why = lacking()
    if why:
        raise NoFaxLine(why)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    spool, received, logs = folder / "spool", folder / "received", folder / "log"
    names = {PRESCRIBER: f"ttyP{os.getpid()}", PROGRAM: f"ttyR{os.getpid()}"}
    _lay_out(spool, received, logs, names)
    (folder / "plan").write_text(PLAN)
    with ExitStack() as stack:
        modems = [f"/dev/{name}:{number}" for number, name in names.items()]
        exchange = [
            sys.executable,
            "-m",
            "tests.line.soft_modems",
            "--speed",
            str(speed),
            "--plan",
            str(folder / "plan"),
            *modems,
        ]
        stack.enter_context(_running(exchange, logs / "line"))
        _until("the modems", lambda: all(Path(f"/dev/{name}").exists() for name in names.values()))
        stack.enter_context(_running(["/usr/sbin/faxq", "-D", "-q", str(spool)], logs / "faxq"))
        hfaxd = ["/usr/sbin/hfaxd", "-d", "-q", str(spool), "-l", "127.0.0.1", "-i", str(port)]
        stack.enter_context(_running(hfaxd, logs / "hfaxd"))
        _until("the scheduler", lambda: "Running" in _status(port, "scheduler"))
        for name in names.values():
            stack.enter_context(_always(["/usr/sbin/faxgetty", "-q", str(spool), name], logs / name))
            stack.callback(Path(f"/var/lock/LCK..{name}").unlink, missing_ok=True)
        _until("both modems", lambda: _status(port, "").count("Running and idle") == len(names))
        yield FaxServerOfOnesOwn(port, names[PROGRAM], names[PRESCRIBER], received, spool)


def _lay_out(spool: Path, received: Path, logs: Path, names: dict[str, str]) -> None:
    for one in (spool, received / "program", received / "prescriber", logs):
        one.mkdir(parents=True)
    shutil.copytree(HOME / "bin", spool / "bin", symlinks=True)
    for name in FOLDERS:
        (spool / name).mkdir(exist_ok=True)
    for one in SETUP.iterdir():
        if one.is_file():
            shutil.copy(one, spool / "etc" / one.name)
    cache = spool / "etc" / "setup.cache"
    lines = [line for line in cache.read_text().splitlines() if not line.startswith("SPOOL=")] if cache.exists() else []
    cache.write_text("\n".join([*lines, f"SPOOL='{spool}'"]) + "\n")
    (spool / "etc" / "config").write_text(SERVER)
    (spool / "etc" / "dialrules-plain").write_text(RULES)
    (spool / "etc" / "hosts.hfaxd").write_text("localhost:21::\n127.0.0.1:21::\n")
    for number, name in names.items():
        station = "PRESCRIBER" if number == PRESCRIBER else "REMS"
        (spool / "etc" / f"config.{name}").write_text(MODEM.format(number=number, station=station))
    drop = spool / "bin" / "faxrcvd-drop"
    drop.write_text(DROP.format(folder=received, program=names[PROGRAM]))
    drop.chmod(0o755)
    for queue in ("log", "recvq", "docq", "sendq", "doneq"):
        (spool / queue / "seqf").touch(0o600)
    os.mkfifo(spool / "FIFO", 0o600)
    subprocess.run(["chown", "-R", "uucp:uucp", str(spool), str(received)], check=True)
    (spool / "etc" / "hosts.hfaxd").chmod(0o600)
    for name in ("docq", "doneq", "sendq", "pollq", "archive"):
        (spool / name).chmod(0o700)
    (spool / "tmp").chmod(0o777)
    for one in (spool, *spool.parents):
        if one.stat().st_uid == 0 and not one.stat().st_mode & 0o001:
            one.chmod(one.stat().st_mode | 0o011)  # uucp must reach its spool through a test's private folders


def _status(port: int, word: str) -> str:
    said = subprocess.run(
        ["faxstat", "-s", "-h", f"127.0.0.1:{port}"], capture_output=True, text=True, check=False, env={**os.environ, "HOME": "/"}
    ).stdout
    return "\n".join(line for line in said.splitlines() if word in line)


def _until(what: str, there: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not there():  # type: ignore[operator]
        if time.monotonic() > end:
            raise NoFaxLine(f"{what} did not come up in {seconds:g} s")
        threading.Event().wait(0.2)


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as kept:
        process = subprocess.Popen(command, stdout=kept, stderr=kept)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _always(command: list[str], log: Path) -> Iterator[None]:
    """As init would: faxgetty ends after each call and is started again."""
    over = threading.Event()
    at: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        with log.open("ab") as kept:
            while not over.is_set():
                process = subprocess.Popen(command, stdout=kept, stderr=kept)
                at[:] = [process]
                process.wait()
                over.wait(1)

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        over.set()
        for process in at:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
        thread.join(5)
