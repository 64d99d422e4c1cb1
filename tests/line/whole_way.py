"""A status form's way over a real line: `unshare -n python -m tests.line.whole_way FOLDER`, a line of JSON per thing seen.

The prescriber's modem calls the program's with a patient's status form; meanwhile the samples by which the prescriber and the
patient are known are read. The form drops, is read and admitted, and the program's modem calls back with the confirmation. At the
same time other modems of the program call odd lines: busy, not answered, answered by a person, cut in the page, and one whose
confirmation is lost. What happens to letters in more and longer ways is told by `tests.line.outcomes`.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.composition import compose
from app.migrations import upgrade
from app.sending import sending_or
from app.settings import Settings
from app.sweep import due
from intake import storage as faxes
from outbound import storage as letters
from outbound.delivery import DeliveryState
from outbound.gateway import FaxJob, InProgress, JobMark
from outbound.hylafax import HylaFax
from outbound.hylafax_session import HylaServer, hyla_session
from tests.app.driving import DeafNudges
from tests.line.fax_server import CALLERS, OTHERS, PRESCRIBER, PROGRAM, FaxServerOfOnesOwn, fax_server

SAMPLES = Path(__file__).resolve().parents[2] / "sample_faxes"
BEFORE = ("01-prescriber-okafor", "02-prescriber-okafor-knowledge", "19-enroll-garcia")
FORM = "27-status-garcia"
ODD_LINES = {"busy": "8005550001", "noanswer": "8005550002", "voice": "8005550004", "cut": "8005550006", "unheard": "8005550007"}
PLAN = [f"{number} {what}" for what, number in ODD_LINES.items()]
PATIENCE = 150.0  # seconds for a call


def say(what: str, **seen: object) -> None:
    """One line for whoever started this."""
    print(json.dumps({"what": what, **seen}), flush=True)


class Service:
    """remsfax in this process, driven step by step, with the reader it really has."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data=folder, still_seconds=0)
        settings.folders.create()
        self.house = compose(settings)
        self.house.nudges = DeafNudges()
        self.ahead = timedelta()
        self.house.clock = lambda: datetime.now(UTC) + self.ahead
        upgrade(self.house.database.engine)
        self.taking = self.house.taking()
        self.run = sending_or(self.house, self.house.runner().run)

    def drop(self, path: Path) -> None:
        """A fax into the inbox, its sidecar first."""
        for suffix in (".json", path.suffix):
            source = path.with_suffix(suffix)
            if source.exists():
                shutil.copy(source, self.house.folders.inbox / source.name)

    def go_on(self) -> bool:
        """Take what lies there and do what is due now; whether there was anything."""
        for _ in range(2):
            self.ahead += timedelta(seconds=11)
            self.taking.take_all(self.house.clock())
        did = False
        while True:
            with self.house.database.reading() as session:
                steps = due(session, self.house.clock())
            if not steps:
                return did
            for one in steps:
                self.run(one.stage, one.subject)
            did = True


def until(seconds: float = PATIENCE) -> Iterator[None]:
    """Turns of a loop that ends with an error after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        threading.Event().wait(0.5)
    raise TimeoutError(f"nothing in {seconds:g} s")


def send_from_prescriber(server: FaxServerOfOnesOwn, tiff: bytes) -> None:
    """The practice's own fax machine calls the program."""
    with hyla_session(HylaServer("127.0.0.1", server.port, "practice")) as session:
        document = session.store(tiff)
        told = {"MAXDIALS": 1, "MAXTRIES": 1, "NOTIFY": "none", "DIALSTRING": PROGRAM, "EXTERNAL": PROGRAM, "VRES": 196,
                "PAGEWIDTH": 215, "PAGELENGTH": 279, "USEECM": "YES", "PAGECHOP": "none", "LASTTIME": "000020",
                "FROMUSER": "practice", "MODEM": server.modems[PRESCRIBER]}  # fmt: skip
        session.new_job(told, document)
        session.submit()


class OddCalls:
    """One call to each of the odd lines, all at the same time."""

    def __init__(self, server: FaxServerOfOnesOwn, tiff: bytes) -> None:
        self.open: dict[str, tuple[HylaFax, JobMark]] = {}
        for (label, number), caller in zip(ODD_LINES.items(), CALLERS, strict=False):
            gateway = HylaFax(HylaServer("127.0.0.1", server.port), server.modems[caller])
            mark = JobMark(label, f"{label}-1", label, begun_at=datetime.now(UTC))
            gateway.submit(FaxJob(mark, number, "", "prescriber", (), label, tiff, 1, ""))
            self.open[label] = gateway, mark

    def look(self, server: FaxServerOfOnesOwn) -> bool:
        """Say what has come out; whether all has."""
        for label, (gateway, mark) in list(self.open.items()):
            outcome = gateway.find(mark)
            if not isinstance(outcome, InProgress):
                del self.open[label]
                calls = server.calls(ODD_LINES[label])
                say(label, outcome=type(outcome).__name__, told=str(outcome), calls=calls)
        return not self.open


@contextmanager
def service_that_knows_them(folder: Path) -> Iterator[Service]:
    """A service that has read the samples by which the prescriber and the patient are known."""
    service = Service(folder)
    for name in BEFORE:
        service.drop(SAMPLES / f"{name}.tif")
        service.go_on()
    yield service
    service.house.database.close()


def main(folder: Path) -> None:
    """The whole way."""
    plan = [*(f"{one} {OTHERS[0]}" if one.endswith("cut") else f"{one} {OTHERS[1]}" for one in PLAN)]
    with fax_server(folder / "line", plan, others=2, callers=len(ODD_LINES), speed=12.0) as server:
        send_from_prescriber(server, (SAMPLES / f"{FORM}.tif").read_bytes())
        with Image.open(SAMPLES / f"{FORM}.tif") as form, BytesIO() as page:
            form.save(page, "TIFF", compression="group4")
            odd = OddCalls(server, page.getvalue())
        with service_that_knows_them(folder / "data") as service:
            gateway = HylaFax(HylaServer("127.0.0.1", server.port), server.modems[PROGRAM])
            service.house.gateway = gateway
            there_and_back(server, service, plan)
        for _ in until():
            if odd.look(server):
                break


def there_and_back(server: FaxServerOfOnesOwn, service: Service, plan: list[str]) -> None:
    """The form that is being sent to the program, and its confirmation to the prescriber."""
    for _ in until():
        received = sorted((server.received / PROGRAM).glob("*.tif"))
        if received:
            break
    say("received", caller=json.loads(received[0].with_suffix(".json").read_text())["cid"])
    service.drop(received[0])
    service.go_on()
    with service.house.database.reading() as session:
        (fax,) = [one for one in faxes.latest_faxes(session, 20) if one.fax.source_name == received[0].name]
        mine = letters.of_reference(session, fax.fax.reference)
    say("answered", state=fax.state.value, numbers=sorted({one.fax for one in mine if one.fax}), letters=len(mine))
    server.planned(*plan, *(f"{one.fax} to {PRESCRIBER}" for one in mine if one.fax))
    for _ in until():
        service.ahead += timedelta(seconds=30)
        service.go_on()
        with service.house.database.reading() as session:
            mine = letters.of_reference(session, fax.fax.reference)
        if all(one.state not in (DeliveryState.DUE, DeliveryState.SENDING) for one in mine):
            break
    states, attempts = [one.state.value for one in mine], [one.attempts for one in mine]
    calls = [server.calls(one.fax or "") for one in mine]
    say("delivered", states=states, attempts=attempts, calls=calls, reference=fax.fax.reference)
    letter = next(one for one in mine if one.state is DeliveryState.DELIVERED)
    tiff = (server.received / PRESCRIBER).glob("*.tif")
    say("at the prescriber", files=[str(one) for one in sorted(tiff)], pages=letter.pages)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
