"""The shape of a module, of its scenario and of its reflection, as authors write them.

Everything here is frozen: a published version never changes. Unknown keys are refused, so that
a misspelt key is an error with a line number and not a silence.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Shape(BaseModel):
    """What every part of a module shares: frozen, and no key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BlockKind(StrEnum):
    OPEN = "open"
    CONCEPT = "concept"
    DEMO = "demo"
    CASE = "case"
    PRACTICE = "practice"
    REFLECT = "reflect"
    PLAN = "plan"
    CHECK = "check"
    EVALUATE = "evaluate"
    BREAK = "break"


# ---------------------------------------------------------------- the scenario


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
    do: dict[Name, int] = {}
    """Changes of variables, e.g. ``{trust: -2}``."""
    set: tuple[Name, ...] = ()
    clear: tuple[Name, ...] = ()
    then: Text
    """The consequence: what the others do next. Shown at once."""
    coach: Text
    """Why. Shown when the case's policy says so."""
    key: dict[Name, int] = {}
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


# -------------------------------------------------------------- the reflection


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


# ------------------------------------------------------------------ the module


class Outcome(Shape):
    id: Name
    text: Line


class Source(Shape):
    id: Slug
    title: Line
    author: Line
    note: Line | None = None


class Step(Shape):
    """One line of a facilitator's DO list."""

    minutes: int = Field(ge=0, le=240)
    text: Text


class FacilitatorPart(Shape):
    """What the facilitator reads: SAY, DO, what to expect, what if. Markdown, but for the minutes."""

    say: str = ""
    do: tuple[Step, ...] = ()
    expect: str = ""
    what_if: str = ""


class Block(Shape):
    """One timed part of the day."""

    id: Slug
    title: Line
    kind: BlockKind
    minutes: int = Field(ge=5, le=240)
    laptops: Literal["open", "closed"] = "closed"
    priority: Literal["must", "should", "could"] = "must"
    scenario: Slug | None = None
    reflection: Slug | None = None
    learner: str = ""
    """Markdown; read from ``blocks/<id>.md``."""
    facilitator: FacilitatorPart = FacilitatorPart()


class PresenceRule(Shape):
    kind: Literal["presence"]
    percent: int = Field(ge=1, le=100)
    """Least share of the day's contact minutes."""


class ScenarioRule(Shape):
    kind: Literal["scenario"]
    scenario: Slug


class ReflectionRule(Shape):
    kind: Literal["reflection"]
    reflection: Slug
    level: int = Field(ge=1, le=4)
    """Least level that every criterion must reach, in feedback that was sent."""


Condition = Annotated[PresenceRule | ScenarioRule | ReflectionRule, Field(discriminator="kind")]


class CompletionRule(Shape):
    """When a module counts as attended, and when as completed. All conditions of a list must hold."""

    attended: Annotated[tuple[Condition, ...], Field(min_length=1)]
    completed: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Picture(Shape):
    """A picture of the module, by the path authors write and the hash it is kept under."""

    path: Line
    hash: Hash
    media_type: Literal["image/png", "image/jpeg", "image/svg+xml", "image/webp"]


class Module(Shape):
    """One day's content, whole: what ``course publish`` stores and every page reads."""

    schema_version: Literal[1] = Field(alias="schema")
    slug: Slug
    title: Line
    lang: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    summary: Line
    audience: tuple[Line, ...]
    bring: Line
    """What a learner brings to the day."""
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1, max_length=8)]
    start: Annotated[str, StringConstraints(pattern=r"^[0-2][0-9]:[0-5][0-9]$")] = "09:00"
    """When the day usually begins; the day itself decides."""
    blocks: Annotated[tuple[Block, ...], Field(min_length=1, max_length=40)]
    completion: CompletionRule
    sources: tuple[Source, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    reflections: tuple[Reflection, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def contact_minutes(self) -> int:
        """Minutes of the day without its breaks."""
        return sum(block.minutes for block in self.blocks if block.kind is not BlockKind.BREAK)

    def block(self, block_id: str) -> Block | None:
        return next((block for block in self.blocks if block.id == block_id), None)

    def scenario(self, scenario_id: str) -> Scenario | None:
        return next((case for case in self.scenarios if case.id == scenario_id), None)

    def reflection(self, reflection_id: str) -> Reflection | None:
        return next((page for page in self.reflections if page.id == reflection_id), None)
