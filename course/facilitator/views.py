"""The pages of this desk."""

from flask import Blueprint, render_template

from course.web.access import Who, enter

blueprint = Blueprint("facilitator", __name__, url_prefix="/facilitate")


@blueprint.get("/")
@enter(Who.FACILITATOR)
def home() -> str:
    return render_template("facilitator/home.html")
