"""check, publish, new."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import SHIPPED, Run, breaks, live
from tests.make import SMALL


def test_check_names_the_file_and_the_line_of_what_is_wrong(run: Run, small: Path) -> None:
    module = small / SMALL.name
    assert run("check", str(module)).returncode == 0
    breaks(module)
    done = run("check", str(module))
    assert done.returncode == 1
    lines = (module / "module.yaml").read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, start=1) if line.startswith("sumary:"))
    assert re.search(rf"^{re.escape(str(module))}/module\.yaml:{number}: error: .*sumary", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    # Asking leaves nothing behind.
    assert not (small.parent / "instance").exists()


def test_check_without_folders_proves_all_there_are(run: Run, small: Path) -> None:
    done = run("check", COURSE_MODULES=str(small))
    assert done.returncode == 0
    modules = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert {line.partition(":")[0] for line in modules} == {"small-talk", *SHIPPED}
    breaks(small / SMALL.name)
    assert run("check", COURSE_MODULES=str(small)).returncode == 1


def test_check_compares_with_the_texts_of_a_folder(run: Run, small: Path, tmp_path: Path) -> None:
    module = small / SMALL.name
    others = tmp_path / "others"
    others.mkdir()
    text = others / "article.txt"
    text.write_text("Nobody has written this before.", encoding="utf-8")
    assert run("check", str(module), "--against", str(others)).returncode == 0
    text.write_text("It was about the five minutes before the meeting begins.", encoding="utf-8")
    done = run("check", str(module), "--against", str(others))
    assert done.returncode == 1
    assert "/blocks/hello.md:9: error: 8 words in a row stand in article.txt:1 as well" in done.stderr
    text.unlink()
    assert run("check", str(module), "--against", str(others)).stderr == (
        "Error: There is no text to compare with in others: files that end with .markdown, .md, .txt, .yaml, .yml are"
        " read.\n"
    )
    absent = run("check", str(module), "--against", str(others / "absent"))
    assert (absent.returncode, absent.stderr) == (1, f"Error: There is no folder {others / 'absent'}.\n")


def test_check_prints_a_json_schema(run: Run) -> None:
    done = run("check", "--schema")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert isinstance(schema, dict)
    assert "slug" in done.stdout


def test_publish_keeps_the_live_version_of_a_broken_module(run: Run, small: Path) -> None:
    module = small / SMALL.name
    assert run("migrate").returncode == 0
    done = run("publish", str(module))
    assert done.returncode == 0
    first = live(small.parent)
    assert done.stdout.splitlines()[-1] == f"small-talk: live as {first['small-talk'][:12]}"
    breaks(module)
    refused = run("publish", str(module))
    assert refused.returncode == 1
    assert "Error: What has errors was not published; what was live before stays live.\n" in refused.stderr
    assert live(small.parent) == first
    file = module / "module.yaml"
    text = file.read_text(encoding="utf-8").replace("sumary:", "summary:").replace("Five minutes", "Six minutes")
    file.write_text(text, encoding="utf-8")
    assert run("publish", str(module)).returncode == 0
    assert live(small.parent) != first


def test_publish_takes_the_good_ones_beside_a_broken_one(run: Run, small: Path) -> None:
    assert run("migrate").returncode == 0
    breaks(small / SMALL.name)
    assert run("publish", COURSE_MODULES=str(small)).returncode == 1
    assert set(live(small.parent)) == SHIPPED


def test_new_makes_a_module_that_is_good_at_once(run: Run, tmp_path: Path) -> None:
    made = run("new", "hard-questions", "--into", str(tmp_path / "mine"))
    folder = tmp_path / "mine" / "hard-questions"
    assert (made.returncode, made.stdout) == (0, f"{folder} is made. Change it, then: course check {folder}\n")
    checked = run("check", str(folder))
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("hard-questions: Hard questions, ")
    again = run("new", "hard-questions", "--into", str(tmp_path / "mine"))
    assert again.returncode == 1
    assert again.stderr == f"Error: {folder} is there already; choose another name.\n"


@pytest.mark.parametrize("name", ["Hard", "hard_questions", "hard--questions", "-hard", "../hard", "härte", ""])
def test_new_refuses_a_name_that_no_address_can_carry(run: Run, name: str) -> None:
    done = run("new", "--", name)
    assert done.returncode == 1
    assert done.stderr == "Error: A module's name is made of lower-case letters, digits and single dashes.\n"
