"""Adding somebody who stands in the room and is on no list."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from course.web.forms import Form
from course.web.texts import _

NAME_MAX = 80


class WalkInForm(Form):
    name = StringField(
        _("First and last name"),
        [
            InputRequired(_("Please type the name.")),
            Length(min=2, max=NAME_MAX, message=_("A name has 2 to 80 characters.")),
        ],
        render_kw={"autocomplete": "off", "maxlength": None},
    )
