"""Fax modems made of software: each is spandsp's T.31 modem (Class 1) behind a pseudo terminal, to HylaFAX a serial line.

Who is connected with whom is the exchange's (`tests.line.exchange`).
"""

from __future__ import annotations

import ctypes
import os
import pty
import pwd
import termios
import tty
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.line.exchange import Exchange

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
    library.t31_free.argtypes = [ctypes.c_void_p]
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
    fate: str = ""  # of the call it makes: cut or unheard; "": none
    cut_at: int = 0  # the turn at which the line is cut; 0: never
    trained: bool = False  # it has said once that it goes fast
    deaf: bool = False  # hears nothing of the far side any more
    hears_voice: bool = False
    clear: bool = True  # the modem takes more from the terminal
    gone: bool = False  # there is no such device
    out: ctypes.Array[ctypes.c_int16] = field(default_factory=Audio)

    def __post_init__(self) -> None:
        self.calls = (ToTerminal(self.to_terminal), Control(self.control))  # kept: C holds no reference
        self.t31 = 0
        self.appear()

    def reset(self) -> None:
        """As after power on."""
        if self.t31:
            self.exchange.dsp.t31_free(self.t31)
        self.t31 = self.exchange.dsp.t31_init(None, self.calls[0], None, self.calls[1], None, None, None)
        self.exchange.dsp.t31_set_transmit_on_idle(self.t31, 1)
        self.clear = True

    def appear(self) -> None:
        """The device is there."""
        self.terminal, line = pty.openpty()
        self.line = os.ttyname(line)
        tty.setraw(line, termios.TCSANOW)
        uucp = pwd.getpwnam("uucp")
        os.fchown(line, uucp.pw_uid, uucp.pw_gid)
        os.fchmod(line, 0o660)
        os.close(line)  # so that it is seen when nobody has it open any more
        os.set_blocking(self.terminal, False)
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(self.line)
        self.reset()
        self.gone = False

    def unblock(self) -> None:
        """What waits for a reader that is not there is stale; a sender that was killed may have left the line stopped."""
        if not self.gone:
            line = os.open(self.line, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            termios.tcflush(line, termios.TCIFLUSH)
            termios.tcflow(line, termios.TCOON)
            os.close(line)

    def left_alone(self) -> None:
        """Nobody has the line open: where one was at a call, it died, and the modem hangs up as it does when DTR drops."""
        if self.hook in ("dialling", "talking", "off"):
            self.exchange.hung_up(self)
            self.due = None
            self.reset()

    def vanish(self) -> None:
        """The device is gone, as one whose plug was pulled: whoever has it open reads an error, its call ends."""
        self.gone = True
        self.device.unlink(missing_ok=True)
        self.exchange.hung_up(self)
        self.due = None
        os.close(self.terminal)

    def to_terminal(self, _state: int, _data: int, buffer: ctypes._Pointer[ctypes.c_uint8], length: int) -> int:
        """What the modem says to HylaFAX."""
        said = ctypes.string_at(buffer, length)
        while said and not self.gone:
            try:
                said = said[os.write(self.terminal, said) :]
            except BlockingIOError:
                self.unblock()
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
