"""30,000 people: copies of one group of thirty, row by row, by Core bulk inserts."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, text

from bench.group import Group
from course.cohorts.models import Cohort, CohortMember, Day, Membership, Presence, Run, Seat
from course.completions.models import Completion
from course.database import Base, Engines
from course.grading.models import Grade, GradeEvent
from course.people.models import Identity, Person
from course.reflections.models import Draft, DraftEvent, Submission
from course.scenarios.models import Attempt, AttemptEvent

Row = dict[str, Any]
COPIED: tuple[type[Base], ...] = (
    Person,
    Identity,
    Membership,
    Cohort,
    CohortMember,
    Day,
    Run,
    Seat,
    Presence,
    Attempt,
    AttemptEvent,
    Draft,
    DraftEvent,
    Submission,
    Grade,
    GradeEvent,
    Completion,
)
"""In the order in which their rows may be inserted."""
UNIQUE: dict[str, Callable[[Row, int], Row]] = {
    "people_person": lambda row, copy: {"name": f"{row['name']} of {copy:04d}"},
    "people_identity": lambda row, copy: {"subject": f"{copy}.{row['subject']}"},
    "cohorts_cohort": lambda row, copy: {"name": f"{row['name']} {copy:04d}"},
    "grading_grade": lambda row, copy: {"handle": f"{row['handle']}{copy}"},
}
"""What a copy may not share with its pattern."""
COPIES_AT_ONCE = 50


def copy_group(engines: Engines, group: Group, copies: int) -> None:
    """Add copies of a group to its own organisation, with everything that its people did."""
    with engines.turn(write=True), engines.writer.begin() as connection:
        patterns = {model.__tablename__: _rows(connection, model, group) for model in COPIED}
        moves = {name: _move(connection, name, rows) for name, rows in patterns.items() if rows and "id" in rows[0]}
        for first in range(1, copies + 1, COPIES_AT_ONCE):
            numbers = range(first, min(first + COPIES_AT_ONCE, copies + 1))
            for name, rows in patterns.items():
                table = Base.metadata.tables[name]
                connection.execute(insert(table), [_copy(table, row, moves, copy) for copy in numbers for row in rows])
        if not engines.sqlite:
            _move_sequences(connection, moves)
    with engines.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


class _Move:
    """Where the ids of one table's copies go."""

    def __init__(self, first: int, stride: int, start: int, known: frozenset[int]) -> None:
        self._first, self._stride, self._start, self._known = first, stride, start, known

    def __call__(self, number: int, copy: int) -> int:
        """Return the id of a row's copy; rows that are not copied keep theirs."""
        if number not in self._known:
            return number
        return self._start + (copy - 1) * self._stride + number - self._first


def _move(connection: Connection, name: str, rows: list[Row]) -> _Move:
    ids = [row["id"] for row in rows]
    largest = connection.execute(select(func.max(Base.metadata.tables[name].c.id))).scalar_one()
    return _Move(min(ids), max(ids) - min(ids) + 1, largest + 1, frozenset(ids))


def _copy(table: Table, row: Row, moves: dict[str, _Move], copy: int) -> Row:
    made = dict(row)
    if "id" in made:
        made["id"] = moves[table.name](made["id"], copy)
    for key in table.foreign_keys:
        name, kind = key.parent.name, key.column.table.name
        if made[name] is not None and kind in moves:
            made[name] = moves[kind](made[name], copy)
    if table.name == "grading_grade":
        # A submission of any kind may be graded, so the database has no foreign key here.
        made["submission_id"] = moves["reflections_submission"](made["submission_id"], copy)
    special = UNIQUE.get(table.name)
    return made | special(row, copy) if special is not None else made


def _rows(connection: Connection, model: type[Base], group: Group) -> list[Row]:
    return [dict(row) for row in connection.execute(_of_group(model, group)).mappings()]


def _of_group(model: type[Base], group: Group) -> Select[Any]:
    table = Base.metadata.tables[model.__tablename__]
    people = [*group.learner_ids, group.facilitator_id]
    by: dict[type[Base], tuple[str, Iterable[int]]] = {
        Person: ("id", people),
        Identity: ("person_id", people),
        Membership: ("person_id", people),
        Cohort: ("id", [group.cohort_id]),
        CohortMember: ("cohort_id", [group.cohort_id]),
        Run: ("id", [group.run_id]),
        Day: ("id", []),
        AttemptEvent: ("attempt_id", []),
        DraftEvent: ("draft_id", []),
        GradeEvent: ("grade_id", []),
        Seat: ("run_id", [group.run_id]),
    }
    column, values = by.get(model, ("seat_id", group.seat_ids))
    parents = {
        Day: select(Run.day_id).where(Run.id == group.run_id),
        AttemptEvent: select(Attempt.id).where(Attempt.seat_id.in_(group.seat_ids)),
        DraftEvent: select(Draft.id).where(Draft.seat_id.in_(group.seat_ids)),
        GradeEvent: select(Grade.id).where(Grade.seat_id.in_(group.seat_ids)),
    }
    return select(table).where(table.c[column].in_(parents.get(model, values)))


def _move_sequences(connection: Connection, moved: Iterable[str]) -> None:
    for name in moved:
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))  # noqa: S608 - Our own table's name.
