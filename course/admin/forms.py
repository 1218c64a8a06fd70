"""The shape of what an admin sends."""

from wtforms import EmailField, FileField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from course.cohorts.rules.roster.reading import LONGEST_CELL, looks_like_email
from course.web.forms import Form
from course.web.texts import _


def trimmed(value: str | None) -> str | None:
    return value.strip() if value else value


def no_nul(_form: object, field: StringField) -> None:
    """Refuse the one character that no database keeps."""
    if "\0" in (field.data or ""):
        raise ValidationError(_("This has a character in it that cannot be kept."))


def address(_form: object, field: StringField) -> None:
    """Refuse what has not the shape of an address."""
    if not looks_like_email(field.data or ""):
        raise ValidationError(_("This does not look like an e-mail address."))


TOO_LONG = Length(max=LONGEST_CELL, message=_("Please use at most %(most)s characters.", most=LONGEST_CELL))


class OrganisationForm(Form):
    name = StringField(
        _("Name"), filters=[trimmed], validators=[DataRequired(_("Please give a name.")), TOO_LONG, no_nul]
    )


class RenameForm(Form):
    """The organisation's name; its control has an id of its own, beside the form for a person."""

    name = StringField(
        _("Name"),
        id="organisation-name",
        filters=[trimmed],
        validators=[DataRequired(_("Please give a name.")), TOO_LONG, no_nul],
    )


class StaffForm(Form):
    """Somebody who is to work here: a training manager, a facilitator, another admin."""

    name = StringField(
        _("Name"), filters=[trimmed], validators=[DataRequired(_("Please give a name.")), TOO_LONG, no_nul]
    )
    email = EmailField(
        _("E-mail"),
        filters=[trimmed],
        validators=[
            DataRequired(_("Please give an e-mail address: it is what they sign in with.")),
            TOO_LONG,
            no_nul,
            address,
        ],
    )
    role = SelectField(_("Role"))
    same = HiddenField()
    """The id of the person whom the address lets in already, once the admin said that it is them."""


class UploadForm(Form):
    """A module's folder as a ZIP file."""

    file = FileField(_("Module as a ZIP file"))


class VersionForm(Form):
    """Which version of a module is to be live again."""

    version = HiddenField()
