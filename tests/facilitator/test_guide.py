"""The guide with its facilitator's own notes: saved by the button and by the script, in two tabs, for one alone."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from course.cohorts.models import Role, Run
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.preparing import queries
from course.preparing.rules import LONGEST
from tests import make
from tests.conftest import SignIn
from tests.facilitator.build import take_over
from tests.make import Cast, published, small_module

TEXT = "Ask Rosa about the pump house."


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


def guide_of(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/guide/"


def note_url(cast: Cast, block: str = "hello") -> str:
    return f"{guide_of(cast)}{block}/note"


def wish(text: str, base: int = 0, operation: str = "one") -> dict[str, Any]:
    return {"text": text, "base_version": base, "operation_id": operation}


def kept(engines: Engines, person_id: int) -> dict[str, str]:
    """One person's notes on the small module, as the database has them."""
    with unit_of_work(engines, write=False) as session:
        found = queries.notes(session, person_id=person_id, module="small-talk")
        return {block: note.text for block, note in found.items()}


def box(html: str, block: str = "hello") -> str:
    """The part of the page with the note on one block, from its opening to the text that is printed."""
    found = re.search(rf'<section class="stack stack-s" id="block-{block}">.*?</section>', html, re.DOTALL)
    assert found is not None
    return found[0][found[0].index('<div class="no-print">') :]


def typed(html: str, block: str = "hello") -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", box(html, block), re.DOTALL)
    assert found is not None
    return found[1]


def test_every_block_has_a_closed_box(farid: FlaskClient, cast: Cast) -> None:
    html = farid.get(guide_of(cast)).text
    for block in small_module().blocks:
        assert '<details class="more" >' in box(html, block.id)
        assert f'id="printed-{block.id}" hidden' in box(html, block.id)
        assert typed(html, block.id) == ""
    assert "From earlier versions" not in html
    assert "Saved" not in re.sub(r"<template.*?</template>|data-saved=\S+", "", html, flags=re.DOTALL)


def test_a_note_is_saved_by_the_button_and_printed(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    answer = farid.post(note_url(cast), data=wish(f"{TEXT}\r\nTwice & again."))
    assert (answer.status_code, answer.location) == (303, f"{guide_of(cast)}#block-hello")
    assert kept(engines, cast.farid) == {"hello": f"{TEXT}\nTwice & again."}
    here = box(farid.get(guide_of(cast)).text)
    assert '<details class="more" open>' in here
    assert f'<p class="typed">{TEXT}\nTwice &amp; again.</p>' in here
    assert 'id="printed-hello" >' in here
    assert 'data-version="1"' in here
    assert re.search(r">Saved \w+ \d+ \w+, \d\d:\d\d</p>", here)


def test_a_note_is_saved_by_the_script(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    answer = farid.post(note_url(cast), json=wish(TEXT))
    assert answer.status_code == 200
    assert (answer.json or {}).keys() == {"version", "saved_at"}
    assert (answer.json or {})["version"] == 1
    assert farid.post(note_url(cast), json=wish(TEXT)).json == answer.json
    assert farid.post(note_url(cast), json=wish("", 1, "two")).status_code == 200
    assert kept(engines, cast.farid) == {"hello": ""}
    assert '<details class="more" >' in box(farid.get(guide_of(cast)).text)


def test_two_tabs_are_shown_both_texts(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    farid.post(note_url(cast), data=wish("From the first tab."))
    answer = farid.post(note_url(cast), json=wish("From the second tab.", 0, "two"))
    assert answer.status_code == 409
    assert answer.json == {"version": 1, "text": "From the first tab.", "yours": "From the second tab."}
    answer = farid.post(note_url(cast), data=wish("From the third tab.", 0, "three"))
    assert answer.status_code == 409
    here = box(answer.text)
    assert typed(answer.text) == "From the third tab."
    assert re.search(r'<blockquote class="typed" tabindex="0">From the first tab\.</blockquote>', here)
    assert '<details class="more" open>' in here
    assert '<a href="#block-hello">' in answer.text
    assert kept(engines, cast.farid) == {"hello": "From the first tab."}
    # What the form sends now goes on from the other text.
    assert 'name="base_version" value="1"' in here
    assert farid.post(note_url(cast), data=wish("Both.", 1, "four")).status_code == 303
    assert kept(engines, cast.farid) == {"hello": "Both."}


def test_too_long_is_told_and_nothing_is_lost(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    long = "x" * (LONGEST + 1)
    answer = farid.post(note_url(cast), data=wish(long))
    assert answer.status_code == 422
    assert "Your note has 4,001 characters; at most 4,000 fit." in answer.text
    assert typed(answer.text) == long
    answer = farid.post(note_url(cast), json=wish(long))
    assert (answer.status_code, (answer.json or {}).keys()) == (422, {"error"})
    assert kept(engines, cast.farid) == {}
    assert farid.post(note_url(cast), data=wish(long[1:])).status_code == 303


@pytest.mark.parametrize(
    "missing",
    [
        {"text": TEXT},
        {"text": TEXT, "base_version": "x", "operation_id": "a"},
        {"text": TEXT, "base_version": 0, "operation_id": "no spaces"},
        {"base_version": 0, "operation_id": "a"},
    ],
)
def test_a_form_that_is_not_whole_is_refused(
    farid: FlaskClient, engines: Engines, cast: Cast, missing: dict[str, Any]
) -> None:
    answer = farid.post(note_url(cast), data=missing)
    assert answer.status_code == 422
    assert "This form was not whole." in answer.text
    assert typed(answer.text) == missing.get("text", "")
    assert farid.post(note_url(cast), json=missing).status_code == 422
    assert farid.post(note_url(cast), json=["a list"]).status_code == 422
    assert kept(engines, cast.farid) == {}


def test_only_on_blocks_that_there_are(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    for block in ("no-such-block", "Hello", "block-hello"):
        assert farid.post(note_url(cast, block), data=wish(TEXT)).status_code == 404
    assert kept(engines, cast.farid) == {}
    assert farid.get(note_url(cast)).status_code == 405


def test_only_on_runs_that_are_ones_own(sign_in: SignIn, engines: Engines, cast: Cast) -> None:
    farid, oskar = sign_in(cast.farid), sign_in(cast.otto_facilitator)
    theirs = f"/facilitate/runs/{cast.other_run}/guide/hello/note"
    assert farid.post(theirs, data=wish(TEXT)).status_code == 404
    assert oskar.post(note_url(cast), data=wish(TEXT)).status_code == 404
    for who in (cast.lena, cast.mona, cast.ada):
        assert sign_in(who).post(note_url(cast), data=wish(TEXT)).status_code == 403
    assert {who: kept(engines, who) for who in (cast.farid, cast.otto_facilitator)} == {
        cast.farid: {},
        cast.otto_facilitator: {},
    }
    assert oskar.post(theirs, data=wish(TEXT)).status_code == 303
    assert kept(engines, cast.otto_facilitator) == {"hello": TEXT}


def without(module: Module, block_id: str) -> Module:
    return module.model_copy(update={"blocks": tuple(each for each in module.blocks if each.id != block_id)})


def next_time(engines: Engines, cast: Cast, module: Module) -> str:
    """Farid holds the module once more, in its newest version; return that guide."""
    with unit_of_work(engines, write=True) as session:
        run = session.get_one(Run, cast.run)
        run.version_hash = published(session, module)
    return guide_of(cast)


def test_a_note_is_there_the_next_time_whatever_the_version(farid: FlaskClient, engines: Engines, cast: Cast) -> None:
    farid.post(note_url(cast), data=wish(TEXT))
    farid.post(note_url(cast, "lunch"), data=wish("The good soup is round the corner.", 0, "two"))
    farid.post(note_url(cast, "two-jobs"), data=wish("Crossed out", 0, "three"))
    farid.post(note_url(cast, "two-jobs"), data=wish("", 1, "four"))
    newer = without(without(small_module(), "lunch"), "two-jobs")
    html = farid.get(next_time(engines, cast, newer.model_copy(update={"summary": "Newer."}))).text
    assert typed(html) == TEXT
    earlier = html[html.index("From earlier versions") :]
    assert (earlier.count("<h3>"), "<h3>Lunch</h3>" in earlier) == (1, True)
    assert typed(html, "lunch") == "The good soup is round the corner."
    # It can still be changed and be crossed out; then it is gone from the page.
    assert farid.post(note_url(cast, "lunch"), data=wish("x" * 5000, 1, "five")).status_code == 422
    assert farid.post(note_url(cast, "lunch"), data=wish("", 1, "six")).status_code == 303
    assert "From earlier versions" not in farid.get(guide_of(cast)).text
    # A block that neither the version nor a note knows is still none.
    assert farid.post(note_url(cast, "lunch-two"), data=wish(TEXT, 0, "seven")).status_code == 404


def test_whoever_holds_the_run_next_sees_their_own(
    sign_in: SignIn, farid: FlaskClient, engines: Engines, cast: Cast
) -> None:
    farid.post(note_url(cast), data=wish(TEXT))
    with unit_of_work(engines, write=True) as session:
        where = session.get_one(Organisation, cast.organisation)
        fiona = make.person(session, "Fiona Tran")
        make.membership(session, fiona, Role.FACILITATOR, where)
        fiona_id = fiona.id
    take_over(engines, cast.run, fiona_id)
    html = sign_in(fiona_id).get(guide_of(cast)).text
    assert (typed(html), TEXT in html) == ("", False)
    assert sign_in(fiona_id).post(note_url(cast), data=wish("Fiona's own.")).status_code == 303
    assert farid.get(guide_of(cast)).status_code == 404
    take_over(engines, cast.run, cast.farid)
    html = farid.get(guide_of(cast)).text
    assert (typed(html), "Fiona" in html) == (TEXT, False)
