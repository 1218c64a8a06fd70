"""The verbs of scenarios: begin a play, take its steps, say a sentence, go back to try another way, score anew."""

from course.scenarios.service.beginning import NotBesideYou, UnknownScenario, begin, case_of
from course.scenarios.service.playing import StepResult, say, step
from course.scenarios.service.rewinding import RewindResult, rewind
from course.scenarios.service.scoring import Rescored, rescore

__all__ = [
    "NotBesideYou",
    "Rescored",
    "RewindResult",
    "StepResult",
    "UnknownScenario",
    "begin",
    "case_of",
    "rescore",
    "rewind",
    "say",
    "step",
]
