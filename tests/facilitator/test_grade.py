import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from course.cohorts.models import Role
from course.database import Engines, unit_of_work
from course.grading.models import GradeEvent
from course.people.models import Organisation, Person
from tests.conftest import SignIn
from tests.facilitator.build import begun, fields, form_of, grade_of, page_of, ready, take_over
from tests.make import Cast, membership

LEVELS = {"level.person": "3", "level.words": "2", "level.when": "4"}


@pytest.fixture
def handle(engines: Engines, cast: Cast) -> str:
    begun(engines, cast)
    return page_of(engines, cast.lena_seat, text="I said: <b>how was the night?</b>\n\nOn Tuesday I ask again.")


@pytest.fixture
def url(handle: str) -> str:
    return f"/facilitate/grading/{handle}"


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


def test_the_page_and_its_criteria_side_by_side(farid: FlaskClient, url: str) -> None:
    html = farid.get(url).text
    assert "I said: &lt;b&gt;how was the night?&lt;/b&gt;" in html
    assert html.count('type="radio"') == 12
    assert "Names a worry and where it comes from." in html
    assert "Page 1 of 1" in html
    assert 'data-ops="/facilitate/grading/' in html


def test_a_level_an_operation_and_the_name(farid: FlaskClient, url: str, engines: Engines, handle: str) -> None:
    answers = [
        farid.post(f"{url}/ops", json={"field": name, "value": int(level), "base_version": 0, "operation_id": name})
        for name, level in LEVELS.items()
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json["name"] for answer in answers if answer.json] == [None, None, "Lena Brandt"]
    assert answers[2].json is not None
    assert (answers[2].json["version"], answers[2].json["missing"]) == (3, ["next_step"])
    assert answers[2].json["saved_at"].endswith("+00:00")
    assert "Lena Brandt" in farid.get(url).text
    with unit_of_work(engines, write=False) as session:
        assert grade_of(session, handle).levels == {"person": 3, "words": 2, "when": 4}


def test_the_form_alone_saves_everything_and_goes_on(
    farid: FlaskClient, url: str, engines: Engines, cast: Cast, handle: str
) -> None:
    other = page_of(engines, cast.leo_seat)
    sent = form_of(farid, url) | LEVELS | {"comment.person": "Good eye.", "next_step": "Ask A.", "act": "done"}
    answer = farid.post(url, data=sent)
    assert (answer.status_code, answer.location) == (303, f"/facilitate/grading/{other}")
    again = farid.post(url, data=sent)
    assert (again.status_code, again.location) == (303, f"/facilitate/grading/{other}")
    with unit_of_work(engines, write=False) as session:
        grade = grade_of(session, handle)
        assert (grade.levels, grade.comments, grade.next_step) == (
            ({"person": 3, "words": 2, "when": 4}, {"person": "Good eye."}, "Ask A.")
        )
        assert grade.ready_at is not None
        rows = select(GradeEvent.field).where(GradeEvent.grade_id == grade.id).order_by(GradeEvent.version)
        assert list(session.scalars(rows)) == [*LEVELS, "comment.person", "next_step", "ready"]


def test_done_says_what_is_missing_and_keeps_the_rest(farid: FlaskClient, url: str) -> None:
    answer = farid.post(url, data=form_of(farid, url) | {"level.person": "3", "next_step": "", "act": "done"})
    assert answer.status_code == 422
    assert answer.text.count("Please choose a level.") == 4
    assert "The words: Please choose a level." in answer.text
    assert fields(answer.text)["level.person"] == "3"


def test_two_tabs_keep_both_texts(farid: FlaskClient, url: str, engines: Engines, handle: str) -> None:
    first, second = form_of(farid, url), form_of(farid, url)
    assert farid.post(url, data=first | {"next_step": "From the first tab."}).status_code == 303
    answer = farid.post(url, data=second | {"next_step": "From the second tab.", "comment.words": "Aloud."})
    assert answer.status_code == 409
    assert "From the first tab." in answer.text
    shown = fields(answer.text)
    assert (shown["next_step"], shown["comment.words"]) == ("From the second tab.", "Aloud.")
    with unit_of_work(engines, write=False) as session:
        grade = grade_of(session, handle)
        assert (grade.next_step, grade.comments) == ("From the first tab.", {"words": "Aloud."})
        lost = select(GradeEvent.value).where(GradeEvent.grade_id == grade.id, GradeEvent.version.is_(None))
        assert session.scalars(lost).all() == ["From the second tab."]
    assert farid.post(url, data=shown).status_code == 303
    assert form_of(farid, url)["next_step"] == "From the second tab."


def test_a_conflict_of_operations_answers_with_both(farid: FlaskClient, url: str) -> None:
    wish = {"field": "next_step", "value": "One.", "base_version": 0, "operation_id": "a"}
    assert farid.post(f"{url}/ops", json=wish).status_code == 200
    answer = farid.post(f"{url}/ops", json=wish | {"value": "Two.", "operation_id": "b"})
    assert (answer.status_code, answer.json) == (
        (409, {"field": "next_step", "version": 1, "theirs": "One.", "yours": "Two."})
    )
    replayed = farid.post(f"{url}/ops", json=wish)
    assert (replayed.status_code, (replayed.json or {})["version"]) == (200, 1)


@pytest.mark.parametrize(
    "wish",
    [
        None,
        [],
        {},
        {"field": "next_step", "value": "x" * 601, "base_version": 0, "operation_id": "a"},
        {"field": "level.person", "value": 9, "base_version": 0, "operation_id": "a"},
        {"field": "level.person", "value": 3, "base_version": 10**30, "operation_id": "a"},
        {"field": "level.person", "value": 3, "base_version": True, "operation_id": "a"},
        {"field": "level.person", "value": 3, "base_version": 0, "operation_id": ""},
        {"field": 3, "value": 3, "base_version": 0, "operation_id": "a"},
    ],
)
def test_what_is_no_operation_is_refused(farid: FlaskClient, url: str, wish: object) -> None:
    assert farid.post(f"{url}/ops", json=wish).status_code == 422
    good = {"field": "level.person", "value": 3, "base_version": 0, "operation_id": "a"}
    assert farid.post(f"{url}/ops", json=good).status_code == 200


def test_too_long_a_text_comes_back(farid: FlaskClient, url: str) -> None:
    answer = farid.post(url, data=form_of(farid, url) | {"next_step": "x" * 601})
    assert answer.status_code == 422
    assert "under 600 characters" in answer.text
    assert fields(answer.text)["next_step"] == "x" * 601


def test_a_form_of_another_kind_is_400_and_the_text_comes_back(farid: FlaskClient, url: str) -> None:
    answer = farid.post(url, data={"next_step": "A text nobody may lose."})
    assert answer.status_code == 400
    assert "A text nobody may lose." in answer.text


def test_skip_goes_to_the_next_one_and_round(farid: FlaskClient, url: str, engines: Engines, cast: Cast) -> None:
    assert farid.get(f"{url}/next").location == f"/facilitate/runs/{cast.run}/grading/"
    other = page_of(engines, cast.leo_seat)
    assert farid.get(f"{url}/next").location == f"/facilitate/grading/{other}"
    assert farid.get(f"/facilitate/grading/{other}/next").location == url


def test_sent_feedback_is_read_only(farid: FlaskClient, url: str, engines: Engines, cast: Cast, handle: str) -> None:
    ready(engines, handle, by_id=cast.farid)
    before = form_of(farid, url)
    assert farid.post(f"/facilitate/runs/{cast.run}/grading/release").status_code == 303
    html = farid.get(url).text
    assert "<textarea" not in html
    assert "take the feedback back until" in html
    answer = farid.post(url, data=before | {"next_step": "Too late, but not lost."})
    assert answer.status_code == 422
    assert "Too late, but not lost." in answer.text
    late = {"field": "next_step", "value": "Later.", "base_version": 5, "operation_id": "z"}
    assert farid.post(f"{url}/ops", json=late).status_code == 422


def test_nobody_finds_their_own_page(sign_in: SignIn, url: str, engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        lena = session.get_one(Person, cast.lena)
        membership(session, lena, Role.FACILITATOR, session.get_one(Organisation, cast.organisation))
    other = page_of(engines, cast.leo_seat)
    take_over(engines, cast.run, cast.lena)
    browser = sign_in(cast.lena)
    assert browser.get(f"/facilitate/grading/{other}").status_code == 200
    assert "Page 1 of 1" in browser.get(f"/facilitate/grading/{other}").text
    wish = {"field": "level.person", "value": 4, "base_version": 0, "operation_id": "a"}
    assert browser.get(url).status_code == 404
    assert browser.post(url, data={}).status_code == 404
    assert browser.post(f"{url}/ops", json=wish).status_code == 404
    assert browser.get(f"{url}/next").status_code == 404


def test_another_facilitator_finds_nothing(sign_in: SignIn, url: str, cast: Cast) -> None:
    browser = sign_in(cast.otto_facilitator)
    for answer in (
        browser.get(url),
        browser.post(url),
        browser.post(f"{url}/ops", json={}),
        browser.get(f"{url}/next"),
    ):
        assert answer.status_code == 404
    assert sign_in(cast.farid).get(url).status_code == 200


def test_wrong_role_wrong_method_signed_out(client: FlaskClient, sign_in: SignIn, url: str, cast: Cast) -> None:
    for person in (cast.lena, cast.mona, cast.ada):
        assert sign_in(person).get(url).status_code == 403
    assert sign_in(cast.farid).delete(url).status_code == 405
    assert sign_in(cast.farid).get(f"{url}/ops").status_code == 405
    answer = client.get(url)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={url}")
    assert client.post(f"{url}/ops", json={}).status_code == 401
