"""What the desk shows first."""

from flask import render_template

from course.manager.views.desk import blueprint
from course.web.access import Who, enter


@blueprint.get("/")
@enter(Who.MANAGER)
def home() -> str:
    return render_template("manager/home.html")
