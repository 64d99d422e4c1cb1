"""Fax modems made of software, and the telephone exchange between them:
`python -m tests.line.soft_modems [--speed 8] --plan FILE DEVICE:NUMBER …`. Each modem is spandsp's T.31 modem (Class 1) behind a
pseudo terminal; HylaFAX takes it for a serial line.

The plan has a line a number, read anew at each call: `5550001 busy`, `… noanswer`, `… nodialtone`, `… voice`,
`5550006 cut=22 5551234` (the line to 5551234 is cut 22 seconds after it was answered), `5550007 to 5551234` (another number of
the same line). A number that is no modem's and stands in no line gives no dial tone. The line's clock runs `--speed` times as
fast as the world's.
"""

from __future__ import annotations

import argparse
import ctypes
import ctypes.util
import os
import pty
import pwd
import signal
import termios
import threading
import time
import tty
from dataclasses import dataclass, field
from pathlib import Path

SAMPLES = 160  # of 8,000 a second: 20 ms, one turn of the exchange
TURNS = 50  # in a second of the line
CALL, ANSWER, HANG_UP, OFF_HOOK, CLEAR_TO_SEND = 0, 1, 2, 3, 7  # spandsp's at_modem_control_operation_e
RINGS, CONNECTED, ANSWERED, BUSY, NO_DIALTONE, NO_ANSWER, HUNG_UP = range(1, 8)  # its at_call_event_e

Audio = ctypes.c_int16 * SAMPLES
ToTerminal = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_size_t)
Control = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


def spandsp() -> ctypes.CDLL:
    """The library; OSError if it is not installed."""
    library = ctypes.CDLL("libspandsp.so.2")
    library.t31_init.restype = ctypes.c_void_p
    library.t31_init.argtypes = [
        ctypes.c_void_p,
        ToTerminal,
        ctypes.c_void_p,
        Control,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    library.t31_at_rx.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    library.t31_call_event.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.t31_set_transmit_on_idle.argtypes = [ctypes.c_void_p, ctypes.c_int]
    for name in ("t31_rx", "t31_tx"):
        getattr(library, name).argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int16), ctypes.c_int]
    library.at_reset_call_info.argtypes = [ctypes.c_void_p]
    library.at_set_call_info.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
    return library


@dataclass
class Modem:
    """One modem on its line."""

    device: Path
    number: str
    exchange: Exchange
    hook: str = "on"  # on, off, dialling, ringing or talking
    peer: Modem | None = None
    due: tuple[int, int] | None = None  # an event and the turn at which it happens
    rang: int = -TURNS * 10  # the turn of the last ring
    since: int = 0  # the turn at which it began to dial, or was answered
    cut_after: int = 0  # turns after the answer; 0: never
    hears_voice: bool = False
    clear: bool = True  # the modem takes more from the terminal
    out: ctypes.Array[ctypes.c_int16] = field(default_factory=Audio)

    def __post_init__(self) -> None:
        self.terminal, self.slave = pty.openpty()
        tty.setraw(self.slave, termios.TCSANOW)
        uucp = pwd.getpwnam("uucp")
        os.fchown(self.slave, uucp.pw_uid, uucp.pw_gid)
        os.fchmod(self.slave, 0o660)
        os.set_blocking(self.terminal, False)
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(self.slave))
        self.calls = (ToTerminal(self.to_terminal), Control(self.control))  # kept: C holds no reference
        self.t31 = self.exchange.dsp.t31_init(None, self.calls[0], None, self.calls[1], None, None, None)
        self.exchange.dsp.t31_set_transmit_on_idle(self.t31, 1)

    def to_terminal(self, _state: int, _data: int, buffer: ctypes._Pointer[ctypes.c_uint8], length: int) -> int:
        """What the modem says to HylaFAX."""
        said = ctypes.string_at(buffer, length)
        while said:
            try:
                said = said[os.write(self.terminal, said) :]
            except BlockingIOError:
                termios.tcflush(self.slave, termios.TCIFLUSH)  # nobody reads: what waits there is stale
        return 0

    def control(self, _state: int, _data: int, what: int, number: int | None) -> int:
        """What HylaFAX made the modem do. `number` is a text's address for a call, and a mere yes or no for anything else."""
        if what == CALL:
            return self.exchange.dialled(self, "".join(one for one in ctypes.string_at(number or 0).decode() if one.isdigit()))
        if what in (ANSWER, OFF_HOOK):
            return self.exchange.answered(self, off_hook=what == OFF_HOOK)
        if what == HANG_UP:
            self.exchange.hung_up(self)
        elif what == CLEAR_TO_SEND:
            self.clear = number is not None
        return 0

    def event(self, what: int) -> None:
        """Tell the modem what happens on its line."""
        self.exchange.dsp.t31_call_event(self.t31, what)

    def later(self, what: int, seconds: float) -> None:
        """The same, so many seconds of the line from now."""
        self.due = (what, self.exchange.turn + round(seconds * TURNS))


class Exchange:
    """Who is connected with whom."""

    def __init__(self, plan: Path) -> None:
        self.dsp, self.plan, self.turn = spandsp(), plan, 0
        self.modems: list[Modem] = []

    def planned(self, number: str) -> list[str]:
        """What the plan says of a number; empty if nothing."""
        for line in self.plan.read_text().splitlines():
            words = line.split()
            if words and words[0] == number:
                return words[1:]
        return []

    def dialled(self, modem: Modem, number: str) -> int:
        """A call begins."""
        if modem.hook not in ("on", "off"):
            return -1
        modem.hook, modem.since, modem.peer, modem.hears_voice, modem.cut_after = "dialling", self.turn, None, False, 0
        words = self.planned(number)
        print(f"{modem.number} dials {number} {' '.join(words)}", flush=True)
        match words[:1]:
            case ["busy"]:
                modem.later(BUSY, 2)
            case ["noanswer"]:
                modem.later(NO_ANSWER, 30)
            case ["nodialtone"]:
                modem.later(NO_DIALTONE, 1)
            case ["voice"]:
                modem.hears_voice = True
                modem.later(CONNECTED, 4)
            case [cut] if cut.startswith("cut="):
                modem.cut_after = round(float(cut.removeprefix("cut=")) * TURNS)
                self.ring(modem, words[1], number)
            case ["to"]:
                self.ring(modem, words[1], number)
            case _:
                self.ring(modem, number, number)
        return 0

    def ring(self, modem: Modem, at: str, number: str) -> None:
        """Ring the modem of a number."""
        called = next((one for one in self.modems if one.number == at), None)
        if called is None:
            modem.later(NO_DIALTONE, 1)
        elif called.hook != "on" or called is modem:
            modem.later(BUSY, 2)
        else:
            modem.peer, called.peer = called, modem
            called.hook, called.rang = "ringing", -TURNS * 10
            self.dsp.at_reset_call_info(called.t31)  # the AT interpreter is the modem's first part
            for key, value in ((b"NMBR", modem.number), (b"NAME", "LINE"), (b"NDID", number)):
                self.dsp.at_set_call_info(called.t31, key, value.encode())

    def answered(self, modem: Modem, *, off_hook: bool) -> int:
        """A modem goes off hook, or takes a call."""
        if modem.hook == "on" and off_hook:
            modem.hook = "off"
        elif modem.hook == "talking":
            modem.event(ANSWERED)
        elif modem.hook != "ringing":
            return -1
        else:
            modem.hook, modem.since = "talking", self.turn
            modem.event(ANSWERED)
            if modem.peer is not None:
                modem.peer.due = (CONNECTED, self.turn + 1)
        return 0

    def hung_up(self, modem: Modem) -> None:
        """A modem ends its call."""
        peer, modem.peer = modem.peer, None
        modem.hook, modem.hears_voice = "on", False
        termios.tcflow(modem.slave, termios.TCOON)  # a sender that was killed may have left it stopped
        if peer is not None:
            peer.peer = None
            if peer.hook in ("talking", "dialling"):
                peer.due = (HUNG_UP, self.turn + 5)
            elif peer.hook == "ringing":
                peer.hook = "on"

    def advance(self) -> None:
        """One turn: 20 ms of the line."""
        for one in self.modems:
            self.read_terminal(one)
            self.signal_to(one)
        for one in self.modems:
            ctypes.memset(one.out, 0, ctypes.sizeof(one.out))
            made = 0
            while one.hook == "talking" and made < SAMPLES:
                rest = ctypes.cast(ctypes.byref(one.out, made * 2), ctypes.POINTER(ctypes.c_int16))
                more = self.dsp.t31_tx(one.t31, rest, SAMPLES - made)
                if more <= 0:
                    break
                made += more
        for one in self.modems:
            if one.hook == "talking":
                heard = one.peer.out if one.peer is not None else Audio()
                self.dsp.t31_rx(one.t31, heard, SAMPLES)
        self.turn += 1

    def read_terminal(self, modem: Modem) -> None:
        """What HylaFAX writes, as much as the modem takes."""
        if not modem.clear:
            return
        try:
            said = os.read(modem.terminal, 1024)
        except (BlockingIOError, OSError):
            return
        self.dsp.t31_at_rx(modem.t31, said, len(said))

    def signal_to(self, modem: Modem) -> None:
        """Rings, and events whose turn has come."""
        if modem.hook == "ringing" and self.turn - modem.rang >= TURNS * 4:
            modem.rang = self.turn
            modem.event(RINGS)
        talked = self.turn - modem.since
        if modem.hook == "talking" and modem.cut_after and talked > modem.cut_after:
            modem.cut_after = 0
            print(f"{modem.number}: the line is cut", flush=True)
            if modem.peer is not None:
                modem.peer.due, modem.peer.peer = (HUNG_UP, self.turn + 1), None
            modem.due, modem.peer = (HUNG_UP, self.turn + 1), None
        if modem.due is None or self.turn < modem.due[1]:
            return
        what, _ = modem.due
        modem.due = None
        if what == CONNECTED:
            if modem.hook == "dialling":
                modem.hook, modem.since = "talking", self.turn
                modem.event(CONNECTED)
                if modem.hears_voice:
                    modem.later(HUNG_UP, 60)
        elif modem.hook != "on":
            modem.hook = "on"
            modem.event(what)


def main() -> None:
    """Run until SIGTERM."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--speed", type=float, default=8.0)
    asked.add_argument("--plan", type=Path, required=True)
    asked.add_argument("modems", nargs="+", metavar="DEVICE:NUMBER")
    given = asked.parse_args()
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    exchange = Exchange(given.plan)
    for one in given.modems:
        device, _, number = one.rpartition(":")
        exchange.modems.append(Modem(Path(device), number, exchange))
    print("ready", flush=True)
    step, due = 1 / (TURNS * given.speed), time.monotonic()
    try:
        while not over.wait(max(0.0, due - time.monotonic())):
            exchange.advance()
            due += step
            due = max(due, time.monotonic() - 1.0)  # a machine that was away does not race to catch up
    finally:
        for modem in exchange.modems:
            modem.device.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
