"""What platforms, and people who come by them, open: one file a subject, all on one blueprint."""

from course.lti.views import check as _check
from course.lti.views import deep_linking as _deep_linking
from course.lti.views import launch as _launch
from course.lti.views import linking as _linking
from course.lti.views import registration as _registration
from course.lti.views import roster as _roster
from course.lti.views import teaching as _teaching
from course.lti.views import window as _window
from course.lti.views.door import blueprint

# Importing a file registers its pages.
PAGES = (_check, _deep_linking, _launch, _linking, _registration, _roster, _teaching, _window)

__all__ = ["blueprint"]
