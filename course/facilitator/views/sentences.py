"""Why something was not done and how long something waits, as the facilitator reads it."""

from datetime import datetime

from course import clock
from course.grading.rules import LONGEST_COMMENT, LONGEST_NEXT_STEP, NEXT_STEP, Refusal
from course.web.texts import _, ngettext


def refusal(why: Refusal, field: str = "") -> str:
    longest = LONGEST_NEXT_STEP if field == NEXT_STEP else LONGEST_COMMENT
    return {
        Refusal.OWN_WORK: _("Nobody grades their own page."),
        Refusal.RELEASED: _("This feedback was sent, so nothing more is saved here. Take it back first to change it."),
        Refusal.UNKNOWN_FIELD: _("There is no such field on this page."),
        Refusal.BAD_VALUE: _("This cannot be saved as it is. Please write it again."),
        Refusal.TOO_LONG: _("This is too long: please keep it under %(longest)s characters.", longest=longest),
        Refusal.BAD_OPERATION: _("The page was open for too long to know what changed. Please save once more."),
        Refusal.MISSING: _("Something is still missing."),
        Refusal.NOTHING_READY: _("There is no finished feedback to send."),
        Refusal.NOTHING_SENT: _("This feedback was taken back already."),
        Refusal.TOO_LATE: _("The mails have left, so it cannot be taken back any more."),
    }[why]


def missing(field: str) -> str:
    """Return what a field still needs before the page is done."""
    return _("Please write one next step.") if field == NEXT_STEP else _("Please choose a level.")


def age(since: datetime) -> str:
    """Return how long the oldest page waits, in whole days."""
    days = (clock.now() - since).days
    if days == 0:
        return _("all from the last 24 hours")
    return ngettext("oldest %(num)s day", "oldest %(num)s days", days) % {"num": days}
