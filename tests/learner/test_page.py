"""The page: autosave, saving by hand, two texts, handing in once, the second page when it was asked for."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from course import clock
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from course.reflections.models import DraftEvent, Submission
from course.reflections.rules import LONGEST
from tests.learner.conftest import Move, hand_in, handed_in, send_feedback
from tests.make import Cast

SignIn = Callable[[int], FlaskClient]

HERE = "/learn/small-talk/your-page/"


def autosave(
    browser: FlaskClient, text: object, base: object, operation: object = "op", *, number: int = 1
) -> TestResponse:
    return browser.post(
        f"{HERE}draft?number={number}", json={"text": text, "base_version": base, "operation_id": operation}
    )


def save(browser: FlaskClient, text: str, base: int, operation: str, **more: str) -> TestResponse:
    data = {"text": text, "base_version": base, "operation_id": operation, **more}
    return browser.post(f"{HERE}draft?number=1", data=data)


def typed(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def kept(engines: Engines) -> list[tuple[int | None, str]]:
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(DraftEvent.version, DraftEvent.text).order_by(DraftEvent.id))
        return [(row.version, row.text) for row in rows]


@pytest.mark.usefixtures("yesterday")
class TestWriting:
    def test_autosave_answers_the_script(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        browser = sign_in(cast.lena)
        saved = autosave(browser, "One.", 0, "a")
        assert saved.status_code == 200
        assert saved.json is not None
        assert sorted(saved.json) == ["saved_at", "version"]
        assert saved.json["version"] == 1
        assert re.fullmatch(r"\d\d:\d\d", saved.json["saved_at"])
        assert autosave(browser, "One.", 0, "a").json == saved.json
        conflict = autosave(browser, "Other.", 0, "b")
        assert conflict.status_code == 409
        assert conflict.json == {"version": 1, "text": "One.", "yours": "Other."}
        assert kept(engines) == [(1, "One."), (None, "Other.")]
        page = browser.get(HERE).text
        assert typed(page) == "One."
        assert 'data-version="1"' in page
        assert f'data-autosave="{HERE}draft?number=1"' in page
        assert f'data-person="{cast.lena}"' in page

    @pytest.mark.parametrize(
        "sent",
        [
            (None, 0, "a"),
            ("x", None, "a"),
            ("x", "many", "a"),
            ("x", -1, "a"),
            ("x", 10**30, "a"),
            ("x", 0, ""),
            ("x", 0, "a b"),
            ({"a": 1}, 0, "a"),
            ("x" * (LONGEST + 1), 0, "a"),
        ],
    )
    def test_bad_autosaves_are_refused_with_a_reason(
        self, engines: Engines, cast: Cast, sign_in: SignIn, sent: tuple[object, object, object]
    ) -> None:
        answer = autosave(sign_in(cast.lena), *sent)
        assert answer.status_code == 422
        assert answer.json is not None
        assert answer.json["error"] != ""
        assert kept(engines) == []

    @pytest.mark.parametrize("body", ["[]", '"text"', "nonsense", ""])
    def test_bad_json_is_refused(self, cast: Cast, sign_in: SignIn, body: str) -> None:
        answer = sign_in(cast.lena).post(f"{HERE}draft", data=body, content_type="application/json")
        assert answer.status_code == 422

    def test_texts_that_no_keyboard_makes_are_stored_all_the_same(self, cast: Cast, sign_in: SignIn) -> None:
        browser = sign_in(cast.lena)
        raw = '{"text": "a\\u0000b\\ud800c\\r\\n<b>", "base_version": 0, "operation_id": "a"}'
        assert browser.post(f"{HERE}draft", data=raw, content_type="application/json").status_code == 200
        assert typed(browser.get(HERE).text) == "abc\n<b>"

    def test_saving_by_the_button(self, cast: Cast, sign_in: SignIn) -> None:
        browser = sign_in(cast.lena)
        answer = save(browser, "\r\nBy hand.", 0, "a")
        assert (answer.status_code, answer.location) == (303, HERE)
        page = browser.get(HERE).text
        assert typed(page) == "\nBy hand."
        assert re.search(r"Saved \d\d:\d\d", page)

    def test_a_conflict_by_the_button_shows_both_and_goes_on(
        self, engines: Engines, cast: Cast, sign_in: SignIn
    ) -> None:
        browser = sign_in(cast.lena)
        save(browser, "From the phone.", 0, "a")
        answer = save(browser, "From the laptop.", 0, "b")
        assert answer.status_code == 409
        assert typed(answer.text) == "From the laptop."
        assert re.findall(r"<blockquote[^>]*>\s*([^<]*?)\s*</blockquote>", answer.text)[0] == "From the phone."
        hidden = dict(re.findall(r'name="(base_version|operation_id)"\s+value="([^"]*)"', answer.text))
        assert hidden["base_version"] == "1"
        save(browser, "From the laptop.", 1, hidden["operation_id"])
        assert typed(browser.get(HERE).text) == "From the laptop."
        assert kept(engines) == [(1, "From the phone."), (None, "From the laptop."), (2, "From the laptop.")]

    def test_too_long_is_said_and_still_there(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        text = "word " * 4001
        answer = save(sign_in(cast.lena), text, 0, "a")
        assert answer.status_code == 422
        assert "Your page has 20,005 characters; at most 20,000 fit." in answer.text
        assert typed(answer.text) == text
        assert kept(engines) == []

    def test_criteria_stand_beside_the_page(self, cast: Cast, sign_in: SignIn) -> None:
        page = sign_in(cast.lena).get(HERE).text
        for told in (
            "Write how you will open your next meeting with your client, and why.",
            "What did they last worry about?",
            "Does the page see the client as a person?",
            "Names a worry and where it comes from.",
            "150–400 words are a good length.",
            "Your facilitator reads this page once you hand it in.",
        ):
            assert told in page


@pytest.mark.usefixtures("yesterday")
class TestHandingIn:
    def confirm(self, browser: FlaskClient) -> dict[str, str]:
        page = browser.get(f"{HERE}hand-in").text
        return dict(re.findall(r'name="(base_version|operation_id)"\s+value="([^"]*)"', page))

    def test_handing_in_shows_it_once_more(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        browser = sign_in(cast.lena)
        answer = save(browser, "My page.", 0, "a", next="hand_in")
        assert (answer.status_code, answer.location) == (303, f"{HERE}hand-in")
        page = browser.get(answer.location).text
        assert "My page." in page
        assert "After this your page cannot be changed." in page
        data = self.confirm(browser)
        for _press in range(2):
            answer = browser.post(f"{HERE}hand-in?number=1", data=data)
            assert (answer.status_code, answer.location) == (303, HERE)
        assert handed_in(engines, cast) == ["My page."]
        page = browser.get(HERE).text
        assert "2 words." in page
        assert "<textarea" not in page
        with unit_of_work(engines, write=False) as session:
            grade = session.execute(select(Grade)).scalar_one()
            assert (grade.seat_id, grade.run_id, grade.author_id, grade.rubric, grade.number, grade.kind) == (
                cast.lena_seat,
                cast.run,
                cast.lena,
                "first-minute",
                1,
                "reflection",
            )
            assert session.execute(select(Submission.late)).scalar_one() is False

    @pytest.mark.parametrize("text", ["", " \n ", "…"])
    def test_nothing_is_not_handed_in(self, engines: Engines, cast: Cast, sign_in: SignIn, text: str) -> None:
        browser = sign_in(cast.lena)
        answer = save(browser, text, 0, "a", next="hand_in")
        assert answer.status_code == 422
        assert "Write your page first." in answer.text
        assert browser.get(f"{HERE}hand-in").status_code == 303
        assert browser.post(f"{HERE}hand-in", data={"base_version": 1, "operation_id": "b"}).status_code == 422
        assert handed_in(engines, cast) == []

    def test_a_page_that_changed_meanwhile_is_not_handed_in(
        self, engines: Engines, cast: Cast, sign_in: SignIn
    ) -> None:
        browser = sign_in(cast.lena)
        save(browser, "One.", 0, "a")
        data = self.confirm(browser)
        save(browser, "One, and more.", 1, "b")
        answer = browser.post(f"{HERE}hand-in?number=1", data=data)
        assert answer.status_code == 409
        assert "nothing was handed in" in answer.text
        assert handed_in(engines, cast) == []
        browser.post(f"{HERE}hand-in?number=1", data=self.confirm(browser))
        assert handed_in(engines, cast) == ["One, and more."]

    @pytest.mark.parametrize("data", [{}, {"base_version": "x", "operation_id": "a"}, {"base_version": 1}])
    def test_half_a_form(self, engines: Engines, cast: Cast, sign_in: SignIn, data: dict[str, str]) -> None:
        browser = sign_in(cast.lena)
        save(browser, "One.", 0, "a")
        assert browser.post(f"{HERE}hand-in?number=1", data=data).status_code == 422
        assert handed_in(engines, cast) == []

    def test_after_handing_in_nothing_changes_and_nothing_is_lost(
        self, engines: Engines, cast: Cast, sign_in: SignIn
    ) -> None:
        browser = sign_in(cast.lena)
        save(browser, "One.", 0, "a", next="hand_in")
        browser.post(f"{HERE}hand-in?number=1", data=self.confirm(browser))
        late = save(browser, "From another tab.", 1, "b")
        assert late.status_code == 409
        assert "This page was handed in" in late.text
        assert "From another tab." in late.text
        script = autosave(browser, "From the script.", 1, "c")
        assert script.status_code == 422
        assert handed_in(engines, cast) == ["One."]
        assert kept(engines) == [(1, "One."), (None, "From another tab."), (None, "From the script.")]

    def test_a_second_page_only_when_it_was_asked_for(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        with unit_of_work(engines, write=True) as session:
            send_feedback(session, hand_in(session, cast, "My first page."), revise=False)
        browser = sign_in(cast.lena)
        assert autosave(browser, "Second.", 0, "a", number=2).status_code == 422
        assert browser.post(f"{HERE}hand-in?number=2", data={"base_version": 1, "operation_id": "b"}).status_code == 422
        assert kept(engines) == []

    def test_the_second_page_stands_beside_the_first(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        with unit_of_work(engines, write=True) as session:
            send_feedback(session, hand_in(session, cast, "My first page."), revise=True)
        browser = sign_in(cast.lena)
        page = browser.get(HERE).text
        assert typed(page) == "My first page."
        assert '<div class="written">My first page.</div>' in page
        assert "Write the sentence down." in page
        assert autosave(browser, "My second page.", 0, "a", number=2).status_code == 200
        data = self.confirm(browser)
        browser.post(f"{HERE}hand-in?number=2", data=data)
        assert handed_in(engines, cast) == ["My first page.", "My second page."]
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(Grade.number).order_by(Grade.number)).scalars().all() == [1, 2]
        page = browser.get(HERE).text
        assert "<textarea" not in page
        assert page.index("My second page.") < page.index("My first page.")
        assert autosave(browser, "Third.", 0, "b", number=3).status_code == 422


class TestWhen:
    def test_the_page_is_closed_before_its_block(
        self, engines: Engines, cast: Cast, sign_in: SignIn, move_day: Move
    ) -> None:
        move_day(1)
        browser = sign_in(cast.lena)
        page = browser.get(HERE).text
        assert "The page to write opens with its block" in page
        assert "<textarea" not in page
        assert autosave(browser, "Early.", 0, "a").status_code == 422
        refused = save(browser, "Early words.", 0, "a")
        assert refused.status_code == 422
        assert "Early words." in refused.text
        assert browser.post(f"{HERE}hand-in", data={"base_version": 0, "operation_id": "a"}).status_code == 422
        assert kept(engines) == []
        move_day(-1)
        assert autosave(browser, "In time.", 0, "a").status_code == 200

    @pytest.mark.parametrize(("days", "late"), [(-7, False), (-8, True), (-60, True)])
    def test_late_pages_are_taken_and_marked(
        self, engines: Engines, cast: Cast, sign_in: SignIn, move_day: Move, *, days: int, late: bool
    ) -> None:
        move_day(days)
        browser = sign_in(cast.lena)
        save(browser, "One.", 0, "a")
        data = {"base_version": 1, "operation_id": "b"}
        assert browser.post(f"{HERE}hand-in?number=1", data=data).status_code == 303
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(Submission.late)).scalar_one() is late
        assert (">late<" in browser.get(HERE).text) is late


@pytest.mark.usefixtures("yesterday")
class TestFeedback:
    def test_feedback_is_read_once_it_was_sent(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        browser = sign_in(cast.lena)
        assert browser.get(f"{HERE}feedback/").status_code == 303
        with unit_of_work(engines, write=True) as session:
            grade_id = hand_in(session, cast, "My page.").id
        unsent = browser.get(f"{HERE}feedback/")
        assert (unsent.status_code, unsent.location) == (303, HERE)
        with unit_of_work(engines, write=True) as session:
            send_feedback(session, session.get_one(Grade, grade_id))
        page = browser.get(f"{HERE}feedback/").text
        for told in (
            "Write the sentence down.",
            "Names a worry of the client.",
            "Level 3 of 4:",
            "You saw the night shift.",
            "Says what the words are about.",
            "My page.",
        ):
            assert told in page
        assert "Names the project only." not in page
        with unit_of_work(engines, write=False) as session:
            read_at = session.execute(select(Grade.read_at)).scalar_one()
        assert read_at is not None
        assert clock.now() - read_at < timedelta(minutes=1)
        browser.get(f"{HERE}feedback/")
        with unit_of_work(engines, write=False) as session:
            assert session.execute(select(Grade.read_at)).scalar_one() == read_at

    def test_feedback_is_for_its_learner(self, engines: Engines, cast: Cast, sign_in: SignIn) -> None:
        with unit_of_work(engines, write=True) as session:
            send_feedback(session, hand_in(session, cast, "My page."))
        assert sign_in(cast.leo).get(f"{HERE}feedback/").status_code == 303
        assert sign_in(cast.leo).get(f"{HERE}feedback/?seat={cast.lena_seat}").status_code == 404
        assert "My page." not in sign_in(cast.leo).get(HERE).text
        assert "My page." in sign_in(cast.lena).get(HERE).text


@pytest.mark.usefixtures("yesterday")
@pytest.mark.parametrize("below", ["draft", "hand-in"])
class TestWho:
    def test_who_may_write(
        self, engines: Engines, cast: Cast, sign_in: SignIn, client: FlaskClient, below: str
    ) -> None:
        data = {"text": "Two words.", "base_version": "0", "operation_id": "a"}
        url = HERE + below
        away = client.post(url, data=data)
        assert away.status_code == 401
        assert "Two words." in away.text
        assert client.post(url, json=data).status_code == 401
        assert sign_in(cast.farid).post(url, data=data).status_code == 403
        assert sign_in(cast.lena).post(f"{url}?seat={cast.otto_seat}", data=data).status_code == 404
        assert sign_in(cast.lena).post(f"/learn/small-talk/two-jobs/{below}", data=data).status_code == 404
        assert sign_in(cast.lena).delete(url).status_code == 405
        assert kept(engines) == []

    def test_csrf(self, engines: Engines, cast: Cast, sign_in: SignIn, below: str) -> None:
        browser = sign_in(cast.lena)
        if below == "hand-in":
            autosave(browser, "One.", 0)
        token = re.findall(r'name="csrf-token"\s+content="([^"]+)"', browser.get(HERE).text)[0]
        browser.application.config["WTF_CSRF_ENABLED"] = True
        data = {"text": "Mine.", "base_version": "1" if below == "hand-in" else "0", "operation_id": "a"}
        refused = browser.post(HERE + below, json=data)
        assert refused.status_code == 400
        assert handed_in(engines, cast) == []
        done = browser.post(HERE + below, json=data, headers={"X-CSRF-Token": token})
        assert done.status_code == (303 if below == "hand-in" else 200)
