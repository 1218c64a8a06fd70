"""No run of eight words of a module stands in the texts of a folder."""

from pathlib import Path

import pytest

from course.cases.check import check_folder
from course.content.checks import overlap
from course.content.findings import ContentError
from tests.content.folders import SMALL, Found, copy_small, edit, found, line_of

HELLO = "blocks/hello.md"
LIFT = "scenarios/lift.yaml"
SEVEN = "the five minutes before the meeting begins"
EIGHT = f"about {SEVEN}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """Make a folder with one text by somebody else."""
    place = tmp_path / "others"
    place.mkdir()
    write(place, "Something quite different.")
    return place


def write(others: Path, text: str, name: str = "article.txt") -> None:
    (others / name).write_text(text, encoding="utf-8")


def against(folder: Path, others: Path) -> Found:
    return found(check_folder(folder, against=others)[1])


def test_eight_words_in_a_row_are_found_and_seven_are_not(folder: Path, others: Path) -> None:
    line = line_of(folder, HELLO, "Good morning")
    write(others, f"It was {SEVEN}, said the fox.")
    assert against(folder, others) == []
    write(others, f"It was\nABOUT the five\nminutes - before the “meeting” begins!\n{EIGHT}")
    loaded, findings = check_folder(folder, against=others)
    assert loaded is None
    (finding,) = findings
    assert str(finding) == (
        f"{HELLO}:{line}: error: 8 words in a row stand in article.txt:2 as well: “{EIGHT}”. Say it in your own words."
        " [shared-run]"
    )


def test_a_longer_run_is_one_finding_and_stands_on_its_first_line(folder: Path, others: Path) -> None:
    whole = "A correct answer can still leave a person alone at the bar until late into the rainy night"
    edit(folder, LIFT, "learned: A correct answer can still leave a person alone.", f"learned: |\n      {whole}.")
    write(others, whole.replace(" leave", "\nleave"))
    ((file, line, code),) = against(folder, others)
    assert (file, line, code) == (LIFT, line_of(folder, LIFT, "A correct answer"), "shared-run")
    edit(folder, LIFT, "person alone at", "person near")
    assert [line for _, line, _ in against(folder, others)] == [line, line]


def test_keys_are_nobodys_words(folder: Path, others: Path) -> None:
    write(others, "id hello title Hello kind open minutes 20 id two jobs title Two jobs kind concept minutes 25")
    assert against(folder, others) == []


def test_a_source_is_cited_by_its_whole_title(folder: Path, others: Path) -> None:
    title = "On Being Asked by Strangers in Lifts How It Goes"
    write(others, f"{title}\nby somebody")
    edit(folder, "module.yaml", "A lift, a client and eleven floors", title)
    assert against(folder, others) == []
    edit(folder, "module.yaml", "bring: One client", f"bring: One client, {title}")
    assert against(folder, others) == [("module.yaml", line_of(folder, "module.yaml", "bring:"), "shared-run")]


def test_every_text_of_the_folder_is_compared_and_nothing_else(folder: Path, others: Path) -> None:
    (others / "more").mkdir()
    write(others, EIGHT, "more/page.MD")
    assert [code for _, _, code in against(folder, others)] == ["shared-run"]
    (others / "more/page.MD").rename(others / "more/page.bin")
    assert against(folder, others) == []
    (others / "link.txt").symlink_to(others / "more/page.bin")
    assert against(folder, others) == []


def test_no_reason_explains_a_borrowed_sentence(folder: Path, others: Path) -> None:
    write(others, EIGHT)
    with (folder / "module.yaml").open("a", encoding="utf-8") as file:
        file.write(f"explained:\n  - {{code: shared-run, place: {HELLO}, reason: We like this sentence very much}}\n")
    assert [code for _, _, code in against(folder, others)] == ["shared-run", "waiver-error"]


def test_a_folder_without_texts_proves_nothing(folder: Path, others: Path) -> None:
    (others / "article.txt").unlink()
    with pytest.raises(ContentError, match="There is no text to compare with in others"):
        check_folder(folder, against=others)


def test_a_folder_of_many_texts_is_refused(folder: Path, others: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "MOST_TEXTS", 2)
    write(others, "two", "two.txt")
    assert against(folder, others) == []
    write(others, "three", "three.txt")
    with pytest.raises(ContentError, match="holds too much"):
        check_folder(folder, against=others)


def test_a_large_text_is_refused(folder: Path, others: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "TEXT_BYTES", 100)
    write(others, "x" * 100)
    assert against(folder, others) == []
    write(others, "x" * 101)
    with pytest.raises(ContentError, match="holds too much"):
        check_folder(folder, against=others)


def test_the_small_module_borrows_nothing_from_itself_alone(others: Path) -> None:
    write(others, (SMALL / HELLO).read_text(encoding="utf-8"))
    assert {file for file, _, _ in against(SMALL, others)} == {HELLO}
