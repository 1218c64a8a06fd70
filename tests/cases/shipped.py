"""The cases that come with Oneday, and the one of the tests."""

from functools import cache

from course import paths
from course.cases.case import compile_case
from course.cases.graph import Graph, explore
from course.content import yamltree
from course.content.schema import Scenario
from tests.make import SMALL

FILES = {file.stem: file for room in (paths.MODULES, SMALL.parent) for file in room.glob("[!_]*/scenarios/*.yaml")}
SHIPPED = sorted(FILES)
"""The ids of all cases of modules that are published with Oneday."""


@cache
def shipped(case_id: str) -> Scenario:
    file = FILES[case_id]
    return Scenario.model_validate(yamltree.parse(file.read_text(encoding="utf-8"), file.name).data)


@cache
def enumerated(case_id: str) -> Graph:
    """Return all states of a shipped case, found once."""
    return explore(compile_case(shipped(case_id)))
