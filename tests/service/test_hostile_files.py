"""Whatever drops into the folder: a reason an operator understands, and the next good fax on time."""

from __future__ import annotations

import io
import os
import time

import pytest
from pypdf import PdfWriter

from intake.fax_lifecycle import FaxState
from tests.service.conftest import Service
from tests.service.fakes import fax
from tests.service.waiting import wait_for

pytestmark = pytest.mark.service


def pdf(pages: int, password: str | None = None) -> bytes:
    """A PDF of blank pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    if password is not None:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_hostile_files_are_quarantined_with_a_reason_and_the_next_good_fax_is_answered_on_time(running: Service) -> None:
    running.drop("locked.pdf", pdf(1, "secret"))
    running.drop("empty.pdf", b"")
    os.mkfifo(running.folders.inbox / "x.pdf")
    running.drop("text.tif", b"Dear Sir or Madam,\n")
    running.drop("novel.pdf", pdf(2000))
    began = time.monotonic()
    running.drop("good.tif", fax("anc_lab_reporting"))
    good = wait_for("the good fax is settled", running.in_state("good.tif", FaxState.SETTLED), 30)
    assert time.monotonic() - began < 20
    wait_for("its letter is out", lambda: running.letters(good.fax.reference))
    reasons = {"locked.pdf": "encrypted", "text.tif": "not_a_fax", "novel.pdf": "too_many_pages", "empty.pdf": "empty"}
    for name, reason in reasons.items():
        found = wait_for(f"{name} is quarantined", running.in_state(name, FaxState.QUARANTINED), 40)
        assert found.quarantine_reason == reason
        assert found.quarantine_detail
    explained = {one.name.split("-", 1)[1] for one in running.folders.quarantine.glob("*.reason.txt")}
    assert explained >= {f"{name}.reason.txt" for name in [*reasons, "x.pdf"]}
    wait_for("nothing is left in the inbox", lambda: not list(running.folders.inbox.iterdir()))
