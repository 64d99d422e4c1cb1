"""The demo throws away only what a demo made, drops what it is given, and knows a wrong end from a right one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.demo import MARKER, CannotShow, demo, drop, renew
from app.demo_ends import End, Sample, Standing, complaint, samples_in


def lay(folder: Path, name: str, *, sidecar: bool = False, **expected: object) -> None:
    (folder / name).write_bytes(b"II*\0")
    stem = name.rpartition(".")[0]
    (folder / f"{stem}.expected.json").write_text(json.dumps({"end": "answered", **expected}))
    if sidecar:
        (folder / f"{stem}.json").write_text("{}")


def sample(end: End = End.ANSWERED, **more: object) -> Sample:
    facts = {"fax": Path("a.tif"), "sidecar": None, "end": end, "may_be_asked": False, "doubts": (), "reason": None, "chapter": 1}
    return Sample(**{**facts, **more})


def desk(*doubts: tuple[str, str]) -> Standing:
    return Standing("R-1", End.DESK, "at the desk", doubts=doubts)


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(CannotShow):
        renew(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_what_a_former_demo_left_is_thrown_away(tmp_path):
    root = tmp_path / "demo-data"
    renew(root)
    (root / "remsfax.db").write_bytes(b"old")
    renew(root)
    assert [path.name for path in root.iterdir()] == [MARKER]


def test_an_empty_folder_is_taken_as_it_is(tmp_path):
    renew(tmp_path)
    assert (tmp_path / MARKER).is_file()


def test_without_samples_the_demo_says_so_and_makes_nothing(tmp_path, capsys):
    assert demo(tmp_path / "data", tmp_path / "nowhere", None, exit_when_done=True) == 2
    assert "nowhere" in capsys.readouterr().out.replace("\n", "")
    assert not (tmp_path / "data").exists()


def test_samples_come_by_chapter_then_by_name_and_expectations_are_no_faxes(tmp_path):
    lay(tmp_path, "10-status.tif", chapter=2)
    lay(tmp_path, "20-enrolled.pdf", chapter=1, sidecar=True)
    lay(tmp_path, "05-enrolled.tif", chapter=1)
    (tmp_path / "README.md").write_text("a table")
    (tmp_path / "letterhead.tif").write_bytes(b"no expectation")
    found = samples_in(tmp_path)
    assert [one.name for one in found] == ["05-enrolled.tif", "20-enrolled.pdf", "10-status.tif"]
    assert [one.sidecar is not None for one in found] == [False, True, False]


def test_an_expectation_that_makes_no_sense_is_named(tmp_path):
    lay(tmp_path, "a.tif", end="somewhere")
    with pytest.raises(ValueError, match=r"a\.expected\.json"):
        samples_in(tmp_path)


def test_a_fax_drops_with_its_sidecar_and_leaves_nothing_half_written(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "inbox").mkdir()
    lay(tmp_path / "from", "a.tif", sidecar=True)
    drop(samples_in(tmp_path / "from")[0], tmp_path / "inbox")
    assert sorted(path.name for path in (tmp_path / "inbox").iterdir()) == ["a.json", "a.tif"]


@pytest.mark.parametrize(
    ("wanted", "standing"),
    [
        (sample(), Standing("R-1", End.ANSWERED, "answered")),
        (sample(may_be_asked=True), Standing("R-1", End.DESK, "at the desk")),
        (sample(End.DESK, may_be_asked=True), Standing("R-1", End.ANSWERED, "answered")),
        (sample(End.QUARANTINED, reason="encrypted"), Standing("R-1", End.QUARANTINED, "q", reason="encrypted")),
        (sample(End.DESK, doubts=(("unit", "labs.0.anc"),)), desk(("unit", "labs.0.anc"))),
        (
            sample(End.DESK, doubts=(("missing_page", None),)),
            Standing("R-1", End.DESK, "d", doubts=(("missing_page", "document.0"),)),
        ),
    ],
)
def test_a_right_end_is_no_complaint(wanted, standing):
    assert complaint(wanted, standing) is None


@pytest.mark.parametrize(
    ("wanted", "standing", "said"),
    [
        (sample(), None, "never taken"),
        (sample(), Standing("R-1", None, "being read"), "being read"),
        (sample(), Standing("R-1", End.DESK, "at the desk"), "must end answered"),
        (sample(may_be_asked=True), Standing("R-1", End.QUARANTINED, "quarantined"), "must end answered"),
        (sample(End.QUARANTINED, reason="encrypted"), Standing("R-1", End.QUARANTINED, "q", reason="damaged"), "as encrypted"),
        (
            sample(End.DESK, doubts=(("unit", "labs.0.anc"),)),
            Standing("R-1", End.DESK, "d", doubts=(("unit", "labs.1.anc"),)),
            "unit",
        ),
    ],
)
def test_a_wrong_end_is_named(wanted, standing, said):
    assert said in (complaint(wanted, standing) or "")
