"""What must fit together across a module's files, and what its texts owe to those who read and say them."""

from course.content.checks.overlap import check_overlap
from course.content.checks.waivers import settle
from course.content.checks.whole import check_loaded

__all__ = ["check_loaded", "check_overlap", "settle"]
