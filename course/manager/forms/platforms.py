"""Which group a platform's course is."""

from wtforms import SelectField

from course.manager.forms.people import name_field
from course.web.forms import Form
from course.web.texts import _


class ExistingForm(Form):
    cohort = SelectField(_("Group"), coerce=int)


class NewForm(Form):
    name = name_field(_("Name of the new group"))
