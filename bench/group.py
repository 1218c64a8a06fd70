"""A group of people in the middle of their module, made by the services as a real one would be."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import uuid4

from sqlalchemy.orm import Session

from bench.playing import seeded
from course import clock
from course.cli.players import play_on
from course.cohorts.models import Day, Role, Run
from course.cohorts.queries.runs import run_of_facilitator
from course.cohorts.rules.timetable import timetable, window
from course.cohorts.service import calendar, membership, presence
from course.content.schema import Module, Reflection
from course.grading import service as grading
from course.library import queries as library
from course.people import service as people
from course.reflections import service as reflections
from course.scenarios import service as scenarios

MODULE = "managing-the-client-relationship"
ZONE = "America/New_York"
STARTS = 9 * 60
PEOPLE = 30
WRITTEN = 24
"""So many of a group have handed their page in; half of those are graded."""
FIRST_STEPS = 4
WORDS = (
    "I wrote to the sponsor on Monday because the interface would be late. She asked what that means for her "
    "people on payday. I had no answer, so I promised one by noon and kept it. "
)
PAGE = WORDS * 9


@dataclass(frozen=True)
class Group:
    """A group and whom it belongs to. The first learner plays and writes at this moment."""

    organisation_id: int
    cohort_id: int
    run_id: int
    manager_id: int
    facilitator_id: int
    learner_ids: tuple[int, ...]
    seat_ids: tuple[int, ...]
    version_hash: str
    module: Module

    def person(self, role: str) -> int:
        """Return who opens the pages of a desk."""
        return {"learner": self.learner_ids[0], "manager": self.manager_id, "facilitator": self.facilitator_id}[role]

    @property
    def case_block(self) -> str:
        return next(block.id for block in self.module.blocks if block.scenario is not None)

    @property
    def case_id(self) -> str:
        return self.module.scenarios[0].id

    @property
    def page_block(self) -> str:
        return next(block.id for block in self.module.blocks if block.reflection is not None)

    @property
    def reading_block(self) -> str:
        """The longest block that is only read."""
        plain = [block for block in self.module.blocks if block.scenario is None and block.reflection is None]
        return max(plain, key=lambda block: len(block.learner)).id


def make(session: Session, name: str, *, size: int = PEOPLE, written: int = WRITTEN, days_ago: int = 2) -> Group:
    """Make a group whose day was some days ago, in an organisation of its own."""
    organisation_id = membership.add_organisation(session, name=f"{name} Utilities").id
    manager_id = _person(session, f"Manager {name}", organisation_id, Role.MANAGER)
    facilitator_id = _person(session, f"Facilitator {name}", organisation_id, Role.FACILITATOR)
    cohort_id = calendar.add_cohort(session, organisation_id=organisation_id, name=f"{name} Friday").id
    date = clock.today(ZONE) - timedelta(days=days_ago)
    day = calendar.add_day(
        session, organisation_id=organisation_id, date=date, starts=STARTS, zone=ZONE, place="Room 3, Harbour Street 9"
    )
    run = calendar.add_run(session, day_id=day.id, cohort_id=cohort_id, module=MODULE, facilitator_id=facilitator_id)
    learner_ids = []
    for number in range(size):
        learner_ids.append(_person(session, f"{name} Learner {number:03d}", organisation_id, Role.LEARNER))
        calendar.add_member(session, cohort_id=cohort_id, person_id=learner_ids[-1])
    seat_ids = [calendar.add_seat(session, run_id=run.id, person_id=each).id for each in learner_ids]
    module = library.module(session, run.version_hash)
    group = Group(
        organisation_id,
        cohort_id,
        run.id,
        manager_id,
        facilitator_id,
        tuple(learner_ids),
        tuple(seat_ids),
        run.version_hash,
        module,
    )
    if days_ago > 0:
        _hold(session, group, day, run, written)
    return group


def _person(session: Session, name: str, organisation_id: int, role: Role) -> int:
    address = f"{name.replace(' ', '.').casefold()}@bench.example"
    person = people.add_person(session, name=name, email=address)
    people.add_local_identity(session, person_id=person.id, address=address)
    membership.grant(session, person_id=person.id, organisation_id=organisation_id, role=role)
    return person.id


def _hold(session: Session, group: Group, day: Day, run: Run, written: int) -> None:
    """Let the day be over: everybody was there, all but the first have played, most have handed their page in."""
    dice = seeded(27)
    ends = timetable(group.module, day.starts)[-1].ends
    due = window(
        group.module, on=day.date, starts=day.starts, zone=day.zone, opens_days=run.opens_days, due_days=run.due_days
    ).due
    reflection = group.module.reflections[0]
    held = run_of_facilitator(
        session, run_id=run.id, facilitator_id=group.facilitator_id, organisations=[group.organisation_id]
    )
    if held is None:
        raise RuntimeError("The group's day is held by nobody.")
    for number, seat_id in enumerate(group.seat_ids):
        presence.say(
            session, held, seat_id=seat_id, came=day.starts, left=ends, base_version=0, by_id=group.facilitator_id
        )
        play(session, group, seat_id, dice, limit=FIRST_STEPS if number == 0 else None)
        _write(session, group, seat_id, reflection)
        if 0 < number <= written:
            page = reflections.submit(
                session,
                seat_id=seat_id,
                reflection=reflection.id,
                version_hash=group.version_hash,
                text=PAGE,
                operation_id=str(uuid4()),
                due=due,
            )
            grade = grading.enter(
                session,
                kind="reflection",
                submission_id=page.id,
                run_id=group.run_id,
                seat_id=seat_id,
                author_id=group.learner_ids[number],
                version_hash=group.version_hash,
                rubric=reflection.id,
                number=1,
            )
            if number % 2:
                _grade(session, group, grade.id, reflection)


def play(session: Session, group: Group, seat_id: int, dice: Random, *, limit: int | None) -> None:
    """Play the case to its end, or for so many steps."""
    scenario = group.module.scenarios[0].id
    attempt = scenarios.begin(session, seat_id=seat_id, scenario_id=scenario, version_hash=group.version_hash)
    play_on(session, attempt, dice, limit=limit)


def _write(session: Session, group: Group, seat_id: int, reflection: Reflection) -> None:
    for version, text in enumerate((PAGE[:400], PAGE[:900], PAGE)):
        reflections.save_draft(
            session,
            seat_id=seat_id,
            reflection=reflection.id,
            version_hash=group.version_hash,
            text=text,
            base_version=version,
            operation_id=str(uuid4()),
        )


def _grade(session: Session, group: Group, grade_id: int, reflection: Reflection) -> None:
    fields: dict[str, object] = {f"level.{criterion.id}": 3 for criterion in reflection.criteria}
    fields |= {f"comment.{criterion.id}": "You name what she needed to hear." for criterion in reflection.criteria}
    fields["next_step"] = "Write to her before Friday and ask what she tells her own people."
    version = 0
    for field, value in fields.items():
        version = grading.write(
            session,
            grade_id=grade_id,
            field=field,
            value=value,
            base_version=version,
            operation_id=str(uuid4()),
            by_id=group.facilitator_id,
        ).version
    grading.set_ready(
        session, grade_id=grade_id, base_version=version, operation_id=str(uuid4()), by_id=group.facilitator_id
    )
