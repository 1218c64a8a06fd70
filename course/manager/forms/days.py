"""Groups, days, courses and their windows."""

from datetime import timedelta

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from course import clock
from course.cohorts.rules.calendar import DUE_DAYS_MOST, OPENS_DAYS_MOST, known_zone
from course.manager.forms.people import TOO_LONG, name_field, no_nul, trimmed
from course.web.forms import Form
from course.web.texts import _

BACK = timedelta(days=366)
AHEAD = timedelta(days=3 * 366)


def near(_form: object, field: DateField) -> None:
    """Refuse a date that can only be a typing error."""
    today = clock.today("UTC")
    if field.data is not None and not today - BACK <= field.data <= today + AHEAD:
        raise ValidationError(_("Please choose a date within the last year or the next three."))


def zone(_form: object, field: StringField) -> None:
    if field.data and not known_zone(field.data):
        raise ValidationError(_("Please choose a time zone from the list, such as America/New_York."))


class GroupForm(Form):
    organisation = SelectField(_("Organisation"), coerce=int)
    name = name_field(_("Name of the group"))


class RenameForm(Form):
    name = name_field(_("Name of the group"))


class PlaceForm(Form):
    """When and where."""

    date = DateField(_("Date"), validators=[InputRequired(_("Please choose a date.")), near])
    starts = TimeField(_("Start"), validators=[InputRequired(_("Please give the time at which the day starts."))])
    place = StringField(
        _("Place"), filters=[trimmed], validators=[DataRequired(_("Please say where it is.")), TOO_LONG, no_nul]
    )
    zone = StringField(
        _("Time zone"),
        filters=[trimmed],
        validators=[DataRequired(_("Please choose a time zone.")), Length(max=64), zone],
    )


class WindowForm(Form):
    opens_days = IntegerField(
        _("Opens this many days before"),
        default=7,
        validators=[
            InputRequired(_("Please give a number.")),
            NumberRange(0, OPENS_DAYS_MOST, _("Please give a number from 0 to %(most)s.", most=OPENS_DAYS_MOST)),
        ],
    )
    due_days = IntegerField(
        _("The page is due this many days after"),
        default=7,
        validators=[
            InputRequired(_("Please give a number.")),
            NumberRange(0, DUE_DAYS_MOST, _("Please give a number from 0 to %(most)s.", most=DUE_DAYS_MOST)),
        ],
    )


class FacilitatorForm(Form):
    facilitator = SelectField(_("Facilitator"), coerce=int, validators=[Optional()])


class DayForm(PlaceForm, WindowForm, FacilitatorForm):
    """A day with a course on it and seats for the group, all at once."""

    cohort = SelectField(_("Group"), coerce=int)
    module = SelectField(_("Course"))
    seats = BooleanField(_("Give everybody in the group a seat"), default=True)
