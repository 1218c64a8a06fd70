"""The loader: a whole folder becomes one module, and every fault is a finding with its line."""

from pathlib import Path

import pytest

from course.content.canonical import digest
from course.content.findings import ContentError, Finding
from course.content.loader import load, load_module
from course.content.schema import Picture, Step
from tests.content.folders import SMALL, copy_small, edit, found, line_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


def refused(folder: Path) -> list[Finding]:
    with pytest.raises(ContentError) as caught:
        load(folder)
    return caught.value.findings


def test_the_small_module_is_read_whole() -> None:
    loaded = load(SMALL)
    module = loaded.module
    assert loaded.warnings == ()
    assert [block.id for block in module.blocks] == ["hello", "two-jobs", "the-lift", "lunch", "your-page"]
    assert [case.id for case in module.scenarios] == ["lift"]
    assert [page.id for page in module.reflections] == ["first-minute"]
    svg = (SMALL / "img/two-jobs.svg").read_bytes()
    assert module.pictures == (Picture(path="img/two-jobs.svg", hash=digest(svg), media_type="image/svg+xml"),)
    assert loaded.pictures == {digest(svg): svg}


def test_a_block_has_the_parts_of_its_file() -> None:
    block = load_module(SMALL).block("two-jobs")
    assert block is not None
    assert block.learner.startswith("You have two jobs")
    assert block.facilitator.say.endswith("questions that were not.")
    assert block.facilitator.do == (
        Step(minutes=10, text="Draw the two circles; ask what belongs where."),
        Step(minutes=15, text="In pairs, find one worry of your own client.\nWrite it down in one sentence."),
    )
    assert block.facilitator.expect == '"We already have a status report."'
    assert block.facilitator.what_if == (
        "- If somebody says that this is soft, ask what their last surprise cost.\n"
        "- If time is short, draw one circle and ask for the other."
    )


def test_a_break_needs_no_file() -> None:
    lunch = load_module(SMALL).block("lunch")
    assert lunch is not None
    assert lunch.learner == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("module.yaml", "    minutes: 25", "    minutes: 1", "schema"),
        ("module.yaml", "    minutes: 25", "    minutes: true", "schema"),
        ("module.yaml", "    minutes: 25", '    minutes: "25"', "schema"),
        ("module.yaml", 'start: "09:00"', "start: 9", "schema"),
        ("module.yaml", "    kind: concept", "    kind: lecture", "schema"),
        ("module.yaml", "    - kind: scenario", "    - kind: scenery", "schema"),
        ("scenarios/lift.yaml", "        if: knows_worry", "        iff: knows_worry", "schema"),
        ("scenarios/lift.yaml", "    rank: 2", "    rank: two", "schema"),
        ("reflections/first-minute.yaml", "words: {min: 150, max: 400}", "words: {min: 150, max: 4000}", "schema"),
        ("scenarios/lift.yaml", "id: lift\n", "id: stairs\n", "id-name"),
        ("module.yaml", "slug: small-talk", "slug: small", "slug"),
        ("module.yaml", "    kind: open", "    id: hallo", "duplicate-key"),
        ("module.yaml", "    kind: concept", "    learner: Hello", "elsewhere"),
        ("module.yaml", "bring: One", "scenarios: [] # One", "elsewhere"),
        ("module.yaml", "    kind: open", "    kind: &open open", "alias"),
        ("module.yaml", "    kind: open", "    kind: !secret open", "tag"),
        ("module.yaml", "    title: Hello", '    title: "Hello" now', "yaml"),
    ],
)
def test_a_fault_is_found_on_its_line(folder: Path, file: str, old: str, new: str, code: str) -> None:
    load(folder)
    line = line_of(folder, file, old.strip())
    edit(folder, file, old, new)
    assert [finding for finding in found(refused(folder)) if finding[2] == code][:1] == [(file, line, code)]


def test_a_misspelt_key_and_the_missing_one_are_both_said(folder: Path) -> None:
    edit(folder, "module.yaml", "title: Hello", "titel: Hello")
    assert refused(folder) == [
        Finding("module.yaml", 15, "`title` is missing.", "schema"),
        Finding("module.yaml", 16, "The key `titel` is not known here.", "schema"),
    ]


def test_all_faults_are_found_at_once(folder: Path) -> None:
    edit(folder, "module.yaml", "title: Hello", "titel: Hello")
    edit(folder, "blocks/hello.md", "## Say", "## Speak")
    edit(folder, "scenarios/lift.yaml", "    rank: 2\n", "    rank: two\n")
    edit(folder, "reflections/first-minute.yaml", "id: first-minute", "id: last-minute")
    assert found(refused(folder)) == [
        ("blocks/hello.md", 1, "part-missing"),
        ("blocks/hello.md", 7, "heading-unknown"),
        ("module.yaml", 15, "schema"),
        ("module.yaml", 16, "schema"),
        ("reflections/first-minute.yaml", 2, "id-name"),
        ("scenarios/lift.yaml", line_of(folder, "scenarios/lift.yaml", "rank: two"), "schema"),
    ]


def test_a_block_without_its_file_and_a_file_without_its_block(folder: Path) -> None:
    (folder / "blocks/hello.md").rename(folder / "blocks/hallo.md")
    assert found(refused(folder)) == [("blocks/hallo.md", 1, "block-extra"), ("module.yaml", 15, "block-missing")]
    (folder / "blocks/hallo.md").rename(folder / "blocks/hello.md")
    assert load(folder).warnings == ()


def test_a_file_that_is_not_utf8_is_said_with_the_line(folder: Path) -> None:
    (folder / "blocks/hello.md").write_bytes("# Learner\n\nGrüße\n".encode("cp1252"))
    assert refused(folder) == [
        Finding(
            "blocks/hello.md", 3, "This file is not UTF-8 from here on. Save it with the encoding UTF-8.", "encoding"
        )
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    whole = load_module(folder)
    for file in ("module.yaml", "scenarios/lift.yaml", "blocks/two-jobs.md"):
        data = (folder / file).read_bytes()
        (folder / file).write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    assert load_module(folder) == whole


def test_an_empty_file_and_a_list_are_no_module(folder: Path) -> None:
    (folder / "scenarios/lift.yaml").write_text("# nothing yet\n", encoding="utf-8")
    (folder / "reflections/first-minute.yaml").write_text("- a\n", encoding="utf-8")
    assert found(refused(folder)) == [
        ("reflections/first-minute.yaml", 1, "schema"),
        ("scenarios/lift.yaml", 1, "empty"),
    ]


def test_no_folder_and_no_module_file(tmp_path: Path, folder: Path) -> None:
    assert found(refused(tmp_path / "nowhere")) == [("nowhere", 1, "no-folder")]
    (folder / "module.yaml").unlink()
    assert found(refused(folder)) == [("module.yaml", 1, "no-module")]


def test_links_are_refused(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Learner\n", encoding="utf-8")
    (folder / "blocks/hello.md").unlink()
    (folder / "blocks/hello.md").symlink_to(secret)
    (folder / "scenarios/more").symlink_to(tmp_path)
    assert found(refused(folder)) == [("blocks/hello.md", 1, "link"), ("scenarios/more", 1, "link")]


def test_an_unknown_file_is_said_and_notes_are_left_alone(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes/old-card.pdf").write_bytes(b"%PDF")
    (folder / "README.md").write_text("For authors.", encoding="utf-8")
    (folder / ".DS_Store").write_bytes(b"\x00")
    assert load(folder).warnings == ()
    (folder / "blocks/deeper").mkdir()
    (folder / "blocks/deeper/hello.md").write_text("# Learner", encoding="utf-8")
    (folder / "scenario.yml").write_text("a: 1", encoding="utf-8")
    assert found(refused(folder)) == [
        ("blocks/deeper/hello.md", 1, "file-unknown"),
        ("scenario.yml", 1, "file-unknown"),
    ]


def test_sizes_are_bounded(folder: Path) -> None:
    text = (folder / "blocks/hello.md").read_bytes()
    (folder / "blocks/hello.md").write_bytes(text + b"\n" * (40_000 - len(text)))
    assert load(folder).warnings == ()
    (folder / "blocks/hello.md").write_bytes(text + b"\n" * (40_001 - len(text)))
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_000
    (folder / "img/big.png").write_bytes(picture)
    assert found(refused(folder)) == [("blocks/hello.md", 1, "too-large"), ("img/big.png", 1, "too-large")]


def test_the_number_of_files_is_bounded(folder: Path) -> None:
    (folder / "notes").mkdir()
    have = sum(path.is_file() for path in folder.rglob("*"))
    for number in range(500 - have):
        (folder / "notes" / f"{number}.txt").touch()
    assert load(folder).warnings == ()
    (folder / "notes/one-more.txt").touch()
    assert found(refused(folder)) == [("module.yaml", 1, "too-many-files")]


def test_a_picture_is_what_its_bytes_say(folder: Path) -> None:
    (folder / "img/photo.png").write_bytes(b"\xff\xd8\xff\xe0 a jpeg")
    (folder / "img/words.png").write_bytes(b"only words")
    assert found(refused(folder)) == [("img/photo.png", 1, "picture-type"), ("img/words.png", 1, "picture-type")]
    (folder / "img/photo.png").rename(folder / "img/photo.jpg")
    (folder / "img/words.png").unlink()
    assert [picture.media_type for picture in load_module(folder).pictures] == ["image/jpeg", "image/svg+xml"]


def test_an_unsafe_svg_is_refused_on_its_line(folder: Path) -> None:
    edit(folder, "img/two-jobs.svg", "  <title>", '  <script href="#a"/>\n  <title>')
    assert found(refused(folder)) == [("img/two-jobs.svg", 2, "picture-unsafe")]


def test_the_first_case_of_a_day_teaches_while_it_is_played_and_a_later_one_afterwards(folder: Path) -> None:
    edit(folder, "scenarios/lift.yaml", "coaching: debrief\n", "")
    first = load_module(folder)
    again = first.scenarios[0].model_copy(update={"id": "stairs"})
    both = first.model_copy(update={"scenarios": (again, *first.scenarios)})
    policies = {case.id: case.coaching for case in both.day_cases}
    assert policies == {"stairs": "debrief", "lift": "now"}
    said = first.model_copy(update={"scenarios": (first.scenarios[0].model_copy(update={"coaching": "debrief"}),)})
    assert [case.coaching for case in said.day_cases] == ["debrief"]
