"""What a case of one size must reach, whoever plays it."""

from collections.abc import Iterator
from dataclasses import dataclass

from course.cases.findings import CaseFinding, Path
from course.content.findings import Severity
from course.content.schema import Ending, Scenario

LONGEST_PLAY = 100
"""Decisions and votes. A play that has not ended by then never will be played to its end by anybody."""
FEWEST_OPEN = 2
"""Answers. With one there is nothing to choose, with none a play is stuck."""


@dataclass(frozen=True)
class Bar:
    """What a case of one size must reach."""

    scenes: tuple[int, int]
    opportunities: int
    endings: int
    decisions: tuple[int, int]
    variables: int
    agreement: float
    """The least that score and ending agree over random plays, by Spearman's rank correlation."""
    agreement_severity: Severity = "warning"
    """A short case has few totals and endings to put in order, so little of it is meant to be advice."""


BARS = {
    "vignette": Bar(scenes=(3, 6), opportunities=1, endings=1, decisions=(1, 4), variables=6, agreement=0.4),
    "short": Bar(scenes=(6, 10), opportunities=2, endings=2, decisions=(2, 7), variables=6, agreement=0.5),
    "full": Bar(
        scenes=(15, 25),
        opportunities=3,
        endings=4,
        decisions=(7, 12),
        variables=4,
        agreement=0.6,
        agreement_severity="error",
    ),
}
SIZE_CODES = {"scene-count", "ending-count", "variable-count"}
"""Findings with which a case can be played all the same."""


def check_size(scenario: Scenario) -> Iterator[CaseFinding]:
    """Find what a case has too many or too few of for its size."""
    bar = BARS[scenario.size]
    low, high = bar.scenes
    count = len(scenario.scenes)
    if not low <= count <= high:
        message = f"A {scenario.size} case has {low} to {high} scenes with gates and endings; this one has {count}."
        yield CaseFinding("scene-count", message, path=("scenes",))
    endings = sum(isinstance(scene, Ending) for scene in scenario.scenes)
    if endings < bar.endings:
        message = f"A {scenario.size} case has at least {bar.endings} endings; this one has {endings}."
        yield CaseFinding("ending-count", message, path=("scenes",))
    if len(scenario.variables) > bar.variables:
        message = (
            f"A {scenario.size} case has at most {bar.variables} variables; this one has {len(scenario.variables)}."
        )
        yield CaseFinding("variable-count", message, path=("variables",))


def check_decisions(scenario: Scenario, fewest: int, most: int) -> Iterator[CaseFinding]:
    """Find plays that are too short or too long for the size."""
    low, high = BARS[scenario.size].decisions
    if fewest < low or most > high:
        message = f"A play takes {fewest} to {most} decisions; {low} to {high} suit a {scenario.size} case."
        yield CaseFinding("decisions", message, None, ("scenes",), "warning")


def check_agreement(scenario: Scenario, agreement: float | None, said: str) -> Iterator[CaseFinding]:
    """Find that score and ending do not agree. Without a difference in one of them there is nothing to compare."""
    bar = BARS[scenario.size]
    if agreement is not None and agreement < bar.agreement:
        message = (
            f"Score and ending agree too little: {agreement:.2f} (Spearman) over {said}; a {scenario.size} case has"
            f" {bar.agreement:.2f} or more. Which answers score well and end badly, or the other way round?"
        )
        yield CaseFinding("score-ending", message, None, ("scenes",), bar.agreement_severity)


def scene_path(scenario: Scenario, scene: str) -> Path:
    """Give the path of a scene's id."""
    places = [place for place, each in enumerate(scenario.scenes) if each.id == scene]
    return ("scenes", places[0], "id") if places else ()
