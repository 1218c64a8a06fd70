"""The shape of what a learner sends: a step of a play, a page to hand in."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Regexp, ValidationError

from course.web.drafts import OPERATION, Number
from course.web.forms import Form
from course.web.texts import _

NAME = r"^[a-z][a-z0-9_]{0,39}$"


class StepForm(Form):
    """One choice."""

    play = Number()
    version = Number()
    scene = HiddenField(validators=[InputRequired(), Regexp(NAME)])
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
    choice = RadioField(validate_choice=False)

    def validate_choice(self, field: RadioField) -> None:
        if not field.raw_data or not field.data:
            raise ValidationError(_("Choose one of the answers."))


class BeginForm(Form):
    """Which play to begin."""

    play = Number()


class HandInForm(Form):
    """The draft that is handed in, as it was read once more."""

    base_version = Number()
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
