"""Counting tries: exactly, on both databases, and for one key alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.people.models import Throttle
from course.people.throttle import forgive, tried, tries

WINDOW = timedelta(hours=6)


def test_the_limit_is_the_last_try_that_is_let_through(session: Session) -> None:
    answers = [tried(session, key="lena", window=WINDOW, limit=3) for _ in range(5)]
    assert answers == [False, False, False, True, True]
    assert tried(session, key="leo", window=WINDOW, limit=3) is False
    assert (tries(session, key="lena", window=WINDOW), tries(session, key="leo", window=WINDOW)) == (5, 1)


def test_tries_of_the_window_before_still_count_and_older_ones_do_not(session: Session) -> None:
    for _ in range(3):
        tried(session, key="lena", window=WINDOW, limit=3)
    _age(session, WINDOW)
    assert tried(session, key="lena", window=WINDOW, limit=3) is True
    _age(session, WINDOW * 2)
    assert tried(session, key="lena", window=WINDOW, limit=3) is False


def test_a_good_try_is_taken_back(session: Session) -> None:
    for _ in range(4):
        tried(session, key="lena", window=WINDOW, limit=3)
        forgive(session, key="lena", window=WINDOW)
    assert tries(session, key="lena", window=WINDOW) == 0
    forgive(session, key="lena", window=WINDOW)
    assert tries(session, key="lena", window=WINDOW) == 0


def test_old_windows_are_swept_away(session: Session) -> None:
    tried(session, key="lena", window=WINDOW, limit=3)
    _age(session, timedelta(days=4))
    tried(session, key="leo", window=WINDOW, limit=3)
    assert session.execute(select(Throttle.key)).scalars().all() == ["leo"]


def test_tries_at_the_same_moment_are_all_counted(engines: Engines) -> None:
    def knock(_browser: int) -> bool:
        with unit_of_work(engines, write=True) as session:
            return tried(session, key="room", window=WINDOW, limit=10)

    with ThreadPoolExecutor(8) as browsers:
        answers = list(browsers.map(knock, range(24)))
    assert sorted(answers) == [False] * 10 + [True] * 14
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.sum(Throttle.count))).scalar_one() == 24


def _age(session: Session, by: timedelta) -> None:
    """Let what was counted lie further back."""
    session.execute(update(Throttle).values(window=Throttle.window - int(by.total_seconds())))
