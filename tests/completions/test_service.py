"""Results are settled with their cause, once; certificates follow the rule and nothing else."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Presence, Seat
from course.completions.models import Certificate, Completion
from course.completions.queries import documents
from course.completions.service import recompute, reissue, settle
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from course.outbox import service as outbox
from course.people.models import Person
from course.reflections.models import Submission
from course.scenarios.models import Attempt
from tests.make import Cast, small_module

MODULE = small_module()
CASE = MODULE.scenarios[0].id
PAGE = MODULE.reflections[0].id
CRITERIA = [criterion.id for criterion in MODULE.reflections[0].criteria]


def be_present(session: Session, cast: Cast, minutes: int = MODULE.contact_minutes) -> None:
    said = session.get(Presence, cast.lena_seat)
    if said is not None:
        said.minutes = minutes
    else:
        session.add(
            Presence(
                seat_id=cast.lena_seat, came=540, left=990, minutes=minutes, said_by=cast.farid, said_at=clock.now()
            )
        )
    outbox.note(session, seat_id=cast.lena_seat)


def finish_case(session: Session, cast: Cast) -> None:
    session.add(
        Attempt(
            seat_id=cast.lena_seat,
            scenario=CASE,
            version_hash=cast.version_hash,
            number=1,
            scene="end",
            state={},
            started_at=clock.now(),
            finished_at=clock.now(),
        )
    )
    outbox.note(session, seat_id=cast.lena_seat)


def hand_in(session: Session, cast: Cast, *, number: int = 1) -> Submission:
    page = Submission(
        seat_id=cast.lena_seat,
        reflection=PAGE,
        number=number,
        version_hash=cast.version_hash,
        operation_id=f"op-{number}",
        text="A page.",
        words=2,
        late=False,
        submitted_at=clock.now(),
    )
    session.add(page)
    session.flush()
    outbox.note(session, seat_id=cast.lena_seat)
    return page


def send(session: Session, cast: Cast, page: Submission, *, level: int, revise: bool = False) -> Grade:
    grade = Grade(
        handle=f"handle-{page.number}",
        kind="reflection",
        submission_id=page.id,
        run_id=cast.run,
        seat_id=cast.lena_seat,
        author_id=cast.lena,
        version_hash=cast.version_hash,
        rubric=PAGE,
        number=page.number,
        position=1,
        levels=dict.fromkeys(CRITERIA, level),
        revise=revise,
        created_at=clock.now(),
        released_at=clock.now(),
    )
    session.add(grade)
    outbox.note(session, seat_id=cast.lena_seat)
    return grade


def complete(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
        finish_case(session, cast)
        send(session, cast, hand_in(session, cast), level=2)


def outcome(engines: Engines, cast: Cast) -> documents.Outcome | None:
    with unit_of_work(engines, write=False) as session:
        return documents.outcome_of_seat(session, cast.lena_seat)


def test_nothing_happened_nothing_settled(engines: Engines, cast: Cast) -> None:
    assert outcome(engines, cast) is None


def test_settled_in_the_same_transaction(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
    settled = outcome(engines, cast)
    assert settled is not None
    assert (settled.attended, settled.completed, settled.certificate) == (True, False, None)
    assert [reason["code"] for reason in settled.reasons] == ["case_open", "page_not_written"]


def test_rolled_back_with_its_cause(engines: Engines, cast: Cast) -> None:
    def cause() -> None:
        with unit_of_work(engines, write=True, before_commit=settle) as session:
            be_present(session, cast)
            settle(session)
            raise RuntimeError("after the fact")

    with pytest.raises(RuntimeError, match="after the fact"):
        cause()
    assert outcome(engines, cast) is None


def test_completed_issues_one_frozen_certificate(engines: Engines, cast: Cast) -> None:
    complete(engines, cast)
    settled = outcome(engines, cast)
    assert settled is not None
    assert (settled.attended, settled.completed, list(settled.reasons)) == (True, True, [])
    with unit_of_work(engines, write=False) as session:
        (issued,) = session.scalars(select(Certificate)).all()
        held = session.execute(select(Seat.day_id)).first()
        assert held is not None
        assert issued.printed == {
            "name": "Lena Brandt",
            "organisation": "Southeast Utilities",
            "facilitator": "Farid Haddad",
            "module": MODULE.title,
            "lang": "en",
            "date": clock.today("America/New_York").isoformat(),
            "minutes": MODULE.contact_minutes,
            "outcomes": [line.text for line in MODULE.outcomes],
        }
        assert settled.certificate == issued.code


def test_recomputing_everybody_changes_no_row(engines: Engines, cast: Cast) -> None:
    complete(engines, cast)

    def rows(session: Session) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for table in (Completion.__table__, Certificate.__table__):
            found += [tuple(row) for row in session.execute(select(table))]
        return found

    with unit_of_work(engines, write=True) as session:
        seats = session.scalars(select(Seat.id)).all()
        recompute(session, seats)
    with unit_of_work(engines, write=True) as session:
        before = rows(session)
        recompute(session, seats)
        session.flush()
        assert rows(session) == before
    assert len(before) == len(seats) + 1


def test_a_lost_completion_revokes_and_a_new_one_issues_again(engines: Engines, cast: Cast) -> None:
    complete(engines, cast)
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast, minutes=10)
    settled = outcome(engines, cast)
    assert settled is not None
    assert (settled.completed, settled.certificate) == (False, None)
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
    settled = outcome(engines, cast)
    assert settled is not None
    assert settled.completed is True
    with unit_of_work(engines, write=False) as session:
        states = [(one.revoked_at is not None, one.code) for one in session.scalars(select(Certificate)).all()]
    assert sorted(revoked for revoked, _ in states) == [False, True]
    assert [code for revoked, code in states if not revoked] == [settled.certificate]


def test_a_revision_under_way_takes_nothing_away(engines: Engines, cast: Cast) -> None:
    complete(engines, cast)
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        hand_in(session, cast, number=2)
    settled = outcome(engines, cast)
    assert settled is not None
    assert settled.completed is True


def test_reissue_supersedes_with_the_corrected_name(engines: Engines, cast: Cast) -> None:
    complete(engines, cast)
    with unit_of_work(engines, write=True) as session:
        old = session.execute(select(Certificate.code)).scalar_one()
        session.get_one(Person, cast.lena).name = "Lena Brandt-Ito"
        assert reissue(session, seat_id=cast.lena_seat) is True
    with unit_of_work(engines, write=False) as session:
        new = documents.certificate_of_seat(session, cast.lena_seat)
        assert new is not None
        assert documents.verified(session, old) == documents.Verified(
            "superseded", "Lena Brandt", MODULE.title, clock.today("America/New_York").isoformat()
        )
        confirmed = documents.verified(session, new.code)
        assert confirmed is not None
        assert (confirmed.status, confirmed.name) == ("valid", "Lena Brandt-Ito")
        assert date.fromisoformat(confirmed.date) == clock.today("America/New_York")


def test_nothing_to_reissue(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        assert reissue(session, seat_id=cast.lena_seat) is False
        assert session.scalars(select(Certificate)).all() == []
