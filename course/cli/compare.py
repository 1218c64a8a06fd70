"""``course diff``: what differs between a module's folder and what is published of it."""

import click

from course.cases.checker import check_case
from course.cases.difference import differences
from course.cli import ground, published
from course.content.findings import ContentError
from course.content.loader import load_module
from course.content.schema import Module


@click.command()
@click.argument("module")
@click.option("--against", metavar="FOLDER_OR_VERSION", help="By default the live version.")
def diff(module: str, against: str | None) -> None:
    """Say what differs between a module and its published version: scenes, answers, guards, points, endings.

    MODULE is a folder, or the name of a module that Oneday knows.
    """
    new = load(module)
    found = published.chosen(new.slug, against) if against else published.live(new.slug)
    if found is None:
        raise ground.refuse(f"{new.slug} is not published here. Publish it, or say: --against FOLDER")
    old, name = found
    click.echo(f"{new.slug}, compared with {name}")
    sentences = [*_cases(old, new), *_others(old, new)]
    for sentence in sentences or ["Nothing differs."]:
        click.echo(sentence)


def load(name: str) -> Module:
    """Read a module by its folder or by its name, whether it is good or not."""
    folder = ground.module_folder(name)
    try:
        return load_module(folder.resolve())
    except ContentError as error:
        for finding in error.findings:
            click.echo(f"{folder}/{finding}", err=True)
        raise ground.refuse(f"{folder} cannot be read yet; the lines above say why.") from None


def _cases(old: Module, new: Module) -> list[str]:
    olds, news = ({case.id: case for case in module.scenarios} for module in (old, new))
    sentences = [f"The case {name} is gone." for name in olds if name not in news]
    for name, case in news.items():
        if name not in olds:
            sentences += [f"The case {name} is new: {check_case(case).verdict}."]
        elif found := differences(check_case(olds[name]), check_case(case)):
            sentences += [f"{name}:", *(f"  {sentence}" for sentence in found)]
    return sentences


def _others(old: Module, new: Module) -> list[str]:
    parts = [part for part in Module.model_fields if part != "scenarios"]
    changed = [part for part in parts if getattr(old, part) != getattr(new, part)]
    return [f"Beside the cases these parts differ: {', '.join(changed)}."] if changed else []
