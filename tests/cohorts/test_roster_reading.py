"""Rosters from bytes: every encoding, delimiter and heading that offices send, and every refusal."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cohorts.rules.roster.reading import (
    LARGEST_FILE,
    LONGEST_CELL,
    MOST_ROWS,
    Reason,
    RosterUnreadable,
    Row,
    Unreadable,
    looks_like_email,
    read_lines,
    read_roster,
)

ENCODINGS = {"utf-8": b"", "utf-8-sig": b"", "utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
WESTERN = "abcXYZäöüßéèñçøÅ€ '-.,;"


def written(rows: list[tuple[str, ...]], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return ENCODINGS.get(encoding, b"") + text.getvalue().encode(encoding)


def refused(content: bytes) -> tuple[Unreadable, str]:
    with pytest.raises(RosterUnreadable) as error:
        read_roster(content)
    return error.value.why, error.value.heading


letters = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn")), min_size=1, max_size=12)
words = st.lists(letters, min_size=1, max_size=3).map(" ".join)
western = st.text(st.sampled_from(WESTERN), min_size=1, max_size=20).map(lambda text: " ".join(text.split()))
ids = st.from_regex(r"\A[A-Z0-9-]{1,8}\Z") | st.just("")


def expected(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(" ".join(name.split()), number) for name, number in names]


def seen(content: bytes) -> list[tuple[str, str]]:
    return [(row.name, row.employee_id) for row in read_roster(content)]


@given(
    st.lists(st.tuples(words, ids), min_size=1, max_size=8),
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(people: list[tuple[str, str]], encoding: str, delimiter: str, end: str) -> None:
    content = written([("Name", "Employee ID"), *people], delimiter=delimiter, encoding=encoding, end=end)
    assert seen(content) == expected(people)


@given(st.lists(st.tuples(western.filter(bool), ids), min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_an_office_of_the_west_is_read(people: list[tuple[str, str]], delimiter: str) -> None:
    content = written([("Name", "Employee ID"), *people], delimiter=delimiter, encoding="cp1252")
    try:
        content.decode()
    except UnicodeDecodeError:
        assert seen(content) == expected(people)
    else:
        # Bytes that happen to be UTF-8 are read as UTF-8: plain names are the same in both.
        assert len(seen(content)) == len(people)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        rows = read_roster(content)
    except RosterUnreadable:
        return
    assert all(len(text) <= LONGEST_CELL for row in rows for text in (row.name, row.email, row.employee_id))


def test_cp1252_and_semicolons() -> None:
    content = "Vorname;Name;E-Mail\r\n".replace("Vorname", "First name").replace(";Name", ";Last name").encode()
    content += "Zoë;Müller-Ålund;zoe@example.org\r\n".encode("cp1252")
    assert read_roster(content) == (Row(2, "Zoë Müller-Ålund", "zoe@example.org"),)


@pytest.mark.parametrize(
    "headings",
    [
        ("Name", "E-mail", "Employee ID"),
        ("FULL NAME", "email address", "Employee No."),
        ("participant", "Mail", "Staff number"),
        ("Learner ", " E-Mail", "personnel_no"),
    ],
)
def test_headings_in_several_spellings(headings: tuple[str, ...]) -> None:
    content = written([headings, ("Lena Brandt", "lena@example.org", "E-1")])
    assert read_roster(content) == (Row(2, "Lena Brandt", "lena@example.org", "E-1"),)


def test_other_columns_and_empty_lines_are_passed_over() -> None:
    content = b"\n\nDepartment,Name,Phone\n\nIT,Lena Brandt,5\n,,\nIT,Leo Marsh,6\n"
    assert read_roster(content) == (Row(5, "Lena Brandt"), Row(7, "Leo Marsh"))


def test_a_cell_with_a_line_break_keeps_the_lines_right() -> None:
    content = b'Name,Note\n"Lena\nBrandt",a\nLeo Marsh,b\n'
    assert [(row.line, row.name) for row in read_roster(content)] == [(2, "Lena Brandt"), (4, "Leo Marsh")]


def test_rows_are_refused_with_a_reason() -> None:
    content = written(
        [
            ("Name", "E-mail"),
            ("", "lena@example.org"),
            ("x" * (LONGEST_CELL + 1), ""),
            ("Leo", "not an address"),
            ("Lena", "lena@example.org", "surplus"),
            ("Lena", "lena@example.org", ""),
        ]
    )
    assert [row.reason for row in read_roster(content)] == [
        Reason.NO_NAME,
        Reason.TOO_LONG,
        Reason.BAD_EMAIL,
        Reason.MORE_CELLS,
        None,
    ]


def test_files_are_refused_as_a_whole() -> None:
    assert refused(b"") == (Unreadable.EMPTY, "")
    assert refused(b"Name,E-mail\n") == (Unreadable.EMPTY, "")
    assert refused(b"Name\nLe\0na\n") == (Unreadable.BINARY, "")
    assert refused("Name\nLe\0na\n".encode("utf-16")) == (Unreadable.BINARY, "")
    assert refused(b"\xff\xfe\x00\xd8\x00") == (Unreadable.ENCODING, "")
    assert refused(b"Name\n\x81\x8d\n") == (Unreadable.ENCODING, "")
    assert refused(b"Lena Brandt,lena@example.org\nLeo,leo@example.org\n") == (Unreadable.NO_HEADINGS, "")
    assert refused(b"First name,E-mail\nLena,lena@example.org\n") == (Unreadable.NO_HEADINGS, "")
    assert refused(b"Name,Mail,E-mail\nLena,,\n") == (Unreadable.TWICE, "e-mail")
    assert refused(b'Name\n"Lena\n') == (Unreadable.CSV, "")
    assert refused(b"x" * (LARGEST_FILE + 1)) == (Unreadable.TOO_LARGE, "")


def test_the_bound_of_rows() -> None:
    most = b"Name\n" + b"Lena\n" * MOST_ROWS
    assert len(read_roster(most)) == MOST_ROWS
    assert refused(most + b"Lena\n") == (Unreadable.TOO_MANY_ROWS, "")


def test_people_typed_in() -> None:
    text = "Lena Brandt, lena@example.org, E-1\n\nLeo Marsh;leo@example.org\nNora Weiss\nMilo Ott, E-9\n"
    assert read_lines(text) == (
        Row(1, "Lena Brandt", "lena@example.org", "E-1"),
        Row(3, "Leo Marsh", "leo@example.org"),
        Row(4, "Nora Weiss"),
        Row(5, "Milo Ott", "", "E-9"),
    )
    with pytest.raises(RosterUnreadable):
        read_lines(" \n ")
    with pytest.raises(RosterUnreadable):
        read_lines("Le\0na")
    with pytest.raises(RosterUnreadable):
        read_lines("Lena\n" * (MOST_ROWS + 1))


def test_the_shape_of_an_address() -> None:
    good = ["lena@example.org", "o'neil+x@mail.example.co.uk"]
    bad = ["lena", "@example.org", "lena@", "lena@local", "le na@example.org", "a@b.c,d@e.f", "Lena <lena@example.org>"]
    assert [looks_like_email(text) for text in good + bad] == [True] * len(good) + [False] * len(bad)
