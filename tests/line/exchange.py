"""The telephone exchange between soft modems: `python -m tests.line.exchange [--speed 8] --plan FILE DEVICE:NUMBER …`.

The plan has a line a number, read anew at each call:

    5550001 busy               also noanswer, nodialtone, voice
    5550005 to 5551234 5551235 another number of these lines; whichever is free is rung
    5550006 cut 5551234        the line is cut in the first page
    5550007 unheard 5551234    from the end of the last page on the caller hears nothing: no receipt reaches it
    gone 5551234               the modem with this number is not there, from the moment this is written until it is taken out

A number that is no modem's and stands in no line gives no dial tone. What happens is printed, a line an event: `5551234 dials
5550006 cut 5551235`, `5551234 is answered`, `5551234 sends a page`, …: what was really called can be counted there. The line's
clock runs `--speed` times as fast as the world's.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import threading
import time
from pathlib import Path

from tests.line.soft_modems import (
    ANSWERED,
    BUSY,
    CONNECTED,
    HUNG_UP,
    NO_ANSWER,
    NO_DIALTONE,
    RINGS,
    SAMPLES,
    TURNS,
    Audio,
    Modem,
    spandsp,
)

LAST_PAGE_ENDS = (b"\xff\x13\xbf\x2f", b"\xff\x13\x2f")
"""How a sender says to its modem that no page follows: T.30's PPS-EOP with error correction, EOP without."""
HIGH_SPEED = b"AT+FTM="
"""Said by a sender once for the training check, then for each page."""


class Exchange:
    """Who is connected with whom."""

    def __init__(self, plan: Path) -> None:
        self.dsp, self.plan, self.turn, self.read_at = spandsp(), plan, 0, 0
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
        modem.hook, modem.since, modem.peer, modem.hears_voice = "dialling", self.turn, None, False
        modem.fate, modem.cut_at, modem.deaf, modem.trained = "", 0, False, False
        words = self.planned(number)
        say(modem, f"dials {number} {' '.join(words)}".rstrip())
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
            case ["to" | "cut" | "unheard" as fate]:
                modem.fate = fate
                self.ring(modem, words[1:], number)
            case _:
                self.ring(modem, [number], number)
        return 0

    def ring(self, modem: Modem, at: list[str], number: str) -> None:
        """Ring the first of these numbers' modems that is free."""
        there = [one for one in self.modems if one.number in at and not one.gone and one is not modem]
        called = next((one for one in there if one.hook == "on"), None)
        if not there:
            modem.later(NO_DIALTONE, 1)
        elif called is None:
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
                say(modem.peer, "is answered")
                modem.peer.due = (CONNECTED, self.turn + 1)
        return 0

    def hung_up(self, modem: Modem) -> None:
        """A modem ends its call."""
        peer, modem.peer = modem.peer, None
        modem.hook, modem.hears_voice = "on", False
        modem.unblock()
        if peer is not None:
            peer.peer = None
            if peer.hook in ("talking", "dialling"):
                peer.due = (HUNG_UP, self.turn + 5)
            elif peer.hook == "ringing":
                peer.hook = "on"

    def advance(self) -> None:
        """One turn: 20 ms of the line."""
        if self.turn % TURNS == 0:
            self.look_for_devices()
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
                heard = one.peer.out if one.peer is not None and not one.deaf else Audio()
                self.dsp.t31_rx(one.t31, heard, SAMPLES)
        self.turn += 1

    def read_terminal(self, modem: Modem) -> None:
        """What HylaFAX writes, as much as the modem takes."""
        if not modem.clear or modem.gone:
            return
        try:
            said = os.read(modem.terminal, 1024)
        except BlockingIOError:
            return
        except OSError:
            modem.left_alone()
            return
        if HIGH_SPEED in said and b"?" not in said:
            if modem.trained:
                say(modem, "sends a page")
                modem.cut_at = self.turn + 2 * TURNS if modem.fate == "cut" else 0
            modem.trained = True
        if modem.fate == "unheard" and any(one in said for one in LAST_PAGE_ENDS) and not modem.deaf:
            modem.deaf = True
            say(modem, "hears nothing any more")
        self.dsp.t31_at_rx(modem.t31, said, len(said))

    def signal_to(self, modem: Modem) -> None:
        """Rings, and events whose turn has come."""
        if modem.hook == "ringing" and self.turn - modem.rang >= TURNS * 4:
            modem.rang = self.turn
            modem.event(RINGS)
        if modem.hook == "talking" and modem.cut_at and self.turn > modem.cut_at:
            modem.cut_at = 0
            say(modem, "is cut off")
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

    def look_for_devices(self) -> None:
        """Take away and bring back modems, where the plan has changed."""
        changed = self.plan.stat().st_mtime_ns
        if changed == self.read_at:
            return
        self.read_at = changed
        gone = self.planned("gone")
        for one in self.modems:
            if one.number in gone and not one.gone:
                one.vanish()
                say(one, "is gone")
            elif one.number not in gone and one.gone:
                one.appear()
                say(one, "is back")


def say(modem: Modem, what: str) -> None:
    """An event, for whoever counts."""
    print(modem.number, what, flush=True)


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
