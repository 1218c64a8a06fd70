"""From a line of the LMS's gradebook to a learner's work: what opens, to whom, before and after it was sent."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from course import clock
from course.cohorts.models import Cohort, Run
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.grading.models import Grade, GradeEvent
from course.people.models import Identity
from course.people.models import Session as SignedIn
from course.platforms.models import Context, Platform
from tests.conftest import SignIn
from tests.counterparts.double import Double
from tests.grading.build import entered, made_ready
from tests.lti.told import tie
from tests.make import Cast

LINK = "day-one"


@dataclass
class There:
    """A course whose learners are Lena and Leo (``lars`` in the LMS), and whose teacher is Farid."""

    engines: Engines
    cast: Cast
    double: Double
    client: FlaskClient

    def review(self, of: str, *, by: str = "farid") -> TestResponse:
        """Click a learner's line, and go where it leads."""
        answer = self.double.review(self.client, of=of, link=LINK, user=by).post()
        return self.client.get(answer.location) if answer.status_code == 303 else answer

    def hand_in(self, seat_id: int, *, number: int = 1) -> int:
        with unit_of_work(self.engines, write=True) as session:
            return entered(session, seat_id, number=number).id

    def send(self) -> None:
        with unit_of_work(self.engines, write=True) as session:
            for grade in session.scalars(select(Grade).where(Grade.released_at.is_(None))):
                made_ready(session, grade, by_id=self.cast.farid)
            grading.release_run(session, run_id=self.cast.run, by_id=self.cast.farid)

    def grade(self, grade_id: int) -> Grade:
        with unit_of_work(self.engines, write=False) as session:
            return session.get_one(Grade, grade_id)


@pytest.fixture
def there(engines: Engines, cast: Cast, double: Double, client: FlaskClient) -> There:
    with unit_of_work(engines, write=True) as session:
        tie(session, double, cast)
        for subject, person_id in (("lena", cast.lena), ("lars", cast.leo), ("farid", cast.farid)):
            known_as(session, subject, person_id)
    double.place(LINK, custom={"module": "small-talk"})
    return There(engines, cast, double, client)


def known_as(session: Session, subject: str, person_id: int) -> None:
    """Let the platform call somebody so."""
    issuer = str(session.execute(select(Platform.id)).scalar_one())
    session.add(Identity(person_id=person_id, kind="lti", issuer=issuer, subject=subject, created_at=clock.now()))
    session.flush()


def path(answer: TestResponse) -> str:
    return answer.request.path


def token(page: str) -> str:
    found = re.search(r'name="page" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_before_release_the_queue_opens_and_says_why(there: There) -> None:
    lena, leo = there.hand_in(there.cast.lena_seat), there.hand_in(there.cast.leo_seat)
    answer = there.review("lena")
    assert (answer.status_code, path(answer)) == (200, f"/facilitate/runs/{there.cast.run}/grading/")
    assert "You came from the gradebook for one person’s page" in answer.text
    assert "Pages show no name until all levels are set" in answer.text
    # The page does not say which one it is.
    assert "Lena" not in re.sub(r"(?s)<footer.*", "", answer.text)
    assert [there.grade(each).handle in answer.text for each in (lena, leo)] == [True, True]
    assert [there.grade(each).named_at for each in (lena, leo)] == [None, None]


def test_opening_it_with_the_name_is_noted(there: There) -> None:
    lena, leo = there.hand_in(there.cast.lena_seat), there.hand_in(there.cast.leo_seat)
    page = there.review("lena").text
    address = f"/facilitate/runs/{there.cast.run}/grading/name"
    with capture_logs() as lines:
        opened = there.client.post(address, data={"page": token(page)})
    assert [line for line in lines if line["event"] == "grade not blind"] == [
        {"event": "grade not blind", "log_level": "info", "grade": lena, "run": there.cast.run, "by": there.cast.farid}
        | {name: value for name, value in lines[0].items() if name in {"request", "person"}}
    ]
    assert opened.location == f"/facilitate/grading/{there.grade(lena).handle}"
    screen = there.client.get(opened.location).text
    assert ("not blind" in screen, "Lena Brandt" in screen) == (True, True)
    assert there.grade(lena).named_at is not None
    assert there.grade(leo).named_at is None
    with unit_of_work(there.engines, write=False) as session:
        events = session.execute(select(GradeEvent.grade_id, GradeEvent.field, GradeEvent.by_id)).all()
        assert [tuple(event) for event in events] == [(lena, "name", there.cast.farid)]
    queue = there.client.get(f"/facilitate/runs/{there.cast.run}/grading/").text
    assert queue.count("not blind") == 1
    # Coming again leads to the page that is open.
    again = there.review("lena").text
    assert f'href="/facilitate/grading/{there.grade(lena).handle}">Their page is open to you' in again
    assert "Open this page with the name" not in again
    # Pressed twice, it is noted once.
    there.client.post(address, data={"page": token(page)})
    with unit_of_work(there.engines, write=False) as session:
        assert len(session.execute(select(GradeEvent.id)).all()) == 1


def test_a_page_that_was_graded_blind_says_nothing_else(there: There) -> None:
    lena = there.hand_in(there.cast.lena_seat)
    with unit_of_work(there.engines, write=True) as session:
        made_ready(session, session.get_one(Grade, lena), by_id=there.cast.farid)
    answer = there.review("lena").text
    assert "Their page is open to you" in answer
    assert "not blind" not in answer


def test_after_release_the_feedback_opens(there: There) -> None:
    lena = there.hand_in(there.cast.lena_seat)
    there.send()
    answer = there.review("lena")
    assert (answer.status_code, path(answer)) == (200, f"/facilitate/grading/{there.grade(lena).handle}")
    assert "Ask A." in answer.text
    assert "Lena Brandt" in answer.text


def test_a_revision_that_waits_is_blind_again_beside_what_was_sent(there: There) -> None:
    first = there.hand_in(there.cast.lena_seat)
    there.send()
    there.hand_in(there.cast.lena_seat, number=2)
    answer = there.review("lena")
    assert path(answer) == f"/facilitate/runs/{there.cast.run}/grading/"
    assert f"/facilitate/grading/{there.grade(first).handle}" in answer.text
    assert "Open this page with the name" in answer.text


def test_nothing_was_handed_in(there: There) -> None:
    answer = there.review("lena")
    assert "This person has not handed in a page yet." in answer.text
    assert "Open this page with the name" not in answer.text


@pytest.mark.parametrize("case", ["forged", "cut", "empty", "of another person", "of another seat"])
def test_what_opens_a_name_cannot_be_made_up(there: There, sign_in: SignIn, case: str) -> None:
    """A seat alone opens no name: it is signed for the facilitator who was sent to it."""
    lena = there.hand_in(there.cast.lena_seat)
    good = token(there.review("lena").text)
    address = f"/facilitate/runs/{there.cast.run}/grading/name"
    if case == "of another person":
        answer = sign_in(there.cast.otto_facilitator).post(address, data={"page": good})
    elif case == "of another seat":
        answer = there.client.post(f"/facilitate/runs/{there.cast.other_run}/grading/name", data={"page": good})
    else:
        sent = {"forged": str(there.cast.lena_seat), "cut": good[:-2], "empty": ""}[case]
        answer = there.client.post(address, data={"page": sent})
    assert answer.status_code == 404
    assert there.grade(lena).named_at is None
    assert there.client.post(address, data={"page": good}).status_code == 303
    assert there.grade(lena).named_at is not None


def test_the_queue_by_itself_says_nothing_of_a_gradebook(there: There) -> None:
    there.hand_in(there.cast.lena_seat)
    there.review("lena")
    plain = f"/facilitate/runs/{there.cast.run}/grading/"
    for query in ("", "?page=", "?page=x", "?page=1.x"):
        assert "gradebook for one person" not in there.client.get(plain + query).text


def test_a_learner_reads_their_own_feedback_when_it_was_sent(there: There) -> None:
    there.hand_in(there.cast.lena_seat)
    waits = there.review("lena", by="lena")
    assert (waits.status_code, path(waits)) == (200, f"/lti/feedback/{there.cast.lena_seat}")
    assert "Your feedback is not there yet" in waits.text
    assert "The whole group gets its feedback at the same time." in waits.text
    there.send()
    sent = there.review("lena", by="lena")
    assert (sent.status_code, path(sent)) == (200, "/learn/small-talk/your-page/feedback/")
    assert "Ask A." in sent.text


def test_a_learner_who_wrote_nothing(there: There) -> None:
    assert "You have not handed in a page yet." in there.review("lena", by="lena").text


def test_a_learner_sees_nobody_elses(there: There) -> None:
    there.hand_in(there.cast.leo_seat)
    there.send()
    answer = there.review("lars", by="lena")
    assert (answer.status_code, "Only the facilitator looks at other people" in answer.text) == (403, True)
    assert sessions(there) == 0
    # Nor by the address.
    there.review("lena", by="lena")
    assert there.client.get(f"/lti/feedback/{there.cast.leo_seat}").status_code == 404


def sessions(there: There) -> int:
    with unit_of_work(there.engines, write=False) as session:
        return len(session.execute(select(SignedIn.id).where(SignedIn.way == "lti")).all())


@pytest.mark.parametrize("facilitator", ["otto_facilitator", None])
def test_another_teacher_reads_no_pages(there: There, facilitator: str | None) -> None:
    there.hand_in(there.cast.lena_seat)
    there.send()
    person_id = getattr(there.cast, facilitator) if facilitator else None
    with unit_of_work(there.engines, write=True) as session:
        session.execute(update(Run).where(Run.id == there.cast.run).values(facilitator_id=person_id))
    answer = there.review("lena")
    assert (answer.status_code, "and by nobody else" in answer.text) == (403, True)
    assert sessions(there) == 0


@pytest.mark.parametrize("of", ["nobody", "farid", "otto", "1' OR '1'='1"])
def test_whose_work_it_is_must_be_somebody_of_this_course(there: There, of: str) -> None:
    with unit_of_work(there.engines, write=True) as session:
        # Known to the platform, in none of this course's seats.
        known_as(session, "otto", there.cast.otto)
    answer = there.double.review(there.client, of="lena", link=LINK)
    answer.claims["https://purl.imsglobal.org/spec/lti/claim/for_user"] = {"user_id": of}
    refused = answer.post()
    assert refused.status_code == 404
    assert "Nothing to show" in refused.text
    assert sessions(there) == 0


def test_a_course_that_is_a_group_of_another_organisation_shows_nothing(there: There) -> None:
    there.hand_in(there.cast.lena_seat)
    there.send()
    with unit_of_work(there.engines, write=True) as session:
        session.execute(update(Cohort).values(organisation_id=there.cast.other_organisation, name=Cohort.name + "!"))
    assert there.review("lena").status_code in {403, 404}
    with unit_of_work(there.engines, write=True) as session:
        session.execute(update(Context).values(cohort_id=None))
    assert there.review("lena").status_code in {403, 404}


@pytest.mark.parametrize("roles", [[], ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"]])
def test_somebody_without_a_part_in_the_course(there: There, roles: list[str]) -> None:
    launching = there.double.review(there.client, of="lena", link=LINK)
    launching.claims["https://purl.imsglobal.org/spec/lti/claim/roles"] = roles
    answer = launching.post()
    assert (answer.status_code, "You have no part in this course" in answer.text) == (403, True)
