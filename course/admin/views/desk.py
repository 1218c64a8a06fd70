"""The desk's blueprint, which every file of its pages adds to."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
