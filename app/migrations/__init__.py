"""Bringing the database to the shape this version needs: all floors' tables under one Alembic history.

What: `upgrade(engine)` at every start, `differences(engine)` for the test that models and history agree, and
`python -m app.migrations MESSAGE` for the developer who changed a model.
Why: the four floors own their tables, but an operator has one database and one history.
Refuses: to run twice at once: the whole upgrade is one transaction, under the write lock on SQLite and under a lock of its own on
PostgreSQL, so the second of two processes that start together waits and then finds nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from app.database import alone_at

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
STARTING = "remsfax starts"
"""The work that one process at a time does before it serves."""


def all_metadata() -> list[MetaData]:
    """The tables of every floor."""
    import review_queue.asking_tables
    import review_queue.phone_tables  # noqa: F401 - both stand beside the desk's other tables
    from app.api.storage import Base as Api
    from app.storage import Base as Case
    from app.webhooks.storage import Base as Webhooks
    from intake.storage import Base as Intake
    from outbound.tables import Base as Outbound
    from registry.storage import Base as Registry
    from review_queue.keying_tables import KeyingRow
    from review_queue.storage import Base as Review

    assert KeyingRow.metadata is Review.metadata  # tables of their own file, on the desk's base

    return [one.metadata for one in (Intake, Review, Registry, Outbound, Case, Api, Webhooks)]


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; nothing happens when it is there already."""
    if is_current(engine):
        return  # every process of the service asks; Alembic costs each a quarter of a second to load
    from alembic import command

    with engine.begin() as connection:
        alone_at(connection, STARTING)
        command.upgrade(configuration(connection), "head")


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision: the highest number among the files in `versions/`."""
    newest = max(one.name.partition("_")[0] for one in (FOLDER / "versions").glob("[0-9]*.py"))
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest


def differences(engine: Engine) -> list[Any]:
    """What autogenerate would still change: empty when models and migrations agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        return list(compare_metadata(context, cast(MetaData, all_metadata())))  # typed for one, made for several
