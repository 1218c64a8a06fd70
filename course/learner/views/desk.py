"""The desk's blueprint, which every file of its pages adds to."""

from flask import Blueprint, request

blueprint = Blueprint("learner", __name__, url_prefix="/learn")


def desk_url() -> str:
    """Return the address of the desk, where all addresses of a learner's pages begin.

    ``url_for`` would find the same, for as much as one of the page's statements costs.
    """
    return f"{request.script_root}{blueprint.url_prefix}/"
