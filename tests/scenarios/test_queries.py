"""Reading plays."""

from sqlalchemy.orm import Session

from course.cases.engine import Choose
from course.scenarios import queries, service
from tests.make import Cast


def test_play_gives_the_newest_with_the_step_asked_for(cast: Cast, session: Session) -> None:
    assert queries.play(session, seat_id=cast.lena_seat, scenario="lift") is None
    for number in (1, 2):
        attempt = service.begin(session, seat_id=cast.lena_seat, scenario_id="lift", version_hash=cast.version_hash)
        for base, (scene, choice) in enumerate([("doors", "plan"), ("floor_six", "report")][: 3 - number]):
            service.step(
                session,
                seat_id=cast.lena_seat,
                scenario="lift",
                number=attempt.number,
                scene=scene,
                choice=choice,
                base_version=base,
                operation_id=f"{number}-{base}",
            )
    newest = queries.play(session, seat_id=cast.lena_seat, scenario="lift", after=1)
    record = queries.play(session, seat_id=cast.lena_seat, scenario="lift", number=1, after=2)
    assert newest is not None
    assert record is not None
    assert (newest.number, newest.version, newest.scene, newest.finished_at) == (2, 1, "floor_six", None)
    assert newest.chosen == Choose("doors", "plan")
    assert (record.number, record.version, record.scene, record.chosen) == (
        1,
        2,
        "apart",
        Choose("floor_six", "report"),
    )
    nothing_after = queries.play(session, seat_id=cast.lena_seat, scenario="lift", after=9)
    assert nothing_after is not None
    assert nothing_after.chosen is None
    assert queries.play(session, seat_id=cast.leo_seat, scenario="lift") is None
