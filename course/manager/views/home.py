"""What the desk shows first: the groups, each with its next day."""

from flask import render_template

from course import clock
from course.library.queries import live_modules
from course.manager.queries import home as queries
from course.manager.views.desk import blueprint
from course.manager.views.scope import places
from course.platforms.queries import contexts
from course.web import transaction
from course.web.access import Who, enter


@blueprint.get("/")
@enter(Who.MANAGER)
def home() -> str:
    session = transaction.session()
    found = queries.places(session, places(), today=clock.earliest_date())
    groups = [group for place in found for group in place.groups]
    return render_template(
        "manager/home.html",
        places=found,
        groups=groups,
        first=groups[0] if groups else None,
        learners=sum(place.learners for place in found),
        courses=[group for group in groups if group.next_run or group.last_run],
        modules=live_modules(session),
        items=contexts.undecided(session, places()),
        platforms=any(place.told for place in found),
    )
