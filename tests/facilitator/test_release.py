from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course.database import Engines, unit_of_work
from course.grading.models import Release
from course.outbox.models import Message
from tests.conftest import SignIn
from tests.facilitator.build import begun, fields, grade_of, page_of, ready
from tests.make import Cast


@pytest.fixture
def farid(sign_in: SignIn, engines: Engines, cast: Cast) -> FlaskClient:
    begun(engines, cast)
    return sign_in(cast.farid)


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/grading/"


def test_who_is_ready_and_who_is_not(farid: FlaskClient, engines: Engines, cast: Cast, url: str) -> None:
    ready(engines, page_of(engines, cast.lena_seat), by_id=cast.farid)
    page_of(engines, cast.leo_seat)
    html = farid.get(url).text
    assert "Send feedback to 1 person" in html
    assert "1 page is not done yet." in html
    assert "Lena Brandt" in html
    assert "Leo Marsh" not in html


def test_sent_to_all_and_taken_back(farid: FlaskClient, engines: Engines, cast: Cast, url: str) -> None:
    handles = [page_of(engines, seat_id) for seat_id in (cast.lena_seat, cast.leo_seat)]
    for handle in handles:
        ready(engines, handle, by_id=cast.farid)
    assert "Send feedback to all 2" in farid.get(url).text
    assert farid.post(f"{url}release").status_code == 303
    html = farid.get(url).text
    assert "Feedback sent to 2 people." in html
    assert "Can be taken back until" in html
    with unit_of_work(engines, write=False) as session:
        assert [grade_of(session, handle).released_at is None for handle in handles] == [False, False]
        mails = session.scalars(select(Message).order_by(Message.recipient)).all()
        assert [mail.recipient for mail in mails] == ["lena@example.org", "leo@example.org"]
        assert {mail.payload["body"] for mail in mails} == {
            "Your feedback is there:\nhttp://localhost/learn/small-talk/\n"
        }
    release_id = fields(html)["release_id"]
    assert farid.post(f"{url}recall", data={"release_id": release_id}).status_code == 303
    assert "Taken back. No mail has left" in farid.get(url).text
    with unit_of_work(engines, write=False) as session:
        assert [grade_of(session, handle).released_at for handle in handles] == [None, None]
        assert [mail.recalled_at is None for mail in session.scalars(select(Message))] == [False, False]
    assert "Send feedback to all 2" in farid.get(url).text


def test_after_ten_minutes_the_page_offers_no_way_back(
    farid: FlaskClient, engines: Engines, cast: Cast, url: str
) -> None:
    ready(engines, page_of(engines, cast.lena_seat), by_id=cast.farid)
    farid.post(f"{url}release")
    release_id = fields(farid.get(url).text)["release_id"]
    with unit_of_work(engines, write=True) as session:
        at = session.get_one(Release, int(release_id)).at
        session.execute(update(Release).values(at=at - timedelta(minutes=10)))
    assert "Can be taken back until" not in farid.get(url).text
    farid.post(f"{url}recall", data={"release_id": release_id})
    assert "cannot be taken back any more" in farid.get(url).text


def test_sending_nothing_is_a_sentence(farid: FlaskClient, engines: Engines, cast: Cast, url: str) -> None:
    page_of(engines, cast.lena_seat)
    farid.post(f"{url}release")
    assert "There is no finished feedback to send." in farid.get(url).text


@pytest.mark.parametrize("release_id", ["", "x", "-1", "9" * 30, "٣"])
def test_a_foreign_release_is_a_sentence(farid: FlaskClient, url: str, release_id: str) -> None:
    farid.post(f"{url}recall", data={"release_id": release_id})
    assert "This feedback was taken back already." in farid.get(url).text


def test_an_empty_run_says_what_comes(farid: FlaskClient, url: str) -> None:
    assert "No page has come in yet" in farid.get(url).text


def test_who_may_and_how(client: FlaskClient, sign_in: SignIn, engines: Engines, cast: Cast, url: str) -> None:
    for person in (cast.lena, cast.mona):
        assert sign_in(person).get(url).status_code == 403
        assert sign_in(person).post(f"{url}release").status_code == 403
    other = sign_in(cast.otto_facilitator)
    calls = [other.get(url), other.get(f"{url}next"), other.post(f"{url}release"), other.post(f"{url}recall")]
    assert [answer.status_code for answer in calls] == [404, 404, 404, 404]
    assert sign_in(cast.farid).get(f"{url}release").status_code == 405
    assert client.get(url).location == f"/sign-in?next={url}"
