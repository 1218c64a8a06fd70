"""A text that saves itself while it is written: what its form sends by the button, and its script as JSON."""

from typing import Any, TypeVar

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from course.web.forms import Form
from course.web.texts import _

LARGEST = 1_000_000
OPERATION = r"^[A-Za-z0-9_-]{1,100}$"


class Number(IntegerField):
    """A whole number that the page itself put into the form."""

    widget = HiddenInput()

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - WTForms' own options.
        super().__init__(validators=[InputRequired(), NumberRange(min=0, max=LARGEST)], **options)


class DraftForm(Form):
    """A text, the version it was based on and the operation that saves it."""

    text = TextAreaField()
    base_version = Number()
    operation_id = StringField(validators=[InputRequired(), Regexp(OPERATION)])

    def validate_text(self, field: TextAreaField) -> None:
        if not field.raw_data or not isinstance(field.data, str):
            raise ValidationError(_("The text is missing."))


F = TypeVar("F", bound=Form)


def sent(form: type[F]) -> F:
    """Return a form filled from what was sent, as a form or, by our own scripts, as JSON."""
    if not request.is_json:
        return form(request.form)
    given = request.get_json(silent=True)
    fields = given.items() if isinstance(given, dict) else ()
    # A form knows texts alone: WTForms takes a bare 0 for nothing.
    return form(MultiDict({name: str(value) if isinstance(value, int) else value for name, value in fields}))
