"""The pages of this desk, one file a subject, all on one blueprint."""

from course.learner.views import home as _home
from course.learner.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_home,)

__all__ = ["blueprint"]
