"""When a module opens and when its page is due."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from course.web.forms import Form
from course.web.texts import _

MOST_DAYS = 60
DAYS = (
    InputRequired(_("Please write a number of days.")),
    NumberRange(0, MOST_DAYS, _("Please write 0 to %(most)s days.", most=MOST_DAYS)),
)


class WindowForm(Form):
    """Days before and after the day."""

    opens_days = IntegerField(_("Days before the day at which it opens"), DAYS)
    due_days = IntegerField(_("Days after the day until the page is due"), DAYS)
