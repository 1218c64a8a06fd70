"""What the desk shows first."""

from flask import render_template

from course.learner.views.desk import blueprint
from course.web.access import Who, enter


@blueprint.get("/")
@enter(Who.LEARNER)
def home() -> str:
    return render_template("learner/home.html")
