"""The house: layers and floors, sizes, names, one clock, one commit."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "course"
LONGEST_FILE = 300
LONGEST_BODY = 40
FLOORS = {"views", "forms", "service", "queries", "models", "rules"}
BESIDE_FLOORS = {
    "admin": {"words"},
    "completions": {"certificate"},
    "manager": {"words"},
    "people": {"commonest", "mails", "passwords", "throttle"},
    "signin": {"codes", "limits", "words"},
}
"""Files that a room has beside its floors. A new one is a decision."""
WITHOUT_FLOORS = {"cases", "cli", "content", "kit", "web"}
VAGUE = {"base", "common", "helper", "helpers", "misc", "tools", "util", "utils"}
CLOCKS = re.compile(r"\b(datetime\.now|utcnow|date\.today|time\.time)\b")
STOPWATCHES = re.compile(r"\b(perf_counter|monotonic)\b")
COMMIT = re.compile(r"\bcommit\(")


def sources(folder: Path = COURSE) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py"))


def naming(pattern: re.Pattern[str], folder: Path = COURSE) -> set[str]:
    """Return the files in which a pattern is found."""
    return {
        str(file.relative_to(folder)) for file in sources(folder) if pattern.search(file.read_text(encoding="utf-8"))
    }


def lint_imports(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_are_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert "Contracts: 4 kept, 0 broken." in done.stdout


def test_a_broken_contract_would_be_found(tmp_path: Path) -> None:
    """The same contracts, on a house whose clock asks Flask and whose people know the desks."""
    package = tmp_path / "course"
    for name in ("people", "manager", "content"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "clock.py").write_text("import flask\n", encoding="utf-8")
    (package / "people" / "service.py").write_text("import course.manager\n", encoding="utf-8")
    (package / "people" / "models.py").write_text("import course.people.service\n", encoding="utf-8")
    (package / "content" / "loader.py").write_text("import sqlalchemy\n", encoding="utf-8")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = text[text.index("[tool.importlinter]") :]
    # Optional layers, and only rooms that are in this small house.
    known = '"course.people", "course.manager"'
    contracts = re.sub(r"containers = \[\n.*?\]", f"containers = [{known}]", contracts, flags=re.DOTALL)
    contracts = re.sub(r"source_modules = \[\n.*?\]", 'source_modules = ["course.clock"]', contracts, flags=re.DOTALL)
    pure = '"course.content", "course.cases", "course.*.rules", "course.kit"'
    contracts = contracts.replace(pure, '"course.content"')
    contracts = contracts.replace(', "course.database", "course.statements"]', "]").replace(', "course.web"]', "]")
    (tmp_path / "pyproject.toml").write_text(contracts, encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert "Contracts: 0 kept, 4 broken." in done.stdout, done.stdout + done.stderr


def test_every_room_has_floors_and_little_else() -> None:
    found: dict[str, set[str]] = {}
    for room in sorted(path for path in COURSE.iterdir() if (path / "__init__.py").exists()):
        if room.name not in WITHOUT_FLOORS:
            parts = {part.stem for part in room.iterdir() if part.suffix == ".py" or (part / "__init__.py").exists()}
            found[room.name] = parts - FLOORS - {"__init__"}
    assert {room: parts for room, parts in found.items() if parts} == BESIDE_FLOORS
    assert len(found) >= 13


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_a_rooms_init_holds_only_its_sentence() -> None:
    """A package on a floor, or a file that became one, may name what it is made of; nothing is done there."""
    for file in sources():
        if file.name == "__init__.py" and file.parent != COURSE:
            first, *rest = ast.parse(file.read_text(encoding="utf-8")).body
            assert is_docstring(first), file
            if file.parent.parent == COURSE:
                assert rest == [], file
            names = [node for node in rest if isinstance(node, ast.Assign)]
            assert all(isinstance(node, (ast.ImportFrom, ast.Assign)) for node in rest), file
            assert {ast.unparse(target) for node in names for target in node.targets} <= {"PAGES", "__all__"}, file


def test_every_file_opens_with_one_sentence() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in [*sources(), *sources(ROOT / "bench")]
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []


def too_long(folder: Path) -> list[str]:
    """Return the files and functions that nobody reads in one go."""
    found = []
    for file in sources(folder):
        text = file.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > LONGEST_FILE:
            found.append(f"{file.relative_to(folder)}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                # A signature of keywords and a docstring say what it does; the body is what must be followed.
                body = node.body[1:] if is_docstring(node.body[0]) and len(node.body) > 1 else node.body
                if (lines := (node.end_lineno or 0) - body[0].lineno + 1) > LONGEST_BODY:
                    found.append(f"{file.relative_to(folder)}: {node.name} {lines} lines")
    return found


def test_nothing_is_too_long() -> None:
    assert too_long(COURSE) == []


def test_what_is_too_long_would_be_found(tmp_path: Path) -> None:
    body = "".join(f"    a{number} = {number}\n" for number in range(41))
    (tmp_path / "long.py").write_text(f'def long():\n    """Say so."""\n{body}', encoding="utf-8")
    (tmp_path / "fits.py").write_text(f'def fits():\n    """Say so."""\n{body[11:]}', encoding="utf-8")
    (tmp_path / "endless.py").write_text("a = 1\n" * 301, encoding="utf-8")
    assert too_long(tmp_path) == ["endless.py: 301 lines", "long.py: long 41 lines"]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [
        file for file in [*sources(), *sources(ROOT / "tests"), *sources(ROOT / "bench")] if file.stem in VAGUE
    ] == []


def test_there_is_one_clock() -> None:
    assert naming(CLOCKS) == {"clock.py"}
    assert naming(STOPWATCHES) == {
        "cli/serve.py",
        "lti/service/keysets.py",
        "lti/service/outside.py",
        "lti/service/roster.py",
        "web/logs.py",
    }


def test_there_is_one_place_that_commits() -> None:
    assert naming(COMMIT) == {"database.py"}


@pytest.mark.parametrize(
    ("pattern", "line"),
    [(CLOCKS, "now = datetime.now(UTC)"), (CLOCKS, "time.time()"), (COMMIT, "session.commit()")],
)
def test_a_second_one_would_be_found(tmp_path: Path, pattern: re.Pattern[str], line: str) -> None:
    (tmp_path / "second.py").write_text(f"{line}\n", encoding="utf-8")
    (tmp_path / "good.py").write_text("now = clock.now()\nsession.flush()\ncommitted = 1\n", encoding="utf-8")
    assert naming(pattern, tmp_path) == {"second.py"}
