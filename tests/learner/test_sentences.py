"""Sentences that are graded: one page of them, handed in with the last step of the record, and only once."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Day
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from course.reflections.models import Submission
from tests.learner.hand import HERE, ORDER, SENTENCE, answer, begin, rank, say, sheet
from tests.make import Cast, all_kinds, cast_of

SignIn = Callable[[int], FlaskClient]
PAGE = f"Your first sentence\n{SENTENCE}"


@pytest.fixture
def graded(engines: Engines) -> Cast:
    """A cast whose module has sentences graded by the rubric of its page; no block asks for that page."""
    module = all_kinds()
    blocks = module.blocks[:1]
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = cast_of(session, module.model_copy(update={"sentences": "first-minute", "blocks": blocks}))
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
        return made


def pages(engines: Engines) -> list[tuple[int, str, str, int]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(
            select(Submission.seat_id, Submission.reflection, Submission.text, Submission.number).order_by(
                Submission.id
            )
        )
        return [(row.seat_id, row.reflection, row.text, row.number) for row in rows]


def grades(engines: Engines) -> list[tuple[int, str]]:
    with unit_of_work(engines, write=False) as session:
        return [(row.seat_id, row.rubric) for row in session.execute(select(Grade.seat_id, Grade.rubric))]


def test_the_last_step_hands_the_sentences_in_once(engines: Engines, graded: Cast, sign_in: SignIn) -> None:
    browser = sign_in(graded.lena)
    begin(browser)
    answer(browser, "ring")
    assert "Your facilitator reads your sentence and answers it." in browser.get(HERE).text
    answer(browser, "date", "hers")
    assert pages(engines) == []
    last = sheet(browser)
    for _turn in range(2):
        assert rank(browser, last, *ORDER).status_code == 303
    assert pages(engines) == [(graded.lena_seat, "first-minute", PAGE, 1)]
    assert grades(engines) == [(graded.lena_seat, "first-minute")]
    browser.post(f"{HERE}begin", data={"play": 2})
    answer(browser, "ring")
    assert "Nobody but you sees your sentence" in browser.get(HERE).text
    answer(browser, "blame", "hers")
    rank(browser, sheet(browser), *ORDER)
    assert len(pages(engines)) == len(grades(engines)) == 1


def test_the_facilitator_reads_scene_and_sentence(engines: Engines, graded: Cast, sign_in: SignIn) -> None:
    lena, farid = sign_in(graded.lena), sign_in(graded.farid)
    begin(lena)
    answer(lena, "ring")
    say(lena, sheet(lena), text="<b>Sorry</b> & so on.")
    answer(lena, "date", "hers")
    rank(lena, sheet(lena), *ORDER)
    with unit_of_work(engines, write=False) as session:
        handle = session.execute(select(Grade.handle)).scalar_one()
    page = farid.get(f"/facilitate/grading/{handle}").text
    assert "Your first sentence\n&lt;b&gt;Sorry&lt;/b&gt; &amp; so on." in page
    assert "Names a worry of the client." in page
    assert 'name="revise"' not in page


def test_without_the_switch_nothing_is_handed_in(engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        cast = cast_of(session, all_kinds())
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))
    browser = sign_in(cast.lena)
    begin(browser)
    answer(browser, "ring", "date", "hers")
    rank(browser, sheet(browser), *ORDER)
    assert (pages(engines), grades(engines)) == ([], [])


def test_feedback_on_sentences_is_read_beside_the_case(engines: Engines, graded: Cast, sign_in: SignIn) -> None:
    browser = sign_in(graded.lena)
    begin(browser)
    answer(browser, "ring", "date", "hers")
    rank(browser, sheet(browser), *ORDER)
    assert browser.get(f"{HERE}feedback/").status_code == 303
    with unit_of_work(engines, write=True) as session:
        session.execute(
            update(Grade).values(
                levels={"person": 3, "words": 2, "when": 4},
                comments={},
                next_step="Ask first.",
                released_at=clock.now(),
            )
        )
    home = browser.get("/learn/").text
    assert f'href="{HERE}feedback/"' in home
    page = browser.get(f"{HERE}feedback/").text
    assert "Ask first." in page
    assert "Your first sentence" in page
    assert "Revise your page" not in page
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Grade.read_at)).scalar_one() is not None
