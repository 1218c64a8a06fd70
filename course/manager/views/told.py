"""Results of a group that an LMS did not take: whose, why, and sent again."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from course.library.queries import module as read_module
from course.manager.views.desk import blueprint
from course.manager.views.scope import own_group
from course.platforms.queries.scores import Told, refused_of_cohort
from course.platforms.service.scores import resend
from course.web.access import Who, enter
from course.web.texts import _, ngettext
from course.web.told import learners
from course.web.transaction import session


def counted(told: Iterable[Told]) -> dict[str, int]:
    """Return how many results each LMS did not take, by its name."""
    return dict(sorted(Counter(one.platform for one in told).items()))


@blueprint.get("/cohorts/<int:cohort_id>/results/")
@enter(Who.MANAGER)
def refused_results(cohort_id: int) -> str:
    group = own_group(cohort_id)
    told = refused_of_cohort(session(), cohort_id)
    runs = [
        (read_module(session(), version_hash).title, date, learners(results))
        for (_run, version_hash, date), results in groupby(
            told, key=lambda one: (one.run_id, one.version_hash, one.date)
        )
    ]
    return render_template("manager/cohort_results.html", group=group, runs=runs)


@blueprint.post("/cohorts/<int:cohort_id>/results/")
@enter(Who.MANAGER)
def resend_refused(cohort_id: int) -> ResponseReturnValue:
    own_group(cohort_id)
    runs = {one.run_id for one in refused_of_cohort(session(), cohort_id)}
    count = sum(resend(session(), run_id=run_id) for run_id in sorted(runs))
    if count:
        told = ngettext("1 result is on its way again.", "%(num)s results are on their way again.", count)
        flash(told % {"num": count}, "good")
    else:
        flash(_("There was nothing to send again."), "attention")
    return redirect(url_for("manager.refused_results", cohort_id=cohort_id), 303)
