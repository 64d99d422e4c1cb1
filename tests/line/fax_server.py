"""A HylaFAX server of one's own in a folder, with prescribers' modems and the program's, for as long as a test lasts.

The program has one modem that takes calls, with a faxgetty as init would keep it, and more that only call; they are told to the
scheduler once (`faxmodem`), so that the next call on them need not wait until a faxgetty has them ready again.

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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

PRESCRIBER, PROGRAM = "8005550100", "8005551234"
OTHERS = tuple(f"80055501{number:02}" for number in range(1, 10))  # modems of other prescribers
CALLERS = tuple(f"80055512{number:02}" for number in range(40, 50))  # modems of the program that only call
OUTGOING = "program"  # all modems of the program, as a job may name them
HOME, SETUP = Path("/var/spool/hylafax"), Path("/etc/hylafax")
PROGRAMS = tuple(Path("/usr/sbin") / name for name in ("faxq", "hfaxd", "faxgetty", "faxmodem", "faxstate"))
FOLDERS = ("archive", "client", "docq", "doneq", "log", "pollq", "recvq", "sendq", "tmp", "info", "status", "etc", "dev")
SERVER = """\
CountryCode: 1
AreaCode: 202
LongDistancePrefix:
InternationalPrefix: 011
DialStringRules: etc/dialrules-plain
MaxBatchJobs: 1
LogFacility: local5
SendFaxCmd: bin/faxsend-once
ModemGroup: "program:ttyR[0-9]*x[0-9]*"
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
folder={folder}/$2
if [ -f "$1" ]; then
  printf '{{"cid": "%s", "commid": "%s", "error": "%s"}}\\n' "$(plain "$5")" "$(plain "$3")" "$(plain "$4")" \
    > "$folder/$name.json"
  cp "$1" "$folder/.$name" && mv "$folder/.$name" "$folder/$name.tif"
fi
"""


SEND_ONCE = Path(__file__).resolve().parents[2] / "docs" / "faxsend-once"


class NoFaxLine(Exception):
    """What is needed for it is not here; the words say what."""


class FaxServerOfOnesOwn:
    """A server; started and stopped by `fax_server`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port, self.folder = port, folder
        self.spool, self.logs = folder / "spool", folder / "log"
        self.received = folder / "received"  # folders by modem number: what each received
        self.plan = folder / "plan"  # of the exchange
        self.modems: dict[str, str] = {}  # the server's names of them, by number
        self.parts: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, part: str, command: list[str]) -> None:
        """A part of the server, or of the line."""
        with (self.logs / part).open("ab") as kept:
            self.parts[part] = subprocess.Popen(command, stdout=kept, stderr=kept)

    def start_server(self) -> None:
        """The scheduler and the door for clients, both ready."""
        self.start("faxq", ["/usr/sbin/faxq", "-D", "-q", str(self.spool)])
        self.start("hfaxd", ["/usr/sbin/hfaxd", "-d", "-q", str(self.spool), "-l", "127.0.0.1", "-i", str(self.port)])
        _until("the scheduler", lambda: "Running" in self.status("scheduler"))

    def add_callers(self) -> None:
        """Tell the scheduler of the modems that have no faxgetty to do so."""
        for number in CALLERS:
            if number in self.modems:
                told = ["/usr/sbin/faxmodem", "-q", str(self.spool), self.modems[number]]
                subprocess.run(told, check=True, capture_output=True)

    def end(self, part: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a part and wait for it."""
        process = self.parts.pop(part)
        process.send_signal(how)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def senders(self, modem: str) -> list[psutil.Process]:
        """The processes that are at a call by that modem."""
        return [one for one in psutil.Process(self.parts["faxq"].pid).children(recursive=True) if modem in one.cmdline()]

    def configure(self, text: str) -> None:
        """The scheduler's configuration from now on; it looks before each turn."""
        (self.spool / "etc" / "config").write_text(text)

    def believes(self, modem: str, state: str) -> None:
        """What the scheduler takes a modem for, whatever the modem is: ready, busy or down."""
        told = ["/usr/sbin/faxstate", "-q", str(self.spool), "-s", state, modem]
        subprocess.run(told, check=True, capture_output=True)

    def status(self, word: str) -> str:
        """The lines with this word of what the server says of itself."""
        asked = ["faxstat", "-s", "-h", f"127.0.0.1:{self.port}"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False, env={**os.environ, "HOME": "/"}).stdout
        return "\n".join(line for line in said.splitlines() if word in line)

    def planned(self, *lines: str) -> None:
        """The exchange's plan from now on."""
        written = self.plan.with_suffix(".new")
        written.write_text("".join(f"{one}\n" for one in lines))
        written.rename(self.plan)

    def happened(self) -> list[str]:
        """What happened on the line so far, by the exchange."""
        return (self.logs / "line").read_text().splitlines()

    def forget(self, number: str) -> None:
        """What a modem received so far is of no interest any more."""
        for one in (self.received / number).iterdir():
            one.unlink()

    def calls(self, number: str) -> int:
        """How often a number was dialled, by the exchange."""
        return sum(f" dials {number}" in one for one in self.happened())


def lacking() -> str:
    """Why there can be no fax line here; empty if there can."""
    if os.geteuid() != 0:
        return "the fax server's programs start as root"
    missing = [str(one) for one in PROGRAMS if not one.exists()]
    if missing:
        return f"HylaFAX is not installed ({missing[0]}): apt-get install hylafax-server hylafax-client libspandsp2"
    for program, package in (("faxstat", "hylafax-client"), ("ip", "iproute2")):
        if shutil.which(program) is None:
            return f"{program} is not installed: apt-get install {package}"
    try:
        from tests.line.soft_modems import spandsp

        spandsp()
    except OSError as problem:
        return f"spandsp is not installed ({problem}): apt-get install libspandsp2"
    if subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        return "no network of its own can be made here (unshare -n)"
    return ""


@contextmanager
def fax_server(
    folder: Path, plan: Sequence[str], *, others: int = 1, callers: int = 2, port: int = 4559, speed: float = 8.0
) -> Iterator[FaxServerOfOnesOwn]:
    """Started under `folder`, stopped at the end, with so many `others` beside the prescriber and `callers` beside the
    program's own modem. Call it inside a network of one's own."""
    why = lacking()
    if why:
        raise NoFaxLine(why)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    server = FaxServerOfOnesOwn(folder, port)
    answering, calling = (PRESCRIBER, PROGRAM, *OTHERS[:others]), CALLERS[:callers]
    for place, number in enumerate((*answering, *calling)):
        side = "R" if number == PROGRAM or number in calling else "P"
        server.modems[number] = f"tty{side}{os.getpid()}x{place}"
    _lay_out(server)
    server.planned(*plan)
    devices = [f"/dev/{name}:{number}" for number, name in server.modems.items()]
    exchange = [sys.executable, "-m", "tests.line.exchange", "--speed", str(speed), "--plan", str(server.plan), *devices]
    with ExitStack() as stack:
        for name in server.modems.values():
            stack.callback(Path(f"/var/lock/LCK..{name}").unlink, missing_ok=True)
        stack.callback(lambda: [server.end(part) for part in reversed(list(server.parts))])
        server.start("line", exchange)
        _until("the modems", lambda: all(Path(f"/dev/{name}").exists() for name in server.modems.values()))
        server.start_server()
        for number in answering:
            name = server.modems[number]
            stack.enter_context(_always(["/usr/sbin/faxgetty", "-q", str(server.spool), name], server.logs / name))
        server.add_callers()
        _until("the modems that answer", lambda: server.status("").count("Running and idle") >= len(answering))
        yield server


def _lay_out(server: FaxServerOfOnesOwn) -> None:
    spool, received = server.spool, server.received
    for one in (spool, server.logs, *(received / number for number in server.modems)):
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
    for number, name in server.modems.items():
        station = "REMS" if name.startswith("ttyR") else "PRESCRIBER"
        (spool / "etc" / f"config.{name}").write_text(MODEM.format(number=number, station=station))
        (received / name).symlink_to(received / number)
    drop = spool / "bin" / "faxrcvd-drop"
    drop.write_text(DROP.format(folder=received))
    drop.chmod(0o755)
    once = spool / "bin" / "faxsend-once"
    once.write_text(SEND_ONCE.read_text())
    once.chmod(0o755)
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


def _until(what: str, there: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not there():  # type: ignore[operator]
        if time.monotonic() > end:
            raise NoFaxLine(f"{what} did not come up in {seconds:g} s")
        threading.Event().wait(0.05)


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
                over.wait(0.1)

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
