"""What every command stands on: the settings, and the application when it needs the database."""

import os
from pathlib import Path

import click

from course import paths
from course.app import create_app
from course.content.schema import Module
from course.settings import Settings
from course.web.application import Application


def settings() -> Settings:
    return Settings.from_environ(os.environ)


def application() -> Application:
    """Return the application, for its units of work."""
    return create_app(settings())


def module_folders(chosen: Settings) -> list[Path]:
    """Return the folders of all modules: ``COURSE_MODULES`` first, then the ones that come with Oneday."""
    places = [place for place in (chosen.modules, paths.MODULES) if place is not None and place.is_dir()]
    found: dict[str, Path] = {}
    for place in places:
        for folder in sorted(place.iterdir()):
            # A name that begins with an underscore is a template to copy, not a module.
            if not folder.name.startswith("_") and (folder / "module.yaml").is_file():
                found.setdefault(folder.name, folder)
    return list(found.values())


def module_folder(name: str) -> Path:
    """Return the folder of a module, given as one or by its name. Raises the error of a refused command."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    known = {each.name: each for each in module_folders(settings())}
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise refuse(f"There is no folder and no module {name}. Modules here: {names}.")
    return known[name]


def say_module(module: Module) -> str:
    return f"{module.slug}: {module.title}, {len(module.blocks)} blocks, {module.contact_minutes} minutes"


def refuse(sentence: str) -> click.ClickException:
    """Return the error of a refused command: one line, exit 1."""
    return click.ClickException(sentence)
