"""The words on the screen for the words in the code: one file, so that no page invents its own."""

from course.web.texts import _


def role(name: str) -> str:
    return {
        "learner": _("Learner"),
        "facilitator": _("Facilitator"),
        "manager": _("Training manager"),
        "admin": _("Admin"),
    }[name]


def block_kind(name: str) -> str:
    return {
        "open": _("Opening"),
        "concept": _("Idea"),
        "demo": _("Example"),
        "case": _("Case"),
        "practice": _("Practice"),
        "reflect": _("Writing"),
        "plan": _("Plan"),
        "check": _("Check"),
        "evaluate": _("Closing"),
        "break": _("Break"),
    }[name]
