"""Results reach the platform's gradebook: what is sent, when, what is not, and what comes of every answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from babel.dates import format_date
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Presence, Seat
from course.database import Engines, unit_of_work
from course.grading import service as grading
from course.grading.models import Release
from course.lti.rules.scores import LINEITEM, RESULT_READ, SCORE
from course.outbox import service as outbox
from course.outbox.models import Message
from course.platforms.models import AccessToken, Context, LineItem, Participant, Platform, Score
from course.platforms.rules import State
from course.platforms.service.scores import resend
from course.settings import Settings
from course.web.application import Application
from tests.counterparts.double import Double, Reply, grades
from tests.counterparts.double.platform import COURSE
from tests.lti.told import (
    MODULE,
    Lms,
    came_and_played,
    complete,
    due_now,
    fact,
    graded,
    later,
    leases_over,
    lines,
    tie,
    waiting,
)
from tests.make import Cast


@pytest.fixture
def lms(app: Application, settings: Settings, engines: Engines, cast: Cast, double: Double) -> Lms:
    """A platform that takes part in the cast's group, with a column for the page."""
    fact(engines, lambda session: tie(session, double, cast))
    return Lms(app, settings, double)


@pytest.fixture
def completing(app: Application, settings: Settings, engines: Engines, cast: Cast, double: Double) -> Lms:
    """The same, and nobody asked for the page."""
    fact(engines, lambda session: tie(session, double, cast, page=False))
    return Lms(app, settings, double)


def given(lms: Lms, tag: str, user: str = "lena") -> list[float]:
    """Every score that the platform took under a tag, in order."""
    items = [item for item in lms.double.items.values() if item.tag == tag]
    return [one["scoreGiven"] for item in items for one in lms.double.result(user, item).scores]


def change(engines: Engines, what: Callable[[Session], object]) -> None:
    with unit_of_work(engines, write=True) as session:
        what(session)


def context(session: Session) -> Context:
    return session.scalars(select(Context)).one()


@pytest.mark.usefixtures("keyless")
def test_a_completion_and_a_page_arrive_whole(lms: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    assert lms.drain() == 2
    completion = lms.double.item(resource=MODULE.slug, tag="completion")
    page = lms.double.item(resource=MODULE.slug, tag="page")
    assert [(one.label, one.maximum) for one in (completion, page)] == [
        (MODULE.title, 100),
        (f"{MODULE.title}: page", 100),
    ]
    day = format_date(clock.today("America/New_York"), "d MMMM y", locale="en_GB")
    (whole,) = lms.double.result("lena", completion).scores
    assert whole | {"timestamp": ""} == {
        "userId": "lena",
        "scoreGiven": 100,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "",
        "comment": f"Completed: {MODULE.title}, {day}.",
    }
    (levels,) = lms.double.result("lena", page).scores
    assert (levels["scoreGiven"], levels["gradingProgress"]) == (75, "FullyGraded")
    criteria = MODULE.reflections[0].criteria
    assert levels["comment"].split("\n") == [
        f"{criterion.title}: level {level} of 4. {criterion.levels[level - 1].text}"
        for criterion, level in zip(criteria, (3, 2, 4), strict=True)
    ] + ["Next step: Ask A."]
    assert [(line.tag, line.state, line.given) for line in lines(engines, cast.lena_seat)] == [
        ("completion", "sent", 100),
        ("page", "sent", 75),
    ]
    assert lms.drain() == 0
    assert lines(engines, cast.leo_seat) == []


def test_nothing_before_completion_and_no_page_that_nobody_asked_for(
    completing: Lms, engines: Engines, cast: Cast
) -> None:
    fact(engines, lambda session: came_and_played(session, cast.lena_seat, cast.farid))
    fact(engines, lambda session: graded(session, cast.lena_seat, by_id=cast.farid))
    assert (waiting(engines), completing.drain(), completing.double.asked()) == ([], 0, [])
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    later(engines, timedelta(minutes=11))
    assert completing.drain() == 1
    assert (given(completing, "completion"), given(completing, "page")) == ([100], [])


def test_a_release_can_be_taken_back_for_ten_minutes(lms: Lms, engines: Engines, cast: Cast) -> None:
    fact(engines, lambda session: came_and_played(session, cast.lena_seat, cast.farid))
    fact(engines, lambda session: graded(session, cast.lena_seat, by_id=cast.farid))
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    held = waiting(engines)
    assert [timedelta(minutes=9) < one.due_at - clock.now() <= timedelta(minutes=10) for one in held] == [True, True]
    assert lms.drain() == 0
    with unit_of_work(engines, write=False) as session:
        release_id = session.scalars(select(Release.id)).one()
    # A facilitator who presses Resend meanwhile sends nothing early.
    fact(engines, lambda session: resend(session, run_id=cast.run, seat_id=cast.lena_seat))
    assert lms.drain() == 0
    recalled = {"run_id": cast.run, "release_id": release_id, "by_id": cast.farid}
    fact(engines, lambda session: grading.recall_release(session, **recalled))
    due_now(engines)
    assert lms.drain() == 0
    assert lms.double.asked("/scores") == []
    assert [line.state for line in lines(engines, cast.lena_seat)] == ["withdrawn", "withdrawn"]
    # Sent once more, with another level, it arrives after its own ten minutes.
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    assert lms.drain() == 0
    later(engines, timedelta(minutes=11))
    assert lms.drain() == 2
    assert (given(lms, "completion"), given(lms, "page")) == ([100], [75])


def test_a_revision_brings_the_better_levels_and_comes_after(lms: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat, levels=(3, 2, 4))
    assert lms.drain() == 2
    fact(engines, lambda session: graded(session, cast.lena_seat, by_id=cast.farid, levels=(2, 4, 4), number=2))
    fact(engines, lambda session: grading.release_run(session, run_id=cast.run, by_id=cast.farid))
    later(engines, timedelta(minutes=11))
    assert lms.drain() == 1
    page = lms.double.item(resource=MODULE.slug, tag="page")
    first, second = lms.double.result("lena", page).scores
    assert (first["scoreGiven"], second["scoreGiven"]) == (75, pytest.approx(25 * 11 / 3))
    assert second["timestamp"] > first["timestamp"]
    assert [line.split(": ")[1][:12] for line in second["comment"].split("\n")[:3]] == [
        "level 3 of 4",
        "level 4 of 4",
        "level 4 of 4",
    ]
    # The completion did not change, so nobody heard of it twice.
    assert given(lms, "completion") == [100]


def test_a_lost_completion_sends_nothing(lms: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    lms.drain()

    def lose(session: Session) -> None:
        session.get_one(Presence, cast.lena_seat).minutes = 10
        outbox.note(session, seat_id=cast.lena_seat)

    asked = len(lms.double.asked())
    fact(engines, lose)
    assert (lms.drain(), len(lms.double.asked())) == (0, asked)
    assert [line.state for line in lines(engines, cast.lena_seat)] == ["sent", "sent"]


@pytest.mark.parametrize("gone", [{"active": False}, {"test": True}])
@pytest.mark.parametrize("when", ["before", "after"])
def test_nobody_is_told_of_those_who_left_and_of_test_users(
    lms: Lms, engines: Engines, cast: Cast, gone: dict[str, bool], when: str
) -> None:
    def leave(session: Session) -> None:
        session.execute(update(Participant).where(Participant.subject == "lena").values(**gone))

    if when == "before":
        change(engines, leave)
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    if when == "after":
        change(engines, leave)
    assert lms.drain() == 2
    assert (given(lms, "completion"), given(lms, "completion", "lars")) == ([], [100])


def test_a_seat_that_no_lms_is_told_of_owes_nothing(lms: Lms, engines: Engines, cast: Cast) -> None:
    change(engines, lambda session: session.execute(update(Seat).values(reported=False)))
    complete(engines, cast, cast.lena_seat)
    assert waiting(engines) == []
    # What was reached before it is told of is told then.

    def report(session: Session) -> None:
        session.get_one(Seat, cast.lena_seat).reported = True
        outbox.note(session, seat_id=cast.lena_seat)

    fact(engines, report)
    assert lms.drain() == 2


def test_the_launchs_own_column_is_used(lms: Lms, engines: Engines, cast: Cast) -> None:
    placed = lms.double.place("day-one", graded=True)
    url = f"{lms.double.issuer}/services.php/{COURSE}/lineitems/{placed.item}/lineitem?type_id=1"

    def keep(session: Session) -> None:
        told = context(session).id
        session.add(LineItem(context_id=told, module=MODULE.slug, tag="completion", url=url, created_at=clock.now()))

    change(engines, keep)
    complete(engines, cast, cast.lena_seat)
    assert lms.drain() == 2
    assert placed.item is not None
    assert lms.double.result("lena", lms.double.items[placed.item]).score == 100
    assert len(lms.double.items) == 2


def test_a_column_that_is_there_is_found_on_whatever_page_and_made_once(lms: Lms, engines: Engines, cast: Cast) -> None:
    lms.double.refuses_filters = True
    for number in range(250):
        row = {"course": COURSE, "client": "oneday-1", "label": f"Quiz {number}", "maximum": 10}
        tag = "page" if number == 240 else "completion" if number == 241 else ""
        resource = MODULE.slug if number == 240 else "other" if number == 241 else f"quiz-{number}"
        make_item(lms, **row, resource=resource, tag=tag)
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    assert lms.drain() == 4
    assert len(lms.double.items) == 251
    assert given(lms, "page") == [75]
    pages = [one.one("from") for one in lms.double.asked("lineitems?") if one.method == "GET"]
    assert pages == ["", "100", "200", "", "100", "200"]


def make_item(lms: Lms, **row: object) -> None:
    grades.make(lms.double, **row)  # type: ignore[arg-type]  # A row of a table of this test.


def test_a_deleted_column_is_made_again(lms: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    lms.drain()
    lms.double.items.clear()
    fact(engines, lambda session: resend(session, run_id=cast.run, seat_id=cast.lena_seat))
    assert lms.drain() == 2
    assert (given(lms, "completion"), given(lms, "page")) == ([100], [75])


def test_an_unknown_learner_is_told_from_a_deleted_column(completing: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    # Some platforms answer 404 for a learner whom they do not know; the column is there all the same.
    completing.double.server.say("/scores", Reply(404), times=1)
    assert completing.drain() == 0
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [("refused", "not_enrolled")]
    assert len(completing.double.items) == 1


@pytest.mark.parametrize(
    ("reply", "becomes"),
    [
        (Reply(400, b"[]"), ("refused", "not_enrolled")),
        (Reply(403), ("refused", "not_allowed")),
        (Reply(422), ("refused", "rejected")),
        (Reply(410), ("refused", "rejected")),
        (Reply(401), ("waiting", "no_token")),
        (Reply(408), ("waiting", "broken")),
        (Reply(429, headers={"Retry-After": "600"}), ("waiting", "busy")),
        (Reply(500), ("waiting", "broken")),
        (Reply(502, b"<html>Bad gateway</html>", "text/html"), ("waiting", "broken")),
        (Reply(200, b"<html>Sign in</html>", "text/html"), ("waiting", "broken")),
        (Reply(302, headers={"Location": "/elsewhere"}), ("waiting", "broken")),
        (Reply(200, b"x" * 1_100_000), ("waiting", "broken")),
    ],
)
def test_each_answer_and_what_becomes_of_it(
    completing: Lms, engines: Engines, cast: Cast, reply: Reply, becomes: tuple[str, str]
) -> None:
    complete(engines, cast, cast.lena_seat)
    completing.double.server.say("/scores", reply)
    assert completing.drain() == 0
    state, _refusal = becomes
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [becomes]
    before = clock.now()
    (message,) = waiting(engines)
    assert message.leased_until is None
    if state == "waiting":
        least = 600 if reply.status == 429 else 40
        assert timedelta(seconds=least) < message.due_at - before < timedelta(seconds=780)
    # Once the platform is itself again, what waited arrives; what was refused arrives when it is sent again.
    completing.double.server.be_honest()
    due_now(engines)
    assert completing.drain() == (1 if state == "waiting" else 0)
    if state == "refused":
        fact(engines, lambda session: resend(session, run_id=cast.run))
        assert completing.drain() == 1
    assert given(completing, "completion") == [100]
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [("sent", "")]


def test_given_up_after_three_days_and_sent_again_by_hand(completing: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    completing.double.server.say("/scores", Reply(500))
    for _try in range(outbox.MANNERS["score"].attempts):
        assert [line.state for line in lines(engines, cast.lena_seat)] == ["waiting"]
        due_now(engines)
        assert completing.drain() == 0
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [("refused", "broken")]
    due_now(engines)
    asked = len(completing.double.asked("/scores"))
    assert (completing.drain(), len(completing.double.asked("/scores"))) == (0, asked)
    completing.double.server.be_honest()
    fact(engines, lambda session: resend(session, run_id=cast.run))
    assert completing.drain() == 1


def test_a_platform_with_a_newer_time_takes_the_next_one(completing: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    completing.double.server.say("/scores", Reply(409), times=2)
    assert completing.drain() == 1
    stamps = [one.json["timestamp"] for one in completing.double.asked("/scores")]
    assert len(set(stamps)) == 3
    assert stamps == sorted(stamps)
    assert given(completing, "completion") == [100]


def test_a_platform_that_is_always_newer_waits(completing: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    completing.double.server.say("/scores", Reply(409))
    assert completing.drain() == 0
    assert len(completing.double.asked("/scores")) == 3
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [("waiting", "newer")]


def test_killed_after_the_platform_took_it_and_before_we_knew(completing: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat)
    (message,) = waiting(engines)
    completing.drain()

    def as_if_killed(session: Session) -> None:
        session.execute(update(Score).values(told=None, state="waiting"))
        leased = {"sent_at": None, "leased_until": clock.now() + timedelta(minutes=2)}
        session.execute(update(Message).where(Message.id == message.id).values(**leased))

    change(engines, as_if_killed)
    # Another process waits until nobody can be sending it any more.
    assert completing.drain() == 0
    leases_over(engines)
    assert completing.drain() == 1
    assert given(completing, "completion") == [100]
    assert len(completing.double.asked("/results")) == 1
    assert [line.state for line in lines(engines, cast.lena_seat)] == ["sent"]
    # Where results may not be read, it is sent again, later than the first one.

    def may_not_look(session: Session) -> None:
        context(session).grade_scopes = [LINEITEM, SCORE]
        session.execute(update(Score).values(stamp=Score.stamp))

    change(engines, may_not_look)
    change(engines, as_if_killed)
    leases_over(engines)
    assert completing.drain() == 1
    item = completing.double.item(resource=MODULE.slug, tag="completion")
    first, second = completing.double.result("lena", item).scores
    assert (first["scoreGiven"], second["scoreGiven"]) == (100, 100)
    assert second["timestamp"] > first["timestamp"]
    assert len(completing.double.asked("/results")) == 1


def test_an_answer_that_got_lost_is_looked_for(completing: Lms, engines: Engines, cast: Cast) -> None:
    """The platform took it, and its word was an error."""
    complete(engines, cast, cast.lena_seat)
    handle = completing.double.server._handle
    completing.double.server._handle = lambda asked: (
        (handle(asked), Reply(504))[1] if "/scores" in asked.url else handle(asked)
    )
    assert completing.drain() == 0
    completing.double.server._handle = handle
    due_now(engines)
    assert completing.drain() == 1
    assert given(completing, "completion") == [100]


def test_a_platform_that_was_stopped_is_told_nothing(completing: Lms, engines: Engines, cast: Cast) -> None:
    change(engines, lambda session: session.execute(update(Platform).values(state=State.STOPPED)))
    complete(engines, cast, cast.lena_seat)
    assert completing.drain() == 0
    assert completing.double.asked() == []
    assert [(line.state, line.refusal) for line in lines(engines, cast.lena_seat)] == [("refused", "stopped")]


def test_a_course_that_takes_no_grades_is_owed_none(completing: Lms, engines: Engines, cast: Cast) -> None:
    def closed(session: Session) -> None:
        context(session).grade_scopes = [LINEITEM, RESULT_READ]

    change(engines, closed)
    complete(engines, cast, cast.lena_seat)
    assert (waiting(engines), lines(engines, cast.lena_seat)) == ([], [])


def test_a_service_that_does_not_know_our_token_gets_a_new_one_once(
    completing: Lms, engines: Engines, cast: Cast
) -> None:
    complete(engines, cast, cast.lena_seat)
    change(
        engines,
        lambda session: session.add(
            AccessToken(
                platform_id=session.scalars(select(Platform.id)).one(),
                scopes=" ".join(sorted(context(session).grade_scopes[:4])),
                token="forgotten-by-the-platform",
                expires_at=clock.now() + timedelta(hours=1),
            )
        ),
    )
    assert completing.drain() == 1
    assert len(completing.double.asked("/token.php")) == 1


def test_one_poisoned_learner_holds_up_nobody(lms: Lms, engines: Engines, cast: Cast) -> None:
    complete(engines, cast, cast.lena_seat, cast.leo_seat)
    with unit_of_work(engines, write=True) as session:
        first = session.scalars(select(Message).where(Message.kind == "score").order_by(Message.id)).first()
        assert first is not None
        first.payload = {"no": "score"}
    assert lms.drain() == 3
    assert [one.payload for one in waiting(engines)] == [{"no": "score"}]
