"""What an LMS was told, on the facilitator's page and the manager's: when, why not, and sent again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course.database import Engines, unit_of_work
from course.platforms.models import Score
from course.platforms.rules import Obstacle
from course.settings import Settings
from course.web.application import Application
from course.web.told import reason
from tests.conftest import SignIn
from tests.counterparts.double import Double, Member
from tests.counterparts.double.platform import COURSE
from tests.facilitator.test_budget import MAIN_PAGE, counted
from tests.lti.told import Lms, complete, due_now, fact, lines, published, sign_by_it, tie
from tests.make import Cast


@pytest.fixture
def double(engines: Engines) -> Iterator[Double]:
    sign_by_it(engines)
    with Double(keys=published(engines)) as running:
        yield running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, lti_hosts=frozenset({"127.0.0.1"}))


@pytest.fixture
def lms(engines: Engines, cast: Cast, double: Double, app: Application, settings: Settings) -> Lms:
    """Lena's results arrived; Leo is no learner of the platform's course any more."""
    fact(engines, lambda session: tie(session, double, cast))
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    double.courses[COURSE].members.pop("lars")
    made = Lms(app, settings, double)
    assert made.drain() == 2
    return made


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/grading/"


@pytest.mark.usefixtures("lms")
def test_the_facilitator_reads_what_became_of_each(sign_in: SignIn, cast: Cast, url: str, engines: Engines) -> None:
    farid = sign_in(cast.farid)
    html = farid.get(url).text
    assert html.count("completion and feedback: ") == 2
    assert (html.count("badge-good"), html.count(">sent ")) == (1, 1)
    assert (html.count("badge-late"), html.count(">refused<")) == (1, 1)
    assert html.count("not enrolled as a learner in the LMS course") == 1
    assert html.count("Resend<span") == 2
    assert "Resend all refused" in html
    with counted(engines) as statements:
        farid.get(url)
    assert len(statements) <= MAIN_PAGE


def test_resent_once_the_cause_is_put_right(sign_in: SignIn, cast: Cast, url: str, engines: Engines, lms: Lms) -> None:
    farid = sign_in(cast.farid)
    lms.double.courses[COURSE].members["lars"] = Member("Learner")
    assert farid.post(f"{url}resend").status_code == 303
    html = farid.get(url).text
    assert "2 results are on their way again." in html
    assert html.count("waiting since ") == 1
    assert lms.drain() == 2
    html = farid.get(url).text
    assert "Resend all refused" not in html
    assert html.count("badge-good") == 2
    assert [line.state for line in lines(engines, cast.leo_seat)] == ["sent", "sent"]
    # Once more for one learner: the platform has it already, so nothing is written twice.
    asked = len(lms.double.asked("/scores"))
    farid.post(f"{url}resend", data={"seat_id": cast.lena_seat})
    due_now(engines)
    assert lms.drain() == 2
    assert len(lms.double.asked("/scores")) == asked
    assert [line.state for line in lines(engines, cast.lena_seat)] == ["sent", "sent"]


@pytest.mark.usefixtures("lms")
@pytest.mark.parametrize("seat_id", ["", "x", "-1", "9" * 30])
def test_a_seat_that_is_none_is_not_all(sign_in: SignIn, cast: Cast, url: str, engines: Engines, seat_id: str) -> None:
    before = lines(engines, cast.leo_seat)
    assert sign_in(cast.farid).post(f"{url}resend", data={"seat_id": seat_id}).status_code == 404
    assert lines(engines, cast.leo_seat) == before


@pytest.mark.usefixtures("lms")
def test_another_runs_seat_is_nothing_to_send(sign_in: SignIn, cast: Cast, url: str) -> None:
    farid = sign_in(cast.farid)
    farid.post(f"{url}resend", data={"seat_id": cast.otto_seat})
    assert "There was nothing to send again." in farid.get(url).text


def test_without_an_lms_the_page_says_nothing(sign_in: SignIn, cast: Cast, url: str) -> None:
    assert "LMS" not in sign_in(cast.farid).get(url).text


def test_the_manager_reads_a_count_and_behind_it_who_and_why(sign_in: SignIn, cast: Cast, lms: Lms) -> None:
    mona = sign_in(cast.mona)
    group = f"/manage/cohorts/{cast.cohort}/"
    assert "2 results were not taken by Double" in mona.get(group).text
    html = mona.get(f"{group}results/").text
    assert ("Leo Marsh" in html, "Lena Brandt" in html) == (True, False)
    assert html.count("not enrolled as a learner in the LMS course") == 1
    assert "level" not in html
    lms.double.courses[COURSE].members["lars"] = Member("Learner")
    assert mona.post(f"{group}results/").status_code == 303
    assert lms.drain() == 2
    assert "Every result arrived" in mona.get(f"{group}results/").text
    assert "not taken" not in mona.get(group).text


@pytest.mark.usefixtures("lms")
def test_who_may(client: FlaskClient, sign_in: SignIn, cast: Cast, url: str) -> None:
    for person in (cast.lena, cast.mona):
        assert sign_in(person).post(f"{url}resend").status_code == 403
    assert sign_in(cast.otto_facilitator).post(f"{url}resend").status_code == 404
    results = f"/manage/cohorts/{cast.cohort}/results/"
    assert sign_in(cast.otto_manager).get(results).status_code == 404
    assert sign_in(cast.otto_manager).post(results).status_code == 404
    assert sign_in(cast.farid).get(results).status_code == 403
    assert client.get(results).location == f"/sign-in?next={results}"


@pytest.mark.usefixtures("lms")
@pytest.mark.parametrize(
    ("stands", "shown"),
    [
        (("waiting", "unreachable"), ("waiting since ", "the LMS cannot be reached")),
        (("waiting", ""), ("waiting since ", "")),
        (("refused", "unreachable"), ("given up after three days", "the LMS cannot be reached")),
        (("refused", "stopped"), ("refused", "our admin has stopped this LMS")),
        (("sent", ""), ("sent ", "")),
    ],
)
def test_every_state_in_words(
    sign_in: SignIn, cast: Cast, engines: Engines, stands: tuple[str, str], shown: tuple[str, str]
) -> None:
    state, obstacle = stands
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Score).values(state=state, refusal=obstacle))
    html = sign_in(cast.farid).get(f"/facilitate/runs/{cast.run}/grading/").text
    words, why = shown
    assert html.count(f">{words}") == 2
    assert not why or html.count(why) == 2


def test_every_obstacle_has_its_words() -> None:
    said = [reason(obstacle) for obstacle in Obstacle]
    assert len(set(said)) == len(Obstacle)
