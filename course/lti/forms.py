"""Forms about platforms: shape only."""

from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from course.web.forms import Form
from course.web.texts import _

LONGEST = 200
CODE_MAX = 40


def no_nul(_form: object, field: StringField) -> None:
    """Refuse the one character that no database keeps."""
    if "\0" in (field.data or ""):
        raise ValidationError(_("This has a character in it that cannot be kept."))


class NewGroupForm(Form):
    name = StringField(
        _("Name of the new group"),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            DataRequired(_("Please give a name.")),
            Length(max=LONGEST, message=_("Please use at most %(most)s characters.", most=LONGEST)),
            no_nul,
        ],
    )


class CodeForm(Form):
    """A code that another window shows."""

    code = StringField(
        _("Code"),
        [InputRequired(_("Please type the code.")), Length(max=CODE_MAX, message=_("That is too long."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
