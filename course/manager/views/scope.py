"""What a manager may see: their own organisations and nothing else."""

from course.cohorts.models import Role
from course.manager.queries import cohorts, people, runs
from course.manager.queries.cohorts import Group
from course.manager.queries.people import Known
from course.manager.queries.runs import HeldRun
from course.platforms.queries import contexts
from course.platforms.queries.contexts import Course
from course.web import access, transaction


def places() -> frozenset[int]:
    """Return the organisations that the viewer manages."""
    return access.viewer().organisations(Role.MANAGER)


def own_group(cohort_id: int) -> Group:
    return access.found(cohorts.group(transaction.session(), places(), cohort_id))


def own_person(person_id: int) -> Known:
    return access.found(people.person(transaction.session(), places(), person_id))


def own_course(context_id: int) -> Course:
    return access.found(contexts.course(transaction.session(), places(), context_id))


def own_run(run_id: int) -> HeldRun:
    return access.found(runs.run(transaction.session(), places(), run_id))
