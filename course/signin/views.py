"""The ways in and out."""

from flask import Blueprint, render_template

from course.web.access import Who, enter

blueprint = Blueprint("signin", __name__)


@blueprint.get("/sign-in")
@enter(Who.ANYBODY)
def sign_in() -> str:
    return render_template("signin/sign_in.html")
