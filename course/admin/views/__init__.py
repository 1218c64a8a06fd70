"""The pages of this desk, one file a subject, all on one blueprint."""

from course.admin.views import connect as _connect
from course.admin.views import home as _home
from course.admin.views import modules as _modules
from course.admin.views import outbox as _outbox
from course.admin.views import platform as _platform
from course.admin.views import site as _site
from course.admin.views import staff as _staff
from course.admin.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_connect, _home, _modules, _outbox, _platform, _site, _staff)

__all__ = ["blueprint"]
