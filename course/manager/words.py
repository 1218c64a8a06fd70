"""Sentences of the training manager's pages for what the rooms below only name."""

from course.cohorts.rules.roster.plan import Act, Step
from course.cohorts.rules.roster.reading import LONGEST_CELL, MOST_ROWS, Reason, RosterUnreadable, Unreadable
from course.web.texts import _


def unreadable(error: RosterUnreadable) -> str:
    """Return what is wrong with a file as a whole, and what to do."""
    return {
        Unreadable.EMPTY: _("There is nobody in it. Each person is one line below the headings."),
        Unreadable.TOO_LARGE: _("The file is larger than 2 MB. Please split it."),
        Unreadable.TOO_MANY_ROWS: _("There are more than %(most)s people in it. Please split it.", most=MOST_ROWS),
        Unreadable.BINARY: _("This is not a text file. In your spreadsheet, choose Save as, then CSV."),
        Unreadable.ENCODING: _("The letters cannot be read. In your spreadsheet, choose Save as, then CSV UTF-8."),
        Unreadable.NO_HEADINGS: _(
            "The first line needs headings: Name (or First name and Last name), and E-mail and Employee id if you "
            "have them. The example file shows how."
        ),
        Unreadable.TWICE: _("The heading for %(heading)s is there twice.", heading=error.heading),
        Unreadable.CSV: _("The quotes in it do not match, so the columns cannot be told apart."),
    }[error.why]


def act(name: Act) -> tuple[str, str]:
    """Return the word for what a row does, with the tone of its badge."""
    return {
        Act.NEW: (_("new"), "good"),
        Act.UPDATE: (_("corrected"), "attention"),
        Act.JOIN: (_("joins the group"), "good"),
        Act.SAME: (_("already there"), "neutral"),
        Act.REFUSED: (_("not taken"), "late"),
    }[name]


def reason(name: Reason, other: str) -> str:
    """Return why a row is not taken."""
    return {
        Reason.NO_NAME: _("There is no name."),
        Reason.TOO_LONG: _("One of its cells is longer than %(most)s characters.", most=LONGEST_CELL),
        Reason.BAD_EMAIL: _("The e-mail address does not look like one."),
        Reason.MORE_CELLS: _("It has more cells than there are headings."),
        Reason.SAME_ID_IN_FILE: _("Line %(line)s has the same employee id.", line=other),
        Reason.SAME_EMAIL_IN_FILE: _("Line %(line)s has the same e-mail address.", line=other),
        Reason.SAME_NAME_IN_FILE: _("Line %(line)s has the same name. An employee id tells them apart.", line=other),
        Reason.SAME_PERSON_IN_FILE: _("Line %(line)s is the same person.", line=other),
        Reason.EMAIL_OF_ANOTHER: _("The e-mail address is that of %(name)s here.", name=other),
        Reason.EMAIL_OF_MANY: _("Several people here have this e-mail address. Give an employee id."),
        Reason.NAME_OF_ANOTHER: _(
            "Somebody called %(name)s is here already. Give an employee id or an e-mail address.", name=other
        ),
        Reason.KEPT_ELSEWHERE: _("Their name and e-mail address are not yours to change. Ask your admin."),
    }[name]


def change(step: Step) -> str:
    """Return what a corrected row changes, in words."""
    before, after = step.before, step.after
    if before is None or after is None:
        return ""
    nothing = _("nothing")
    parts = [
        _("%(what)s: %(now)s instead of %(before)s", what=what, now=now, before=was or nothing)
        for what, was, now in (
            (_("Name"), before.name, after.name),
            (_("E-mail"), before.email, after.email),
            (_("Employee id"), before.employee_id, after.employee_id),
        )
        if was != now
    ]
    return "; ".join(parts)
