"""The ways in and out, one file a subject, all on one blueprint."""

from course.signin.views import account as _account
from course.signin.views import door as _door
from course.signin.views import forgotten as _forgotten
from course.signin.views import links as _links
from course.signin.views import sign_in as _sign_in
from course.signin.views.desk import blueprint

# Importing a file registers its pages.
PAGES = (_account, _door, _forgotten, _links, _sign_in)

__all__ = ["blueprint"]
