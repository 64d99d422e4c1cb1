"""The published list: signed, whole at every moment, renewed when a pharmacy changes, checked by openssl alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app import distributor_list
from app.command_line import application
from app.distributor_list import EVERY, MANIFEST, PUBLIC_KEY, VERSIONS_KEPT, Published, publish
from app.signing import CannotSign, Signer
from registry import dispense_requests, storage
from registry.audit import Cause
from registry.certification import reconfirm_by
from registry.parties import Pharmacy, PharmacyKind
from tests.app.driving import Driven
from tests.registry.world import CORNER, day


def certify(session: Session, number: float = 0, name: str = "CORNER DRUGS") -> None:
    """A certified pharmacy."""
    at = day(number)
    pharmacy = Pharmacy(CORNER, PharmacyKind.OUTPATIENT, name, form_received_at=at, assessment_passed_at=at, certified_at=at)
    assert reconfirm_by(pharmacy) is not None
    storage.put(session, pharmacy, Cause(at, "test", "web"))


@pytest.fixture
def driven(tmp_path: Path) -> Driven:
    made = Driven(tmp_path)
    with made.house.database.writing() as session:
        certify(session)
    return made


def folder_of(driven: Driven) -> Path:
    return driven.house.settings.distributor_list_folder


def published(driven: Driven, number: float) -> Published:
    return publish(folder_of(driven), driven.house.folders.distributor_key, driven.house.database, day(number))


def read_as_a_distributor(folder: Path) -> str:
    """The list as somebody fetches it who checks everything; AssertionError or InvalidSignature for anything wrong."""
    named = json.loads((folder / MANIFEST).read_bytes())
    content = (folder / named["list"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == named["sha256"]
    key = load_pem_public_key((folder / named["public_key"]).read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    key.verify((folder / named["signature"]).read_bytes(), content)
    return content.decode()


def test_what_is_published_is_signed_and_says_its_day(driven: Driven) -> None:
    found = published(driven, 1)
    assert (found.rows, found.new) == (1, True)
    text = read_as_a_distributor(folder_of(driven))
    assert text.splitlines()[1].startswith(f"{CORNER},CORNER DRUGS")
    assert text.splitlines()[1].endswith("2023-11-02")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the documented check needs openssl")
def test_the_documented_check_with_openssl_holds_and_notices_one_changed_byte(driven: Driven) -> None:
    found = published(driven, 1)
    check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", PUBLIC_KEY, "-rawin", "-in", found.list_name,
             "-sigfile", f"{found.list_name}.sig"]  # fmt: skip
    assert subprocess.run(check, cwd=folder_of(driven), check=False, capture_output=True).returncode == 0
    file = folder_of(driven) / found.list_name
    file.write_bytes(file.read_bytes().replace(b"CORNER", b"COVNER"))
    assert subprocess.run(check, cwd=folder_of(driven), check=False, capture_output=True).returncode != 0
    with pytest.raises((InvalidSignature, AssertionError)):
        read_as_a_distributor(folder_of(driven))


def test_the_same_list_is_not_published_twice_and_a_new_day_makes_a_new_one(driven: Driven) -> None:
    first = published(driven, 1)
    again = published(driven, 1.1)
    assert (again.list_name, again.new) == (first.list_name, False)
    assert published(driven, 2).new, "the day stands in every row"
    (folder_of(driven) / f"{first.list_name}.sig").unlink()
    read_as_a_distributor(folder_of(driven))


def test_a_list_that_lost_its_signature_is_published_anew(driven: Driven) -> None:
    first = published(driven, 1)
    (folder_of(driven) / f"{first.list_name}.sig").unlink()
    assert published(driven, 1.1).new
    read_as_a_distributor(folder_of(driven))


@pytest.mark.parametrize("dies_at", range(4))
def test_a_crash_at_any_file_leaves_the_earlier_list_whole_and_the_next_run_goes_on(
    driven: Driven, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    published(driven, 1)
    before = read_as_a_distributor(folder_of(driven))
    with driven.house.database.writing() as session:
        certify(session, 1.5, "CORNER DRUGS AND MORE")
    rename, written = Path.rename, []

    def dies(self: Path, target: Path) -> Path:
        written.append(target)
        if len(written) > dies_at:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dies)
    with pytest.raises(KeyboardInterrupt):
        published(driven, 2)
    assert read_as_a_distributor(folder_of(driven)) == before
    monkeypatch.setattr(Path, "rename", rename)
    published(driven, 2.1)
    assert "AND MORE" in read_as_a_distributor(folder_of(driven))
    assert not list(folder_of(driven).glob(".*.part"))


def test_earlier_lists_stay_for_whoever_is_fetching_and_old_ones_go_with_their_signatures(driven: Driven) -> None:
    for number in range(VERSIONS_KEPT + 5):
        published(driven, number)
    lists = {one.name for one in folder_of(driven).glob("*.csv")}
    assert len(lists) == VERSIONS_KEPT + 1
    assert {one.name for one in folder_of(driven).glob("*.sig")} == {f"{one}.sig" for one in lists}
    read_as_a_distributor(folder_of(driven))


def test_the_key_is_the_owner_s_alone_stays_the_same_and_is_not_beside_the_list(driven: Driven) -> None:
    published(driven, 1)
    key = driven.house.folders.distributor_key
    assert key.stat().st_mode & 0o777 == 0o600
    public = (folder_of(driven) / PUBLIC_KEY).read_bytes()
    published(driven, 2)
    assert (folder_of(driven) / PUBLIC_KEY).read_bytes() == public
    assert not [one for one in folder_of(driven).iterdir() if b"PRIVATE" in one.read_bytes()]


def test_a_key_that_others_can_read_or_that_is_none_signs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    Signer.of(file)
    file.chmod(0o640)
    with pytest.raises(CannotSign, match="chmod 600"):
        Signer.of(file)
    file.chmod(0o600)
    file.write_text("-----BEGIN NOTHING-----\n")
    with pytest.raises(CannotSign, match="no Ed25519 key"):
        Signer.of(file)


def test_the_service_publishes_at_its_start_after_a_change_and_on_a_new_day(driven: Driven, monkeypatch) -> None:
    made = []

    def note(folder: Path, key: Path, database: object, now: object) -> Published:
        found = publish(folder, key, driven.house.database, driven.clock.now)
        made.append((driven.clock.now, found.new))
        return found

    monkeypatch.setattr(distributor_list, "publish", note)
    work = driven.house.distributor_list
    for minutes in (0, 1, 6, 20):
        driven.clock.now = day(1) + timedelta(minutes=minutes)
        work.tick()
    assert made == [(day(1), True)]
    with driven.house.database.writing() as session:
        dispense_requests.deactivate(session, CORNER, day(1) + timedelta(minutes=21))
    driven.clock.now = day(1) + timedelta(minutes=22)
    work.tick()
    driven.clock.now = day(1) + timedelta(minutes=20) + EVERY
    work.tick()
    assert [new for _, new in made] == [True, True]
    assert CORNER not in read_as_a_distributor(folder_of(driven))
    driven.clock.now = day(2)
    work.tick()
    assert len(made) == 3


def test_a_folder_that_cannot_be_written_stops_nothing(driven: Driven) -> None:
    folder_of(driven).parent.mkdir(exist_ok=True)
    folder_of(driven).write_text("a file where the folder should be")
    driven.house.distributor_list.tick()
    folder_of(driven).unlink()
    driven.clock.now += EVERY
    driven.house.distributor_list.tick()
    assert (folder_of(driven) / MANIFEST).exists()


def typed(driven: Driven, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(application, ["distributors", *words, "--data", str(driven.house.folders.root)])
    return done.exit_code, done.stdout


def test_an_operator_lists_checks_publishes_and_sees_changes(tmp_path: Path) -> None:
    driven = Driven(tmp_path)
    with driven.house.database.writing() as session:
        at = driven.clock.now - timedelta(days=1)
        pharmacy = Pharmacy(CORNER, PharmacyKind.OUTPATIENT, "CORNER DRUGS", form_received_at=at, assessment_passed_at=at)
        storage.put(session, Pharmacy(**{**vars(pharmacy), "certified_at": at}), Cause(at, "test", "web"))
    status, text = typed(driven, "list", "--json")
    assert (status, json.loads(text)["npi"]) == (0, CORNER)
    assert typed(driven, "list", "--csv")[1].startswith("npi,name,address,")
    assert "CORNER DRUGS" in typed(driven, "list")[1]
    since = (driven.clock.now - timedelta(days=5)).date().isoformat()
    status, text = typed(driven, "changes", "--since", since, "--json")
    assert (status, json.loads(text)["change"]) == (0, "certified")
    assert typed(driven, "changes", "--since", since, "--csv")[1].startswith("change,what,npi,")
    assert typed(driven, "changes", "--since", "yesterday")[0] == 2
    assert typed(driven, "check", CORNER)[0] == 0
    status, text = typed(driven, "check", "1558598797", "--json")
    assert (status, json.loads(text)["listed"]) == (1, False)
    assert typed(driven, "publish")[0] == 0
    assert CORNER in read_as_a_distributor(folder_of(driven))
