"""Commands for authors: check, publish."""

import json
import sys
from pathlib import Path

import click

from course.cases.check import check_folder, json_schema
from course.cli import ground
from course.content.findings import ContentError, Finding, errors
from course.content.loader import LoadedModule
from course.library import service as library
from course.web import transaction

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--against", type=FOLDER, metavar="FOLDER", help="Texts by others: no run of eight words may be shared.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the files instead.")
def check(folders: tuple[Path, ...], *, against: Path | None, schema: bool) -> None:
    """Prove modules: each finding with its file and line. Without FOLDERS, all modules there are."""
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    chosen = list(folders) or ground.module_folders(ground.settings())
    if not chosen:
        raise ground.refuse("There is no module to check. Make one: course new my-module")
    if against is not None and not against.is_dir():
        raise ground.refuse(f"There is no folder {against}.")
    if None in [_checked(folder, against) for folder in chosen]:
        sys.exit(1)


@click.command()
@click.argument("folders", nargs=-1, type=FOLDER)
def publish(folders: tuple[Path, ...]) -> None:
    """Check modules and make them live. A broken one is refused, and its published version stays."""
    chosen = list(folders) or ground.module_folders(ground.settings())
    loaded = [_checked(folder) for folder in chosen]
    app = ground.application()
    with app.app_context(), transaction.unit(write=True) as session:
        for one in loaded:
            if one is not None:
                version_hash = library.publish(session, module=one.module, pictures=one.pictures)
                click.echo(f"{one.module.slug}: live as {version_hash[:12]}")
    if None in loaded:
        raise ground.refuse("What has errors was not published; what was live before stays live.")


def _checked(folder: Path, against: Path | None = None) -> LoadedModule | None:
    if not folder.is_dir():
        raise ground.refuse(f"There is no folder {folder}.")
    try:
        loaded, findings = check_folder(folder, against=against)
    except ContentError as error:
        raise ground.refuse(error.findings[0].message) from error
    for finding in findings:
        click.echo(_line(folder, finding), err=True)
    if errors(findings) or loaded is None:
        click.echo(f"{folder}: not good yet", err=True)
        return None
    click.echo(ground.say_module(loaded.module))
    return loaded


def _line(folder: Path, finding: Finding) -> str:
    return f"{folder / finding.file}:{finding.line}: {finding.severity}: {finding.message} [{finding.code}]"
