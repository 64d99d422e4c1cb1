"""Taking faxes out of the inbox: claim, archive, number, row; each once, whatever dies in between.

What: what the watcher does with what `intake.inbox` says is settled.
Why: the claim is on disk before the row, the row before the claim is let go; so a crash leaves a fax that is taken again under
the same id, and the row of that id is stored once.
Refuses: nothing silently: what can never be a fax is set aside in quarantine with its reason. This is the watcher's edge: an
error nobody foresaw keeps one file waiting, never the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from uuid import uuid4

from app import storage
from app.case_flow import Stage
from app.database import Database
from app.nudging import Nudge, Nudges
from intake import storage as faxes
from intake.claims import ENDING_OF
from intake.errors import Disposition, NotARegularFile, UnreadableFax
from intake.fax import FaxId
from intake.inbox import SIBLING_WINDOW, Inbox, TakenFax
from intake.quarantine import Quarantine
from intake.settling import SettledGroup
from registry.moments import program_day

RECALLED = 500  # faxes looked at after a start; more than drop within the window of late siblings

_log = logging.getLogger(__name__)


def new_fax_id() -> FaxId:
    """32 letters and digits that no other fax has."""
    return FaxId(uuid4().hex)


class Taking:
    """Takes faxes from one inbox."""

    def __init__(
        self,
        inbox: Inbox,
        folder: Path,
        quarantine: Quarantine,
        database: Database,
        nudges: Nudges,
        new_id: Callable[[], FaxId] = new_fax_id,
    ) -> None:
        self._inbox, self._folder, self._quarantine = inbox, folder, quarantine
        self._database, self._nudges, self._new_id = database, nudges, new_id

    def recall(self, now: datetime) -> None:
        """After a start: which faxes were taken a moment ago, so that a late `.pdf` or `.json` of one is no fax of its own."""
        with self._database.reading() as session:
            for one in faxes.latest_faxes(session, RECALLED):
                if now - one.taken_at <= SIBLING_WINDOW:
                    endings = {PurePosixPath(key).suffix for key in (one.fax.archive_key, *one.fax.other_keys)}
                    kinds = [kind for kind, ending in ENDING_OF.items() if ending in endings]
                    self._inbox.remember(one.fax.source_name, one.fax.fax_id, kinds, one.taken_at)

    def take_all(self, now: datetime) -> bool:
        """Finish what an earlier life left, then take what is settled. False if something had to stay: try again soon."""
        went_well = True
        for fax_id in self._inbox.unfinished():
            went_well &= self._without_harm(partial(self._claim, fax_id, partial(self._inbox.resume, fax_id, now), now))
        for group in self._inbox.look(now):
            went_well &= self._without_harm(partial(self._take, group, now))
        return went_well

    def _without_harm(self, take: Callable[[], None]) -> bool:
        try:
            take()
        except UnreadableFax as problem:
            _log.error("%s", problem.detail)  # the machine is at fault: the file stays where it is
        except Exception:  # noqa: BLE001 - the watcher's edge: one odd file must not keep the others from being taken
            _log.exception("a file could not be taken")
        else:
            return True
        return False

    def next_due(self, now: datetime) -> timedelta | None:
        """How long until something more may be settled."""
        return self._inbox.next_due(now)

    def _take(self, group: SettledGroup, now: datetime) -> None:
        if group.odd:
            self._set_aside(self._folder / group.primary.name, NotARegularFile(), now)
            return
        known = self._inbox.sibling_of(group)
        if known is not None:
            late = self._inbox.attach(group, known, now)
            if late is not None:
                with self._database.writing() as session:
                    faxes.add_sibling(session, late.fax_id, late.keys, late.caller)
            return
        fax_id = self._new_id()
        self._claim(fax_id, partial(self._inbox.take, group, fax_id, now), now)

    def _claim(self, fax_id: FaxId, take: Callable[[], TakenFax | None], now: datetime) -> None:
        """Take one fax; what the file itself makes impossible is set aside from its claim, so that it is not tried for ever."""
        try:
            taken = take()
        except UnreadableFax as why:
            claimed = self._inbox.claimed_file(fax_id)
            if why.disposition is Disposition.RETRY or claimed is None:
                raise
            self._set_aside(claimed[0], why, now)
            self._inbox.finish(fax_id)
            return
        if taken is not None:
            self._store(taken, now)

    def _store(self, taken: TakenFax, now: datetime) -> None:
        with self._database.writing() as session:
            if faxes.load_fax(session, taken.fax_id) is None:
                reference = storage.next_reference(session, program_day(taken.received_at))
                earlier = faxes.earlier_with(session, taken.sha256)
                faxes.insert_fax(session, taken.received(reference), now, earlier)
                _log.info("%s taken as %s%s", taken.source_name, reference, " (sent before)" if earlier else "")
                if taken.sidecar_trouble:
                    _log.warning("%s: %s", reference, taken.sidecar_trouble)
        self._inbox.finish(taken.fax_id)
        self._nudges.send([Nudge(Stage.READ_FAX, taken.fax_id)])

    def _set_aside(self, thing: Path, why: UnreadableFax, now: datetime) -> None:
        put = self._quarantine.set_aside(thing, self._new_id(), why, now)
        if put is not None:
            _log.warning("%s set aside: %s", put.source_name, why.detail)
