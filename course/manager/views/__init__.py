"""The pages of this desk, one file a subject, all on one blueprint."""

from course.manager.views import cohorts as _cohorts
from course.manager.views import completions as _completions
from course.manager.views import days as _days
from course.manager.views import home as _home
from course.manager.views import people as _people
from course.manager.views import platforms as _platforms
from course.manager.views import roster as _roster
from course.manager.views import runs as _runs
from course.manager.views import told as _told
from course.manager.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_home, _cohorts, _completions, _days, _people, _platforms, _roster, _runs, _told)

__all__ = ["blueprint"]
