"""`python -m app.migrations MESSAGE`: write the next revision from what the models say now.

For developers: builds a throw-away database from the history, compares it with the models, and writes the difference to
`versions/`. Read what it wrote before committing it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from app.database import Database
from app.migrations import FOLDER, configuration


def main() -> None:
    """Write the next revision file."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m app.migrations MESSAGE")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'history.db'}")
        with database.engine.begin() as connection:
            config = configuration(connection)
            command.upgrade(config, "head")
            number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
            command.revision(config, sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
        database.close()


if __name__ == "__main__":
    main()
