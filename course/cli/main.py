"""The ``course`` command and its errors: exit 0 done, 1 refused or found wanting, 2 called wrongly."""

import sys

import click
from sqlalchemy.exc import OperationalError

from course import __version__
from course.cli import content, demo, serve, site
from course.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="course")
def course() -> None:
    """Oneday: one-day soft-skill modules for technical people."""


for command in (
    site.init,
    site.migrate,
    demo.seed,
    serve.serve,
    content.new,
    content.check,
    content.publish,
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
    except OperationalError as error:
        _fail(f"The database does not answer: {str(error.orig).strip().splitlines()[0]}")


def _fail(sentence: str) -> None:
    click.echo(f"course: {sentence}", err=True)
    sys.exit(1)
