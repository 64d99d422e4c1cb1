"""Run by Alembic: all floors' metadata on the connection that `app.migrations` opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from app.migrations import all_metadata


def _render_plainly(kind: str, value: Any, autogen: Any) -> str | Literal[False]:
    """Own column types are written as what they are in the database, so that a migration never imports today's code."""
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_metadata(),
    render_item=_render_plainly,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
context.run_migrations()
