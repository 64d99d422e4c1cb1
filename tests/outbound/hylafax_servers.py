"""A HylaFAX server in this process, and ways in which it misbehaves; it counts the calls that really brought pages."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Job:
    """One job of the server."""

    number: int
    parameters: dict[str, str] = field(default_factory=dict)
    state: str = "T"
    pages: int = 0
    total_pages: int = 1
    dials: int = 0
    tries: int = 0
    code: str = "0"
    status: str = ""

    @property
    def tag(self) -> str:
        return self.parameters.get("JOBINFO", "")


@dataclass
class FaxServer:
    """Speaks the client protocol; a test decides how each job ends."""

    jobs: dict[int, Job] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    password: str = "secret"
    idle_modems: int = 1
    busy_modems: list[str] = field(default_factory=list)
    others_idle: list[str] = field(default_factory=list)
    hang_up_at: str = ""  # a command at which the line breaks before it is done
    hang_up_after: str = ""  # a command after which the line breaks though it was done
    refuse: dict[str, str] = field(default_factory=dict)  # command to reply
    resets_data: bool = False  # the line for data is reset in the middle of a list
    said: list[str] = field(default_factory=list)  # every command that came

    def ended(self, tag: str, state: str, pages: int, **how: object) -> Job:
        """The job of that tag is over."""
        job = next(one for one in self.jobs.values() if one.tag == tag)
        job.state, job.pages = state, pages
        for name, value in how.items():
            setattr(job, name, value)
        return job

    def purged(self) -> None:
        """Finished jobs are forgotten."""
        self.jobs = {number: one for number, one in self.jobs.items() if one.state not in "DF"}


class _Line(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        server: FaxServer = self.server.fax  # type: ignore[attr-defined]
        self.current: Job | None = None
        self.door: socket.socket | None = None
        self.say("220 the server (HylaFAX) ready.")
        for raw in self.rfile:
            line = raw.decode("latin-1").rstrip("\r\n")
            server.said.append(line)
            word, _, rest = line.partition(" ")
            if server.hang_up_at == word:
                server.hang_up_at = ""
                return
            if word in server.refuse:
                self.say(server.refuse[word])
                continue
            if not self.answer(server, word, rest):
                return
            if server.hang_up_after == word:
                server.hang_up_after = ""
                return

    def say(self, words: str) -> None:
        self.wfile.write((words + "\r\n").encode("latin-1"))

    def answer(self, server: FaxServer, word: str, rest: str) -> bool:
        if word == "USER":
            self.say("331 Password required.")
        elif word == "PASS":
            self.say("230 User logged in." if rest == server.password else "530 Login incorrect.")
        elif word == "PASV":
            self.door = socket.create_server(("127.0.0.1", 0))
            port = self.door.getsockname()[1]
            self.say(f"227 Entering passive mode (127,0,0,1,{port // 256},{port % 256})")
        elif word == "STOT":
            name = f"/tmp/doc{len(server.documents) + 1}"
            self.say(f"150 FILE: {name} (Opening new data connection).")
            with self.data() as line:
                server.documents[name] = b"".join(iter(lambda: line.recv(65536), b""))
            self.say("226 Transfer complete.")
        elif word == "JNEW":
            self.current = Job(len(server.jobs) + 1)
            self.say(f"200 New job created: jobid: {self.current.number} groupid: {self.current.number}.")
        elif word == "JPARM":
            name, _, value = rest.partition(" ")
            assert self.current is not None
            self.current.parameters[name] = value.strip('"')
            self.say("213 OK.")
        elif word == "JSUBM":
            job = server.jobs[int(rest)] if rest else self.current
            assert job is not None
            job.state = "W"
            server.jobs[job.number] = job
            if server.hang_up_after == "JSUBM":
                return True
            self.say(f"200 Job {job.number} submitted.")
        elif word == "JSUSP":
            server.jobs[int(rest)].state = "T"
            self.say("200 Job suspended.")
        elif word == "JKILL":
            server.jobs[int(rest)].state = "F"
            self.say("200 Job killed.")
        elif word in ("LIST", "RETR"):
            text = self.listed(server, rest) if word == "LIST" else self.record(server, rest)
            if text is None:
                self.say("550 No such file.")
                return True
            self.say("150 Opening new data connection.")
            self.give(server, text)
            self.say("226 Transfer complete.")
        elif word == "QUIT":
            self.say("221 Goodbye.")
            return False
        else:
            self.say("200 OK.")
        return True

    @contextmanager
    def data(self) -> Iterator[socket.socket]:
        assert self.door is not None
        line, _ = self.door.accept()
        with line, self.door:
            yield line

    def give(self, server: FaxServer, text: str) -> None:
        with self.data() as line:
            if server.resets_data:
                server.resets_data = False
                line.sendall(text[: len(text) // 2].encode("latin-1"))
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return
            line.sendall(text.encode("latin-1"))

    def listed(self, server: FaxServer, queue: str) -> str:
        if queue == "status":
            busy = "".join(f"Modem {one} (555-0100): Sending job 7\n" for one in server.busy_modems)
            others = "".join(f"Modem {one} (555-0101): Running and idle\n" for one in server.others_idle)
            return "Modem ttyS0 (555-0100): Running and idle\n" * server.idle_modems + busy + others
        done = queue == "doneq"
        return "".join(
            f"{one.number}|{one.state}|{one.parameters.get('DIALSTRING', '')}|127|{one.pages}|{one.total_pages}|{one.dials}|"
            f"{one.tries}|{one.tag}|{one.status}\n"
            for one in server.jobs.values()
            if (one.state in "DF") is done
        )

    def record(self, server: FaxServer, path: str) -> str | None:
        found = re.fullmatch(r"(doneq|sendq)/q(\d+)", path)
        job = None if found is None else server.jobs.get(int(found[2]))
        if found is None or job is None or (job.state in "DF") is not (found[1] == "doneq"):
            return None
        return (
            f"npages:{job.pages}\ntotpages:{job.total_pages}\ntotdials:{job.dials}\ntottries:{job.tries}\n"
            f"statuscode:{job.code}\nstatus:{job.status}\ncsi:REMS\nsignalrate:14400 bit/s\ncommid:000000007\n"
        )


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def answering(server: FaxServer) -> Iterator[int]:
    """Its port on loopback while the block runs."""
    with _Threads(("127.0.0.1", 0), _Line) as listening:
        listening.fax = server  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()
            thread.join(5)
