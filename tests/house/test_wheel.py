"""What is built is whole: a wheel carries everything that running needs, and nothing of this clone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.house.house import ROOT, files


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The project's wheel, built and unpacked as an installer would, in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_holds_every_template(installed):
    templates = [path.relative_to(ROOT) for path in files() if path.relative_to(ROOT).parts[0] == "templates"]
    assert templates
    assert [str(path) for path in templates if not (installed / path).is_file()] == []


def test_a_wheel_holds_no_tests_samples_or_tools(installed):
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == {
        "app",
        "intake",
        "outbound",
        "registry",
        "review_queue",
        "templates",
    }


def test_an_installed_wheel_lists_its_own_forms_away_from_the_clone(installed, tmp_path):
    code = (
        "import runpy, sys, intake.forms.catalogue as catalogue; "
        "print(catalogue.FORMS_ROOT, file=sys.stderr); "
        "sys.argv = ['remsfax', 'forms', 'list', '--json']; "
        "runpy.run_module('app.command_line', run_name='__main__')"
    )
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[0] == str(installed / "templates" / "forms")
    assert len({json.loads(line)["form"] for line in run.stdout.splitlines()}) == 10
