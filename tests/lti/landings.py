"""Whole launches in a browser, said in the words of ``a_launch``: from the login to where they come out."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.platforms.models import Context, Deployment
from course.platforms.rules import Launch
from tests.lti.platform import LEARNER, LTI, TEACHER, Signer, login_and_launch
from tests.platforms import launches
from tests.platforms.launches import Connected, a_launch

TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
OBSERVER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Observer"
BACK = "https://lms.example/course/3"

LaunchIn = Callable[..., TestResponse]


def place(engines: Engines, platform_id: int, organisation_id: int) -> Connected:
    """Return the ids of a platform and its one deployment."""
    with unit_of_work(engines, write=False) as session:
        found = session.execute(select(Deployment.id).where(Deployment.platform_id == platform_id)).scalar_one()
    return Connected(platform_id, found, organisation_id)


def launcher(browser: FlaskClient, signer: Signer, where: Connected) -> LaunchIn:
    """Return a way to launch in this browser; what is not said is as ``a_launch`` has it."""

    def go(**said: Any) -> TestResponse:
        return login_and_launch(browser, signer, _claims(a_launch(where, **said)))

    return go


def decide(engines: Engines, where: Connected, cohort_id: int) -> int:
    """Say which group the platform's course is, after a teacher's launch made it known. Returns the context's id."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        landed = where.land(session, subject="t", name="Tia Roth", email="", roles=launches.TEACHER)
        assert landed.context_id is not None
        session.get_one(Context, landed.context_id).cohort_id = cohort_id
        return landed.context_id


def _claims(launch: Launch) -> dict[str, Any]:
    roles = launch.roles
    context, link = launch.context, launch.link
    said = [(roles.learner, LEARNER), (roles.teacher, TEACHER), (roles.test, TEST_USER)]
    return {
        "sub": launch.subject,
        "name": launch.name or None,
        "given_name": None,
        "family_name": None,
        "email": launch.email or None,
        f"{LTI}roles": [name for held, name in said if held] or [OBSERVER],
        f"{LTI}context": context and {"id": context.id, "label": context.label, "title": context.title},
        f"{LTI}resource_link": link and {"id": link.id, "title": link.title},
        f"{LTI}custom": {"module": link.module} if link is not None and link.module else None,
    }
