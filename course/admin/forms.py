"""The shape of what an admin sends."""

from flask import current_app
from wtforms import EmailField, FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from course.cohorts.rules.roster.reading import LONGEST_CELL, looks_like_email
from course.platforms.rules import origin_of
from course.settings import Settings
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


LONGEST_ADDRESS = 2000
MOST_ORIGINS = 20


def plain(_form: object, field: StringField) -> None:
    """Refuse characters of control, which come along when something else than text is pasted."""
    if not (field.data or "").isprintable():
        raise ValidationError(_("This has a character in it that cannot be kept."))


def web_address(_form: object, field: StringField) -> None:
    """Refuse what is no address of a server that may be called."""
    raise_for(field.data or "")


def an_origin(_form: object, field: StringField) -> None:
    if not origin_of(field.data or ""):
        raise ValidationError(_("This is a whole address, such as https://lms.example.org."))


def raise_for(url: str) -> None:
    """Raise ValidationError for an address that is none, or that is not https and named by no setting."""
    origin = origin_of(url)
    if not origin:
        raise ValidationError(_("This is a whole address, such as https://lms.example.org."))
    settings: Settings = current_app.extensions["oneday-settings"]
    host = origin.partition("://")[2]
    if not origin.startswith("https://") and settings.lti_hosts.isdisjoint({host, host.rpartition(":")[0]}):
        raise ValidationError(
            _("This has to begin with https://. Only hosts that COURSE_LTI_HOSTS names may do without.")
        )


FITTING = Length(max=LONGEST_ADDRESS, message=_("Please use at most %(most)s characters.", most=LONGEST_ADDRESS))


def number(value: str | int | None) -> int:
    """Return an id, or 0 for the line that asks to choose one."""
    return int(value) if value else 0


class ForOrganisation(Form):
    """Whose people are meant."""

    organisation = SelectField(
        _("Whose people come by it"),
        coerce=number,
        validators=[DataRequired(_("Please choose the organisation."))],
    )


class InviteForm(ForOrganisation):
    """For whom a registration link is made."""


class DetailsForm(Form):
    """What an LMS shows for its side. What follows from its own address may stay empty."""

    issuer = StringField(
        filters=[trimmed],
        validators=[DataRequired(_("Please paste it from the LMS.")), FITTING, plain, an_origin],
    )
    client_id = StringField(
        filters=[trimmed], validators=[DataRequired(_("Please paste it from the LMS.")), TOO_LONG, plain]
    )
    deployment = StringField(filters=[trimmed], validators=[Optional(), TOO_LONG, plain])
    name = StringField(_("Name here"), filters=[trimmed], validators=[Optional(), TOO_LONG, plain])
    auth_url = StringField(filters=[trimmed], validators=[Optional(), FITTING, plain, web_address])
    token_url = StringField(filters=[trimmed], validators=[Optional(), FITTING, plain, web_address])
    keys_url = StringField(filters=[trimmed], validators=[Optional(), FITTING, plain, web_address])
    token_audience = StringField(filters=[trimmed], validators=[Optional(), FITTING, plain])


class PlatformForm(ForOrganisation, DetailsForm):
    """The same for a new one."""


class ConfirmForm(ForOrganisation):
    """A platform or a deployment is confirmed; the deployments are those that the page showed."""


def origins_only(_form: object, field: TextAreaField) -> None:
    """Refuse what is more than an origin: a path in it would be silently ignored, and a star would let in anybody."""
    lines = lines_of(field.data)
    if len(lines) > MOST_ORIGINS:
        raise ValidationError(_("Please name at most %(most)s sites.", most=MOST_ORIGINS))
    for line in lines:
        if origin_of(line) not in {line.rstrip("/").lower(), line.rstrip("/").lower().removesuffix(":443")} - {""}:
            raise ValidationError(
                _("“%(line)s” is no origin. An origin is https:// and a host, and nothing after it.", line=line)
            )
        raise_for(line)


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class OriginsForm(Form):
    """Who may frame us, one origin a line."""

    origins = TextAreaField(_("Sites that may show Oneday in a frame"), validators=[Optional(), origins_only])

    def chosen(self) -> tuple[str, ...]:
        """Return what was typed, as browsers write it, each once."""
        return tuple(dict.fromkeys(map(origin_of, lines_of(self.origins.data))))
