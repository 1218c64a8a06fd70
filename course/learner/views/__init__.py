"""The pages of this desk, one file a subject, all on one blueprint."""

from course.learner.views import block as _block
from course.learner.views import certificate as _certificate
from course.learner.views import day as _day
from course.learner.views import debrief as _debrief
from course.learner.views import home as _home
from course.learner.views import page as _page
from course.learner.views import pictures as _pictures
from course.learner.views import play as _play
from course.learner.views import promise as _promise
from course.learner.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_home, _day, _block, _play, _debrief, _promise, _page, _pictures, _certificate)

__all__ = ["blueprint"]
