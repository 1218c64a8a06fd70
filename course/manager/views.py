"""The pages of this desk."""

from flask import Blueprint, render_template

from course.web.access import Who, enter

blueprint = Blueprint("manager", __name__, url_prefix="/manage")


@blueprint.get("/")
@enter(Who.MANAGER)
def home() -> str:
    return render_template("manager/home.html")
