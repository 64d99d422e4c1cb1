from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from intake.settling import STILL_EMPTY, STILL_PROMISE, Kind, Settling, Stamp, group_of

START = datetime(2023, 11, 6, 15, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stamp(size: int = 100, inode: int = 1, regular: bool = True, modified: int = 0) -> Stamp:
    return Stamp(size, modified, inode, regular)


def names(groups):
    return [[member.name for member in group.members] for group in groups]


def test_a_file_is_settled_two_seconds_after_it_was_first_seen_unchanged():
    settling = Settling()
    assert settling.look({"a.tif": stamp()}, after(0)) == []
    assert settling.look({"a.tif": stamp()}, after(1.9)) == []
    assert names(settling.look({"a.tif": stamp()}, after(2))) == [["a.tif"]]


def test_an_old_time_on_the_file_does_not_make_it_still():
    settling = Settling()
    ancient = stamp(modified=-(10**18))
    assert settling.look({"a.tif": ancient}, after(0)) == []


def test_a_file_written_in_twenty_pieces_over_eight_seconds_is_settled_once_whole():
    settling = Settling()
    settled = []
    for tick in range(60):
        seconds = tick * 0.25
        pieces = min(20, int(seconds / 0.4) + 1)
        settled += [
            (seconds, group.primary.stamp.size) for group in settling.look({"a.tif": stamp(pieces * 500)}, after(seconds))
        ]
    assert settled[0] == (9.75, 10_000)  # the last piece came between 7.5 and 7.75 s


def test_a_change_of_size_time_or_file_starts_the_wait_anew():
    for changed in (stamp(size=101), stamp(modified=5), stamp(inode=2)):
        settling = Settling()
        settling.look({"a.tif": stamp()}, after(0))
        assert settling.look({"a.tif": changed}, after(2)) == []
        assert len(settling.look({"a.tif": changed}, after(4))) == 1


def test_tiff_pdf_and_sidecar_of_one_name_settle_together_and_the_tiff_is_read():
    settling = Settling()
    settling.look({"a.json": stamp()}, after(0))
    settling.look({"a.json": stamp(), "a.tif": stamp()}, after(1))
    everything = {"a.json": stamp(), "a.tif": stamp(), "a.pdf": stamp()}
    assert settling.look(everything, after(2.9)) == []
    assert settling.look(everything, after(3.5)) == [], "the pdf is not still yet: the group waits for it"
    (group,) = settling.look(everything, after(4.9))
    assert [member.kind for member in group.members] == [Kind.TIFF, Kind.PDF, Kind.SIDECAR]
    assert group.stem == "a"


def test_a_sidecar_alone_waits_for_its_fax_but_not_for_ever():
    settling = Settling()
    settling.look({"a.json": stamp()}, after(0))
    assert settling.look({"a.json": stamp()}, after(60)) == []
    assert len(settling.look({"a.json": stamp()}, START + STILL_PROMISE)) == 1


def test_a_sidecar_that_comes_after_its_fax_was_taken_does_not_wait():
    settling = Settling()
    settling.look({"a.json": stamp()}, after(0), ["a"])
    assert len(settling.look({"a.json": stamp()}, after(2), ["a"])) == 1


def test_an_empty_file_is_given_time_to_be_written():
    settling = Settling()
    settling.look({"a.tif": stamp(size=0)}, after(0))
    assert settling.look({"a.tif": stamp(size=0)}, after(5)) == []
    assert len(settling.look({"a.tif": stamp(size=0)}, START + STILL_EMPTY)) == 1


def test_hidden_files_are_never_taken_and_partial_ones_only_when_abandoned():
    settling = Settling()
    present = {".a.tif": stamp(), "b.tif.part": stamp(), "c.pdf~": stamp()}
    settling.look(present, after(0))
    assert settling.look(present, after(600)) == []
    assert names(settling.look(present, START + STILL_PROMISE)) == [["b.tif.part"], ["c.pdf~"]]


def test_a_file_without_a_known_ending_is_a_group_of_its_own():
    settling = Settling()
    present = {"scan": stamp(), "scan.tif": stamp(), "letter.doc": stamp()}
    settling.look(present, after(0))
    assert sorted(names(settling.look(present, after(2)))) == [["letter.doc"], ["scan"], ["scan.tif"]]


def test_two_files_of_one_kind_and_name_are_two_faxes():
    settling = Settling()
    present = {"a.tif": stamp(), "a.tiff": stamp(inode=2), "a.TIF": stamp(inode=3)}
    settling.look(present, after(0))
    assert sorted(names(settling.look(present, after(2)))) == [["a.TIF"], ["a.tif"], ["a.tiff"]]


def test_an_odd_thing_is_a_group_of_its_own_and_says_so():
    settling = Settling()
    present = {"x.pdf": stamp(size=0, regular=False), "x.json": stamp()}
    settling.look(present, after(0))
    (group,) = settling.look(present, after(2))
    assert group.odd
    assert names([group]) == [["x.pdf"]]


def test_a_clock_set_back_only_makes_it_wait_longer():
    settling = Settling()
    settling.look({"a.tif": stamp()}, after(100))
    assert settling.look({"a.tif": stamp()}, after(0)) == []
    assert len(settling.look({"a.tif": stamp()}, after(2))) == 1


def test_it_says_when_the_next_group_is_due_and_nothing_when_nothing_waits():
    settling = Settling()
    assert settling.look({".hidden": stamp()}, after(0)) == []
    assert settling.next_due(after(0)) is None
    settling.look({".hidden": stamp(), "a.tif": stamp()}, after(1))
    assert settling.next_due(after(1.5)) == timedelta(seconds=1.5)


def test_five_hundred_files_settle_in_the_order_in_which_they_became_still():
    settling = Settling()
    present = {}
    for number in range(500):
        present[f"fax{number:04}.tif"] = stamp(inode=number)
        settling.look(dict(present), after(number * 0.004))
    settled = settling.look(present, after(4))
    assert [group.stem for group in settled] == [f"fax{number:04}" for number in range(500)]


@given(st.text(min_size=1))
def test_any_name_has_a_group(name):
    stem, kind = group_of(name)
    assert stem
    assert name.startswith(stem)
    assert (kind is Kind.OTHER) == (stem == name)
