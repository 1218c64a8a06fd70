"""From a file's bytes to rows of a roster, whatever encoding, delimiter and spelling of the headings it came with."""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

LARGEST_FILE = 2 * 1024 * 1024
MOST_ROWS = 5_000
LONGEST_CELL = 200
DELIMITERS = (",", ";", "\t")


class Column(StrEnum):
    NAME = "name"
    FIRST = "first name"
    LAST = "last name"
    EMAIL = "e-mail"
    EMPLOYEE_ID = "employee id"


HEADINGS = {
    Column.NAME: {"name", "fullname", "learner", "participant", "person", "employee", "displayname", "employeename"},
    Column.FIRST: {"firstname", "givenname", "forename", "first", "given"},
    Column.LAST: {"lastname", "surname", "familyname", "last", "family"},
    Column.EMAIL: {"email", "mail", "emailaddress", "address", "mailaddress", "workemail"},
    Column.EMPLOYEE_ID: {
        "employeeid", "employeeno", "employeenumber", "staffid", "staffno", "staffnumber", "personnelno",
        "personnelnumber", "personnelid", "id", "no", "number", "externalid", "payrollno",
    },
}  # fmt: skip
"""Spellings of each heading, in lower case and without anything but letters."""


class Unreadable(StrEnum):
    """Why a file as a whole cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    TOO_MANY_ROWS = "too many rows"
    BINARY = "binary"
    ENCODING = "encoding"
    NO_HEADINGS = "no headings"
    TWICE = "the same heading twice"
    CSV = "not a table"


class RosterUnreadable(Exception):  # noqa: N818 - It is what the reader is told, not a fault of the program.
    """The file is no roster. ``heading`` names the one that is there twice."""

    def __init__(self, why: Unreadable, heading: str = "") -> None:
        super().__init__(why, heading)
        self.why = why
        self.heading = heading


class Reason(StrEnum):
    """Why one row is refused."""

    NO_NAME = "no name"
    TOO_LONG = "too long"
    BAD_EMAIL = "bad e-mail"
    MORE_CELLS = "more cells than headings"
    SAME_ID_IN_FILE = "same employee id in the file"
    SAME_EMAIL_IN_FILE = "same e-mail in the file"
    SAME_NAME_IN_FILE = "same name in the file"
    SAME_PERSON_IN_FILE = "same person in the file"
    EMAIL_OF_ANOTHER = "e-mail of another person"
    EMAIL_OF_MANY = "e-mail of several people"
    NAME_OF_ANOTHER = "name of another person"
    KEPT_ELSEWHERE = "name and e-mail are kept elsewhere too"


@dataclass(frozen=True)
class Row:
    """One person as the file has them. Empty cells are empty texts."""

    line: int
    name: str
    email: str = ""
    employee_id: str = ""
    reason: Reason | None = None
    """Set when the row cannot be taken whatever the database says."""


def fold_email(email: str) -> str:
    return email.strip().casefold()


def read_roster(content: bytes) -> tuple[Row, ...]:
    """Read a roster file.

    Raises RosterUnreadable when the file as a whole cannot be read. A row that cannot be taken has a reason.
    """
    if len(content) > LARGEST_FILE:
        raise RosterUnreadable(Unreadable.TOO_LARGE)
    text = decode(content)
    if not text.strip():
        raise RosterUnreadable(Unreadable.EMPTY)
    # Sniffed by the line of headings alone: names have commas, headings have not.
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    columns: list[Column | None] | None = None
    began = 1
    try:
        for cells in reader:
            line, began = began, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells)
                continue
            rows.append(_row(line, cells, columns))
            if len(rows) > MOST_ROWS:
                raise RosterUnreadable(Unreadable.TOO_MANY_ROWS)
    except csv.Error as error:
        raise RosterUnreadable(Unreadable.CSV) from error
    if not rows:
        raise RosterUnreadable(Unreadable.EMPTY)
    return tuple(rows)


def read_lines(text: str) -> tuple[Row, ...]:
    """Read people typed in, one a line: ``Name, e-mail, employee id``, the last two if there are any.

    Raises RosterUnreadable.
    """
    typed = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not typed:
        raise RosterUnreadable(Unreadable.EMPTY)
    if len(typed) > MOST_ROWS:
        raise RosterUnreadable(Unreadable.TOO_MANY_ROWS)
    if "\0" in text:
        raise RosterUnreadable(Unreadable.BINARY)
    columns: list[Column | None] = [Column.NAME, Column.EMAIL, Column.EMPLOYEE_ID]
    rows = []
    for number, line in typed:
        cells = [cell.strip() for cell in line.replace("\t", ",").replace(";", ",").split(",")]
        if len(cells) == 2 and cells[1] and "@" not in cells[1]:  # noqa: PLR2004 - A name and one thing more.
            # "Lena Brandt, E-17": what is no address is the employee id.
            cells = [cells[0], "", cells[1]]
        rows.append(_row(number, cells, columns))
    return tuple(rows)


def decode(content: bytes) -> str:
    """Return the text of a file: by its byte-order mark, else UTF-8, else cp1252.

    Raises RosterUnreadable.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(content, "utf-16")
    if b"\0" in content:
        raise RosterUnreadable(Unreadable.BINARY)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # What offices of Western Europe and the Americas save. Guessing further would spell names wrongly in silence.
    return _checked(content, "cp1252")


def _checked(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterUnreadable(Unreadable.ENCODING) from error
    if "\0" in text:
        raise RosterUnreadable(Unreadable.BINARY)
    return text


def _columns(cells: list[str]) -> list[Column | None]:
    columns = [_column(cell) for cell in cells]
    for column in Column:
        if columns.count(column) > 1:
            raise RosterUnreadable(Unreadable.TWICE, column.value)
    if Column.NAME not in columns and not {Column.FIRST, Column.LAST} <= set(columns):
        raise RosterUnreadable(Unreadable.NO_HEADINGS)
    return columns


def _column(heading: str) -> Column | None:
    plain = "".join(letter for letter in heading.casefold() if letter.isalpha())
    return next((column for column, spellings in HEADINGS.items() if plain in spellings), None)


def _row(line: int, cells: list[str], columns: list[Column | None]) -> Row:
    found: dict[Column, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column is not None:
            found[column] = " ".join(cell.split())
    whole = found.get(Column.NAME) or " ".join(
        part for part in (found.get(Column.FIRST, ""), found.get(Column.LAST, "")) if part
    )
    row = Row(line, whole, found.get(Column.EMAIL, ""), found.get(Column.EMPLOYEE_ID, ""))
    more = any(cell.strip() for cell in cells[len(columns) :])
    reason = Reason.MORE_CELLS if more else _reason(row)
    if reason is None:
        return row
    # What is shown of a refused row is cut, so that a hostile file cannot fill the page.
    name, email, employee_id = (text[:LONGEST_CELL] for text in (row.name, row.email, row.employee_id))
    return Row(line, name, email, employee_id, reason)


def _reason(row: Row) -> Reason | None:
    if not row.name:
        return Reason.NO_NAME
    if max(map(len, (row.name, row.email, row.employee_id))) > LONGEST_CELL:
        return Reason.TOO_LONG
    if row.email and not looks_like_email(row.email):
        return Reason.BAD_EMAIL
    return None


def looks_like_email(text: str) -> bool:
    """Whether a text has the shape of an e-mail address. Whether it exists, only a mail can tell."""
    name, at, host = text.rpartition("@")
    return bool(name and at and "." in host.strip(".")) and not any(
        letter.isspace() or letter in ',;<>"()' for letter in text
    )
