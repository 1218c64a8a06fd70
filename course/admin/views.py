"""The pages of this desk."""

from flask import Blueprint, render_template

from course.web.access import Who, enter

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/")
@enter(Who.ADMIN)
def home() -> str:
    return render_template("admin/home.html")
