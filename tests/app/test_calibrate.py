"""`remsfax calibrate`: from labelled faxes and the desk's answers to a calibration, or to why there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.calibrating import labelled_of, of_blind_keyings, of_desk, same
from app.command_line import application
from intake.ocr.certainty import Calibration, Manner
from intake.reading import FieldReading, FormPage, FormReading, Problem, ProblemKind, Route
from review_queue import quality_watch, reviewing
from review_queue.review_item import VerdictKind
from review_queue.sampling import SamplingRules
from review_queue.tables import ItemRow
from tests.review_queue import invented
from tests.review_queue.desk_in_process import enqueue
from tests.review_queue.keying_desk import ASKS, key, keying_desk

SAMPLES = Path(__file__).resolve().parents[2] / "sample_faxes"


def calibrate(*arguments: str) -> Result:
    return CliRunner().invoke(application, ["calibrate", *arguments])


def test_a_few_labelled_faxes_are_too_few_to_change_a_bar_and_it_says_so(tmp_path: Path) -> None:
    fax = next(path for path in sorted(SAMPLES.glob("*.tif")) if path.with_name(f"{path.stem}.expected.json").exists())
    folder = tmp_path / "labelled"
    folder.mkdir()
    shutil.copy(fax, folder)
    shutil.copy(fax.with_name(f"{fax.stem}.expected.json"), folder)
    done = calibrate(str(folder), "--out", str(tmp_path / "new.json"), "--version", "mine", "--received", "2026-11-18", "--json")
    assert done.exit_code == 1
    kept = {line["manner"]: line["kept"] for line in map(json.loads, done.stdout.splitlines())}
    assert "too few" in kept["mark"]
    new = Calibration.load(tmp_path / "new.json")
    assert new.version == "mine"
    assert new.curves == Calibration.load().curves


def test_a_folder_without_labelled_faxes_is_wrong_usage(tmp_path: Path) -> None:
    done = calibrate(str(tmp_path))
    assert done.exit_code == 2
    assert "expected.json" in done.stderr


def test_nothing_to_fit_on_is_wrong_usage() -> None:
    assert calibrate().exit_code == 2


@pytest.mark.parametrize(
    ("read", "stands", "equal"),
    [
        ("A  B", "A B", True),
        ("a", "A", True),
        ("a b", "ab", False),
        (True, True, True),
        (True, 1, False),
        (1850, 1850.0, True),
        (None, "", False),
    ],
)
def test_values_are_the_same_only_as_a_whole(read: object, stands: object, equal: bool) -> None:
    assert same(read, stands) is equal  # type: ignore[arg-type]


def test_what_stands_on_damaged_rows_teaches_nothing_unless_it_is_known() -> None:
    damaged = (Problem(ProblemKind.DAMAGED_ROWS, "rows are missing", None),)

    def field(name: str, manner: Manner, problems: tuple[Problem, ...]) -> FieldReading:
        return FieldReading(name, "x", 0.99, False, Route.READ, {}, 1, (0, 0, 1, 1), problems, (), manner.value, {"whole": 0.0})

    fields = {
        "patient_zip": field("patient_zip", Manner.BLANK, damaged),
        "patient_id": field("patient_id", Manner.VERIFIED_COMB, damaged),
        "prescriber_npi": field("prescriber_npi", Manner.READ_COMB, ()),
    }
    document = FormReading("patient_status", "2023-11", 1.0, (FormPage(1, 1, 0, 4),), (), (), fields)
    expected = {"form": "patient_status", "pages": [{"fax_page": 1}], "values": dict.fromkeys(fields, "x")}
    found = list(labelled_of("fax", [document], [expected], {}))
    assert [one.manner for one in found] == [Manner.VERIFIED_COMB, Manner.READ_COMB]


def test_blind_keyings_of_untouched_fields_are_labels_and_second_keyings_say_which_label_is_right(tmp_path: Path) -> None:
    desk = keying_desk(tmp_path)
    how = {"manner": Manner.READ_COMB.value, "speaks": {"whole": 1.0}}
    read = invented.reading(*(invented.read(name, invented.CERTAIN[name], **how) for name in ("patient_id", "labs.0.anc")))
    with desk.sessions() as session, session.begin():
        quality_watch.note_untouched(
            session,
            "document-7",
            invented.fax(),
            read,
            invented.STATUS_FORM,
            invented.CERTAIN,
            SamplingRules(share=1.0),
            desk.clock(),
        )
    key(desk, "ann", {**invented.CERTAIN, "labs.0.anc": 3113})
    with desk.sessions() as session:
        assert [one.right for one in of_blind_keyings(session)] == [True]  # one word against the reading is no label yet
    key(desk, "bob", {"labs.0.anc": 3113})
    with desk.sessions() as session:
        found = {(one.right, one.critical, one.manner) for one in of_blind_keyings(session)}
    assert found == {(True, True, Manner.READ_COMB), (False, True, Manner.READ_COMB)}
    enqueue(desk, 1, invented.doubtful("labs.0.anc", 3773, ProblemKind.UNREADABLE, "A smudge.", **{}))
    with desk.sessions() as session, session.begin():
        row = session.get(ItemRow, "item-1")
        row.reading["fields"]["labs.0.anc"] |= how
        session.query(ItemRow).filter_by(id="item-1").update({"reading": row.reading})
        held = reviewing.take(session, "item-1", "ann", desk.clock())
        reviewing.record(session, "item-1", held.version, "labs.0.anc", VerdictKind.CORRECTED, 3719, "ann", desk.clock())
        reviewing.submit(session, "item-1", held.version, "ann", desk.clock(), ASKS)
    for who in ("bob", "sue"):
        with desk.sessions() as session:
            assert list(of_desk(session, {})) == []  # while nobody knows which is right it teaches nothing
        key(desk, who, {"labs.0.anc": 3773})
    with desk.sessions() as session:
        assert [one.right for one in of_desk(session, {})] == [True]  # the reading was right, and the first person was not
