"""The door's blueprint, which every file of its pages adds to."""

from flask import Blueprint

blueprint = Blueprint("lti", __name__)
