"""The learner's debrief from the steps of their play."""

from sqlalchemy.orm import Session

from course.debrief.queries import PlayDebrief
from course.debrief.queries import play_debrief as looked_back
from course.scenarios import service
from tests.make import Cast, small_module


def played(session: Session, cast: Cast, *choices: str) -> None:
    attempt = service.begin(session, seat_id=cast.lena_seat, scenario_id="lift", version_hash=cast.version_hash)
    for base, (scene, choice) in enumerate(zip(("doors", "floor_six"), choices, strict=False)):
        taken = service.step(
            session,
            seat_id=cast.lena_seat,
            scenario="lift",
            number=attempt.number,
            scene=scene,
            choice=choice,
            base_version=base,
            operation_id=f"{attempt.number}-{base}",
        )
        assert taken.kind == "taken"


def play_debrief(session: Session, *, seat_id: int, scenario: str, number: int | None = None) -> PlayDebrief | None:
    return looked_back(session, seat_id=seat_id, scenario=scenario, module=small_module(), number=number)


def test_there_is_no_debrief_before_the_end(cast: Cast, session: Session) -> None:
    assert play_debrief(session, seat_id=cast.lena_seat, scenario="lift") is None
    played(session, cast, "ask")
    assert play_debrief(session, seat_id=cast.lena_seat, scenario="lift") is None
    assert play_debrief(session, seat_id=cast.lena_seat, scenario="lift", number=1) is None


def test_the_debrief_of_the_record_and_of_practice(cast: Cast, session: Session) -> None:
    played(session, cast, "plan", "report")
    played(session, cast, "ask", "shift")
    played(session, cast, "ask")
    newest = play_debrief(session, seat_id=cast.lena_seat, scenario="lift")
    record = play_debrief(session, seat_id=cast.lena_seat, scenario="lift", number=1)
    assert newest is not None
    assert record is not None
    assert (newest.number, newest.debrief.ending.title) == (2, "You walk in together")
    assert (record.number, record.debrief.ending.title, record.title) == (1, "After you", "Eleven floors")
    assert [(chance.taken, chance.met) for chance in record.debrief.chances] == [(0, 2)]
    assert [(chance.taken, chance.met) for chance in newest.debrief.chances] == [(2, 2)]
    assert [month.month for month in record.debrief.months] == [1, 2]
    assert play_debrief(session, seat_id=cast.lena_seat, scenario="lift", number=3) is None
    assert play_debrief(session, seat_id=cast.leo_seat, scenario="lift") is None
