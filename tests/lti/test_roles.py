"""Which roles make somebody a learner or a teacher of one course, and which make them nothing."""

import pytest

from course.lti.rules.roles import read_roles
from course.platforms.rules import Roles

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    ("named", "roles"),
    [
        ([f"{MEMBERSHIP}#Learner"], Roles(learner=True)),
        (["Learner"], Roles(learner=True)),
        ([f"{MEMBERSHIP}#Instructor"], Roles(teacher=True)),
        (["Instructor", "Learner"], Roles(learner=True, teacher=True)),
        ([f"{MEMBERSHIP}/Instructor#TeachingAssistant"], Roles(teacher=True)),
        ([f"{MEMBERSHIP}/Instructor#Grader"], Roles(teacher=True)),
        ([f"{MEMBERSHIP}/Learner#GuestLearner"], Roles(learner=True)),
        ([" Learner "], Roles(learner=True)),
        (
            [f"{MEMBERSHIP}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
            Roles(learner=True, test=True),
        ),
        ([f"{INSTITUTION}#Instructor", f"{MEMBERSHIP}#Learner"], Roles(learner=True)),
        ([f"{INSTITUTION}#Instructor"], Roles()),
        ([f"{INSTITUTION}#Student"], Roles()),
        ([f"{SYSTEM}#Administrator", f"{SYSTEM}#SysAdmin"], Roles()),
        ([f"{MEMBERSHIP}#Administrator", f"{MEMBERSHIP}#ContentDeveloper", f"{MEMBERSHIP}#Mentor"], Roles()),
        ([f"{MEMBERSHIP}/Administrator#Instructor"], Roles()),
        ([f"{MEMBERSHIP}#Instructor/x", f"x{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}#Instructor\nx"], Roles()),
        (["http://evil.example/vocab/lis/v2/membership#Instructor"], Roles()),
        (["instructor", "LEARNER", "Teacher", ""], Roles()),
        ([], Roles()),
        (None, Roles()),
        ("Instructor", Roles()),
        ({"Instructor": 1}, Roles()),
        ([1, None, ["Instructor"], {"a": "Instructor"}], Roles()),
    ],
)
def test_roles(named: object, roles: Roles) -> None:
    assert read_roles(named) == roles
