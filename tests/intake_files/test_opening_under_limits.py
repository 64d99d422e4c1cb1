from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time

import psutil
import pytest

from intake import decoding, errors
from intake.decoding import Limits, end_children, warm_up
from intake.page_scans import open_fax, open_pages
from tests.intake_files.files_that_drop import text_pdf, write_tiff


@pytest.fixture(autouse=True)
def fresh_children():
    end_children()
    yield
    end_children()


def own_children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "intake.decoding_child" in one.cmdline()]


def test_what_is_no_regular_file_is_refused_unopened_and_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "folder.tif").mkdir()
    write_tiff(tmp_path / "real.tif")
    (tmp_path / "link.tif").symlink_to(tmp_path / "real.tif")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.pdf"))
        for name in ("pipe.pdf", "folder.tif", "link.tif", "socket.pdf"):
            with pytest.raises(errors.NotARegularFile):
                open_pages(tmp_path / name)


def test_an_empty_file_a_text_and_an_oversized_file_are_refused_each_with_its_reason(tmp_path):
    (tmp_path / "empty.tif").write_bytes(b"")
    (tmp_path / "text.tif").write_text("Dear colleague, please find attached")
    (tmp_path / "large.pdf").write_bytes(b"%PDF-1.4" + b" " * 5000)
    with pytest.raises(errors.EmptyFile):
        open_pages(tmp_path / "empty.tif")
    with pytest.raises(errors.NotAFax):
        open_pages(tmp_path / "text.tif")
    with pytest.raises(errors.PageTooLarge):
        open_pages(tmp_path / "large.pdf", Limits(file_bytes=1000))
    with pytest.raises(errors.UnreadableFax):
        open_pages(tmp_path / "missing.pdf")


def test_the_content_counts_not_the_name(tmp_path):
    write_tiff(tmp_path / "tiff.pdf")
    (tmp_path / "pdf.tif").write_bytes(text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET"))
    assert open_pages(tmp_path / "tiff.pdf")[0].source == "tiff"
    assert open_pages(tmp_path / "pdf.tif")[0].source == "rendered"


def test_more_pages_than_the_limit_are_refused(tmp_path):
    with pytest.raises(errors.TooManyPages):
        open_pages(write_tiff(tmp_path / "a.tif", pages=4, rows=200), Limits(pages=3))
    assert len(open_pages(tmp_path / "a.tif", Limits(pages=4))) == 4


def test_one_child_serves_many_files_and_is_replaced_when_it_has_died(tmp_path):
    write_tiff(tmp_path / "a.tif")
    open_pages(tmp_path / "a.tif")
    (first,) = own_children()
    open_pages(tmp_path / "a.tif")
    assert own_children() == [first]
    first.kill()
    first.wait(5)
    assert len(open_pages(tmp_path / "a.tif")) == 1
    (second,) = own_children()
    assert second != first


def test_a_child_that_hangs_is_ended_and_the_next_fax_is_read(tmp_path):
    write_tiff(tmp_path / "a.tif")
    open_pages(tmp_path / "a.tif")
    (hung,) = own_children()
    hung.suspend()
    began = time.monotonic()
    with pytest.raises(errors.TookTooLong):
        open_pages(tmp_path / "a.tif", Limits(page_seconds=0.3))
    assert time.monotonic() - began < 3
    assert not hung.is_running()
    assert len(open_pages(tmp_path / "a.tif")) == 1


def test_a_child_whose_answer_was_interrupted_is_ended_since_the_next_file_would_get_the_rest_of_it(tmp_path, monkeypatch):
    write_tiff(tmp_path / "a.tif")
    open_pages(tmp_path / "a.tif")
    (interrupted,) = own_children()
    interrupted.suspend()
    monkeypatch.setattr(decoding._Child, "_read", interrupting_read)
    with pytest.raises(KeyboardInterrupt):
        open_pages(tmp_path / "a.tif")
    monkeypatch.undo()
    assert not interrupted.is_running()
    assert len(open_pages(tmp_path / "a.tif")) == 1


def interrupting_read(child: decoding._Child, size: int, deadline: float) -> bytearray:
    """Ctrl-C while the answer is awaited; raised here, since a process started in the background may ignore the signal."""
    raise KeyboardInterrupt


def test_a_page_that_takes_forever_to_draw_is_given_up(tmp_path):
    endless = b"0 0 612 792 re 10 10 500 700 re f*\n" * 400_000
    (tmp_path / "slow.pdf").write_bytes(text_pdf(endless))
    began = time.monotonic()
    with pytest.raises(errors.TookTooLong):
        open_pages(tmp_path / "slow.pdf", Limits(page_seconds=0.5))
    assert time.monotonic() - began < 5


def test_a_child_without_enough_memory_refuses_the_file_and_not_the_process(tmp_path):
    write_tiff(tmp_path / "big.tif", rows=30_000)
    write_tiff(tmp_path / "small.tif")
    tight = Limits(memory_bytes=160 * 1024 * 1024)
    assert len(open_pages(tmp_path / "small.tif", tight)) == 1
    (tmp_path / "bomb.pdf").write_bytes(text_pdf(b"BT /F 12 Tf 72 720 Td (x) Tj ET", width=1000, height=7000))
    with pytest.raises((errors.PageTooLarge, errors.DamagedFile)):
        open_pages(tmp_path / "bomb.pdf", tight)
    assert len(open_pages(tmp_path / "small.tif", tight)) == 1


def test_a_used_child_that_breaks_down_does_not_cost_the_next_fax(tmp_path):
    """The child is gone between the look and the request: the same file is tried once in a fresh one."""
    write_tiff(tmp_path / "a.tif")
    open_pages(tmp_path / "a.tif")
    used = decoding._idle[-1]
    used.alive = lambda: True  # it looks alive to us, as a process that dies a moment later does
    os.kill(used.process.pid, signal.SIGKILL)
    assert len(open_pages(tmp_path / "a.tif")) == 1


def test_threads_read_at_the_same_time_each_with_its_own_child(tmp_path):
    paths = [write_tiff(tmp_path / f"{number}.tif", pages=number) for number in (1, 2, 3)]
    found: dict[int, int] = {}

    def read(number: int) -> None:
        for _ in range(3):
            found[number] = len(open_pages(paths[number - 1]))

    threads = [threading.Thread(target=read, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {1: 1, 2: 2, 3: 3}
    assert len(own_children()) <= 3


def test_no_child_is_left_when_they_are_ended(tmp_path):
    warm_up()
    open_pages(write_tiff(tmp_path / "a.tif"))  # it has begun for certain: in the moment of its start a process has no name yet
    assert len(own_children()) == 1
    end_children()
    assert own_children() == []


def test_the_cpu_time_of_the_child_is_told(tmp_path):
    opened = open_fax(write_tiff(tmp_path / "a.tif", pages=3))
    assert 0 < opened.child_cpu_seconds < 5


@pytest.mark.parametrize("ending", ["tif", "pdf"])
def test_every_spoilt_file_ends_as_pages_or_as_a_refusal(tmp_path, ending):
    whole = write_tiff(tmp_path / "a.tif", pages=2, rows=300).read_bytes()
    if ending == "pdf":
        whole = text_pdf(b"BT /F 12 Tf 72 720 Td (ANC 1850) Tj ET 10 10 100 100 re f", pages=2)
    chance = random.Random(20231106)
    path = tmp_path / f"spoilt.{ending}"
    ends: set[str] = set()
    for trial in range(120):
        spoilt = bytearray(whole)
        if trial % 3 == 0:
            del spoilt[chance.randrange(len(spoilt)) :]
        for _ in range(chance.choice((0, 1, 3, 30))):
            if spoilt:
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        path.write_bytes(spoilt)
        try:
            ends.add("pages" if open_pages(path, Limits(page_seconds=3.0, seconds=6.0)) else "none")
        except errors.UnreadableFax as refused:
            ends.add(refused.reason)
    assert "pages" in ends
    assert "none" not in ends
    assert "damaged" in ends
