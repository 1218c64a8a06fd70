"""The shape of the page a learner writes and of its rubric."""

from typing import Annotated, Literal

from pydantic import Field

from course.content.schema.shape import Line, Name, Shape, Slug, Text


class Level(Shape):
    level: int = Field(ge=1, le=4)
    text: Line
    """What a page at this level does."""
    anchor: Line
    """One sentence as a learner at this level would write it."""


class Criterion(Shape):
    id: Name
    title: Line
    question: Line
    levels: Annotated[tuple[Level, ...], Field(min_length=4, max_length=4)]


class Benchmark(Shape):
    """A sample page with expert levels and the reasons for them."""

    id: Name
    text: Text
    levels: dict[Name, Annotated[int, Field(ge=1, le=4)]]
    quotes: dict[Name, tuple[Line, ...]] = Field(default_factory=dict)
    """For each criterion, the words of the page that show its level. Line breaks count as spaces."""
    reasons: dict[Name, Line]


class Words(Shape):
    """How long a page should be. Advice to the learner, never a refusal."""

    min: int = Field(ge=1)
    max: int = Field(le=2000)


class Reflection(Shape):
    """The page a learner writes, and the rubric it is graded by."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Slug
    title: Line
    prompt: Text
    hints: tuple[Line, ...] = ()
    words: Words
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=3, max_length=5)]
    benchmarks: tuple[Benchmark, ...] = ()
