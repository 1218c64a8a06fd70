"""A thousand edits of a live case while it is played: every attempt stays what it was, on the version it began on."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cases import engine
from course.cases.engine import Case, Choose, State
from course.cases.moves import by_chance
from course.content.canonical import revive
from course.content.schema import Module
from course.library.models import Version
from course.scenarios import queries, service
from course.scenarios.models import Attempt, Score
from course.scenarios.rules import key_hash, profile
from tests.make import Cast, all_kinds, published
from tests.scenarios.edits import edited
from tests.scenarios.plays import CASE, send

EDITS_A_RUN = 50
RUNS = 20


@dataclass
class Site:
    """A site on which an author edits a case while two people play it."""

    session: Session
    cast: Cast
    dice: Random
    module: Module = field(default_factory=all_kinds)
    version_hash: str = ""
    told: dict[int, list[State]] = field(default_factory=lambda: defaultdict(list))
    """Of each attempt, where it stood after each of its steps."""

    def edit(self) -> None:
        self.module = edited(self.module, self.dice)
        self.version_hash = published(self.session, self.module)

    def play(self) -> None:
        """Take one step of a play, or begin another one on what is live now."""
        seat_id = self.dice.choice((self.cast.lena_seat, self.cast.leo_seat))
        attempt = service.begin(self.session, seat_id=seat_id, scenario_id=CASE, version_hash=self.version_hash)
        case = service.case_of(self.session, version_hash=attempt.version_hash, scenario_id=CASE)
        state = engine.revive(case, attempt.state)
        action = by_chance(case, state, self.dice)
        choice = action.choice if isinstance(action, Choose) else ""
        taken = send(self.session, attempt, f"{action.scene}.{choice}", attempt.version)
        assert taken.kind == "taken"
        self.told[attempt.id].append(engine.step(case, state, action)[0])

    def case(self, attempt: Attempt) -> Case:
        """The case of an attempt, from the stored bytes of its version."""
        stored = self.session.get_one(Version, attempt.version_hash)
        scenario = revive(stored.canonical).scenario(CASE)
        assert scenario is not None
        return engine.compile_case(scenario)

    def scores(self) -> dict[tuple[int, str], dict[str, Any]]:
        rows = self.session.execute(select(Score).execution_options(populate_existing=True)).scalars()
        return {(row.attempt_id, row.key_hash): row.profile for row in rows}


def run(site: Site) -> None:
    site.version_hash = site.cast.version_hash
    for _edit in range(EDITS_A_RUN):
        for _step in range(site.dice.randrange(4)):
            site.play()
        site.edit()


def check(site: Site) -> None:
    scores = site.scores()
    attempts = site.session.execute(select(Attempt).execution_options(populate_existing=True)).scalars().all()
    assert {attempt.id for attempt in attempts if attempt.version} == set(site.told)
    for attempt in attempts:
        case = site.case(attempt)
        actions = queries.actions(site.session, attempt_id=attempt.id)
        states = [state for state, _events in engine.replay(case, actions)]
        assert states[1:] == site.told[attempt.id]
        assert engine.revive(case, attempt.state) == states[-1]
        assert (attempt.version, attempt.scene) == (len(actions), states[-1].scene)
        ended = engine.ending(case, states[-1]) is not None
        assert (attempt.finished_at is not None) is ended
        worth = scores.get((attempt.id, key_hash(case.scenario)))
        assert worth == (profile(case, actions) if ended else None)
    site.session.expunge_all()
    finished = [attempt for attempt in attempts if attempt.finished_at is not None]
    again = service.rescore(site.session, version_hash=site.version_hash, scenario=CASE)
    assert again.scored + again.known + again.unfit == len(finished)
    kept = site.scores()
    assert {key: kept[key] for key in scores} == scores
    assert len(kept) == len(scores) + again.scored


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
@settings(max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dice=st.randoms(use_true_random=True))
def test_every_attempt_replays_on_its_version(crew: Cast, session: Session, dice: Random) -> None:
    example = session.begin_nested()
    site = Site(session, crew, dice)
    run(site)
    check(site)
    example.rollback()
    session.expunge_all()


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_an_attempt_on_another_version_is_noticed(crew: Cast, session: Session) -> None:
    """The control: were one attempt read on the version that is live now, the test above would fail."""
    site = Site(session, crew, Random(7))  # noqa: S311 - The same plays each time.
    run(site)
    check(site)
    moved = next(
        attempt
        for attempt in session.execute(select(Attempt).order_by(Attempt.id)).scalars()
        if attempt.version > 1 and attempt.version_hash != site.version_hash
    )
    moved.version_hash = site.version_hash
    session.flush()
    with pytest.raises((AssertionError, engine.IllegalStep, ValueError)):
        check(site)
