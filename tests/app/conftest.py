"""What several tests of the API share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.web_world import WebWorld


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebWorld]:
    monkeypatch.chdir(tmp_path)
    found = WebWorld(tmp_path)
    yield found
    found.close()
