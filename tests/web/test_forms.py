"""Forms: what was sent, what was given, what a service refused."""

from flask import Flask
from wtforms import StringField
from wtforms.validators import Length

from course.web.forms import Form, read


class NameForm(Form):
    name = StringField("Name", validators=[Length(max=5)])


app = Flask(__name__)


def test_a_get_shows_what_is_given() -> None:
    with app.test_request_context("/?name=Eve"):
        assert read(NameForm, name="Lena").name.data == "Lena"
        assert read(NameForm).name.data is None


def test_a_post_shows_what_was_sent() -> None:
    with app.test_request_context("/", method="POST", data={"name": "Leo"}):
        form = read(NameForm, name="Lena")
        assert (form.name.data, form.validate()) == ("Leo", True)


def test_refusals_of_the_service_stand_beside_those_of_the_shape() -> None:
    with app.test_request_context("/", method="POST", data={"name": "Leopold"}):
        form = read(NameForm)
        assert not form.validate()
        form.refuse("name", "Somebody has this name.")
        assert form.errors == {
            "name": ["Field cannot be longer than 5 characters.", "Somebody has this name."],
        }
