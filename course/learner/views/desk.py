"""The desk's blueprint, which every file of its pages adds to."""

from flask import Blueprint

blueprint = Blueprint("learner", __name__, url_prefix="/learn")
