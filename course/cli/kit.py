"""The command that prints a module's kit."""

import datetime as dt
import re
from pathlib import Path

import click

from course.cli import ground
from course.content.findings import ContentError
from course.content.loader import load_module
from course.content.schema import Module
from course.kit.catalogue import documents, printed, too_long
from course.kit.occasion import MINUTES_AN_HOUR, Occasion, Paper, wall
from course.kit.press import TooMuch, pages

TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _start(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    found = TIME.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f"{text!r} is no time of day; write it like 09:00.")
    return int(found[1]) * MINUTES_AN_HOUR + int(found[2])


def _date(_context: click.Context, _option: click.Parameter, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter(f"{text!r} is no date; write it like 2026-11-27.") from None


@click.command()
@click.argument("module")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to; by default MODULE-kit, here.")
@click.option("--paper", type=click.Choice([paper.value for paper in Paper]), default=Paper.A4.value, show_default=True)
@click.option("--start", callback=_start, metavar="HH:MM", help="When the day begins, if not as usual.")
@click.option("--date", callback=_date, metavar="YYYY-MM-DD", help="The day, to be printed on guide and sheets.")
def kit(module: str, out: Path | None, paper: str, start: int | None, date: dt.date | None) -> None:
    """Print a module's kit as PDF: the guide with its times, cards, job aid, poster, sheets, tents, brief.

    MODULE is a folder, or the name of a module that Oneday knows. Names and place are printed from the run's page.
    """
    chosen = _module(module)
    day = Occasion(date=date, starts=start)
    folder = out or Path(f"{chosen.slug}-kit")
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents(chosen):
        try:
            content = printed(document, chosen, day, Paper(paper))
        except TooMuch as error:
            raise ground.refuse(str(error)) from None
        file = folder / f"{document.value}.pdf"
        file.write_bytes(content)
        number = pages(content)
        click.echo(f"{file}  {number} {'page' if number == 1 else 'pages'}, {-(-len(content) // 1000)} kB")
        if too_long(document, chosen, content):
            click.echo(f"{file}: this is meant to stand on one page; shorten its text in handouts/.", err=True)
    when = ", ".join(part for part in (day.day, f"from {wall(day.begins(chosen))}") if part)
    click.echo(f"{chosen.title}: {len(documents(chosen))} documents, {when}.")


def _module(name: str) -> Module:
    folder = ground.module_folder(name)
    try:
        return load_module(folder.resolve())
    except ContentError as error:
        for finding in error.findings:
            click.echo(f"{folder}/{finding}", err=True)
        raise ground.refuse(f"{folder} cannot be printed yet; the lines above say why.") from None
