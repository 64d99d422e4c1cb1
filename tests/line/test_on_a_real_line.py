"""A form's way over a real telephone line and back: HylaFAX, two modems made of software, an exchange between them.

Skipped, with the reason, where the fax server is not installed or this is not root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from intake.ocr.tesseract import Tesseract
from tests.line.fax_server import lacking

pytestmark = [pytest.mark.service, pytest.mark.skipif(bool(lacking()), reason=lacking() or "a fax line can be had here")]


@pytest.fixture(scope="module")
def seen() -> Iterator[dict[str, dict[str, Any]]]:
    """What the whole way said, by what it is."""
    folder = Path(tempfile.mkdtemp(prefix="fax-line-"))  # not pytest's: it closes its folders to all but root, and uucp must in
    went = subprocess.run(
        ["unshare", "-n", sys.executable, "-m", "tests.line.whole_way", str(folder)],
        capture_output=True, text=True, timeout=420, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False,
    )  # fmt: skip
    assert went.returncode == 0, went.stderr[-3000:]
    lines = map(json.loads, went.stdout.splitlines())
    yield {one["what"]: one for one in lines}
    shutil.rmtree(folder)


def words_of(path: Path, pages: int) -> str:
    """What stands on the first pages of a received fax, its pixels made square."""
    reader, said = Tesseract(), []
    with Image.open(path) as fax:
        for page in range(pages):
            fax.seek(page)
            x, y = (float(one) for one in fax.info["dpi"])
            square = fax.convert("L").resize((fax.width, round(fax.height * x / y)))
            said.append(reader.page_text(np.asarray(square, np.uint8)))
    return " ".join(said)


def test_a_status_form_that_came_over_the_line_is_answered_over_the_line_with_a_readable_letter(
    seen: dict[str, dict[str, Any]],
) -> None:
    assert seen["received"]["caller"] == "8005550100"
    assert seen["answered"]["state"] == "settled"
    assert set(seen["delivered"]["states"]) == {"delivered"}
    assert set(seen["delivered"]["attempts"]) == {1}
    assert set(seen["delivered"]["calls"]) == {1}  # by the exchange's own count
    (letter,) = seen["at the prescriber"]["files"]
    with Image.open(letter) as fax:
        assert fax.n_frames == seen["at the prescriber"]["pages"]
    words = words_of(Path(letter), 2)
    assert seen["delivered"]["reference"] in words
    assert "4417-0823-D" in words


@pytest.mark.parametrize(("line", "outcome", "told"), [
    ("busy", "NotSent", "Cause.BUSY"), ("noanswer", "NotSent", "Cause.NO_ANSWER"), ("voice", "NotSent", "Cause.NO_CARRIER"),
    ("cut", "Unknown", "after a call had begun"), ("unheard", "Unknown", "No response to PPS"),
])  # fmt: skip
def test_an_odd_line_ends_in_its_own_outcome_after_one_call(
    seen: dict[str, dict[str, Any]], line: str, outcome: str, told: str
) -> None:
    assert seen[line]["outcome"] == outcome
    assert told in seen[line]["told"]
    assert seen[line]["calls"] == 1
