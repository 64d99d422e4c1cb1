"""What becomes of a letter on every kind of line: `python -m tests.line.outcomes [--write]`; the long form, three minutes.

At the end of each the letter's clock is put forward by four days, so that what would call again by itself has done so. How often
the telephone rang is counted by the exchange, what arrived by the far side; our own record is not asked. Exit status 1 where an
outcome is not what stands in EXPECTED.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL

import psutil

from outbound import letter_acts
from outbound.delivery import DeliveryState
from tests.line.fax_server import CALLERS, OTHERS, PRESCRIBER, PROGRAM, SERVER, FaxServerOfOnesOwn, fax_server, lacking
from tests.line.letters_on_a_line import PATIENCE, POLICY, OneLetter, Plan, Seen, patiently

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures" / "line.md"

Outcome = Callable[[FaxServerOfOnesOwn, Plan], Seen]


def happens(server: FaxServerOfOnesOwn, what: str) -> None:
    """Wait until the exchange says so."""
    for _ in patiently(what):
        if what in server.happened():
            return


def at_first(what: str, words: str, place: int, number: str) -> Outcome:
    """A line that is so at the first call, and good at the second."""

    def outcome(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
        plan.says(number, what)
        letter = OneLetter(server, CALLERS[place], number, OTHERS[place])
        letter.until(lambda: letter.present.state is not DeliveryState.SENDING and server.calls(number) > 0)
        plan.says(number, f"to {OTHERS[place]}")
        return letter.seen(words)

    return outcome


def always(fate: str, words: str, place: int, number: str) -> Outcome:
    """Every call to that number goes so."""

    def outcome(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
        plan.says(number, f"{fate} {OTHERS[place]}")
        letter = OneLetter(server, CALLERS[place], number, OTHERS[place])
        letter.until_tried()
        return letter.seen(words)

    return outcome


def a_person_answers(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
    """And again."""
    plan.says("8005550013", "voice")
    letter = OneLetter(server, CALLERS[4], "8005550013")
    letter.until_tried()
    letter.put_forward()
    letter.until_tried()
    return letter.seen("a person answers")


def stopped_by_a_person(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
    """While a page is on the line."""
    plan.says("8005550016", f"to {OTHERS[7]}")
    letter = OneLetter(server, CALLERS[7], "8005550016", OTHERS[7])
    letter.until_happened("sends a page")
    letter_acts.cancel(letter.sessions, letter.id, letter.line, letter.clock(), by="ann", reason="wrong patient", policy=POLICY)
    letter.until_tried()
    return letter.seen("stopped by a person while a page is on the line")


def modem_gone_in_the_page(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
    """The device dies."""
    plan.says("8005550017", f"to {OTHERS[8]}")
    letter = OneLetter(server, CALLERS[8], "8005550017", OTHERS[8])
    letter.until_happened("sends a page")
    plan.says(letter.caller, "gone")
    letter.until_tried()
    plan.says(letter.caller)
    return letter.seen("our modem dies while a page is on the line")


def modem_gone_before_the_call(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
    """The device is not there for longer than the fax server may keep the letter; then it is."""
    caller = CALLERS[9]
    plan.says("8005550018", f"to {OTHERS[4]}")
    plan.says(caller, "gone")
    happens(server, f"{caller} is gone")
    letter = OneLetter(server, caller, "8005550018", OTHERS[4], minutes=1)
    letter.until_tried()
    plan.says(caller)
    happens(server, f"{caller} is back")
    server.add_callers()
    return letter.seen("our modem is not there when its call is due")


def forgotten_by_the_scheduler(server: FaxServerOfOnesOwn, plan: Plan) -> Seen:
    """The job waits beside a modem that idles, until it is put back into the queue."""
    plan.says("8005550020", f"to {PRESCRIBER}")
    server.believes(server.modems[PROGRAM], "busy")
    letter = OneLetter(server, PROGRAM, "8005550020", PRESCRIBER)
    letter.turn()
    for _ in range(2):
        letter.put_forward(timedelta(minutes=3))
    server.believes(letter.modem, "ready")
    letter.until_tried()
    return letter.seen("the fax server forgets the letter beside an idle modem")


SIDE_BY_SIDE: tuple[Outcome, ...] = (
    always("to", "a good line", 0, "8005550010"),
    at_first("busy", "busy, then free", 1, "8005550011"),
    at_first("noanswer", "nobody answers, then a machine", 2, "8005550012"),
    at_first("nodialtone", "our line is dead, then not", 3, "8005550014"),
    a_person_answers,
    always("cut", "cut in the page", 5, "8005550015"),
    always("unheard", "every page arrives, its confirmation does not", 6, "8005550019"),
    stopped_by_a_person,
    modem_gone_in_the_page,
    modem_gone_before_the_call,
    forgotten_by_the_scheduler,
)
"""Each with modems of its own."""


def until_in_a_page(letters: Sequence[OneLetter], plan: Plan) -> None:
    """Begin a call for each and wait until its pages are on the line."""
    before = {}
    for one in letters:
        plan.says(one.number, f"to {one.at}")
        one.server.forget(one.at)
        before[one.caller] = one.server.happened().count(f"{one.caller} sends a page")
        one.turn()
    for one in letters:
        one.until_happened("sends a page", more_than=before[one.caller])


def killed(server: FaxServerOfOnesOwn, with_it: Sequence[OneLetter], without: Sequence[OneLetter] = ()) -> list[psutil.Process]:
    """kill -9 of the scheduler and of the processes at these letters' calls; those at the other letters' calls."""
    senders = [sender for one in with_it for sender in server.senders(one.modem)]
    left = [sender for one in without for sender in server.senders(one.modem)]
    server.end("faxq", SIGKILL)
    for sender in senders:
        sender.kill()
    return left


def started_again(server: FaxServerOfOnesOwn, letters: Sequence[OneLetter], left: Sequence[psutil.Process] = ()) -> None:
    """The whole server, after the letters found that it is not there. It hears nothing of modems before these processes ended."""
    server.end("hfaxd", SIGKILL)
    for one in letters:
        one.put_forward(timedelta(minutes=1))
    server.start_server()
    psutil.wait_procs(left, timeout=PATIENCE)
    server.add_callers()
    for one in letters:
        one.until_tried()


def server_dies(server: FaxServerOfOnesOwn, plan: Plan) -> list[Seen]:
    """In two calls, one of which goes on without it; a third letter is handed over while its scheduler is dead."""
    callers = (CALLERS[0], PROGRAM, CALLERS[2])
    goes_on, ends, waits = (OneLetter(server, caller, f"800555003{one}", OTHERS[one]) for one, caller in enumerate(callers))
    plan.says(waits.number, f"to {waits.at}")
    server.forget(waits.at)
    until_in_a_page((goes_on, ends), plan)
    left = killed(server, [ends], [goes_on])
    waits.turn()
    started_again(server, (goes_on, ends, waits), left)
    words = ("the fax server dies in the call, which goes on", "the fax server dies, and the call with it",
             "the fax server's scheduler is dead when the letter comes")  # fmt: skip
    return [one.seen(told) for one, told in zip((goes_on, ends, waits), words, strict=True)]


def careless_server_dies(server: FaxServerOfOnesOwn, plan: Plan) -> list[Seen]:
    """The same without bin/faxsend-once: the fax server's record says then that no call was made."""
    server.configure(SERVER.replace("bin/faxsend-once", "/usr/lib/hylafax/bin/faxsend"))
    lost, repeated = OneLetter(server, CALLERS[3], "8005550033", OTHERS[3]), OneLetter(server, PROGRAM, "8005550034", OTHERS[4])
    until_in_a_page((lost, repeated), plan)
    for one in (lost, repeated):
        one.put_forward(timedelta(seconds=30))  # asked about once while at it, as each is every 15 s
    killed(server, [lost, repeated])
    started_again(server, (lost, repeated))
    return [lost.seen("likewise without bin/faxsend-once; the modem comes back late"), repeated.seen(REPEATED)]


REPEATED = "likewise without bin/faxsend-once; the modem comes back in time"
EXPECTED = {
    "a good line": (DeliveryState.DELIVERED, 1),
    "busy, then free": (DeliveryState.DELIVERED, 2),
    "nobody answers, then a machine": (DeliveryState.DELIVERED, 2),
    "our line is dead, then not": (DeliveryState.DELIVERED, 2),
    "a person answers": (DeliveryState.ABANDONED, 2),
    "cut in the page": (DeliveryState.UNCERTAIN, 1),
    "every page arrives, its confirmation does not": (DeliveryState.UNCERTAIN, 1),
    "stopped by a person while a page is on the line": (DeliveryState.UNCERTAIN, 1),
    "our modem dies while a page is on the line": (DeliveryState.UNCERTAIN, 1),
    "our modem is not there when its call is due": (DeliveryState.DELIVERED, 1),
    "the fax server forgets the letter beside an idle modem": (DeliveryState.DELIVERED, 1),
    "the fax server dies in the call, which goes on": (DeliveryState.UNCERTAIN, 1),
    "the fax server dies, and the call with it": (DeliveryState.UNCERTAIN, 1),
    "the fax server's scheduler is dead when the letter comes": (DeliveryState.DELIVERED, 1),
    "likewise without bin/faxsend-once; the modem comes back late": (DeliveryState.UNCERTAIN, 1),
    REPEATED: (DeliveryState.DELIVERED, 2),
}
"""State and calls. The last one is the fault of the fax server, which calls again by itself; see docs/operating.md."""


def all_outcomes(folder: Path) -> Iterator[Seen]:
    """One after the other as they end."""
    with fax_server(folder / "line", (), others=len(OTHERS), callers=len(CALLERS)) as server:
        plan = Plan(server)
        with ThreadPoolExecutor(len(SIDE_BY_SIDE)) as together:
            yield from together.map(lambda one: one(server, plan), SIDE_BY_SIDE)
        yield from server_dies(server, plan)
        yield from careless_server_dies(server, plan)


def inside(folder: Path) -> None:
    """The work itself, in a network of its own; a line of JSON an outcome."""
    for one in all_outcomes(folder):
        print(json.dumps(vars(one)), flush=True)


def page(found: Sequence[Seen]) -> str:
    """For docs/figures."""
    lines = [
        "# What a real line does to a letter", "",
        "A HylaFAX server, modems made of software, an exchange between them, and the whole way of a letter through",
        "`outbound`; its clock put forward by four days at the end, so that what would call again by itself has done so.",
        "Calls are counted by the exchange, pages by the far side. Made by `python -m tests.line.outcomes --write`.", "",
        "| outcome | state | calls | pages there | s | the last word |", "|---|---|--:|--:|--:|---|",
    ]  # fmt: skip
    for one in found:
        state, calls = EXPECTED[one.outcome]
        odd = "" if (one.state, one.calls) == (state, calls) else f" (not {state}, {calls} calls)"
        lines.append(f"| {one.outcome}{odd} | {one.state} | {one.calls} | {one.there} | {one.seconds:.0f} | {one.told} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """From the command line; exit status 1 where an outcome is not the expected one, 2 where no line can be had."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/figures/line.md")
    asked.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.inside:
        inside(given.inside)
        return
    if lacking():
        print(lacking(), file=sys.stderr)
        raise SystemExit(2)
    with tempfile.TemporaryDirectory(prefix="fax-line-") as folder:
        command = ["unshare", "-n", sys.executable, "-m", "tests.line.outcomes", "--inside", folder]
        went = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900)
    found = [Seen(**json.loads(line)) for line in went.stdout.splitlines()]
    print(page(found))
    if given.write:
        FIGURES.write_text(page(found), encoding="utf-8")
    if {one.outcome: (one.state, one.calls) for one in found} != EXPECTED:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
