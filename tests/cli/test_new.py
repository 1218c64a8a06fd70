"""new --interview: asked in a terminal, read from a file or from stdin; good at once, or nothing at all."""

import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from course.content.interview import QUESTIONS
from tests.cli.conftest import Run, environment
from tests.machine.site import COURSE
from tests.machine.wait import until

ANSWERS = "\n\n".join(question.example for question in QUESTIONS) + "\n"


def typed(folder: Path, lines: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COURSE), "new", "my-day", *arguments],
        cwd=folder,
        env=environment(folder),
        input=lines,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_eight_answers_make_a_module_that_passes_its_check(run: Run, tmp_path: Path) -> None:
    done = typed(tmp_path, "".join(f"{question.example}\n" for question in QUESTIONS), "--interview")
    assert done.returncode == 0, done.stderr
    asked = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert asked == [f"{number} of 8. {question.ask}" for number, question in enumerate(QUESTIONS, start=1)]
    assert done.stdout.endswith("modules/my-day is made. Change it, then: course check modules/my-day\n")
    checked = run("check", "modules/my-day")
    assert checked.returncode == 0
    assert checked.stdout == (
        "my-day: My day, 11 blocks, 365 minutes\n  first-case: proved: 80 states, 136 different plays\n"
    )
    # What is still to write is said with its place, and nothing else is found.
    assert [line for line in checked.stderr.splitlines() if not line.endswith("[unwritten]")] == []
    places = {line.partition(":")[0] for line in checked.stderr.splitlines()}
    files = ("module.yaml", "reflections/first-page.yaml", "scenarios/first-case.yaml")
    assert places == {f"modules/my-day/{file}" for file in files}
    assert "Still to write: what you are busy with when Ingrid comes, in two sentences." in checked.stderr


def test_an_empty_answer_and_one_too_long_are_asked_again(tmp_path: Path) -> None:
    first, *others = [question.example for question in QUESTIONS]
    done = typed(tmp_path, "\n".join(["", "a" * 1501, first, *others, ""]), "--interview")
    assert done.returncode == 0, done.stderr
    assert "Error: This one is needed. A few words are enough for now.\n" in done.stdout + done.stderr
    assert "That is 1501 characters, and 1500 are the most here." in done.stdout + done.stderr
    assert done.stdout.count("2 of 8.") == 1


def test_when_the_answers_end_nothing_is_left(tmp_path: Path) -> None:
    done = typed(tmp_path, "Thursday, ten to five.\n", "--interview")
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_when_it_is_broken_off_nothing_is_left(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    # Whoever runs the tests in the background has them ignore Ctrl+C, and a process hands that on to its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [str(COURSE), "new", "my-day", "--interview"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    os.close(theirs)
    heard = bytearray()

    def asked() -> bool:
        heard.extend(os.read(ours, 4096))
        return b"1 of 8." in heard and heard.endswith(b"> ")

    until(asked, what="the first question is asked")
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 1
    os.close(ours)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("through", ["a file", "stdin"])
def test_the_answers_may_be_written_before(run: Run, tmp_path: Path, through: str) -> None:
    file = tmp_path / "answers.txt"
    file.write_text(ANSWERS.replace(". ", ".\n"), encoding="utf-8")
    if through == "stdin":
        done = typed(tmp_path, file.read_text(encoding="utf-8"), "--answers", "-")
    else:
        done = run("new", "my-day", "--answers", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "modules/my-day is made. Change it, then: course check modules/my-day\n"
    assert run("check", "modules/my-day").returncode == 0


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            "\n\n".join(ANSWERS.split("\n\n")[:5]).encode(),
            "8 answers are needed, with an empty line between them, and these are 5. The questions: course new NAME",
        ),
        (
            ANSWERS.replace("Ingrid, head", "Ingrid head").encode(),
            "Answer 2: Give a name, a comma and a role, such as: ",
        ),
        (ANSWERS.encode("utf-16"), "The answers are not UTF-8. Save them with the encoding UTF-8."),
        (b"a" * 100_001, "The answers are more than 100 kB; a paragraph each is enough."),
    ],
)
def test_answers_that_cannot_be_used_are_refused_in_a_line(
    run: Run, tmp_path: Path, data: bytes, sentence: str
) -> None:
    file = tmp_path / "answers.txt"
    file.write_bytes(data)
    done = run("new", "my-day", "--answers", str(file))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {sentence}")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["123", "null"])
def test_a_name_that_yaml_reads_otherwise_stays_a_name(run: Run, name: str) -> None:
    assert run("new", name).returncode == 0
    checked = run("check", f"modules/{name}")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_name_that_is_too_long_is_refused(run: Run) -> None:
    done = run("new", "a" * 61)
    assert (done.returncode, done.stderr) == (1, "Error: A module's name has at most 60 characters.\n")
