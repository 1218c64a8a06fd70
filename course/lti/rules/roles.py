"""What somebody is in a course, from the roles that a platform names: those of the course, and no others."""

import re

from course.platforms.rules import Roles

TEACHER = "Instructor"
LEARNER = "Learner"

_MEMBERSHIP = re.compile(r"https?://purl\.imsglobal\.org/vocab/lis/v2/membership(?:/([A-Za-z]+))?#([A-Za-z]+)")
_TEST = re.compile(r"https?://purl\.imsglobal\.org/vocab/lti/system/person#TestUser")


def read_roles(named: object) -> Roles:
    """Return what these roles make of somebody in the course. What is unknown or about the whole LMS gives nothing."""
    roles = [role.strip() for role in named if isinstance(role, str)] if isinstance(named, list) else []
    principals = {_principal(role) for role in roles}
    return Roles(
        learner=LEARNER in principals,
        teacher=TEACHER in principals,
        test=any(_TEST.fullmatch(role) for role in roles),
    )


def _principal(role: str) -> str:
    """Return the role of a course under which this one falls. Moodle's roster writes it without its address."""
    found = _MEMBERSHIP.fullmatch(role)
    if found is None:
        return role if role in {TEACHER, LEARNER} else ""
    return found[1] or found[2]
