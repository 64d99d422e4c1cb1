"""What an operator can turn, and that nothing of it is secret by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.preparing import prepare
from app.settings import Settings, describe


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_setting_says_what_it_means() -> None:
    assert [one.name for one in describe(Settings()) if len(one.meaning) < 20] == []


def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMSFAX_DESK_PASSWORD", "open sesame")
    monkeypatch.setenv("REMSFAX_REDIS_URL", "redis://:open-sesame@host")
    shown = " ".join(f"{one.value} {one.default}" for one in describe(Settings()))
    assert "sesame" not in shown


def test_a_file_named_dot_env_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REMSFAX_PORT=9001\nREMSFAX_WORKERS=3\n")
    monkeypatch.setenv("REMSFAX_WORKERS", "5")
    assert (Settings().port, Settings().workers) == (9001, 5)


def test_a_phone_number_may_be_written_as_people_write_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMSFAX_PROGRAM_FAX", "(800) 555-0123")
    assert Settings().program_fax == "8005550123"
    monkeypatch.setenv("REMSFAX_PROGRAM_FAX", "555-0123")
    with pytest.raises(ValidationError, match="ten digits"):
        Settings()


def test_everything_stands_in_the_one_data_folder(tmp_path: Path) -> None:
    folders = Settings(data=tmp_path / "d").folders
    folders.create()
    assert sorted(one.name for one in (tmp_path / "d").iterdir()) == [
        "archive", "broker", "claimed", "inbox", "outbox", "pages", "quarantine",
    ]  # fmt: skip
    assert (tmp_path / "d").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REMSFAX_DATABASE_URL", "not an address", "SQLAlchemy address"),
        ("REMSFAX_DATABASE_URL", "nosuchdatabase://host/remsfax", "SQLAlchemy address"),
        ("REMSFAX_DATABASE_URL", "mysql+mariadb://me:open-sesame@host/remsfax", "SQLAlchemy address"),
        ("REMSFAX_DATABASE_URL", "mssql+pyodbc://me:open-sesame@host/remsfax", "not installed"),
        ("REMSFAX_REDIS_URL", "localhost:6379", "redis://"),
    ],
)
def test_an_address_that_can_never_work_is_refused_at_once_and_its_secret_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert said in refused.value.errors()[0]["msg"]
    assert "sesame" not in refused.value.errors()[0]["msg"]


def test_a_data_folder_whose_root_is_opened_for_a_fax_server_keeps_the_rest_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REMSFAX_DATA", str(tmp_path / "data"))
    prepare(Settings())
    folders = Settings().folders
    private = [folders.root, folders.claimed, folders.archive, folders.pages, folders.quarantine, folders.broker]
    private += [folders.inbox, folders.outbox, folders.database, folders.first_sign_in]
    assert [one for one in private if one.stat().st_mode & 0o077] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"smtp_host": "mail.example.org"}, "REMSFAX_SMTP_SENDER"),
        ({"smtp_host": "mail.example.org", "smtp_sender": "nobody"}, "e-mail address"),
        ({"smtp_host": "mail.example.org", "smtp_sender": "rems@example.org", "smtp_security": "none"}, "this machine only"),
        ({"smtp_host": "mail.example.org", "smtp_sender": "rems@example.org", "smtp_user": "rems"}, "REMSFAX_SMTP_PASSWORD"),
    ],
)
def test_a_mail_server_that_is_half_set_is_refused_at_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(**given)  # type: ignore[arg-type]


def test_without_a_host_there_is_no_mail_server_and_on_this_machine_none_needs_tls() -> None:
    assert Settings().mail_server is None
    here = Settings(smtp_host="127.0.0.1", smtp_port=25, smtp_security="none", smtp_sender="rems@example.org").mail_server
    assert here is not None
    assert (here.host, here.port, here.sender, here.sender_name) == (
        "127.0.0.1", 25, "rems@example.org", "Clozapine REMS Contact Center",
    )  # fmt: skip
