"""Write the next migration: ``python migrations/make.py "what changes"`` compares the models with the last one."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from course.app import migrate
from course.database import Engines
from course.paths import MIGRATIONS


def make(message: str) -> None:
    """Migrate an empty database to the newest version, compare, and write what differs."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = len(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder:
        engines = Engines(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        migrate(engines)
        with engines.writer.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")
        engines.dispose()


if __name__ == "__main__":
    make(sys.argv[1])
