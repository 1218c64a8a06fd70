"""From rows of a roster and the people who are there to what each row would do.

A person is known by the employee id, then by the e-mail address, both within one organisation; a row with neither
is known by its name among people who have neither. The plan is a fixed point: carried out and made again from
the same rows, it changes nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from course.cohorts.rules.roster.reading import Reason, Row, fold_email


class Act(StrEnum):
    NEW = "new"
    UPDATE = "update"
    JOIN = "join"
    """Somebody of the organisation as they are, who joins the group."""
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Known:
    """Somebody of the organisation, as they stand."""

    person_id: int
    name: str
    email: str = ""
    employee_id: str = ""
    learner: bool = True
    in_cohort: bool = False
    shared: bool = False
    """Belongs to another organisation too, so that a roster of this one leaves name and address alone."""


@dataclass(frozen=True)
class Step:
    """What one row would do. ``before`` is set for update, join and same."""

    row: Row
    act: Act
    before: Known | None = None
    reason: Reason | None = None
    other: str = ""
    """What the reason names: a line of the file or another person."""

    @property
    def after(self) -> Known | None:
        """The known person as this row leaves them."""
        return carried_out(self.before, self.row) if self.before else None


def plan(rows: Iterable[Row], known: Iterable[Known]) -> tuple[Step, ...]:
    """Return what each row would do, in the order of the file."""
    planning = _Planning(tuple(known))
    fresh: list[Row] = []
    for row in rows:
        refusal = Step(row, Act.REFUSED, reason=row.reason) if row.reason else planning.repeated(row)
        if refusal:
            planning.steps[row.line] = refusal
        else:
            fresh.append(row)
    rest = planning.by_employee_id(fresh)
    rest = planning.by_email(rest)
    planning.by_name(rest)
    return tuple(planning.steps[line] for line in sorted(planning.steps))


class _Planning:
    """One plan in the making: first rows known by their employee id, then by e-mail, then by name alone."""

    def __init__(self, known: tuple[Known, ...]) -> None:
        self.known = known
        self.steps: dict[int, Step] = {}
        self.claimed: dict[int, Row] = {}
        self.seen: dict[tuple[Reason, str], int] = {}

    def repeated(self, row: Row) -> Step | None:
        """Refuse a row that repeats what an earlier line of the file says."""
        keys = [
            (Reason.SAME_ID_IN_FILE, row.employee_id),
            (Reason.SAME_EMAIL_IN_FILE, fold_email(row.email)),
            (Reason.SAME_NAME_IN_FILE, "" if row.employee_id or row.email else row.name.casefold()),
        ]
        for reason, value in keys:
            if value and (reason, value) in self.seen:
                return Step(row, Act.REFUSED, reason=reason, other=str(self.seen[reason, value]))
        for reason, value in keys:
            if value:
                self.seen[reason, value] = row.line
        return None

    def by_employee_id(self, rows: list[Row]) -> list[Row]:
        """Settle the rows whose employee id is known; return the others."""
        people = {person.employee_id: person for person in self.known if person.employee_id}
        mine = {row.line: people[row.employee_id] for row in rows if row.employee_id in people}
        moving = {row.line: row for row in rows if row.line in mine}
        for row in list(moving.values()):
            if _forbidden(row, mine[row.line]):
                self._refuse(row, Reason.KEPT_ELSEWHERE)
                del moving[row.line]
        # A refused row keeps its person's address where it is, which may refuse another row in turn.
        while True:
            keeping: dict[str, Known] = {}
            changing = {mine[line].person_id for line, row in moving.items() if row.email}
            for person in self.known:
                if person.email and person.person_id not in changing:
                    keeping[fold_email(person.email)] = person
            lost = [
                (row, keeping[fold_email(row.email)])
                for row in moving.values()
                if fold_email(row.email) in keeping and fold_email(row.email) != fold_email(mine[row.line].email)
            ]
            if not lost:
                break
            for row, holder in lost:
                self._refuse(row, Reason.EMAIL_OF_ANOTHER, holder.name)
                del moving[row.line]
        for row in moving.values():
            self._take(row, mine[row.line])
        return [row for row in rows if row.line not in mine]

    def by_email(self, rows: list[Row]) -> list[Row]:
        """Settle the rows whose address is known once the first ones are carried out; return those with no key."""
        holders: dict[str, list[Known]] = {}
        for person in self._afterwards():
            if person.email:
                holders.setdefault(fold_email(person.email), []).append(person)
        rest = []
        for row in rows:
            found = holders.get(fold_email(row.email), []) if row.email else []
            if not row.email and not row.employee_id:
                rest.append(row)
            elif not found:
                self.steps[row.line] = Step(row, Act.NEW)
            elif len(found) > 1:
                self._refuse(row, Reason.EMAIL_OF_MANY)
            else:
                self._by_one_email(row, found[0])
        return rest

    def _by_one_email(self, row: Row, person: Known) -> None:
        if person.person_id in self.claimed:
            self._refuse(row, Reason.SAME_PERSON_IN_FILE, str(self.claimed[person.person_id].line))
        elif row.employee_id and person.employee_id:
            self._refuse(row, Reason.EMAIL_OF_ANOTHER, person.name)
        elif _forbidden(row, person):
            self._refuse(row, Reason.KEPT_ELSEWHERE)
        else:
            self._take(row, person)

    def by_name(self, rows: list[Row]) -> None:
        """Settle the rows that have nothing but a name."""
        bare: dict[str, Known] = {}
        named = {step.row.name.casefold() for step in self.steps.values() if step.act is Act.NEW}
        count: Counter[str] = Counter()
        for person in self._afterwards():
            name = person.name.casefold()
            if person.email or person.employee_id:
                named.add(name)
            else:
                bare[name] = person
                count[name] += 1
        for row in rows:
            name = row.name.casefold()
            if count[name] == 1:
                self._take(row, bare[name])
            elif count[name] or name in named:
                self._refuse(row, Reason.NAME_OF_ANOTHER, row.name)
            else:
                self.steps[row.line] = Step(row, Act.NEW)

    def _afterwards(self) -> tuple[Known, ...]:
        """Return the known people as the rows settled so far leave them."""
        return tuple(
            carried_out(person, self.claimed[person.person_id]) if person.person_id in self.claimed else person
            for person in self.known
        )

    def _take(self, row: Row, person: Known) -> None:
        self.claimed[person.person_id] = row
        self.steps[row.line] = Step(row, _act(row, person), before=person)

    def _refuse(self, row: Row, reason: Reason, other: str = "") -> None:
        self.steps[row.line] = Step(row, Act.REFUSED, reason=reason, other=other)


def carried_out(person: Known, row: Row) -> Known:
    """Return a person as a row leaves them: what its cells say, and what they had where a cell is empty."""
    return replace(
        person,
        name=row.name,
        email=person.email if fold_email(row.email) in ("", fold_email(person.email)) else row.email,
        employee_id=row.employee_id or person.employee_id,
        learner=True,
        in_cohort=True,
    )


def _forbidden(row: Row, person: Known) -> bool:
    after = carried_out(person, row)
    return person.shared and (after.name, after.email) != (person.name, person.email)


def _act(row: Row, person: Known) -> Act:
    after = carried_out(person, row)
    if (after.name, after.email, after.employee_id) != (person.name, person.email, person.employee_id):
        return Act.UPDATE
    return Act.SAME if person.learner and person.in_cohort else Act.JOIN
