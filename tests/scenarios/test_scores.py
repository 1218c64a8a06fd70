"""What a play is worth: kept when it ends, scored once more by another key, and never lost."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.content.schema import Module
from course.scenarios import service
from course.scenarios.models import Attempt, Score
from course.scenarios.rules import key_hash
from course.scenarios.service import Rescored
from tests.make import Cast, all_kinds, published
from tests.scenarios.plays import CASE, WHOLE, begin, go


def edited(**changes: Any) -> Module:
    """Return the module with other points for calling at once, or with other words."""
    data = all_kinds().model_dump(mode="json", by_alias=True)
    call = data["scenarios"][0]["scenes"][0]
    call |= {name: value for name, value in changes.items() if name != "ring"}
    call["choices"][0]["key"] = changes.get("ring", call["choices"][0]["key"])
    return Module.model_validate(data)


def scores(session: Session, attempt: Attempt) -> dict[str, dict[str, Any]]:
    rows = session.execute(select(Score).where(Score.attempt_id == attempt.id)).scalars()
    return {row.key_hash: row.profile for row in rows}


def key_of(module: Module) -> str:
    return key_hash(module.scenarios[0])


def test_the_end_keeps_a_score(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE[:4])
    assert scores(session, attempt) == {}
    go(session, attempt, WHOLE[4])
    assert scores(session, attempt) == {
        key_of(all_kinds()): {
            "objective": {"gain": 1.0, "taken": 2, "met": 2},
            "delivery": {"gain": 2 / 3, "taken": 2, "met": 3},
        }
    }


def test_the_key_is_points_and_weights_alone() -> None:
    own = key_of(all_kinds())
    assert key_of(edited(title="Another title", body="Other words.")) == own
    assert key_of(edited(ring={"objective": 1})) != own
    assert key_of(edited(weight=2)) != own
    data = all_kinds().model_dump(mode="json", by_alias=True)
    order = next(scene for scene in data["scenarios"][0]["scenes"] if scene["id"] == "order")
    order["items"].reverse()
    assert key_of(Module.model_validate(data)) != own


def test_another_key_scores_once_more_and_keeps_the_old(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE)
    before = scores(session, attempt)
    begin(session, crew, crew.leo_seat)
    module = edited(ring={"objective": -3})
    version = published(session, module)
    assert service.rescore(session, version_hash=version, scenario=CASE) == Rescored(scored=1, known=0, unfit=0)
    after = scores(session, attempt)
    assert set(after) == {*before, key_of(module)}
    assert {key: after[key] for key in before} == before
    assert after[key_of(module)]["objective"] == {"gain": 0.5, "taken": 1, "met": 2}
    assert service.rescore(session, version_hash=version, scenario=CASE) == Rescored(scored=0, known=1, unfit=0)
    assert scores(session, attempt) == after


def test_a_play_that_a_version_does_not_allow_is_left(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE)
    data = edited(ring={"objective": -3}).model_dump(mode="json", by_alias=True)
    data["scenarios"][0]["scenes"][0]["choices"][0]["id"] = "telephone"
    version = published(session, Module.model_validate(data))
    assert service.rescore(session, version_hash=version, scenario=CASE) == Rescored(scored=0, known=0, unfit=1)
    assert len(scores(session, attempt)) == 1


def test_the_same_case_in_another_module_is_not_touched(crew: Cast, session: Session) -> None:
    go(session, begin(session, crew), *WHOLE)
    version = published(session, edited(ring={"objective": -3}).model_copy(update={"slug": "another"}))
    assert service.rescore(session, version_hash=version, scenario=CASE) == Rescored(scored=0, known=0, unfit=0)
