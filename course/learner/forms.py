"""The shape of what a learner sends: a step of a play, a page to hand in, a promise."""

from itertools import islice
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import HiddenInput

from course.cohorts.queries.seats import LARGEST_ID
from course.scenarios.rules import NEARER, SUREST
from course.web.drafts import OPERATION, Number
from course.web.forms import Form
from course.web.ids import LARGEST
from course.web.texts import _

NAME = r"^[a-z][a-z0-9_]{0,39}$"
SLUG = r"^[a-z0-9-]{1,60}$"
MOST_ITEMS = 5
"""Of an order."""
PLACE = "place-"
"""With the id of an item behind it, the name of the field that says which place it has in an order."""


class StepForm(Form):
    """One choice, or an order: the place of each of its items."""

    play = Number()
    version = Number()
    scene = HiddenField(validators=[InputRequired(), Regexp(NAME)])
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
    choice = RadioField(validate_choice=False)

    def __init__(self, sent: MultiDict[str, Any]) -> None:
        super().__init__(sent)
        self.asks = sent.get("asks", "")
        """What the form asks for besides a choice: how near one's own sentence came; or an order instead."""
        self.nearer = sent.get("nearer", "")
        self.places: dict[str, str] = {}
        """Of each item of an order, the place that was sent."""
        if self.asks == "order":
            sent_places = ((name.removeprefix(PLACE), str(at)) for name, at in sent.items() if name.startswith(PLACE))
            self.places = dict(islice(sent_places, MOST_ITEMS))

    @property
    def given(self) -> str:
        """The answer: the id of a choice, or the items of an order, the first first."""
        if self.asks == "order":
            return ",".join(sorted(self.places, key=lambda name: self.places[name]))
        return str(self.choice.data)

    def validate_choice(self, field: RadioField) -> None:
        if self.asks == "order":
            if sorted(self.places.values()) != [str(place + 1) for place in range(len(self.places))]:
                raise ValidationError(_("Give every line a place of its own."))
            return
        if not field.raw_data or not field.data:
            raise ValidationError(_("Choose one of the answers."))
        if self.nearer not in ("", *NEARER) or (self.asks == "nearer" and not self.nearer):
            raise ValidationError(_("Say which of the two your sentence is nearer to."))


class SayForm(Form):
    """A sentence of the learner's own."""

    play = Number()
    version = Number()
    scene = HiddenField(validators=[InputRequired(), Regexp(NAME)])
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
    text = TextAreaField()
    confidence = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=SUREST)])
    may_show = BooleanField()

    def validate_text(self, field: TextAreaField) -> None:
        if not isinstance(field.data, str):
            raise ValidationError(_("The text is missing."))


class BeginForm(Form):
    """Which play to begin, in which words, and with whom."""

    play = Number()
    skin = HiddenField(validators=[Optional(), Regexp(SLUG)])
    partner = IntegerField(validators=[Optional(), NumberRange(min=1, max=LARGEST_ID)])


class HandInForm(Form):
    """The draft that is handed in, as it was read once more."""

    base_version = Number()
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])


class PromiseForm(Form):
    """An if-then promise."""

    when = TextAreaField(_("If"), validators=[InputRequired(_("Please write this part."))])
    then = TextAreaField(_("Then I"), validators=[InputRequired(_("Please write this part."))])
    alias = StringField(_("With whom"), validators=[InputRequired(_("Please write this part."))])
    by = DateField(_("By when"), validators=[InputRequired(_("Please choose a date."))])
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
    instead_of = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST)])


class DeedForm(Form):
    """What became of a promise."""

    deed = HiddenField(validators=[AnyOf(("keep", "drop", "reopen"))])
    back = HiddenField()
    """The block whose debrief it was told on; empty for the desk."""


class RewindForm(Form):
    """From where to try another way."""

    taken_over = Number()
    operation_id = HiddenField(validators=[InputRequired(), Regexp(OPERATION)])
