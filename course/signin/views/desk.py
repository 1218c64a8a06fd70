"""The desk's blueprint, which every file of its pages adds to."""

from flask import Blueprint

blueprint = Blueprint("signin", __name__)
