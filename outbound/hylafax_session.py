"""One conversation with a HylaFAX server over its client protocol (RFC 959's manner, port 4559).

What: sign in, store a document, make and submit a job, list the queues, read a job's record, cancel, put back into the queue.
Why: the protocol is the only way to know a job's own state; the command line tools of HylaFAX print for people.
How: a reply's first digit says how it went; lists and files come over a second connection. A session that made a job shows its
state as it was then, so whoever asks for a state opens a new one.
Refuses: line breaks in what is sent (`ValueError`): they would end the command. What the server refuses is `HylaRefused` with its
words, a line that broke is `HylaGone`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

_FIELDS = ("%j", "%a", "%e", "%P", "%p", "%y", "%d", "%t", "%J", "%s")  # as `QueuedJob` has them
_SEPARATOR = "|"
_REPLY = re.compile(r"(\d{3})([ -])(.*)")
_PORT = re.compile(r"\((?:\d+,){4}(\d+),(\d+)\)")
MOST_BYTES = 16 * 1024 * 1024  # of one list or record; more is no queue of ours


class HylaGone(OSError):
    """The server is not there, hung up, or says nothing in time."""


class HylaRefused(Exception):
    """The server refuses a command."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}")
        self.code = code
        self.words = words


@dataclass(frozen=True)
class HylaServer:
    """Where the fax server is and as whom we sign in."""

    host: str
    port: int = 4559
    user: str = "remsfax"
    password: str = ""
    timeout: float = 30.0  # seconds without a word after which a line counts as broken


@dataclass(frozen=True)
class QueuedJob:
    """One job as a queue lists it."""

    job: int  # the server's own id
    state: str  # one letter: T suspended, P pending, S sleeping, B blocked, W waiting, R running, D done, F failed
    number: str  # called
    priority: str
    pages: int  # sent
    total_pages: int
    dials: int
    tries: int
    tag: str  # our own, from JOBINFO
    status: str  # in the server's words


class HylaSession:
    """A signed-in conversation; made by `hyla_session`."""

    def __init__(self, server: HylaServer, line: socket.socket) -> None:
        self._server = server
        self._line = line
        self._heard = line.makefile("rb")
        self._reply("2")
        asked = self.command(f"USER {server.user}", "23")
        if asked.startswith("3"):
            self.command(f"PASS {server.password}")
        self.command("TZONE GMT")
        self.command("TYPE I")
        self.command(f"JOBFMT {quoted(_SEPARATOR.join(_FIELDS))}")

    def command(self, line: str, good: str = "2") -> str:
        """Send a line; its reply as one text. HylaRefused unless the reply's first digit is among `good`."""
        self._say(line)
        return self._reply(good)

    def store(self, document: bytes, kind: str = "TIFF") -> str:
        """Put a document on the server; its name there."""
        self.command(f"FORM {kind}")
        with self._data_line() as data:
            told = self.command("STOT", "1")
            data.sendall(document)
        self._reply("2")
        named = re.search(r"FILE: (\S+)", told)
        if named is None:
            raise HylaRefused(int(told[:3]), f"the server does not say where it put the document: {told}")
        return named[1]

    def new_job(self, parameters: Mapping[str, str | int], document: str) -> int:
        """A job with these parameters, not submitted yet; its id. Nothing is left on the server if one is refused."""
        told = self.command("JNEW")
        named = re.search(r"jobid: (\d+)", told)
        if named is None:
            raise HylaRefused(int(told[:3]), f"the server names no job: {told}")
        job = int(named[1])
        try:
            for name, value in parameters.items():
                self.command(f"JPARM {name} {value if isinstance(value, int) else quoted(value)}")
            self.command(f"JPARM DOCUMENT {document}")
        except HylaRefused:
            self.command(f"JDELE {job}", "245")
            raise
        return job

    def delete(self, job: int) -> None:
        """Take a job that is not in the scheduler's hands off the server."""
        self.command(f"JDELE {job}")

    def submit(self) -> None:
        """Hand the new job to the scheduler."""
        self.command("JSUBM")

    def jobs(self, queue: str) -> list[QueuedJob]:
        """The jobs of `sendq` or `doneq`; lines that cannot be read are passed over."""
        text = self._retrieve(f"LIST {queue}").decode("latin-1")
        return [one for one in map(_job, text.splitlines()) if one is not None]

    def record(self, job: int) -> dict[str, str]:
        """What the server wrote down of a job, by its own keys; empty where it has none (any more)."""
        for queue in ("doneq", "sendq"):
            try:
                text = self._retrieve(f"RETR {queue}/q{job}").decode("latin-1")
            except HylaRefused:
                continue
            pairs = (line.partition(":") for line in text.splitlines())
            found: dict[str, str] = {}
            for key, colon, value in pairs:
                if colon:
                    found.setdefault(key, value)
            return found
        return {}

    def idle_modems(self, modem: str = "") -> int:
        """How many modems the server says are running and idle; of `modem` alone, where the server lists it by that name."""
        lines = self._retrieve("LIST status").decode("latin-1").splitlines()
        mine = [one for one in lines if modem and one.startswith(f"Modem {modem} ")]
        return sum("Running and idle" in one for one in mine or lines)

    def put_back(self, job: int) -> None:
        """Suspend and submit again: the same job, so it can only be sent once; wakes a scheduler that forgot it."""
        self.command(f"JSUSP {job}")
        self.submit_again(job)

    def submit_again(self, job: int) -> None:
        """Hand a suspended job to the scheduler."""
        self.command(f"JSUBM {job}")

    def cancel(self, job: int) -> None:
        """End a job; a page that is on the line may have gone out."""
        self.command(f"JKILL {job}")

    def close(self) -> None:
        """Say goodbye and hang up."""
        try:
            self._say("QUIT")
        except HylaGone:
            pass
        finally:
            self._heard.close()
            self._line.close()

    def _say(self, line: str) -> None:
        if "\r" in line or "\n" in line:
            raise ValueError("a line break cannot be part of a command")
        try:
            self._line.sendall((line + "\r\n").encode("latin-1", "replace"))
        except OSError as problem:
            raise HylaGone(f"the fax server hung up: {problem}") from problem

    def _reply(self, good: str) -> str:
        while True:
            try:
                heard = self._heard.readline(4096).decode("latin-1").rstrip("\r\n")
            except OSError as problem:
                raise HylaGone(f"the fax server does not answer: {problem}") from problem
            if not heard:
                raise HylaGone("the fax server hung up")
            told = _REPLY.match(heard)
            if told is not None and told[2] == " ":
                break
        if heard[0] not in good:
            raise HylaRefused(int(told[1]), told[3])
        return heard

    @contextmanager
    def _data_line(self) -> Iterator[socket.socket]:
        told = self.command("PASV")
        place = _PORT.search(told)
        if place is None:
            raise HylaRefused(int(told[:3]), f"no port for data: {told}")
        try:
            # the host we know, not the one it names: behind address translation that one is not ours to reach
            data = socket.create_connection((self._server.host, int(place[1]) * 256 + int(place[2])), self._server.timeout)
        except OSError as problem:
            raise HylaGone(f"no line for data: {problem}") from problem
        try:
            yield data
        except OSError as problem:
            raise HylaGone(f"the line for data broke: {problem}") from problem
        finally:
            data.close()

    def _retrieve(self, command: str) -> bytes:
        heard = bytearray()
        with self._data_line() as data:
            self.command(command, "1")
            broken = False
            while len(heard) < MOST_BYTES:
                try:
                    some = data.recv(65536)
                except ConnectionError:
                    broken = True  # seen: the server resets the line for data now and then
                    break
                if not some:
                    break
                heard += some
        self._reply("2")  # another digit here: the transfer was not complete
        if broken:
            raise HylaGone("the line for data broke before the list was complete")
        return bytes(heard)


@contextmanager
def hyla_session(server: HylaServer) -> Iterator[HylaSession]:
    """A signed-in conversation, ended at the end of the block. HylaGone, or HylaRefused where the server knows no such user."""
    try:
        line = socket.create_connection((server.host, server.port), server.timeout)
    except OSError as problem:
        raise HylaGone(f"{server.host}:{server.port}: {problem}") from problem
    session: HylaSession | None = None
    try:
        session = HylaSession(server, line)
        yield session
    finally:
        if session is None:
            line.close()
        else:
            session.close()


def quoted(value: str) -> str:
    """A text as the protocol wants it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _job(line: str) -> QueuedJob | None:
    parts = [one.strip() for one in line.split(_SEPARATOR, len(_FIELDS) - 1)]
    if len(parts) != len(_FIELDS) or not parts[0].isdecimal():
        return None
    job, state, number, priority, pages, total, dials, tries, tag, status = parts
    return QueuedJob(int(job), state, number, priority, _count(pages), _count(total), _count(dials), _count(tries), tag, status)


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0
