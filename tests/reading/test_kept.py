"""What is kept on disk between processes: used where it is whole and of the same making, never needed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from intake.kept import code_of, kept


class Making:
    """Counts how often it was asked to make something."""

    def __init__(self, what: object) -> None:
        self.what = what
        self.times = 0

    def __call__(self) -> list[int]:
        self.times += 1
        return self.what  # type: ignore[return-value]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "remsfax"


def test_what_was_made_from_the_same_ingredients_is_not_made_again(folder: Path) -> None:
    make = Making([1, 2])
    assert kept("one", [b"a", "b"], list, make) == kept("one", [b"a", "b"], list, make) == [1, 2]
    assert make.times == 1
    assert folder.stat().st_mode & 0o077 == 0


def test_other_ingredients_make_another_thing(folder: Path) -> None:
    make = Making([1])
    for ingredients in (["ab"], ["a", "b"], ["b", "a"], ["", "ab"]):
        kept("one", ingredients, list, make)
    kept("other", ["ab"], list, make)
    assert make.times == 5


@pytest.mark.parametrize("keep", [0, 10, 40, -1])
def test_a_file_cut_short_is_made_again(folder: Path, keep: int) -> None:
    make = Making([1, 2, 3])
    kept("one", [], list, make)
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    assert kept("one", [], list, make) == [1, 2, 3]
    assert make.times == 2
    assert kept("one", [], list, make) == [1, 2, 3]
    assert make.times == 2


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    make = Making([1, 2, 3])
    kept("one", [], list, make)
    (file,) = folder.iterdir()
    whole = bytearray(file.read_bytes())
    whole[-3] ^= 1
    file.write_bytes(whole)
    assert kept("one", [], list, make) == [1, 2, 3]
    assert make.times == 2


def test_something_of_another_kind_is_made_again(folder: Path) -> None:
    kept("one", [], list, Making([1]))
    assert kept("one", [], dict, Making({"a": 1})) == {"a": 1}  # type: ignore[arg-type]


def test_a_folder_that_others_may_write_to_is_not_trusted(folder: Path) -> None:
    make = Making([1])
    kept("one", [], list, make)
    folder.chmod(0o777)
    kept("one", [], list, make)
    assert make.times == 2


def test_a_place_that_takes_no_files_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("no folder")
    for place in (str(occupied), "not/absolute"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        monkeypatch.setenv("HOME", place)
        assert kept("one", [], list, Making([1])) == [1]


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert kept("one", [], list, Making([1])) == [1]
    assert list(folder.iterdir()) == []


def test_what_nobody_read_for_long_is_removed(folder: Path) -> None:
    kept("old", [], list, Making([1]))
    (old,) = folder.iterdir()
    os.utime(old, (0, 0))
    kept("new", [], list, Making([1]))
    assert [file.name.split("-")[0] for file in folder.iterdir()] == ["new"]


def test_a_module_s_code_is_an_ingredient(tmp_path: Path) -> None:
    one = tmp_path / "one.py"
    one.write_text("a = 1")
    (tmp_path / "two.py").write_text("b = 2")
    before = code_of(str(one), "two.py")
    (tmp_path / "two.py").write_text("b = 3")
    assert code_of(str(one), "two.py") != before
