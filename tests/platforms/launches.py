"""A platform that is connected to the fixed cast's organisation, and what its launches say."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from course import clock
from course.platforms.models import Deployment, Platform
from course.platforms.rules import ContextClaim, GradesClaim, Launch, LinkClaim, Message, Roles, State
from course.platforms.service import landing
from course.platforms.service.landing import Landing
from course.statements import write_waiting

MODULE = "small-talk"
LEARNER = Roles(learner=True)
TEACHER = Roles(teacher=True)
NOBODY = Roles()
COURSE = ContextClaim("course-7", "PM-10", "Project work, October")


@dataclass(frozen=True)
class Connected:
    """Ids of a platform and its deployment, for one organisation."""

    platform: int
    deployment: int
    organisation: int

    def land(self, session: Session, **said: Any) -> Landing:
        """Let somebody land; what is not said is Nora, a learner who clicks the link to the small module.

        What waits for the end of a launch's unit of work is written, so that a test may read it in the same one.
        """
        launch = said.pop("launch", None) or a_launch(self, **said)
        landed = landing.land(session, launch, deployment_id=self.deployment, organisation_id=self.organisation)
        write_waiting(session)
        return landed


def connect(
    session: Session,
    organisation_id: int,
    *,
    issuer: str = "https://moodle.example.org",
    client_id: str = "oneday-1",
    name: str = "Moodle of Southeast",
) -> Connected:
    now = clock.now()
    platform = Platform(
        name=name,
        issuer=issuer,
        client_id=client_id,
        auth_url=f"{issuer}/mod/lti/auth.php",
        token_url=f"{issuer}/mod/lti/token.php",
        keys_url=f"{issuer}/mod/lti/certs.php",
        family="moodle",
        organisation_id=organisation_id,
        state=State.ACTIVE,
        created_at=now,
    )
    session.add(platform)
    session.flush()
    deployment = Deployment(platform_id=platform.id, name="1", state=State.ACTIVE, created_at=now)
    session.add(deployment)
    session.flush()
    return Connected(platform.id, deployment.id, organisation_id)


def a_launch(where: Connected, **said: Any) -> Launch:
    base = Launch(
        platform_id=where.platform,
        deployment="1",
        message=Message.RESOURCE,
        subject="42",
        name="Nora Lind",
        email="nora@example.org",
        roles=LEARNER,
        context=COURSE,
        link=LinkClaim("link-1", "Small talk", MODULE),
        grades=GradesClaim(
            "https://moodle.example.org/lineitems?type_id=1",
            "https://moodle.example.org/5/lineitem?type_id=1",
            ("score", "lineitem"),
        ),
        memberships_url="https://moodle.example.org/memberships",
        return_url="https://moodle.example.org/course/view.php?id=7",
    )
    return replace(base, **said)
