"""How fast the desk's queue and figures answer with a million faxes done and ten thousand waiting.

`python -m bench.desk_queue FOLDER [--postgres] [--done N] [--waiting N]` fills a database in FOLDER with invented rows (once) and
prints the median and the slowest of twenty looks at each page, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.database import Database
from app.migrations import upgrade
from app.web import document_counts
from intake.forms.catalogue import load_catalogue
from intake.reading import FormReading, Problem, ProblemKind
from intake.reading_json import form_reading_to_json
from review_queue.reviewers import create_reviewer
from review_queue.web import DeskServices, desk_router
from tools.throwaway_postgres import throwaway_postgres

LOOKS = 20
PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
PER_DAY = 10_000

PADDING = Problem(ProblemKind.FORMAT, "x" * 8000)  # a reading of a real form is about as long
READING = json.dumps(form_reading_to_json(FormReading("patient_status", "2023-11", 0.99, (), (), (PADDING,), {})))
PAGES = {
    "the queue": "/desk",
    "its numbers": "/desk/numbers",
    "filtered by doubt and sender": "/desk?doubt=unreadable&sender=clinic",
    "a lane, from the middle": "/desk?lane=ordinary&after=2026-11-23T12:00:00%2B00:00~w5000",
    "figures, first look after midnight": "/desk/figures",
    "figures": "/desk/figures",
}


def ago(seconds: str, postgres: bool) -> str:
    """SQL for a moment so many seconds before NOW."""
    if postgres:
        return f"TIMESTAMP '2026-11-23 16:30:00' - ({seconds}) * INTERVAL '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%S', '2026-11-23 16:30:00', '-' || ({seconds}) || ' seconds') || '.000000'"


def fill(database: Database, done: int, waiting: int) -> None:
    """Invented rows: what is done over the days before, what waits received in the last two days."""
    postgres = database.engine.dialect.name == "postgresql"
    true = "true" if postgres else "1"
    pause = f"(n * {86400 // PER_DAY + 0.64})"
    whole = f"CAST({pause} AS INTEGER)"

    def numbers(count: int) -> str:
        if postgres:
            return f"generate_series(1, {count}) AS numbers(n)"
        return f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s) AS numbers"

    columns = (
        "id, document_id, kind, form, fax_id, reference, received_at, sender_fax, sender_name, reading, loose_pages, "
        "doubts, urgency, urgency_rank, urgency_note, enqueued_at, state, version, reason, asked_for, answer_sender, "
        "doubt_count, doubt_kinds"
    )

    def items(prefix: str, at: str, state: str, reading: str, count: int) -> str:
        clinic = "CASE WHEN n % 3 = 0 THEN 'RIVERSIDE CLINIC' ELSE 'HILLTOP PHARMACY' END"
        urgency = "CASE WHEN n % 50 = 0 THEN 'low_anc' ELSE 'ordinary' END, CASE WHEN n % 50 = 0 THEN 0 ELSE 2 END"
        kinds = "CASE WHEN n % 7 = 0 THEN ',unreadable,' ELSE ',check_digit,' END"
        return (
            f"INSERT INTO review_items ({columns}) SELECT '{prefix}' || n, 'd{prefix}' || n, 'form', 'patient_status', 'f' || n, "
            f"'R-' || n, {at}, '6175550142', {clinic}, '{reading}', '[]', '[]', {urgency}, '', {at}, '{state}', 1, '', '[]', "
            f"{true}, 2, {kinds} FROM {numbers(count)}"
        )

    events = "INSERT INTO review_events (item_id, event, \"by\", at, detail) SELECT 'i' || n, '{0}', '{1}', {2}, '' FROM {3}"
    verdicts = (
        "INSERT INTO review_verdicts (item_id, key, kind, read, value, \"by\", at) SELECT 'i' || n, 'labs.0.anc', 'corrected', "
        f"'1', '2', 'r' || (n % 40), {ago(whole, postgres)} FROM {numbers(done)}"
    )
    at = ago(whole, postgres)
    documents = (
        "INSERT INTO case_documents (document_id, fax_id, number, form, fax_pages, state, created_at, changed_at) "
        f"SELECT 'di' || n, 'f' || n, 1, 'patient_status', '[1]', 'answered', {at}, {at} FROM {numbers(done)}"
    )
    with database.writing() as session:
        session.execute(text(items("i", ago(whole, postgres), "confirmed", "{}", done)))
        session.execute(text(items("w", ago("n * 17", postgres), "waiting", READING, waiting)))
        session.execute(text(events.format("enqueued", "remsfax", ago(whole, postgres), numbers(done))))
        submitted = events.format("submitted", "r", at, numbers(done))
        session.execute(text(submitted.replace("'r',", "'r' || (n % 40),")))
        session.execute(text(verdicts))
        session.execute(text(documents))
        create_reviewer(session, "sue", PASSWORD, NOW, supervisor=True)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if postgres:
            connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def opened(folder: Path, postgres: bool, done: int, waiting: int) -> Iterator[Database]:
    """The filled database."""
    folder.mkdir(parents=True, exist_ok=True)
    if postgres:
        with throwaway_postgres(folder) as address:
            yield filled(Database(address), done, waiting)
    else:
        yield filled(Database(f"sqlite:///{folder / 'desk.db'}"), done, waiting)


def filled(database: Database, done: int, waiting: int) -> Database:
    """The database, filled if it is new."""
    upgrade(database.engine)
    with database.reading() as session:
        empty = session.execute(text("SELECT 1 FROM review_items LIMIT 1")).first() is None
    if empty:
        fill(database, done, waiting)
    with database.writing() as session:
        session.execute(text("DELETE FROM review_day_figures"))
    return database


def measure(database: Database) -> None:
    """Print what each page took."""
    services = DeskServices(
        sessions=database.writing_sessions, reading_sessions=database.reading_sessions, pages=None, forms=load_catalogue(),  # type: ignore[arg-type]
        settled=lambda _: None, documents=document_counts, clock=lambda: NOW,
    )  # fmt: skip
    web = FastAPI()
    web.include_router(desk_router(services))
    browser = TestClient(web, headers={"Origin": "http://testserver", "Accept": "text/html"}, follow_redirects=False)
    assert browser.post("/desk/sign-in", data={"name": "sue", "password": PASSWORD}).status_code == 303
    for name, path in PAGES.items():
        taken = []
        for _ in range(1 if "midnight" in name else LOOKS):
            began = time.perf_counter()
            answer = browser.get(path)
            taken.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.text
        print(f"{name:40} {statistics.median(taken):8.1f} {max(taken):8.1f} ms  {len(answer.content) / 1000:.0f} kB")
    began = time.perf_counter()
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/desk").text)
    assert token is not None
    assert browser.post("/desk/next", data={"csrf": token[1]}).status_code == 303
    print(f"{'take the next, with its page before':40} {1000 * (time.perf_counter() - began):8.1f} ms")


def main() -> None:
    """As the module says."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("folder", type=Path)
    wanted.add_argument("--postgres", action="store_true")
    wanted.add_argument("--done", type=int, default=1_000_000)
    wanted.add_argument("--waiting", type=int, default=10_000)
    asked = wanted.parse_args()
    with opened(asked.folder, asked.postgres, asked.done, asked.waiting) as database:
        measure(database)


if __name__ == "__main__":
    main()
