"""Handouts: read with the module, kept in its version, and each fault on its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from course.cases.check import json_schema
from course.content.canonical import canonical, digest, revive
from course.content.loader import load, load_module
from course.content.schema import Handout, HandoutKind
from tests.content.folders import SMALL, Found, check, copy_small, edit, line_of

MODULE = "module.yaml"
CARD = "handouts/card-a.md"
ENTRIES = """\
handouts:
  - {id: card-a, kind: role-card, title: "Role A: the client"}
  - {id: ticks, kind: observer-card, title: What you heard}
  - {id: aid, kind: job-aid, title: On Monday}
  - {id: wall, kind: poster, title: Two jobs}
  - {id: brief, kind: manager-brief, title: For the line manager}
"""


def add(folder: Path, entries: str = ENTRIES, text: str = "You are **angry**.\n\n- [ ] and say so\n") -> Path:
    """Give a module handouts, each with the same text."""
    path = folder / MODULE
    path.write_text(path.read_text(encoding="utf-8") + entries, encoding="utf-8")
    (folder / "handouts").mkdir()
    for name in ("card-a", "ticks", "aid", "wall", "brief"):
        (folder / f"handouts/{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return add(copy_small(tmp_path))


def test_handouts_are_read_with_their_texts(folder: Path) -> None:
    handouts = load_module(folder).handouts
    assert handouts[0] == Handout(
        id="card-a",
        kind=HandoutKind.ROLE_CARD,
        title="Role A: the client",
        text="You are **angry**.\n\n- [ ] and say so",
    )
    assert [each.kind.value for each in handouts] == [
        "role-card",
        "observer-card",
        "job-aid",
        "poster",
        "manager-brief",
    ]
    assert check(folder) == []


def test_a_published_version_keeps_its_handouts(folder: Path) -> None:
    module = load_module(folder)
    data = canonical(module)
    assert revive(data) == module
    assert json.loads(data)["handouts"][0]["kind"] == "role-card"
    edit(folder, CARD, "angry", "calm")
    assert digest(canonical(load_module(folder))) != digest(data)


LATER: Any = {
    **dict.fromkeys(("handouts", "booster", "explained", "again", "skins", "sentences"), True),
    "scenarios": {
        "__all__": {
            **dict.fromkeys(("trade", "skins", "waivers"), True),
            "scenes": {"__all__": {"weight": True, "choices": {"__all__": {"cue"}}}},
        }
    },
}
"""What modules, cases, scenes and answers have had since versions were first published."""


def test_a_module_without_handouts_keeps_the_bytes_and_the_hash_it_had() -> None:
    module = load_module(SMALL)
    data = canonical(module)
    before = module.model_dump(mode="json", by_alias=True, exclude=LATER)
    assert data == json.dumps(before, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert revive(data).handouts == ()
    assert canonical(revive(data)) == data


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: role-card", "kind: roll-card", "schema"),
        ("id: card-a, ", "id: card_a, ", "schema"),
        ("{id: card-a, kind", "{id: card-a, text: Hello, kind", "elsewhere"),
        ("{id: card-a, kind", "{id: card-a, paper: a4, kind", "schema"),
    ],
)
def test_a_fault_of_an_entry_stands_on_its_line(folder: Path, old: str, new: str, expected: str) -> None:
    line = line_of(folder, MODULE, "id: card-a")
    edit(folder, MODULE, old, new)
    assert (MODULE, line, expected) in check(folder)


def test_a_handout_without_its_file_and_a_file_without_its_entry(folder: Path) -> None:
    (folder / CARD).rename(folder / "handouts/card-b.md")
    line = line_of(folder, MODULE, "id: card-a")
    assert check(folder) == [("handouts/card-b.md", 1, "handout-extra"), (MODULE, line, "handout-missing")]
    (folder / "handouts/card-b.md").rename(folder / CARD)
    assert check(folder) == []


def test_a_file_without_any_entry(tmp_path: Path) -> None:
    folder = add(copy_small(tmp_path), entries="")
    names = ["aid", "brief", "card-a", "ticks", "wall"]
    assert check(folder) == [(f"handouts/{name}.md", 1, "handout-extra") for name in names]


def test_an_id_twice(folder: Path) -> None:
    line = line_of(folder, MODULE, "id: ticks")
    edit(folder, MODULE, "id: ticks", "id: card-a")
    assert (MODULE, line, "double-id") in check_without(folder, "handouts/ticks.md")


def check_without(folder: Path, file: str) -> Found:
    (folder / file).unlink()
    return check(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n  \n", [(CARD, 1, "handout-empty")]),
        ("x" * 10_000, []),
        ("x" * 10_001, [(CARD, 1, "handout-long")]),
        ("Look:\n\n![A lift](img/two-jobs.svg)\n", [(CARD, 3, "handout-picture")]),
    ],
)
def test_a_text_that_cannot_be_printed(folder: Path, text: str, expected: Found) -> None:
    (folder / CARD).write_text(text, encoding="utf-8")
    assert check(folder) == expected


def test_only_markdown_stands_among_the_handouts(folder: Path) -> None:
    (folder / "handouts/card.pdf").write_bytes(b"%PDF")
    assert check(folder) == [("handouts/card.pdf", 1, "file-unknown")]


def test_handouts_that_are_no_list(tmp_path: Path) -> None:
    folder = copy_small(tmp_path)
    path = folder / MODULE
    path.write_text(path.read_text(encoding="utf-8") + "handouts: none\n", encoding="utf-8")
    assert check(folder) == [(MODULE, line_of(folder, MODULE, "handouts: none"), "schema")]


def test_the_schema_names_the_kinds() -> None:
    kinds = json_schema()["module"]["$defs"]["HandoutKind"]["enum"]
    assert kinds == ["role-card", "observer-card", "job-aid", "poster", "manager-brief"]
    assert load(SMALL).module.handouts == ()
