"""The pictures of a module, for those who have a seat on a version that shows them."""

from flask import Response

from course.cohorts.models import Role
from course.cohorts.queries.seats import versions_of
from course.learner.views.desk import blueprint
from course.library import queries as library
from course.web.access import Who, enter, found, viewer
from course.web.transaction import session

YEAR = 31_536_000


@blueprint.get("/-/pictures/<picture_hash>")
@enter(Who.LEARNER)
def picture(picture_hash: str) -> Response:
    """Send a picture, which never changes under its hash."""
    present = viewer()
    versions = versions_of(session(), person_id=present.person_id, organisations=present.organisations(Role.LEARNER))
    shown = any(
        each.hash == picture_hash for version in versions for each in library.module(session(), version).pictures
    )
    kept = found(library.picture(session(), picture_hash) if shown else None)
    response = Response(kept.content, mimetype=kept.media_type)
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response
