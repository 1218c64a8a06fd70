"""Going back in the record: practice, twice at the most, and the record stays."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cases.engine import Choose, Said
from course.scenarios import queries, service
from course.scenarios.models import Attempt, Saying
from course.scenarios.service import RewindResult
from tests.make import Cast
from tests.scenarios.plays import CASE, WHOLE, begin, go, send


def rewind(session: Session, cast: Cast, to: int, operation: str, number: int = 1) -> RewindResult:
    return service.rewind(
        session, seat_id=cast.lena_seat, scenario=CASE, number=number, to_version=to, operation_id=operation
    )


def attempt(session: Session, number: int) -> Attempt:
    return session.execute(select(Attempt).where(Attempt.number == number)).scalar_one()


def record(session: Session, cast: Cast) -> Attempt:
    made = begin(session, cast)
    go(session, made, *WHOLE)
    return made


def test_nothing_is_rewound_before_the_end(crew: Cast, session: Session) -> None:
    assert rewind(session, crew, 0, "a") == RewindResult("none", 0)
    go(session, begin(session, crew), *WHOLE[:3])
    assert rewind(session, crew, 1, "a") == RewindResult("none", 0)


def test_a_rewind_goes_on_from_the_records_first_steps(crew: Cast, session: Session) -> None:
    first = record(session, crew)
    assert rewind(session, crew, 3, "a") == RewindResult("made", 2)
    practice = attempt(session, 2)
    assert (practice.rewound, practice.version, practice.scene, practice.finished_at) == (3, 3, "hands", None)
    assert queries.actions(session, attempt_id=practice.id) == (
        Choose("call", "ring"),
        Said("words"),
        Choose("words", "date"),
    )
    go(session, practice, "hands.mine", "order.report,rig,ground,ask_site")
    assert practice.scene == "together"
    assert len(queries.actions(session, attempt_id=first.id)) == 5
    assert queries.finished(session, [crew.lena_seat]) == {crew.lena_seat: {CASE: first.finished_at}}


def test_the_sentence_of_a_rewind_is_there_but_not_for_the_room(crew: Cast, session: Session) -> None:
    first = record(session, crew)
    rewind(session, crew, 2, "a")
    practice = attempt(session, 2)
    play = queries.play(session, seat_id=crew.lena_seat, scenario=CASE)
    assert play is not None
    assert (play.said, play.rewound) == ("The crane comes on Wednesday.", 2)
    shown = {
        each.attempt_id: (each.text, each.may_show, each.nearer) for each in session.execute(select(Saying)).scalars()
    }
    assert shown[first.id][1] is True
    assert shown[practice.id] == ("The crane comes on Wednesday.", False, "")
    assert send(session, practice, "words.blame", 2, nearer="good").kind == "taken"


def test_a_repeated_rewind_is_one_play_and_the_third_is_refused(crew: Cast, session: Session) -> None:
    record(session, crew)
    assert rewind(session, crew, 3, "a") == RewindResult("made", 2)
    assert rewind(session, crew, 3, "a") == RewindResult("repeated", 2)
    assert rewind(session, crew, 3, "b") == RewindResult("repeated", 2)
    go(session, attempt(session, 2), "hands.mine")
    assert rewind(session, crew, 3, "a") == RewindResult("repeated", 2)
    assert rewind(session, crew, 3, "c") == RewindResult("made", 3)
    assert rewind(session, crew, 0, "d") == RewindResult("spent", 0)
    assert rewind(session, crew, 3, "c") == RewindResult("repeated", 3)
    assert session.execute(select(Attempt.number).order_by(Attempt.number)).scalars().all() == [1, 2, 3]


def test_a_rewind_to_the_first_scene(crew: Cast, session: Session) -> None:
    record(session, crew)
    assert rewind(session, crew, 0, "a") == RewindResult("made", 2)
    practice = attempt(session, 2)
    assert (practice.rewound, practice.version, practice.scene) == (0, 0, "call")
    go(session, practice, "call.mail", *WHOLE[1:])
    assert practice.finished_at is not None


def test_only_the_record_is_rewound_and_only_to_where_it_stood(crew: Cast, session: Session) -> None:
    record(session, crew)
    for to, number in ((5, 1), (-1, 1), (9, 1), (1, 2), (1, 0)):
        assert rewind(session, crew, to, "a", number) == RewindResult("none", 0)
    assert rewind(session, crew, 4, "a") == RewindResult("made", 2)
