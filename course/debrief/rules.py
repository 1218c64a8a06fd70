"""Plays beside each other: the same decisions then and now, and the chances taken in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from course.cases.debrief import Sentence, decision, given_text
from course.cases.engine import Case
from course.cases.scoring import ScoredStep, tallies
from course.content.schema import Module

A_PAIR = 2
"""It takes two plays to compare any."""


class Occasion(StrEnum):
    """When a case was played, by its place in the module."""

    FIRST = "first"
    AGAIN = "again"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Played:
    """A record that has ended, with all that is compared of it."""

    occasion: Occasion
    finished_at: datetime
    case: Case
    steps: tuple[ScoredStep, ...]
    sentences: dict[int, Sentence]


@dataclass(frozen=True, slots=True)
class Column:
    occasion: Occasion
    title: str
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """What was answered in one scene; the confidence only where a sentence was said."""

    given: str
    sentence: str
    confidence: int | None


@dataclass(frozen=True, slots=True)
class SceneRow:
    title: str
    cells: tuple[Cell | None, ...]
    """``None`` where that play did not come by this scene."""


@dataclass(frozen=True, slots=True)
class ContrastRow:
    title: str
    cells: tuple[tuple[int, int] | None, ...]
    """Chances taken and met; ``None`` where the case does not practise this."""


@dataclass(frozen=True, slots=True)
class Comparison:
    columns: tuple[Column, ...]
    scenes: tuple[SceneRow, ...]
    """Empty when the plays are of different cases: then only the contrasts are compared."""
    contrasts: tuple[ContrastRow, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """The cases whose records are read beside one another, in the order of the module."""

    scenarios: tuple[str, ...]
    same_scenes: bool


def kin(module: Module, scenario: str) -> Kin:
    """Return what a case is compared with: nothing but for a case decided again and for the booster."""
    bases = {again.id: again.of for again in module.again}
    if scenario not in bases and scenario != module.booster:
        return Kin((), same_scenes=False)
    listed = dict.fromkeys(block.scenario for block in module.blocks if block.scenario is not None)
    listed |= {module.booster: None} if module.booster else {}
    root = bases.get(scenario, scenario)
    same = tuple(each for each in listed if bases.get(each, each) == root)
    if len(same) > 1:
        return Kin(same, same_scenes=True)
    return Kin(tuple(listed) if scenario == module.booster else (), same_scenes=False)


def occasion(module: Module, scenario: str) -> Occasion:
    """Return when a case is played: the booster later, a case decided again after the first."""
    if scenario == module.booster:
        return Occasion.LATER
    return Occasion.AGAIN if any(again.id == scenario for again in module.again) else Occasion.FIRST


def compare(plays: Sequence[Played], shown: Case, *, same_scenes: bool) -> Comparison | None:
    """Put plays beside each other; ``None`` when there is only one. ``shown`` is the case that is looked back on.

    Of plays of the same scenes, chances count only where they were met in those scenes, so that like is beside like.
    """
    if len(plays) < A_PAIR:
        return None
    columns = tuple(Column(play.occasion, play.case.scenario.title, play.finished_at) for play in plays)
    scope = frozenset(scene.id for scene in shown.scenario.scenes) if same_scenes else None
    return Comparison(columns, _scenes(plays, shown) if same_scenes else (), _contrasts(plays, shown, scope))


def _scenes(plays: Sequence[Played], shown: Case) -> tuple[SceneRow, ...]:
    met = {step.scene for play in plays for step in play.steps}
    return tuple(
        SceneRow(decision(shown, scene.id).title, tuple(_cell(play, scene.id) for play in plays))
        for scene in shown.scenario.scenes
        if scene.id in met
    )


def _cell(play: Played, scene: str) -> Cell | None:
    # A scene that was come by twice counts as it was answered last.
    step = next((each for each in reversed(play.steps) if each.scene == scene), None)
    if step is None:
        return None
    said = play.sentences.get(step.version - 1)
    text, confidence = (said.text, said.confidence) if said is not None else ("", None)
    return Cell(given_text(decision(play.case, scene), step.given), text, confidence)


def _contrasts(plays: Sequence[Played], shown: Case, scope: frozenset[str] | None) -> tuple[ContrastRow, ...]:
    taken = [
        {
            tally.competency: (tally.taken, tally.met)
            for tally in tallies(play.case, [step for step in play.steps if scope is None or step.scene in scope])
        }
        for play in plays
    ]
    rows = (
        ContrastRow(competency.title, tuple(play.get(competency.id) for play in taken))
        for competency in shown.scenario.competencies
    )
    return tuple(row for row in rows if any(cell is not None and cell[1] for cell in row.cells))
