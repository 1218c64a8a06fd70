"""Typed builders: the smallest real row of each kind, and the fixed cast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from course import clock, paths
from course.cases import engine
from course.cases.case import says
from course.cohorts.models import Cohort, CohortMember, Day, Membership, Role, Run, Seat
from course.content.loader import LoadedModule, load
from course.content.schema import Module
from course.library import queries as library
from course.library.service import publish
from course.people.models import Identity, Organisation, Person
from course.scenarios.models import Attempt, AttemptEvent, Saying

MODULES = Path(__file__).parent / "data" / "modules"
SMALL = MODULES / "small-talk"
ALL_KINDS = MODULES / "all-kinds"


@cache
def _small() -> LoadedModule:
    return load(SMALL)


def small_module() -> Module:
    """The example module of the tests: five blocks, one short case, one page."""
    return _small().module


@cache
def shipped(slug: str) -> Module:
    """A module that comes with Oneday, read once: that takes a third of a second."""
    return load(paths.MODULES / slug).module


@cache
def all_kinds() -> Module:
    """A module whose one case, ``crane``, has a scene of every kind."""
    return load(ALL_KINDS).module


def published(session: Session, module: Module | None = None) -> str:
    """Publish a module (the small one by default) and return its hash."""
    return publish(session, module=module or small_module(), pictures=_small().pictures)


def organisation(session: Session, name: str = "Southeast Utilities") -> Organisation:
    made = Organisation(name=name, created_at=clock.now())
    session.add(made)
    session.flush()
    return made


def person(session: Session, name: str, *, email: str | None = None, identity: bool = False) -> Person:
    """A person; with ``identity``, one who can be sent a password link."""
    made = Person(name=name, email=email, created_at=clock.now())
    session.add(made)
    session.flush()
    if identity and email is not None:
        session.add(Identity(person_id=made.id, kind="local", subject=email.casefold(), created_at=clock.now()))
        session.flush()
    return made


def membership(
    session: Session,
    who: Person,
    role: Role,
    where: Organisation | None = None,
    *,
    employee_id: str | None = None,
) -> Membership:
    made = Membership(
        person_id=who.id,
        organisation_id=where.id if where is not None else None,
        role=role,
        employee_id=employee_id,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def cohort(session: Session, where: Organisation, *, name: str = "October Friday") -> Cohort:
    made = Cohort(organisation_id=where.id, name=name, created_at=clock.now())
    session.add(made)
    session.flush()
    return made


def member(session: Session, group: Cohort, who: Person) -> CohortMember:
    made = CohortMember(cohort_id=group.id, person_id=who.id, joined_at=clock.now())
    session.add(made)
    session.flush()
    return made


def day(
    session: Session,
    where: Organisation,
    *,
    on: date | None = None,
    starts: int = 540,
    zone: str = "America/New_York",
    place: str = "Room 3, Harbour Street",
) -> Day:
    """A day, today by default on the clock of its zone."""
    made = Day(
        organisation_id=where.id,
        date=on or clock.today(zone),
        starts=starts,
        zone=zone,
        place=place,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def run(
    session: Session,
    on: Day,
    group: Cohort,
    *,
    version_hash: str,
    facilitator: Person | None,
    module: str = "small-talk",
) -> Run:
    made = Run(
        day_id=on.id,
        cohort_id=group.id,
        module=module,
        version_hash=version_hash,
        facilitator_id=facilitator.id if facilitator is not None else None,
        created_at=clock.now(),
    )
    session.add(made)
    session.flush()
    return made


def seat(session: Session, held: Run, who: Person) -> Seat:
    made = Seat(run_id=held.id, day_id=held.day_id, person_id=who.id, way="manager", created_at=clock.now())
    session.add(made)
    session.flush()
    return made


def played(
    session: Session,
    seat_id: int,
    *given: tuple[str, str],
    version_hash: str,
    scenario: str = "crane",
    said: Mapping[str, str] | None = None,
    nearer: str = "",
    number: int = 1,
    rewound: int | None = None,
) -> Attempt:
    """A play with these answers. Where a sentence is asked for there is one; ``said`` are those that may be shown."""
    found = library.module(session, version_hash).scenario(scenario)
    assert found is not None
    case = engine.compile_case(found)
    steps: list[engine.Action] = []
    for scene, choice in given:
        steps += [engine.Said(scene)] if says(case.nodes[scene]) else []
        steps.append(engine.Choose(scene, choice))
    state = engine.replay(case, steps)[-1][0]
    made = Attempt(
        seat_id=seat_id,
        scenario=scenario,
        version_hash=version_hash,
        number=number,
        version=len(steps),
        scene=state.scene,
        state=engine.dump(case, state),
        started_at=clock.now(),
        finished_at=clock.now() if engine.ending(case, state) else None,
        rewound=rewound,
    )
    session.add(made)
    session.flush()
    for version, step in enumerate(steps, start=1):
        told: dict[str, Any] = {"attempt_id": made.id, "version": version, "scene": step.scene, "at": clock.now()}
        choice = step.choice if isinstance(step, engine.Choose) else ""
        session.add(AttemptEvent(**told, operation_id=str(version), choice=choice))
        if not choice:
            shown = (said or {}).get(step.scene)
            text = shown or f"A sentence at {step.scene}."
            session.add(Saying(**told, text=text, confidence=60, may_show=shown is not None, nearer=nearer))
    session.flush()
    return made


@dataclass(frozen=True)
class Cast:
    """Ids of the fixed cast. ``other_*`` belong to another organisation and must never be seen by the rest."""

    organisation: int
    lena: int
    leo: int
    farid: int
    mona: int
    ada: int
    cohort: int
    day: int
    run: int
    lena_seat: int
    leo_seat: int
    version_hash: str
    other_organisation: int
    otto: int
    otto_manager: int
    otto_facilitator: int
    other_cohort: int
    other_run: int
    otto_seat: int
    at: datetime


def cast_of(session: Session, module: Module | None = None) -> Cast:
    """Make the cast: one cohort with a run today, and a second organisation beside it."""
    version_hash = published(session, module)
    slug = (module or small_module()).slug
    here = organisation(session)
    lena = person(session, "Lena Brandt", email="lena@example.org", identity=True)
    leo = person(session, "Leo Marsh", email="leo@example.org", identity=True)
    farid = person(session, "Farid Haddad", email="farid@example.org", identity=True)
    mona = person(session, "Mona Keller", email="mona@example.org", identity=True)
    ada = person(session, "Ada Quist", email="ada@example.org", identity=True)
    membership(session, lena, Role.LEARNER, here, employee_id="E-1")
    membership(session, leo, Role.LEARNER, here, employee_id="E-2")
    membership(session, farid, Role.FACILITATOR, here)
    membership(session, mona, Role.MANAGER, here)
    membership(session, ada, Role.ADMIN)
    group = cohort(session, here)
    member(session, group, lena)
    member(session, group, leo)
    today = day(session, here)
    held = run(session, today, group, version_hash=version_hash, facilitator=farid, module=slug)
    lena_seat = seat(session, held, lena)
    leo_seat = seat(session, held, leo)

    there = organisation(session, "Harbour Freight Lines")
    otto = person(session, "Otto Vance", email="otto@example.org", identity=True)
    otto_manager = person(session, "Olga Prior", email="olga@example.org", identity=True)
    otto_facilitator = person(session, "Oskar Blum", email="oskar@example.org", identity=True)
    membership(session, otto, Role.LEARNER, there, employee_id="E-1")
    membership(session, otto_manager, Role.MANAGER, there)
    membership(session, otto_facilitator, Role.FACILITATOR, there)
    other_group = cohort(session, there, name="Dockside")
    member(session, other_group, otto)
    other_day = day(session, there, on=clock.today("America/New_York") + timedelta(days=1))
    other_run = run(
        session, other_day, other_group, version_hash=version_hash, facilitator=otto_facilitator, module=slug
    )
    otto_seat = seat(session, other_run, otto)
    return Cast(
        organisation=here.id,
        lena=lena.id,
        leo=leo.id,
        farid=farid.id,
        mona=mona.id,
        ada=ada.id,
        cohort=group.id,
        day=today.id,
        run=held.id,
        lena_seat=lena_seat.id,
        leo_seat=leo_seat.id,
        version_hash=version_hash,
        other_organisation=there.id,
        otto=otto.id,
        otto_manager=otto_manager.id,
        otto_facilitator=otto_facilitator.id,
        other_cohort=other_group.id,
        other_run=other_run.id,
        otto_seat=otto_seat.id,
        at=clock.now(),
    )
