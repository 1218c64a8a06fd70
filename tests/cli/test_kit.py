"""kit: what is printed for a day, from the command line."""

import re
from pathlib import Path

from tests.cli.conftest import SHIPPED, Run, breaks
from tests.kit.samples import read, text_of
from tests.make import SMALL

ALWAYS = ["facilitator-guide.pdf", "name-tents.pdf", "sign-in-sheet.pdf"]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_writes_every_document_and_says_so(run: Run, small: Path, tmp_path: Path) -> None:
    done = run("kit", str(small / SMALL.name))
    assert (done.returncode, done.stderr) == (0, "")
    kit = tmp_path / "small-talk-kit"
    assert files(kit) == ALWAYS
    *lines, last = done.stdout.splitlines()
    assert [re.sub(r", \d+ kB$", "", line) for line in lines] == [
        "small-talk-kit/facilitator-guide.pdf  6 pages",
        "small-talk-kit/sign-in-sheet.pdf  1 page",
        "small-talk-kit/name-tents.pdf  1 page",
    ]
    assert last == "Small talk before the big meeting: 3 documents, from 09:00."
    assert "09:00 – 09:20 Hello" in text_of((kit / "facilitator-guide.pdf").read_bytes())
    # Asking for paper leaves no database behind.
    assert not (tmp_path / "instance").exists()


def test_the_day_the_paper_and_the_folder_are_chosen(run: Run, small: Path, tmp_path: Path) -> None:
    options = ("--paper", "letter", "--start", "8:15", "--date", "2026-11-27", "--out", "print/november")
    done = run("kit", "small-talk", *options, COURSE_MODULES=str(small))
    assert done.returncode == 0
    assert done.stdout.endswith("3 documents, Friday 27 November 2026, from 08:15.\n")
    guide = (tmp_path / "print" / "november" / "facilitator-guide.pdf").read_bytes()
    assert "08:15 – 08:35 Hello" in text_of(guide)
    assert round(read(guide).pages[0].mediabox.width) == 612


def test_the_module_that_comes_with_oneday_has_the_whole_kit(run: Run, tmp_path: Path) -> None:
    done = run("kit", "managing-the-client-relationship", "--out", "kit")
    assert done.returncode == 0
    assert files(tmp_path / "kit") == sorted(
        [*ALWAYS, "job-aid.pdf", "manager-brief.pdf", "observer-cards.pdf", "poster.pdf", "role-cards.pdf"]
    )
    one_page = ("job-aid.pdf", "manager-brief.pdf", "poster.pdf", "sign-in-sheet.pdf", "name-tents.pdf")
    assert {name: len(read((tmp_path / "kit" / name).read_bytes()).pages) for name in one_page} == dict.fromkeys(
        one_page, 1
    )


def test_a_text_that_does_not_fit_its_page_is_named(run: Run, small: Path, tmp_path: Path) -> None:
    module = small / SMALL.name
    (module / "handouts").mkdir()
    aid = module / "handouts" / "aid.md"
    aid.write_text("A line of the job aid.\n\n" * 12, encoding="utf-8")
    with (module / "module.yaml").open("a", encoding="utf-8") as file:
        file.write("handouts:\n  - {id: aid, kind: job-aid, title: On Monday}\n")
    assert run("kit", str(module)).stderr == ""
    aid.write_text("A line of the job aid.\n\n" * 120, encoding="utf-8")
    done = run("kit", str(module))
    assert done.returncode == 0
    assert done.stderr == (
        "small-talk-kit/job-aid.pdf: this is meant to stand on one page; shorten its text in handouts/.\n"
    )
    assert len(read((tmp_path / "small-talk-kit" / "job-aid.pdf").read_bytes()).pages) > 1


def test_what_is_wrong_is_said_in_plain_words(run: Run, small: Path, tmp_path: Path) -> None:
    for options, words in (
        (("--start", "9 am"), "'9 am' is no time of day; write it like 09:00."),
        (("--start", "24:00"), "'24:00' is no time of day; write it like 09:00."),
        (("--date", "27.11.2026"), "'27.11.2026' is no date; write it like 2026-11-27."),
    ):
        done = run("kit", str(small / SMALL.name), *options)
        assert done.returncode == 2
        assert words in done.stderr
    done = run("kit", "big-talk", COURSE_MODULES=str(small))
    assert (done.returncode, done.stdout) == (1, "")
    here = ", ".join(sorted({*SHIPPED, SMALL.name}))
    assert done.stderr == f"Error: There is no folder and no module big-talk. Modules here: {here}.\n"
    module = small / SMALL.name
    breaks(module)
    done = run("kit", str(module))
    assert done.returncode == 1
    assert re.search(r"small-talk/module\.yaml:\d+: error: .*sumary", done.stderr)
    assert done.stderr.endswith(f"Error: {module} cannot be printed yet; the lines above say why.\n")
    assert not (tmp_path / "small-talk-kit").exists()


def test_a_folder_that_cannot_be_written_is_named(run: Run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = run("kit", str(small / SMALL.name), "--out", "taken/kit")
    assert (done.returncode, done.stderr) == (1, "course: taken/kit: Not a directory.\n")
