"""The ``course`` command and its errors: exit 0 done, 1 refused or found wanting, 2 called wrongly."""

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import DBAPIError

from course import __version__
from course.cli import compare, content, demo, keys, kit, new, rescore, serve, site
from course.database import Busy
from course.settings import SettingsError

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's name for it."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="course")
def course() -> None:
    """Oneday: one-day soft-skill modules for technical people."""


for command in (
    site.init,
    site.migrate,
    demo.seed,
    serve.serve,
    new.new,
    content.check,
    content.publish,
    rescore.rescore,
    compare.diff,
    kit.kit,
    keys.keys,
    site.user,
    site.deliver,
):
    course.add_command(command)


def main() -> None:
    """Run the command line; what goes wrong is told in one line."""
    try:
        course.main(prog_name="course")
    except SettingsError as error:
        _fail(str(error))
    except Busy:
        _fail("Somebody else is writing to the database all the time. Try again in a minute.")
    except DBAPIError as error:
        cause = str(error.orig).strip().splitlines()[0]
        if "no such table" in cause or getattr(error.orig, "sqlstate", "") == UNDEFINED_TABLE:
            _fail("The database has not the tables of this version. Make them: course migrate")
        _fail(f"The database does not answer ({cause}). Is COURSE_DATABASE_URL right?")
    except OSError as error:
        _fail(f"{error.filename or 'A file'}: {error.strerror}.")


def _fail(sentence: str) -> NoReturn:
    click.echo(f"course: {sentence}", err=True)
    sys.exit(1)
