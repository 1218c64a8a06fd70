"""What each error page says: what happened, what is safe, what to do."""

from dataclasses import dataclass
from http import HTTPStatus

from course.web.texts import _


@dataclass(frozen=True)
class Sentences:
    title: str
    what: str
    safe: str
    todo: str


def of(status: int) -> Sentences:
    """Return the sentences of a status; one that nobody wrote for is told as its class's commonest one."""
    known = {**_about_the_address(), **_about_the_form(), **_about_the_site()}
    return known.get(status) or known[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500]


def _about_the_address() -> dict[int, Sentences]:
    unlost, start = _("Nothing is lost."), _("Start from your home page.")
    return {
        401: Sentences(
            _("You are signed out"),
            _("We do not know who you are."),
            unlost,
            _("Sign in, then go back to the page."),
        ),
        403: Sentences(
            _("This page is for another role"),
            _("You are signed in, but without the role that this page needs."),
            unlost,
            _("If it should be yours, ask your training manager."),
        ),
        404: Sentences(_("There is no such page"), _("Nothing of yours has this address."), unlost, start),
        405: Sentences(_("That does not work here"), _("This page cannot be called like that."), unlost, start),
    }


def _about_the_form() -> dict[int, Sentences]:
    unchanged = _("Nothing was changed.")
    return {
        400: Sentences(
            _("We could not read that"),
            _("What was sent is not complete."),
            unchanged,
            _("Reload the page, then try again."),
        ),
        409: Sentences(
            _("Somebody was faster"),
            _("This was changed in the meantime."),
            _("What was saved before is still there."),
            _("Reload the page to see what is there now."),
        ),
        413: Sentences(
            _("That is too large"),
            _("More was sent than this site takes at once."),
            unchanged,
            _("Send a smaller file or a shorter text."),
        ),
        422: Sentences(
            _("Something does not fit"),
            _("Something in the form does not fit."),
            unchanged,
            _("Go back and look at the form again."),
        ),
    }


def _about_the_site() -> dict[int, Sentences]:
    unchanged = _("Nothing was changed.")
    return {
        429: Sentences(
            _("Too many tries"),
            _("That was tried too often."),
            unchanged,
            _("Wait a few minutes, then try again."),
        ),
        500: Sentences(
            _("Something went wrong"),
            _("The fault is on our side."),
            _("The last thing you did was not saved; everything before it was."),
            _("Try again. If it happens twice, tell us the number below."),
        ),
        503: Sentences(
            _("The site is busy"),
            _("It could not take this right now."),
            unchanged,
            _("Wait a moment, then try again."),
        ),
    }
