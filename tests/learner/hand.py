"""A learner's hand on the case with every kind of scene: read the form, fill it, send it."""

import html
import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HERE = "/learn/all-kinds/the-crane/"
SENTENCE = "The crane comes on Wednesday. What does that break?"
ORDER = ("ask_site", "ground", "rig", "report")


@dataclass(frozen=True)
class Sheet:
    """The form of a scene as the page holds it."""

    action: str
    hidden: dict[str, str]
    answers: tuple[str, ...]
    places: tuple[str, ...]
    marks: tuple[str, ...] = field(default=())


def sheet(browser: FlaskClient, url: str = HERE) -> Sheet:
    page = browser.get(url).text
    found = re.search(rf'<form method="post" action="({HERE}(?:play|say))"(.*?)</form>', page, re.DOTALL)
    assert found is not None, "There is no form."
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', found[2]))
    return Sheet(
        html.unescape(found[1]),
        hidden,
        tuple(re.findall(r'name="choice"\s+value="(\w+)"', found[2])),
        tuple(re.findall(r'name="place-(\w+)"', found[2])),
        tuple(re.findall(r'name="nearer"\s+value="(\w+)"', found[2])),
    )


def begin(browser: FlaskClient, **more: str | int) -> TestResponse:
    return browser.post(f"{HERE}begin", data={"play": 1, **more})


def answer(browser: FlaskClient, *choices: str) -> TestResponse:
    """Answer scenes one after the other; where a sentence is asked for it is said first."""
    last = None
    for choice in choices:
        form = sheet(browser)
        if form.action == f"{HERE}say":
            assert say(browser, form).status_code == 303
            form = sheet(browser)
        last = browser.post(form.action, data={**form.hidden, "choice": choice, "nearer": "between"})
        assert last.status_code == 303, choice
    assert last is not None
    return last


def say(browser: FlaskClient, form: Sheet, **more: str) -> TestResponse:
    given = {"text": SENTENCE, "confidence": "70", "may_show": "y"} | more
    return browser.post(f"{HERE}say", data=form.hidden | given)


def rank(browser: FlaskClient, form: Sheet, *items: str) -> TestResponse:
    places = {f"place-{name}": str(place) for place, name in enumerate(items, start=1)}
    return browser.post(form.action, data=form.hidden | places)
