"""Sentences, words and the grade of prose."""

import pytest

from course.content.checks import prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? “Three.” Four …", ["One.", "Two?", "“Three.”", "Four …"]),
        ("Ask Mr. Rook. He knows, e.g. Petra.", ["Ask Mr. Rook.", "He knows, e.g. Petra."]),
        ("At 19:40, on 3.5 floors, nobody rang.", ["At 19:40, on 3.5 floors, nobody rang."]),
        ('"I have the link." She left.', ['"I have the link."', "She left."]),
        ("The plan said: no. *(Wait.)* Then it said yes.", ["The plan said: no.", "*(Wait.)*", "Then it said yes."]),
        ("J. Kincaid counted. so did they", ["J. Kincaid counted. so did they"]),
        ("", []),
        ("…", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert prose.sentences(text) == expected


def test_paragraphs_leave_out_headings_tables_and_marks() -> None:
    text = "# Two jobs\n\nThe *plan* is\ngreen.\n\n> Not yet.\n\n- one\n\n  more\n\n| a | b |\n| - | - |\n| c | d |\n"
    assert list(prose.paragraphs(text)) == [
        (2, "The plan is green.", False),
        (5, "Not yet.", True),
        (7, "one", False),
        (9, "more", False),
    ]


def test_the_grade_is_kincaids() -> None:
    # Nine words in two sentences; fourteen syllables.
    read = prose.grade(["The plan is green. Nobody asked the controller today."])
    assert read.grade == pytest.approx(0.39 * 9 / 2 + 11.8 * 14 / 9 - 15.59)
    assert (read.words, read.longest) == (9, "Nobody asked the controller today.")
    assert prose.grade([]) == prose.Grade(0, 0, "")
    assert prose.grade(["She rang. He was out."]).grade < 2
    assert prose.grade(["Interdepartmental communication necessitates consideration."]).grade > 20


@pytest.mark.parametrize("piece", ["A. ", "1.", "Mr. ", "((", "“", ". '", "5 %, ", "-  a: "])
def test_no_text_takes_long(piece: str) -> None:
    """A text of a megabyte is graded in time that grows with it and not with its square."""
    text = piece * (1_000_000 // len(piece))
    assert prose.grade([text]).words >= 0
