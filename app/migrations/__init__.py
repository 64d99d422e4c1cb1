"""Bringing the database to the shape this version needs: all floors' tables under one Alembic history.

What: `upgrade(engine)` at every start, `differences(engine)` for the test that models and history agree, and
`python -m app.migrations MESSAGE` for the developer who changed a model.
Why: the four floors own their tables, but an operator has one database and one history.
Refuses: to run twice at once: on SQLite the whole upgrade is one transaction under the write lock, so the second of two
processes that start together waits and then finds nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData

FOLDER = Path(__file__).parent


def all_metadata() -> list[MetaData]:
    """The tables of every floor."""
    from intake.storage import Base as Intake
    from registry.storage import Base as Registry

    from app.storage import Base as Case
    from outbound.storage import Base as Outbound
    from review_queue.storage import Base as Review

    return [one.metadata for one in (Intake, Review, Registry, Outbound, Case)]


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; nothing happens when it is there already."""
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "head")


def differences(engine: Engine) -> list[Any]:
    """What autogenerate would still change: empty when models and migrations agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        return list(compare_metadata(context, cast(MetaData, all_metadata())))  # typed for one, made for several
