"""The pages of this desk, one file a subject, all on one blueprint."""

from course.facilitator.views import door as _door
from course.facilitator.views import grading as _grading
from course.facilitator.views import guide as _guide
from course.facilitator.views import home as _home
from course.facilitator.views import kit as _kit
from course.facilitator.views import live as _live
from course.facilitator.views import plan as _plan
from course.facilitator.views import prepare as _prepare
from course.facilitator.views import presence as _presence
from course.facilitator.views import preview as _preview
from course.facilitator.views import release as _release
from course.facilitator.views import review as _review
from course.facilitator.views import run as _run
from course.facilitator.views import told as _told
from course.facilitator.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (
    _door,
    _grading,
    _guide,
    _home,
    _kit,
    _live,
    _plan,
    _prepare,
    _presence,
    _preview,
    _release,
    _review,
    _run,
    _told,
)

__all__ = ["blueprint"]
