"""The pages of this desk."""

from flask import Blueprint, render_template

from course.web.access import Who, enter

blueprint = Blueprint("learner", __name__, url_prefix="/learn")


@blueprint.get("/")
@enter(Who.LEARNER)
def home() -> str:
    return render_template("learner/home.html")
