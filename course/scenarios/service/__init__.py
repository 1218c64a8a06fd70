"""The verbs of scenarios: begin a play, take its steps."""

from course.scenarios.service.playing import StepResult, UnknownScenario, begin, case_of, step

__all__ = ["StepResult", "UnknownScenario", "begin", "case_of", "step"]
