"""How platforms differ from the standard where grades are concerned: one row a family, each with who measured it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any


def plain(text: str) -> str:
    return text


def as_html(text: str) -> str:
    """Return a plain text for a gradebook that reads HTML."""
    return escape(text, quote=False).replace("\n", "<br/>")


@dataclass(frozen=True)
class Quirks:
    """What to know of one family of platforms."""

    comment: Callable[[str], str] = plain
    extension: Mapping[str, Any] = field(default_factory=dict)
    """Goes into every score."""
    submitted: bool = False
    """Whether a score says when the work was handed in, so that it is not marked late."""
    not_enrolled: frozenset[int] = frozenset()
    """Statuses of a score that mean: this person is no learner of the course. 404 may mean it everywhere."""
    words_not_enrolled: tuple[str, ...] = ()
    """Parts of an answer that mean the same under any status, in small letters."""
    token_audience: str = ""
    """Whom a token request addresses, where that is never the token's own address."""
    limit_header: str = ""
    """A 403 with 0 under this name means: too many requests."""
    ties: bool = False
    """Whether a completion's column names its resource link: elsewhere that is not needed, and Canvas refuses it for
    links that are no assignments."""


COMMON = Quirks()
FAMILIES: Mapping[str, Quirks] = {
    # 400 with an empty list, the reason in the status line only (measured, Moodle 5.1).
    "moodle": Quirks(not_enrolled=frozenset({400})),
    # Sources: PrairieLearn (403 for too many, 422 for no student), canvas-lms #1799 (late flags), and its own
    # documentation: each score is a new submission unless told otherwise.
    "canvas": Quirks(
        extension={"https://canvas.instructure.com/lti/submission": {"new_submission": False}},
        submitted=True,
        words_not_enrolled=("user not found in course", "not a student"),
        limit_header="x-rate-limit-remaining",
    ),
    # Source: hypothesis/lms, _v13.py and its d2l plugin.
    "desire2learn": Quirks(
        not_enrolled=frozenset({403}),
        token_audience="https://api.brightspace.com/auth/token",  # noqa: S106 - An address.
    ),
    # Source: hypothesis/lms, blackboard plugin: a 400 that says so, and comments are HTML.
    "BlackboardLearn": Quirks(comment=as_html, words_not_enrolled=("user could not be found",)),
    # Measured, lti-consumer-xblock 11.4.4: a line item without its component's link never reaches the gradebook.
    "openedx": Quirks(ties=True),
}


def quirks(family: str) -> Quirks:
    """Return what to know of a platform, by its product_family_code in whatever spelling."""
    by_name = {name.casefold(): found for name, found in FAMILIES.items()}
    return by_name.get(family.casefold(), COMMON)
