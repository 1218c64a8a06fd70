"""``course new``: a module that passes ``course check`` at once, from the template or from eight answers."""

import re
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import click

from course import paths
from course.cli import ground
from course.content import interview
from course.content.interview import QUESTIONS, Question

FOLDER = click.Path(path_type=Path, file_okay=False)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
MOST_BYTES = 100_000


@click.command()
@click.argument("slug")
@click.option("--into", type=FOLDER, help="The folder of your modules; by default COURSE_MODULES or ./modules.")
@click.option("--interview", "asked", is_flag=True, help="Answer eight questions; the case is made from the answers.")
@click.option("--answers", type=click.File("rb"), metavar="FILE", help="The answers, one a paragraph; - reads them.")
def new(slug: str, into: Path | None, *, asked: bool, answers: BinaryIO | None) -> None:
    """Make a new module that passes `course check` at once."""
    if not SLUG.fullmatch(slug):
        raise ground.refuse("A module's name is made of lower-case letters, digits and single dashes.")
    if len(slug) > LONGEST_SLUG:
        raise ground.refuse(f"A module's name has at most {LONGEST_SLUG} characters.")
    target = (into or ground.settings().modules or Path("modules")) / slug
    if target.exists():
        raise ground.refuse(f"{target} is there already; choose another name.")
    files = _texts(paths.MODULES / "_template")
    if asked or answers is not None:
        given = _ask() if answers is None else _read(answers)
        made = interview.written(_texts(paths.MODULES / "_interview"), given)
        files |= made | {"module.yaml": interview.merged(files["module.yaml"], made["module.yaml"])}
    title = slug.replace("-", " ").capitalize()
    files["module.yaml"] = files["module.yaml"].replace("your-module", slug).replace("Your module", title)
    _write(target, files)
    click.echo(f"{target} is made. Change it, then: course check {target}")


def _texts(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def _ask() -> dict[str, str]:
    """Ask in the terminal, each question until its answer can be used."""
    click.echo("Eight questions about one day. A line each, under other names. Ctrl-C ends it, and nothing is kept.")
    answers = {}
    for number, question in enumerate(QUESTIONS, start=1):
        click.echo(f"\n{number} of {len(QUESTIONS)}. {question.ask}\n   For example: {question.example}")
        usable = partial(_usable, question)
        answers[question.key] = click.prompt(">", prompt_suffix=" ", default="", show_default=False, value_proc=usable)
    return answers


def _usable(question: Question, said: str) -> str:
    if sentence := interview.fault(question, said):
        raise click.UsageError(sentence)
    return said


def _read(stream: BinaryIO) -> dict[str, str]:
    """Read the answers from a file: paragraphs with an empty line between them."""
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ground.refuse(f"The answers are more than {MOST_BYTES // 1000} kB; a paragraph each is enough.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ground.refuse("The answers are not UTF-8. Save them with the encoding UTF-8.") from error
    given = [paragraph for paragraph in re.split(r"\n[^\S\n]*\n", "\n".join(text.splitlines())) if paragraph.strip()]
    if len(given) != len(QUESTIONS):
        raise ground.refuse(
            f"{len(QUESTIONS)} answers are needed, with an empty line between them, and these are {len(given)}."
            " The questions: course new NAME --interview"
        )
    for number, (question, said) in enumerate(zip(QUESTIONS, given, strict=True), start=1):
        if sentence := interview.fault(question, said):
            raise ground.refuse(f"Answer {number}: {sentence}")
    return {question.key: said for question, said in zip(QUESTIONS, given, strict=True)}


def _write(target: Path, files: dict[str, str]) -> None:
    """Write the module whole, or nothing: it is made beside its place and then moved there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as draft:
        made = Path(draft) / target.name
        for name, text in files.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        made.rename(target)
