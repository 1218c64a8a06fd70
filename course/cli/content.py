"""Commands for authors: check, publish."""

import json
import sys
from pathlib import Path

import click

from course.cases.check import Checked, check_whole, json_schema
from course.cli import ground, published, report
from course.content.findings import ContentError, Finding, errors
from course.content.loader import LoadedModule
from course.library import service as library
from course.web import transaction

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--against", type=FOLDER, metavar="FOLDER", help="Texts by others: no run of eight words may be shared.")
@click.option("--report", "file", type=FILE, metavar="FILE.html", help="Write what is known of the cases to one file.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the files instead.")
def check(folders: tuple[Path, ...], *, against: Path | None, file: Path | None, schema: bool) -> None:
    """Prove modules: each finding with its file and line. Without FOLDERS, all modules there are."""
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    chosen = list(folders) or ground.module_folders(ground.settings())
    if not chosen:
        raise ground.refuse("There is no module to check. Make one: course new my-module")
    if against is not None and not against.is_dir():
        raise ground.refuse(f"There is no folder {against}.")
    checked = [_told(folder, against) for folder in chosen]
    if file is not None:
        named = [(folder.resolve().name, each) for folder, each in zip(chosen, checked, strict=True)]
        text = report.written([report.module_part(name, each, published.live(name)) for name, each in named])
        file.write_text(text, encoding="utf-8")
        click.echo(f"{file}: {len(text.encode()) // 1000 + 1} kB")
    if any(_loaded(each) is None for each in checked):
        sys.exit(1)


@click.command()
@click.argument("folders", nargs=-1, type=FOLDER)
def publish(folders: tuple[Path, ...]) -> None:
    """Check modules and make them live. A broken one is refused, and its published version stays."""
    chosen = list(folders) or ground.module_folders(ground.settings())
    loaded = [_loaded(_told(folder)) for folder in chosen]
    app = ground.application()
    with app.app_context(), transaction.unit(write=True) as session:
        for one in loaded:
            if one is not None:
                version_hash = library.publish(session, module=one.module, pictures=one.pictures)
                click.echo(f"{one.module.slug}: live as {version_hash[:12]}")
    if None in loaded:
        raise ground.refuse("What has errors was not published; what was live before stays live.")


def _told(folder: Path, against: Path | None = None) -> Checked:
    """Check a folder, and print what was found."""
    if not folder.is_dir():
        raise ground.refuse(f"There is no folder {folder}.")
    try:
        checked = check_whole(folder, against=against)
    except ContentError as error:
        raise ground.refuse(error.findings[0].message) from error
    for finding in sorted(checked.findings, key=_gravity):
        click.echo(_line(folder, finding), err=True)
    loaded = _loaded(checked)
    if loaded is None:
        click.echo(f"{folder}: not good yet", err=True)
        return checked
    click.echo(ground.say_module(loaded.module))
    for each in checked.reports:
        click.echo(f"  {each.scenario.id}: {each.verdict}")
    return checked


def _loaded(checked: Checked) -> LoadedModule | None:
    """Return the module when it is good enough to be published."""
    return None if errors(checked.findings) else checked.loaded


def _gravity(finding: Finding) -> int:
    """Put what stops a module first, and what its author stands by last."""
    return ("error", "warning", "waived").index(finding.severity)


def _line(folder: Path, finding: Finding) -> str:
    return f"{folder / finding.file}:{finding.line}: {finding.severity}: {finding.message} [{finding.code}]"
