"""The shape of a branching case."""

from typing import Annotated, Literal

from pydantic import Field

from course.content.schema.shape import Line, Name, Shape, Slug, Text


class Range(Shape):
    """A whole-number variable of a case. It saturates at its ends, so a case has finitely many states."""

    id: Name
    start: int
    min: int
    max: int
    unit: Line | None = None


class Competency(Shape):
    """What a case practises: one of the four contrasts, or delivery."""

    id: Name
    title: Line
    project: Line
    """The project manager's side of the contrast, in one line."""
    relationship: Line
    """The relationship manager's side of it."""


class CastMember(Shape):
    id: Name
    name: Line
    role: Line


class Choice(Shape):
    """One option of a decision, with what it does and what it is worth. Only ``text`` is seen before it is chosen."""

    id: Name
    text: Text
    guard: str | None = Field(default=None, alias="if")
    do: dict[Name, int] = Field(default_factory=dict)
    """Changes of variables, e.g. ``{trust: -2}``."""
    set: tuple[Name, ...] = ()
    clear: tuple[Name, ...] = ()
    then: Text
    """The consequence: what the others do next. Shown at once."""
    coach: Text
    """Why. Shown when the case's policy says so."""
    key: dict[Name, int] = Field(default_factory=dict)
    """Points per competency. A decision is an opportunity for a competency when its open options differ in it."""
    to: Name


class Route(Shape):
    """One way out of a gate; the last one has no guard."""

    guard: str | None = Field(default=None, alias="if")
    to: Name


class Decision(Shape):
    """A scene that ends in a choice."""

    kind: Literal["choice"]
    id: Name
    title: Line
    month: int = Field(ge=0, le=60)
    when: Line
    must_meet: bool = False
    body: Text
    ask: Line = "What do you do?"
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=4)]


class Gate(Shape):
    """A scene nobody sees: it sends the play on by what happened so far."""

    kind: Literal["gate"]
    id: Name
    routes: Annotated[tuple[Route, ...], Field(min_length=2)]


class Ending(Shape):
    """Where a play ends. ``rank`` orders the endings, 1 being the best."""

    kind: Literal["ending"]
    id: Name
    title: Line
    month: int = Field(ge=0, le=60)
    when: Line
    rank: int = Field(ge=1)
    body: Text
    learned: Text
    """What this ending teaches, shown at the debrief."""


Scene = Annotated[Decision | Gate | Ending, Field(discriminator="kind")]


class Scenario(Shape):
    """A branching case: finite, checked before it is published, played by ``course.cases``."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Slug
    title: Line
    size: Literal["vignette", "short", "full"]
    minutes: int = Field(ge=3, le=60)
    intro: Text
    """Shown before the first scene: who you are, where you stand."""
    coaching: Literal["now", "debrief"] = "debrief"
    pivot: Name
    """The variable whose sharpest change is "where trust turned"."""
    variables: Annotated[tuple[Range, ...], Field(max_length=6)]
    flags: tuple[Name, ...] = ()
    competencies: Annotated[tuple[Competency, ...], Field(min_length=1, max_length=6)]
    cast: tuple[CastMember, ...]
    start: Name
    scenes: Annotated[tuple[Scene, ...], Field(min_length=3, max_length=60)]
    sources: tuple[Slug, ...] = ()
