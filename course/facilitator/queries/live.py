"""A room that plays a case, as its facilitator sees it and as the wall shows it: counts and sentences, never who."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from course.cases.splits import Split, split
from course.content.markdown import to_line
from course.content.schema import Decision, Ending, SayScene, Scenario
from course.scenarios.queries import room
from course.scenarios.queries.room import Given, Held, Sentence
from course.scenarios.rules import FEWEST, may_quote, may_show

PERCENT = 100


@dataclass(frozen=True)
class Bar:
    """One answer in a chart."""

    label: str
    count: int
    percent: int
    former: int | None
    """In percent, of earlier groups; None when none is large enough to be shown."""


@dataclass(frozen=True)
class Point:
    """A decision of the case, and how the room stands to it."""

    scene: Decision
    here: int
    """How many are at it now."""
    answered: int
    stopped: bool
    revealed: bool
    bars: tuple[Bar, ...]
    """What was answered; empty for as long as it may not be shown."""
    former_people: int
    """How many people of earlier groups stand behind ``Bar.former``."""


@dataclass(frozen=True)
class Said:
    """What was said in one scene and may be shown."""

    scene: Decision
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Live:
    """What the facilitator sees."""

    people: int
    not_begun: int
    playing: int
    ended: int
    points: tuple[Point, ...]
    stopped: tuple[Decision, ...]
    asks: bool
    """Whether the case asks for sentences at all."""
    said: tuple[Said, ...]
    """Empty while too few let a sentence be shown."""


@dataclass(frozen=True)
class Wall:
    """What the room sees: nothing but what its facilitator holds or shows."""

    stopped: tuple[Decision, ...]
    revealed: Decision | None
    bars: tuple[Bar, ...]
    answered: int
    quotes: tuple[str, ...]


def live(session: Session, *, run_id: int, case: Scenario) -> Live:
    """Return how a run stands in a case."""
    standing = room.standing(session, run_id=run_id, scenario=case.id)
    held = room.held(session, run_id=run_id, scenario=case.id)
    offered = room.sentences(session, run_id=run_id, scenario=case.id)
    decisions = _decisions(case)
    endings = [scene.id for scene in case.scenes if isinstance(scene, Ending)]
    # Only what is shown is compared, so that most of the time nothing needs to be read for it.
    former = room.former(session, run_id=run_id, scenario=case.id) if held.revealed else ()
    at = standing.at
    people, not_begun, ended = sum(at.values()), at.get("", 0), sum(at.get(scene, 0) for scene in endings)
    return Live(
        people=people,
        not_begun=not_begun,
        playing=people - not_begun - ended,
        ended=ended,
        points=tuple(_point(scene, at, standing.given, held, former) for scene in decisions.values()),
        stopped=_known(decisions, held.stopped),
        asks=any(isinstance(scene, SayScene) for scene in decisions.values()),
        said=_said(decisions, offered) if may_quote(room.authors(offered)) else (),
    )


def wall(session: Session, *, run_id: int, case: Scenario) -> Wall:
    """Return what is shown to a run of a case at this moment."""
    held = room.held(session, run_id=run_id, scenario=case.id)
    offered = room.sentences(session, run_id=run_id, scenario=case.id)
    given = room.given(session, run_id=run_id, scenario=case.id) if held.revealed else {}
    decisions = _decisions(case)
    revealed = decisions.get(held.revealed or "")
    shown = _point(revealed, {}, given, held, ()) if revealed is not None else None
    return Wall(
        stopped=_known(decisions, held.stopped),
        revealed=revealed,
        bars=shown.bars if shown is not None else (),
        answered=shown.answered if shown is not None and shown.bars else 0,
        quotes=tuple(each.text for each in offered if each.picked) if may_quote(room.authors(offered)) else (),
    )


def _decisions(case: Scenario) -> dict[str, Decision]:
    return {scene.id: scene for scene in case.scenes if isinstance(scene, Decision)}


def _known(decisions: Mapping[str, Decision], names: Iterable[str]) -> tuple[Decision, ...]:
    return tuple(decisions[name] for name in names if name in decisions)


def _point(scene: Decision, at: Mapping[str, int], given: Given, held: Held, former: tuple[Given, ...]) -> Point:
    answers = split(scene, given.get(scene.id, {}))
    revealed = scene.id == held.revealed
    show = may_show(answers.answered, revealed=revealed)
    before = _together(scene, former) if show else None
    return Point(
        scene=scene,
        here=at.get(scene.id, 0),
        answered=answers.answered,
        stopped=scene.id in held.stopped,
        revealed=revealed,
        bars=_bars(answers, before) if show else (),
        former_people=before.answered if before is not None else 0,
    )


def _together(scene: Decision, former: tuple[Given, ...]) -> Split | None:
    """Add up the earlier groups of which enough people answered this decision."""
    splits = [split(scene, given.get(scene.id, {})) for given in former]
    counts: dict[str, int] = {}
    for each in splits:
        if each.answered >= FEWEST:
            for part in each.parts:
                counts[part.id] = counts.get(part.id, 0) + part.count
    return split(scene, counts) if counts else None


def _bars(answers: Split, former: Split | None) -> tuple[Bar, ...]:
    before = [_percent(part.count, former.answered) for part in former.parts] if former is not None else None
    return tuple(
        Bar(to_line(part.text), part.count, _percent(part.count, answers.answered), before[place] if before else None)
        for place, part in enumerate(answers.parts)
    )


def _percent(count: int, whole: int) -> int:
    return round(PERCENT * count / whole)


def _said(decisions: Mapping[str, Decision], offered: tuple[Sentence, ...]) -> tuple[Said, ...]:
    by_scene = {name: tuple(each for each in offered if each.scene == name) for name in decisions}
    return tuple(Said(decisions[name], each) for name, each in by_scene.items() if each)
