"""The forms of the ways in. Shape only: whether a password is too weak, ``people.rules`` says."""

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from course.people.rules import ADDRESS_MAX, PASSWORD_MAX, is_address
from course.web.forms import Form
from course.web.texts import _

NAME_MAX = 80
CODE_MAX = 40


def _shaped_like_an_address(_form: Form, field: EmailField) -> None:
    if not is_address(field.data or ""):
        raise ValidationError(_("This is not an e-mail address."))


class SignInForm(Form):
    address = EmailField(
        _("E-mail address"),
        [InputRequired(_("Please type your e-mail address.")), Length(max=ADDRESS_MAX, message=_("That is too long."))],
        render_kw={"autocomplete": "username", "maxlength": None, "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Please type your password.")), Length(max=PASSWORD_MAX, message=_("That is too long."))],
        render_kw={"autocomplete": "current-password", "maxlength": None},
    )
    next = HiddenField()


class ForgottenForm(Form):
    address = EmailField(
        _("E-mail address"),
        [InputRequired(_("Please type your e-mail address.")), _shaped_like_an_address],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


class NewPasswordForm(Form):
    password = PasswordField(
        _("New password"),
        [InputRequired(_("Please choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(Form):
    current_password = PasswordField(_("Your password now"), render_kw={"autocomplete": "current-password"})
    password = PasswordField(
        _("New password"),
        [InputRequired(_("Please choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )


class CodeForm(Form):
    code = StringField(
        _("Code"),
        [InputRequired(_("Please type the code from the wall.")), Length(max=CODE_MAX, message=_("That is too long."))],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": None},
    )


class WalkInForm(Form):
    name = StringField(
        _("Your first and last name"),
        [
            InputRequired(_("Please type your name.")),
            Length(min=2, max=NAME_MAX, message=_("A name has 2 to 80 characters.")),
        ],
        render_kw={"autocomplete": "name", "maxlength": None},
    )
