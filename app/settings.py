"""Every setting of remsfax: its name, its default and what it means.

What: environment variables `REMSFAX_…` and a `.env` file in the working folder, read once by the command line.
Why: an operator must find in one list what can be turned; `remsfax settings` prints exactly these fields.
Refuses: unknown values of the right name (pydantic's error names the variable); secrets are never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from app.letter_settings import LetterSettings

PREFIX = "REMSFAX_"


class Settings(LetterSettings):
    """What an operator can turn, with embedded defaults that need nothing installed beside the package."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    data: Path = Field(
        default=Path("remsfax-data"), description="Folder of everything: inbox, archive, database, broker, outbox."
    )
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy address of the database; unset: SQLite in the data folder (remsfax.db)."
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Address of a Redis or Valkey server; unset: `remsfax up` starts its own in the data folder."
    )
    host: str = Field(
        default="127.0.0.1", description="Address the desk listens on; 0.0.0.0 opens it to all (put TLS before it)."
    )
    port: int = Field(default=8080, ge=0, le=65535, description="Port of the desk; 0 takes any free one.")
    https: bool = Field(
        default=False, description="The desk is reached by https: its session cookie is then never sent in the clear."
    )
    workers: int = Field(
        default=2, ge=1, le=64, description="Processes that read faxes at the same time (about 600 MB of memory each)."
    )
    calibration: Path | None = Field(
        default=None, description="File that `remsfax calibrate` wrote; unset: the calibration that remsfax brings."
    )
    desk_password: SecretStr | None = Field(
        default=None, description="Password of the first desk account `reviewer`; unset: made up and kept in first-sign-in.txt."
    )
    api_token: SecretStr | None = Field(
        default=None, description="Bearer token for the JSON API /api/v1; unset: made up and kept in api-token.txt."
    )
    api_requests_per_second: float = Field(
        default=100.0, gt=0, description="How many API requests a second one token may make in the long run."
    )
    api_burst: int = Field(default=200, ge=1, description="How many API requests one token may make at once.")
    public_requests_per_second: float = Field(
        default=1.0, gt=0, description="How many a second one address may make without a token, in the long run."
    )
    public_burst: int = Field(default=30, ge=1, description="How many requests one address may make at once without a token.")
    webhooks_to_private_addresses: bool = Field(
        default=False,
        description="Webhooks may go to private addresses, and by plain http to this machine itself; else to public https only.",
    )
    signature_hint: bool = Field(
        default=False,
        description="The desk shows a prescriber's earlier signatures and says how alike they look: a hint, never a verdict.",
    )
    answer_within_business_days: int = Field(
        default=5,
        ge=1,
        le=60,
        description="Business days a sender has to answer what we asked; after them it shows as overdue.",
    )
    second_keying: Literal["where_possible", "always", "never"] = Field(
        default="where_possible",
        description="A colleague keys corrected critical fields again; where_possible: not at a desk of one person.",
    )
    keying_release_hours: float | None = Field(
        default=None,
        ge=0,
        description="A senior may release a form from its second keying after so long; unset: next business day.",
    )
    keying_release_today_hours: float = Field(
        default=4.0, ge=0, description="The same in the lane of forms that may be needed at a pharmacy's counter today."
    )
    keying_release_safety_hours: float = Field(
        default=1.0, ge=0, description="The same in the safety lane, where waiting may itself do harm."
    )
    recall_seconds: float = Field(
        default=10.0, ge=0, description="For so long a reviewer may take a submission back (half of it in the safety lane)."
    )
    blind_sample_share: float = Field(
        default=0.02, ge=0, le=1, description="Share of the forms nobody touched that people key blind afterwards; 0: none."
    )
    blind_sample_fewest: int = Field(
        default=5,
        ge=0,
        description="Samples a month each form and manner of writing brings at least, as long as it comes so often.",
    )
    gateway: Literal["spool", "hylafax", "web"] = Field(
        default="spool",
        description="Where answers go: `spool` writes TIFF and JSON into the outbox, `hylafax` hands them to a HylaFAX server, "
        "`web` to a fax service (docs/web-fax-api.md).",
    )
    hylafax_host: str = Field(default="127.0.0.1", description="The HylaFAX server's address (hfaxd).")
    hylafax_port: int = Field(default=4559, ge=1, le=65535, description="Its port for the client protocol.")
    hylafax_user: str = Field(default="remsfax", description="As whom remsfax signs in there (hosts.hfaxd).")
    hylafax_password: SecretStr | None = Field(default=None, description="The password of that user; unset: none is needed.")
    hylafax_modem: str = Field(default="", description="Modem or class of modems that calls; empty: whichever is free.")
    web_fax_url: str = Field(default="", description="Address of the fax service's API, https.")
    web_fax_token: SecretStr | None = Field(default=None, description="Bearer token of that fax service.")
    web_fax_callback_url: str = Field(
        default="", description="Where the service reaches /gateways/web-fax of this desk; empty: it is asked every half minute."
    )
    web_fax_secret: SecretStr | None = Field(
        default=None, description="Secret of its callbacks' signatures (whsec_…); unset: callbacks are not taken."
    )
    lines: int = Field(
        default=4,
        ge=1,
        le=500,
        description="Calls at the same time: one for each modem that sends, and one or two that queue for them.",
    )
    send_hours: str = Field(
        default="07:00-21:00",
        description="When ordinary letters ring, by the recipient's clock; safety letters ring at any time. 00:00-24:00: always.",
    )
    calls_a_day: int = Field(
        default=5000, ge=0, description="Calls on one day of the program; safety letters go beyond it. 0: any number."
    )
    calls_a_day_to_one_number: int = Field(
        default=60, ge=0, description="Calls to one number on one day of the program. 0: any number."
    )
    confirm_numbers: Literal["when_calling", "always", "never"] = Field(
        default="when_calling",
        description="Letters with patient data go to confirmed numbers only: `when_calling` where remsfax itself calls.",
    )
    program_fax: str = Field(
        default="8008785927", description="The program's fax number, ten digits: printed on letters as the sender."
    )
    contact_centre_fax: str | None = Field(
        default=None, description="Fax machine of the people who take urgent reports (adverse events), if they have one."
    )
    program_phone: str = Field(default="8885860758", description="The contact centre's phone, ten digits: printed on letters.")
    distributor_folder: Path | None = Field(
        default=None,
        description="Folder the list of certified pharmacies is published in; unset: distributors in the data folder.",
    )
    still_seconds: float = Field(
        default=2.0, ge=0, description="A dropped file is taken once its size and time were still for so long."
    )
    rescan_seconds: float = Field(
        default=30.0, gt=0, description="The inbox is read again this often, since file events get lost."
    )
    sweep_seconds: float = Field(default=3.0, gt=0, description="How often what lags is looked for and nudged on.")
    reading_limit_seconds: float = Field(
        default=300.0, gt=0, description="A worker busy with one step for longer is taken for hung and replaced."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is logged (to stderr).")

    @field_validator("calibration", "distributor_folder", mode="before")
    @classmethod
    def _unset_where_empty(cls, path: object) -> object:
        return None if path == "" else path

    @field_validator("send_hours")
    @classmethod
    def _hours_of_a_day(cls, text: str) -> str:
        from outbound.hours import hours_from  # only here: the numbers' time zones take a while to load

        return str(hours_from(text))

    @field_validator("program_fax", "program_phone", "contact_centre_fax")
    @classmethod
    def _ten_digits(cls, number: str | None) -> str | None:
        if number is None:
            return None
        digits = "".join(one for one in number if one.isdigit())
        if len(digits) != 10:
            raise ValueError("ten digits are needed, such as 800-878-5927")
        return digits

    @field_validator("web_fax_url")
    @classmethod
    def _not_in_the_clear(cls, address: str) -> str:
        from outbound.web_fax import check_web_fax_address  # only here: most commands speak to no service

        return check_web_fax_address(address) if address else ""

    @model_validator(mode="after")
    def _gateway_has_what_it_needs(self) -> Self:
        if self.gateway == "web" and not (self.web_fax_url and self.web_fax_token):
            raise ValueError("REMSFAX_GATEWAY=web needs REMSFAX_WEB_FAX_URL and REMSFAX_WEB_FAX_TOKEN")
        return self

    @field_validator("database_url")
    @classmethod
    def _database_address(cls, address: SecretStr | None) -> SecretStr | None:
        from app.database import check_address  # only here: most commands need no database

        if address is not None:
            check_address(address.get_secret_value())
        return address

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None and not address.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("an address is needed that begins with redis://, rediss:// or unix://")
        return address

    @property
    def folders(self) -> DataFolder:
        """The data folder's layout."""
        return DataFolder(self.data.expanduser().resolve())

    @property
    def distributor_list_folder(self) -> Path:
        """Where the list of certified pharmacies is published."""
        return self.folders.distributors if self.distributor_folder is None else self.distributor_folder.expanduser().resolve()

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address in use."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.folders.database}"


@dataclass(frozen=True)
class DataFolder:
    """Where everything stands below the one data folder."""

    root: Path  # absolute

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "inbox"

    @property
    def claimed(self) -> Path:
        """Files taken from the inbox, until they are archived."""
        return self.root / "claimed"

    @property
    def archive(self) -> Path:
        """Every file as received, addressed by content."""
        return self.root / "archive"

    @property
    def pages(self) -> Path:
        """Page images as the desk shows them."""
        return self.root / "pages"

    @property
    def quarantine(self) -> Path:
        """Files that could not be read, each beside its reason."""
        return self.root / "quarantine"

    @property
    def outbox(self) -> Path:
        """What the spool-folder gateway writes."""
        return self.root / "outbox"

    @property
    def broker(self) -> Path:
        """The embedded broker's files."""
        return self.root / "broker"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "remsfax.db"

    @property
    def api_token(self) -> Path:
        """The made-up token of the JSON API, readable by the owner only."""
        return self.root / "api-token.txt"

    @property
    def distributors(self) -> Path:
        """The published list of certified pharmacies, where no other folder is set."""
        return self.root / "distributors"

    @property
    def distributor_key(self) -> Path:
        """The key the list is signed with, readable by the owner only."""
        return self.root / "distributor-key.pem"

    @property
    def first_sign_in(self) -> Path:
        """The first desk account's name and password, readable by the owner only."""
        return self.root / "first-sign-in.txt"

    def create(self) -> None:
        """Make every folder that is missing; others of this machine get no access to a new data folder.

        An operator who opens the root, so that a fax server reaches the inbox, must not open anything else by it.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.inbox, self.claimed, self.archive, self.pages, self.quarantine, self.outbox, self.broker):
            folder.mkdir(exist_ok=True, mode=0o700)


@dataclass(frozen=True)
class SettingShown:
    """One line of `remsfax settings`."""

    name: str  # the environment variable
    value: str  # as in use; secrets masked
    default: str
    meaning: str


def describe(settings: Settings) -> list[SettingShown]:
    """All settings in the order they are defined, secrets masked."""
    lines = []
    for name, definition in Settings.model_fields.items():
        lines.append(
            SettingShown(
                name=PREFIX + name.upper(),
                value=_shown(getattr(settings, name)),
                default=_shown(definition.default),
                meaning=definition.description or "",
            )
        )
    return lines


def _shown(value: Any) -> str:
    if value is None:
        return "unset"
    return str(value)
