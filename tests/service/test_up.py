"""`remsfax up` as a whole: a clean end, no child left, and going on after it was killed."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request

import psutil
import pytest

from intake.fax_lifecycle import FaxState
from tests.service.conftest import Service
from tests.service.entry import COMMAND
from tests.service.fakes import fax
from tests.service.waiting import wait_for

pytestmark = pytest.mark.service


def get(address: str, token: str | None = None) -> tuple[int, str]:
    """Status and body."""
    request = urllib.request.Request(address, headers={} if token is None else {"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def gone(processes: list[psutil.Process]) -> bool:
    return not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in processes)


def test_a_fax_is_answered_its_story_can_be_asked_for_and_sigterm_leaves_no_child(running: Service) -> None:
    (running.folders.inbox / "sure.json").write_text('{"cid": "(312) 555-0142"}')
    running.drop("sure.tif", fax("anc_lab_reporting", others=["cover_sheet"]))
    running.drop("doubt.tif", fax("anc_lab_reporting", doubt=True))
    sure = wait_for("the sure one is settled", running.in_state("sure.tif", FaxState.SETTLED), 30)
    wait_for("its letters are out", lambda: running.letters(sure.fax.reference))
    wait_for("the doubtful one is at the desk", running.at_desk("doubt.tif"))
    running.drop("again.tif", fax("anc_lab_reporting", others=["cover_sheet"]))
    again = wait_for("the resend is settled", running.in_state("again.tif", FaxState.SETTLED), 30)
    assert again.duplicate_of == sure.fax.fax_id
    running.drop("cover.tif", fax(others=["cover_sheet"]))
    running.drop("loose.tif", fax(others=["lab_printout"]))
    wait_for("a cover sheet alone is settled", running.in_state("cover.tif", FaxState.SETTLED), 30)
    wait_for("loose pages are at the desk", running.at_desk("loose.tif"))

    token = running.folders.api_token.read_text().strip()
    assert get(f"{running.address}readyz")[0] == 200
    assert get(f"{running.address}api/v1/faxes")[0] == 401
    status, body = get(f"{running.address}api/v1/faxes/{sure.fax.reference}", token)
    assert status == 200
    assert json.loads(body)["documents"][0]["state"] == "answered"
    settled = len([one for one in running.faxes() if one.state is FaxState.SETTLED])
    assert f'remsfax_faxes{{state="settled"}} {settled}.0' in get(f"{running.address}metrics")[1]
    assert "/api/v1/faxes" in get(f"{running.address}api/openapi.json")[1]
    assert "Sign in" in get(running.address)[1]

    second = subprocess.run(
        [*COMMAND, "up"], env={**psutil.Process(running.process.pid).environ()}, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 2
    assert "another `remsfax up`" in second.stderr

    children = running.children()
    assert running.stop() == 0
    assert gone(children)


def test_kill_9_of_up_leaves_no_child_and_the_next_start_goes_on_where_it_was(running: Service) -> None:
    names = [f"up{number}.tif" for number in range(4)]
    for name in names:
        running.drop(name, fax("anc_lab_reporting", seconds=1.0, unlike=name))
    wait_for("reading has begun", lambda: len(running.named(names)) == 4)
    children = running.children()
    running.kill()
    wait_for("every child is gone", lambda: gone(children))
    assert not running.all_in(FaxState.SETTLED, names)(), "work must be left, else this test shows nothing"
    running.start()
    wait_for("all settled", running.all_in(FaxState.SETTLED, names), 60)
