"""The pages of this desk, one file a subject, all on one blueprint."""

from course.manager.views import home as _home
from course.manager.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_home,)

__all__ = ["blueprint"]
