"""The demo's story: who was there on Friday, what they played and wrote, what is graded, which day comes next."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from pydantic import BaseModel
from ruamel.yaml import YAML
from sqlalchemy import update
from sqlalchemy.orm import Session

from course import clock, paths
from course.cli import prepare
from course.cli.players import play_on
from course.cli.prepared import prepare_run
from course.cohorts.models import Day, Role, Run, Seat
from course.cohorts.queries.runs import run_of_facilitator
from course.cohorts.rules.timetable import Window, timetable, window
from course.cohorts.service import calendar, membership, presence
from course.content.schema import Module
from course.grading import service as grading
from course.grading.models import Grade, Release
from course.library import queries as library
from course.people import service as people
from course.people.models import Person, Site
from course.reflections import service as reflections
from course.reflections.models import Draft, Submission
from course.scenarios import service as scenarios

MODULE = "managing-the-client-relationship"
ZONE = "America/New_York"
FRIDAY = 4
STARTS = 9 * 60
CAME_LATE = 9 * 60 + 40
LENA_STEPS = 4

NEXT_GROUP = ("Astrid Holm", "Bashir Noor", "Celia Duarte", "Dmitri Vale", "Eun-ji Park", "Femi Adeyemi")


class DemoGrade(BaseModel):
    levels: dict[str, int]
    comments: dict[str, str] = {}
    next_step: str


class DemoPage(BaseModel):
    person: str
    text: str
    grade: DemoGrade | None = None


class DemoPerson(BaseModel):
    name: str
    employee_id: str
    email: str


class DemoTexts(BaseModel):
    """What the demo's people are called and what they wrote: ``modules/_demo/pages.yaml``."""

    people: list[DemoPerson]
    pages: list[DemoPage]
    draft: str
    notes: dict[str, str]
    """What Farid wrote for himself beside a block."""


@dataclass(frozen=True)
class Stage:
    """What the demo is played on."""

    session: Session
    texts: DemoTexts
    module: Module
    run: Run
    farid: int
    seats: dict[str, Seat]
    window: Window


def fill(session: Session) -> None:
    """Make the demo."""
    texts = read_texts()
    session.add(Site(key="demo", value=clock.now().isoformat()))
    session.execute(update(Person).where(Person.id == prepare.first_admin(session)).values(name="Ada Quist"))
    organisation = membership.add_organisation(session, name="Southeast Utilities").id
    mona = _staff(session, "Mona Keller", "mona@southeast.example", organisation, Role.MANAGER)
    farid = _staff(session, "Farid Haddad", "farid@southeast.example", organisation, Role.FACILITATOR)
    session.add(Site(key="demo-people", value=f"{farid},{mona}"))
    friday = _last_friday(clock.today(ZONE))
    group = calendar.add_cohort(session, organisation_id=organisation, name="October Friday").id
    learners = {}
    for one in texts.people:
        learners[one.name] = _learner(session, one, organisation, group)
    day = calendar.add_day(
        session, organisation_id=organisation, date=friday, starts=STARTS, zone=ZONE, place="Room 3, Harbour Street 9"
    )
    run = calendar.add_run(session, day_id=day.id, cohort_id=group, module=MODULE, facilitator_id=farid)
    seats = {
        name: calendar.add_seat(session, run_id=run.id, person_id=person_id) for name, person_id in learners.items()
    }
    module = library.module(session, run.version_hash)
    stage = Stage(session, texts, module, run, farid, seats, _window(module, day, run))
    _be_present(stage, day)
    _play(stage)
    _write_pages(stage)
    _write_draft(stage)
    coming = _next_day(session, organisation, farid, friday)
    prepare_run(session, coming, farid, texts.notes)


def read_texts() -> DemoTexts:
    raw = YAML(typ="safe", pure=True).load((paths.MODULES / "_demo" / "pages.yaml").read_text(encoding="utf-8"))
    return DemoTexts.model_validate(raw)


def _last_friday(today: date) -> date:
    """Return the newest Friday before today: the day is over, and its page is not due yet."""
    return today - timedelta(days=(today.weekday() - FRIDAY) % 7 or 7)


def _staff(session: Session, name: str, email: str, organisation: int, role: Role) -> int:
    person = people.add_person(session, name=name, email=email)
    people.add_local_identity(session, person_id=person.id, address=email)
    membership.grant(session, person_id=person.id, organisation_id=organisation, role=role)
    return person.id


def _learner(session: Session, one: DemoPerson, organisation: int, group: int) -> int:
    person = people.add_person(session, name=one.name, email=one.email)
    people.add_local_identity(session, person_id=person.id, address=one.email)
    membership.grant(
        session, person_id=person.id, organisation_id=organisation, role=Role.LEARNER, employee_id=one.employee_id
    )
    calendar.add_member(session, cohort_id=group, person_id=person.id)
    return person.id


def _window(module: Module, day: Day, run: Run) -> Window:
    return window(
        module, on=day.date, starts=day.starts, zone=day.zone, opens_days=run.opens_days, due_days=run.due_days
    )


def _be_present(stage: Stage, day: Day) -> None:
    """Everybody was there the whole day, but for one who came late and one who was ill."""
    ends = timetable(stage.module, day.starts)[-1].ends
    names = list(stage.seats)
    stage.session.flush()
    held = run_of_facilitator(
        stage.session, run_id=stage.run.id, facilitator_id=stage.farid, organisations=[day.organisation_id]
    )
    if held is None:
        raise RuntimeError("The demo's course is held by nobody.")
    for name, seat in stage.seats.items():
        came = CAME_LATE if name == names[-2] else day.starts
        left = came if name == names[-1] else ends
        presence.say(stage.session, held, seat_id=seat.id, came=came, left=left, base_version=0, by_id=stage.farid)
        seat.welcomed_at = stage.window.begins


def _play(stage: Stage) -> None:
    """Everybody who was there played the case to its end; Lena is in the middle of it."""
    # The same plays each time, so that the demo's pictures and debriefs can be talked about.
    dice = random.Random(27)  # noqa: S311 - Chance for a demo, not for a secret.
    scenario = stage.module.scenarios[0].id
    for name in list(stage.seats)[:-1]:
        attempt = scenarios.begin(
            stage.session,
            seat_id=stage.seats[name].id,
            scenario_id=scenario,
            version_hash=stage.run.version_hash,
        )
        limit = LENA_STEPS if name == stage.texts.people[0].name else None
        play_on(stage.session, attempt, dice, limit=limit)


def _write_pages(stage: Stage) -> None:
    """Nine pages are in. One has its feedback, one is graded and not sent, seven wait."""
    reflection = stage.module.reflections[0].id
    graded = []
    for minute, page in enumerate(stage.texts.pages):
        seat = stage.seats[page.person]
        submitted = stage.window.ends - timedelta(minutes=30 - minute)
        handed_in = reflections.submit(
            stage.session,
            seat_id=seat.id,
            reflection=reflection,
            version_hash=stage.run.version_hash,
            text=page.text,
            operation_id=str(uuid4()),
            due=stage.window.due,
        )
        stage.session.execute(update(Submission).where(Submission.id == handed_in.id).values(submitted_at=submitted))
        grade = grading.enter(
            stage.session,
            kind="reflection",
            submission_id=handed_in.id,
            run_id=stage.run.id,
            seat_id=seat.id,
            author_id=seat.person_id,
            version_hash=stage.run.version_hash,
            rubric=reflection,
            number=1,
        )
        stage.session.execute(update(Grade).where(Grade.id == grade.id).values(created_at=submitted))
        if page.grade is not None:
            graded.append((grade.id, page.grade))
    for place, (grade_id, wanted) in enumerate(graded):
        _grade(stage, grade_id, wanted)
        if place == 0:
            _send(stage, grade_id)


def _grade(stage: Stage, grade_id: int, wanted: DemoGrade) -> None:
    fields: dict[str, object] = {f"level.{name}": level for name, level in wanted.levels.items()}
    fields |= {f"comment.{name}": text for name, text in wanted.comments.items()}
    fields["next_step"] = wanted.next_step
    version = 0
    for field, value in fields.items():
        version = grading.write(
            stage.session,
            grade_id=grade_id,
            field=field,
            value=value,
            base_version=version,
            operation_id=str(uuid4()),
            by_id=stage.farid,
        ).version
    grading.set_ready(
        stage.session, grade_id=grade_id, base_version=version, operation_id=str(uuid4()), by_id=stage.farid
    )


def _send(stage: Stage, grade_id: int) -> None:
    sent = grading.release_run(stage.session, run_id=stage.run.id, by_id=stage.farid)
    # It was sent on Saturday morning at the latest, so that it cannot be taken back any more.
    at = min(stage.window.ends + timedelta(hours=16), clock.now() - timedelta(hours=1))
    stage.session.execute(update(Release).where(Release.id == sent.release_id).values(at=at))
    stage.session.execute(update(Grade).where(Grade.id == grade_id).values(released_at=at, ready_at=at))


def _write_draft(stage: Stage) -> None:
    lena = stage.seats[stage.texts.people[0].name]
    reflections.save_draft(
        stage.session,
        seat_id=lena.id,
        reflection=stage.module.reflections[0].id,
        version_hash=stage.run.version_hash,
        text=stage.texts.draft,
        base_version=0,
        operation_id=str(uuid4()),
    )
    saved: datetime = stage.window.ends - timedelta(minutes=26)
    stage.session.execute(update(Draft).where(Draft.seat_id == lena.id).values(saved_at=saved))


def _next_day(session: Session, organisation: int, farid: int, friday: date) -> Run:
    """Plan a second group's day on the Friday to come."""
    group = calendar.add_cohort(session, organisation_id=organisation, name="Plant Systems").id
    coming = friday + timedelta(days=7)
    if coming <= clock.today(ZONE):
        coming += timedelta(days=7)
    day = calendar.add_day(
        session, organisation_id=organisation, date=coming, starts=STARTS, zone=ZONE, place="Training room, Plant 2"
    )
    run = calendar.add_run(session, day_id=day.id, cohort_id=group, module=MODULE, facilitator_id=farid)
    _seat_all(session, organisation, group, run.id, NEXT_GROUP)
    return run


def _seat_all(session: Session, organisation: int, group: int, run_id: int, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        email = f"{name.split()[0].lower()}@southeast.example"
        one = DemoPerson(name=name, employee_id=f"SU-2{number:02d}", email=email)
        person_id = _learner(session, one, organisation, group)
        calendar.add_seat(session, run_id=run_id, person_id=person_id)
