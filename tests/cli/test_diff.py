"""diff: what differs between a folder and what is published of it."""

from pathlib import Path

from tests.cli.conftest import Run, breaks, live
from tests.make import SMALL

LIFT = "scenarios/lift.yaml"


def edit(module: Path, old: str, new: str) -> None:
    file = module / LIFT
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_it_says_what_differs_from_the_live_version(run: Run, small: Path) -> None:
    module = small / SMALL.name
    assert run("migrate").returncode == 0
    assert run("publish", str(module)).returncode == 0
    first = live(small.parent)["small-talk"]
    same = run("diff", str(module))
    assert (same.returncode, same.stderr) == (0, "")
    assert same.stdout == f"small-talk, compared with the live version {first[:12]}\nNothing differs.\n"
    edit(module, "trust >= 3", "trust >= 2")
    done = run("diff", "small-talk", COURSE_MODULES=str(small))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"small-talk, compared with the live version {first[:12]}\nlift:\n"
        "  The guard of `floor_six.shift` was `knows_worry and trust >= 3`, and is `knows_worry and trust >= 2`.\n"
    )
    # An older version is named by its hash; another folder by its path.
    assert run("publish", str(module)).returncode == 0
    assert "Nothing differs." in run("diff", str(module)).stdout
    older = run("diff", str(module), "--against", first[:8])
    assert older.stdout.startswith(f"small-talk, compared with the version {first[:12]}\nlift:\n")
    folder = run("diff", str(module), "--against", str(SMALL))
    assert folder.stdout.splitlines() == [
        f"small-talk, compared with the folder {SMALL}",
        *older.stdout.splitlines()[1:],
    ]


def test_endings_are_compared_by_their_shares(run: Run, small: Path) -> None:
    module = small / SMALL.name
    edit(module, "- to: apart", "- to: apart\n    # As before.")
    assert "Nothing differs." in run("diff", str(module), "--against", str(SMALL)).stdout
    edit(module, "- if: trust >= 4", "- if: trust >= 5")
    done = run("diff", str(module), "--against", str(SMALL))
    assert done.returncode == 0
    goes = [line for line in done.stdout.splitlines() if line.strip().startswith("The ending")]
    assert len(goes) == 2
    assert all(line.endswith(" of random plays.") for line in goes)


def test_cases_and_other_parts_come_and_go(run: Run, small: Path, tmp_path: Path) -> None:
    module = small / SMALL.name
    other = tmp_path / "other" / SMALL.name
    other.parent.mkdir()
    module.rename(other)
    assert run("new", SMALL.name, "--into", str(small)).returncode == 0
    done = run("diff", str(module), "--against", str(other))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[1] == "The case lift is gone."
    assert lines[2].startswith("The case first-case is new: proved: ")
    assert lines[3].startswith("Beside the cases these parts differ: title, ")


def test_what_cannot_be_compared_is_said(run: Run, small: Path) -> None:
    module = small / SMALL.name
    unpublished = "Error: small-talk is not published here. Publish it, or say: --against FOLDER\n"
    done = run("diff", str(module))
    assert (done.returncode, done.stderr) == (1, unpublished)
    assert not (small.parent / "instance").exists()
    unknown = "Error: There is no folder 1234567890, and no version of small-talk with this hash.\n"
    assert run("diff", str(module), "--against", "1234567890").stderr == unknown
    assert run("migrate").returncode == 0
    assert run("diff", str(module)).stderr == unpublished
    assert run("diff", str(module), "--against", "1234567890").stderr == unknown
    assert "by its first 6 characters or more.\n" in run("diff", str(module), "--against", "12").stderr
    done = run("diff", "big-talk", COURSE_MODULES=str(small))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no folder and no module big-talk. Modules here: ")
    breaks(module)
    done = run("diff", str(module), "--against", str(SMALL))
    assert done.returncode == 1
    assert done.stderr.endswith(f"Error: {module} cannot be read yet; the lines above say why.\n")
    assert run("diff", str(SMALL), "--against", str(module)).stderr.startswith(f"Error: {module} cannot be read: ")
