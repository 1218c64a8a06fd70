"""What ``course serve --dev`` adds to the pages: what the checker found in the modules. Nothing without it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask
from pydantic import TypeAdapter

from course.content.findings import Finding
from course.settings import Settings

FILE = "findings.json"


@dataclass(frozen=True)
class Told:
    """A module's folder, whether it is published as it was saved, and what was found in it."""

    slug: str
    published: bool
    findings: tuple[Finding, ...]
    mark: str = ""
    """Of the files that were checked, and of the checker's own: while it stays the same, so do the findings."""


SHAPE = TypeAdapter(tuple[Told, ...])


def keep(instance: Path, told: tuple[Told, ...]) -> None:
    """Keep what was found for the processes that serve."""
    (instance / FILE).write_bytes(SHAPE.dump_json(told, indent=1))


def kept(instance: Path) -> tuple[Told, ...]:
    """Return what was found the last time; nothing before that."""
    file = instance / FILE
    return SHAPE.validate_json(file.read_bytes()) if file.is_file() else ()


def install(app: Flask) -> None:
    settings = cast(Settings, app.extensions["oneday-settings"])
    told = kept(settings.instance) if settings.dev else ()
    cast(dict[str, Any], app.jinja_env.globals)["workshop"] = told
