"""What the desk shows first."""

from flask import render_template

from course.facilitator.views.desk import blueprint
from course.web.access import Who, enter


@blueprint.get("/")
@enter(Who.FACILITATOR)
def home() -> str:
    return render_template("facilitator/home.html")
