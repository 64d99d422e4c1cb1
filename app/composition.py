"""The one composition root: from settings to a service whose parts know nothing of each other.

What: `compose` builds everything a process of the service may need; heavy parts (the OCR reader) only when first used.
Why: every choice of "which gateway, which database, which clock" is made here and nowhere else.
Refuses: to connect to anything or to make a folder by itself: opening happens on first use, making in `app.preparing`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dramatiq.brokers.redis import RedisBroker

from app import broker as brokers
from app.answering_desk import AnsweringDesk
from app.answers import Desk
from app.asking import Asking
from app.case_flow import Stage
from app.clock_work import ClockWork
from app.database import Database
from app.distributor_list import DistributorList
from app.document_steps import DocumentSteps
from app.enclosing import form_printer, next_status_form, no_turnaround
from app.fax_steps import FaxSteps, Read
from app.known_parties import PartiesOfRegistry
from app.nudging import BrokerNudges, Nudges
from app.processes import this_process
from app.raised_bars import RaisedBars
from app.rearranging import Rearranging
from app.registry_port import registry_port
from app.running import Runner, Step
from app.settings import DataFolder, Settings
from app.sweep import release_mails, sweep
from app.taking import Taking
from app.together import Together
from intake.archive import Archive
from intake.arrangement import Arrangement
from intake.decoding import warm_up
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.inbox import Inbox
from intake.page_store import PageStore
from intake.quarantine import Quarantine
from outbound.calling import CallingRules
from outbound.fax_pages import FaxPages, render
from outbound.gateway import Gateway
from outbound.hylafax import HylaFax
from outbound.hylafax_session import HylaServer
from outbound.letters import Letter
from outbound.mail import SmtpMail
from outbound.mailing import Post
from outbound.notice import SenderIdentity
from outbound.retrying import RetryPolicy
from outbound.spool_folder import SpoolFolder
from outbound.tiff_f import Resolution
from outbound.web_fax import WebFax
from review_queue.keying import KeyingRules
from review_queue.sampling import SamplingRules

if TYPE_CHECKING:
    from intake.read_fax import Reader, ReadFax


def now() -> datetime:
    """The clock of the service."""
    return datetime.now(UTC)


@dataclass
class Remsfax:
    """A composed service; each process uses the parts it needs."""

    settings: Settings
    folders: DataFolder
    database: Database
    broker: RedisBroker
    nudges: Nudges
    gateway: Gateway
    read: Read
    clock: Callable[[], datetime]
    patience: RetryPolicy = field(default_factory=RetryPolicy)  # how often and how long a letter is tried

    @cached_property
    def catalogue(self) -> Catalogue:
        """All forms."""
        return load_catalogue()

    @cached_property
    def archive(self) -> Archive:
        """Every file as received."""
        return Archive(self.folders.archive)

    @cached_property
    def pages(self) -> PageStore:
        """Page images."""
        return PageStore(self.folders.pages)

    @cached_property
    def quarantine(self) -> Quarantine:
        """Files that could not be read."""
        return Quarantine(self.folders.quarantine)

    @cached_property
    def sender(self) -> SenderIdentity:
        """Who signs the letters."""
        its = self.settings
        return SenderIdentity(its.program_name, its.program_phone, its.program_fax, answers_within=its.answers_within)

    def draw(self, letter: Letter) -> FaxPages:
        """A letter's pages as the fax line is to have them, with the forms that follow."""
        return render(letter, form_printer(self.catalogue), resolution_of(self.settings))

    @cached_property
    def desk(self) -> Desk:
        """Our own lines."""
        return Desk(self.settings.program_fax, self.settings.contact_centre_fax, self.post is not None)

    @cached_property
    def post(self) -> Post | None:
        """Takes e-mails; None where no mail server is set."""
        server = self.settings.mail_server
        return None if server is None else SmtpMail(server)

    @cached_property
    def asking(self) -> Asking:
        """Questions to senders and their answers."""
        return Asking(self.pages, self.catalogue.form, registry_port().whose, self.settings.answer_within_business_days)

    @cached_property
    def answering(self) -> AnsweringDesk:
        """What reviewers say of answers."""
        return AnsweringDesk(self.asking, registry_port())

    @cached_property
    def clock_work(self) -> ClockWork:
        """What time alone makes due."""
        forms = next_status_form if self.settings.printed_status_forms else no_turnaround
        return ClockWork(self.database, self.nudges, self.desk, self.clock, forms)

    @cached_property
    def together(self) -> Together:
        """Short writes of this process, several in one transaction."""
        return Together(self.database)

    @cached_property
    def distributor_list(self) -> DistributorList:
        """The list that distributors fetch."""
        folder = self.settings.distributor_list_folder
        return DistributorList(folder, self.folders.distributor_key, self.database, self.clock)

    @property
    def grace(self) -> timedelta:
        """How long a reviewer may take a verdict back."""
        return timedelta(seconds=self.settings.recall_seconds)

    @property
    def sampling(self) -> SamplingRules:
        """How much of what nobody touched is keyed blind."""
        return SamplingRules(self.settings.blind_sample_share, self.settings.blind_sample_fewest)

    @property
    def keying(self) -> KeyingRules | None:
        """When a second keying is asked; None: never."""
        if self.settings.second_keying == "never":
            return None
        return KeyingRules(
            alone_waits=self.settings.second_keying == "always",
            release_after=_hours(self.settings.keying_release_hours),
            release_today_after=timedelta(hours=self.settings.keying_release_today_hours),
            release_safety_after=timedelta(hours=self.settings.keying_release_safety_hours),
        )

    @cached_property
    def steps(self) -> Mapping[Stage, Step]:
        """Every stage but sending, which counts its attempts itself."""
        documents = DocumentSteps(
            self.catalogue.form,
            registry_port(self.settings.printed_status_forms),
            self.desk,
            self.asking,
            self.grace,
            self.sampling,
            RaisedBars(self.settings.calibration),
        )
        faxes = FaxSteps(self.archive, self.pages, self.quarantine, self.read, documents.at_end, self.desk)
        again = Rearranging(self.archive, self.pages, self.read, faxes.give_up_fax)
        return {
            Stage.READ_FAX: faxes.reading(),
            Stage.REARRANGE: again.step(),
            Stage.SETTLE: faxes.settling(),
            **documents.all(faxes),
        }

    def warm(self) -> None:
        """Load the reader's models and start a page decoder before the first fax, so that nobody waits for them."""
        if isinstance(self.read, KeptReader):
            warm_up()
            _ = self.read.reader

    def runner(self) -> Runner:
        """Runs steps in this process."""
        longest = timedelta(seconds=2 * self.settings.reading_limit_seconds)
        return Runner(self.database, self.nudges, self.steps, this_process(), self.clock, longest)

    def taking(self) -> Taking:
        """Takes faxes from the inbox."""
        still = timedelta(seconds=self.settings.still_seconds)
        inbox = Inbox(self.folders.inbox, self.folders.claimed, self.archive, still)
        return Taking(inbox, self.folders.inbox, self.quarantine, self.database, self.nudges)

    @cached_property
    def calling(self) -> CallingRules:
        """How the telephone is used. Where the gateway rings nowhere, whoever takes the letters from it has hours and lines."""
        from outbound.hours import hours_from

        settings = self.settings
        calls = settings.gateway != "spool"
        confirm = settings.confirm_numbers == "always" or (calls and settings.confirm_numbers == "when_calling")
        if not calls:
            return CallingRules(calls=False, confirm_numbers=confirm)
        return CallingRules(
            hours=hours_from(settings.send_hours),
            lines=settings.lines,
            calls_a_day=settings.calls_a_day or None,
            calls_a_day_to_one_number=settings.calls_a_day_to_one_number or None,
            confirm_numbers=confirm,
        )

    def sweep(self) -> None:
        """Nudge what lags, and e-mails that waited for a mail server."""
        if self.post is not None:
            release_mails(self.database, self.clock())
        sweep(self.database, self.broker, self.nudges, self.clock(), self.grace, self.calling.lines)

    def api_token(self) -> str:
        """The JSON API's token: as set, else made up once for this data folder."""
        if self.settings.api_token is not None:
            return self.settings.api_token.get_secret_value()
        return kept_secret(self.folders.api_token)


def _hours(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(hours=number)


def _gateway(settings: Settings, folders: DataFolder) -> Gateway:
    if settings.gateway == "hylafax":
        secret = settings.hylafax_password
        server = HylaServer(
            settings.hylafax_host,
            settings.hylafax_port,
            settings.hylafax_user,
            "" if secret is None else secret.get_secret_value(),
        )
        return HylaFax(server, settings.hylafax_modem, resolution_of(settings))
    if settings.gateway == "web":
        assert settings.web_fax_token is not None  # the settings made sure
        return WebFax(settings.web_fax_url, settings.web_fax_token.get_secret_value(), settings.web_fax_callback_url)
    return SpoolFolder(folders.outbox)


def resolution_of(settings: Settings) -> Resolution:
    """The rows per inch of the letters."""
    return Resolution.STANDARD if settings.letter_resolution == "standard" else Resolution.FINE


def compose(settings: Settings, *, read: Read | None = None, gateway: Gateway | None = None) -> Remsfax:
    """Put the service together; `read` and `gateway` stand in for the real ones in tests."""
    folders = settings.folders
    database = Database(settings.database_address)
    address = (
        brokers.EmbeddedServer(folders.broker).address if settings.redis_url is None else settings.redis_url.get_secret_value()
    )
    broker = brokers.connect(address)
    return Remsfax(
        settings=settings,
        folders=folders,
        database=database,
        broker=broker,
        nudges=BrokerNudges(broker),
        gateway=_gateway(settings, folders) if gateway is None else gateway,
        read=KeptReader(database, settings.calibration) if read is None else read,
        clock=now,
    )


class KeptReader:
    """The real reader, its models loaded once when first used and kept between faxes."""

    def __init__(self, database: Database, calibration: Path | None) -> None:
        self._known = PartiesOfRegistry(database)
        self._calibration = calibration

    @cached_property
    def reader(self) -> Reader:
        """The models and blanks; loading them takes a second."""
        from intake.ocr.certainty import Calibration
        from intake.read_fax import Reader

        return Reader(load_catalogue(), Calibration.load(self._calibration))

    def __call__(self, path: Path, today: date, arrangement: Arrangement | None = None) -> ReadFax:
        """Read one file, or under an arrangement the pages that it names."""
        from intake.read_fax import read_fax

        return read_fax(path, self.reader, self._known, today, arrangement)


def kept_secret(file: Path) -> str:
    """The secret in a file, made up at first and readable by the owner only; two processes that ask at once get the same."""
    if not file.exists():
        made = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            stream.write(secrets.token_urlsafe(24) + "\n")
        try:
            os.link(made, file)
        except FileExistsError:
            pass  # another process was faster: its secret counts
        finally:
            made.unlink()
    return file.read_text(encoding="utf-8").strip()
