"""Two who played at one device are two who have played."""

from sqlalchemy.orm import Session

from course.facilitator.queries.day import finished_cases
from tests.make import all_kinds, cast_of
from tests.scenarios.plays import WHOLE, begin, go


def test_a_pair_counts_as_two_and_nobody_twice(session: Session) -> None:
    crew = cast_of(session, all_kinds())
    together = begin(session, crew, partner_id=crew.leo_seat)
    assert finished_cases(session, run_id=crew.run) == {}
    go(session, together, *WHOLE)
    assert finished_cases(session, run_id=crew.run) == {"crane": 2}
    go(session, begin(session, crew, crew.leo_seat), *WHOLE)
    assert finished_cases(session, run_id=crew.run) == {"crane": 2}
    assert finished_cases(session, run_id=crew.other_run) == {}
