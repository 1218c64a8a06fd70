"""A strict LMS of ours for the tests: ``Double`` (see ``platform.py``), and ``connect`` for its rows at Oneday."""

from tests.counterparts.double.http import Refusal, Reply
from tests.counterparts.double.platform import Double
from tests.counterparts.double.rows import connect
from tests.counterparts.double.world import Client, Course, Item, Link, Member, Result, User

__all__ = ["Client", "Course", "Double", "Item", "Link", "Member", "Refusal", "Reply", "Result", "User", "connect"]
