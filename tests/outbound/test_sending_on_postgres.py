"""Several senders at once on a real PostgreSQL: each letter goes out once, one call a number, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from outbound import day_storage, letter_acts, sent_storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryState
from outbound.sent_storage import Sought
from outbound.tables import Base
from registry.moments import program_day
from tests.outbound.letters_for_tests import DOCTOR, NOW
from tests.outbound.misbehaving import MisbehavingServer, at_rest, judge, plan_letters, step
from tools.throwaway_postgres import NoPostgres, throwaway_postgres

RULES = CallingRules(lines=3)


def test_four_senders_at_once_send_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.outbound.misbehaving.FATES", {"arrives": 1})
    try:
        with throwaway_postgres(tmp_path / "postgres-place") as address:
            engine = create_engine(address, pool_size=8)
            Base.metadata.create_all(engine)
            factory, server = sessionmaker(engine), MisbehavingServer(tmp_path, 4)
            plan_letters(factory, 4, letters=12, numbers=5, at=NOW)

            def sender(_: int) -> None:
                for minute in range(120):
                    if at_rest(factory):
                        return
                    step(factory, server, NOW + timedelta(minutes=30 * minute), RULES)

            with ThreadPoolExecutor(4) as senders:
                list(senders.map(sender, range(4)))
            sender(0)
            with factory.begin() as session:
                letter_acts.put_on_list(session, DOCTOR.fax or "", "mira", "a private line", NOW)
                letter_acts.take_off_list(session, DOCTOR.fax or "", "mira", "it is not", NOW)
                delivered = day_storage.per_day(session, program_day(NOW), program_day(NOW) + timedelta(days=9))
                shown = sent_storage.sought(session, Sought(state=DeliveryState.DELIVERED), None, 50).letters
                proven = sent_storage.last_attempts(session, [one.delivery_id for one in shown])
                waiting = sent_storage.sought(session, Sought(wants_a_person=True, fax=DOCTOR.fax or ""), None, 50).letters
            found = judge(factory, server)
            engine.dispose()
    except NoPostgres as missing:
        pytest.skip(str(missing))
    assert (found.faults, found.delivered) == ((), 12)
    assert sum(day.get("delivered", 0) for day in delivered.values()) == 12
    assert (len(shown), len(proven), waiting) == (12, 12, ())
