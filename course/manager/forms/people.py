"""People: one typed in, corrected, or many at once."""

from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from course.cohorts.rules.roster.reading import LONGEST_CELL, looks_like_email
from course.web.forms import Form
from course.web.texts import _

TYPED_MOST = 60_000


def address(_form: object, field: EmailField) -> None:
    """Refuse what has not the shape of an address."""
    if field.data and not looks_like_email(field.data.strip()):
        raise ValidationError(_("This does not look like an e-mail address."))


def no_nul(_form: object, field: StringField) -> None:
    """Refuse the one character that no database keeps."""
    if "\0" in (field.data or ""):
        raise ValidationError(_("This has a character in it that cannot be kept."))


def trimmed(value: str | None) -> str | None:
    return value.strip() if value else value


TOO_LONG = Length(max=LONGEST_CELL, message=_("Please use at most %(most)s characters.", most=LONGEST_CELL))


def name_field(label: str) -> StringField:
    return StringField(label, filters=[trimmed], validators=[DataRequired(_("Please give a name.")), TOO_LONG, no_nul])


def email_field(label: str) -> EmailField:
    return EmailField(label, filters=[trimmed], validators=[Optional(), TOO_LONG, no_nul, address])


class PersonForm(Form):
    """Somebody new."""

    organisation = SelectField(_("Organisation"), coerce=int)
    name = name_field(_("Name"))
    email = email_field(_("E-mail"))
    employee_id = StringField(_("Employee id"), filters=[trimmed], validators=[Optional(), TOO_LONG, no_nul])
    role = SelectField(_("Role"))
    cohorts = SelectMultipleField(
        _("Groups"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class CorrectionForm(Form):
    """Somebody's name and address, corrected."""

    name = name_field(_("Name"))
    email = email_field(_("E-mail"))


class EmployeeForm(Form):
    employee_id = StringField(_("Employee id"), filters=[trimmed], validators=[Optional(), TOO_LONG, no_nul])


class TypedForm(Form):
    """Several people, one a line."""

    people = TextAreaField(
        _("People"),
        validators=[
            DataRequired(_("Please type at least one name.")),
            Length(max=TYPED_MOST, message=_("That is too long. Use a file instead.")),
            no_nul,
        ],
    )


class RosterForm(Form):
    """A roster file, or the content of one that was looked at before."""

    file = FileField(_("File"))
    content = HiddenField()
    file_name = HiddenField(validators=[Length(max=LONGEST_CELL)])


class ChosenForm(Form):
    """People ticked in a list."""

    whole = BooleanField(_("Everybody"))
    people = SelectMultipleField(_("People"), coerce=int, validate_choice=False)
