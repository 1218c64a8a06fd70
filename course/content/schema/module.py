"""The shape of a module: its blocks, its rule of completion, and everything they name."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from course.content.schema.reflection import Reflection
from course.content.schema.scenario import Scenario
from course.content.schema.shape import Hash, Line, Name, Shape, Slug, Text
from course.content.schema.skins import Again, Skin, dressed, once_more

LEAST_MINUTES = 5
"""Of a block."""
Part = TypeVar("Part", Again, Skin)


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
    minutes: int = Field(ge=LEAST_MINUTES, le=240)
    laptops: Literal["open", "closed"] = "closed"
    priority: Literal["must", "should", "could"] = "must"
    scenario: Slug | None = None
    reflection: Slug | None = None
    learner: str = ""
    """Markdown; read from ``blocks/<id>.md``."""
    facilitator: FacilitatorPart = FacilitatorPart()


class HandoutKind(StrEnum):
    """What a printed page is for. Its place in the kit, its size and its look follow from it."""

    ROLE_CARD = "role-card"
    OBSERVER_CARD = "observer-card"
    JOB_AID = "job-aid"
    POSTER = "poster"
    MANAGER_BRIEF = "manager-brief"


class Handout(Shape):
    """A page of the kit that is printed and given away."""

    id: Slug
    kind: HandoutKind
    title: Line
    text: str = ""
    """Markdown; read from ``handouts/<id>.md``. A list item that begins with ``[ ]`` is a tick box."""


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


class Explained(Shape):
    """A warning of ``course check`` that the author stands by."""

    code: Slug
    """The word in brackets at the end of the warning."""
    place: Line
    """The warning's file, or the file and words of the line: ``blocks/hello.md: nine out of ten``."""
    reason: Line


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
    handouts: Annotated[tuple[Handout, ...], Field(max_length=40)] = ()
    booster: Slug | None = None
    """The scenario that people play about 30 days after the day; no block plays it."""
    explained: Annotated[tuple[Explained, ...], Field(max_length=40)] = ()
    again: Annotated[tuple[Again, ...], Field(max_length=10)] = ()
    """Cases made of some scenes of another; a block plays one by its id, as any scenario."""
    skins: Annotated[tuple[Skin, ...], Field(max_length=20)] = ()
    sentences: Slug | None = None
    """The reflection by whose rubric the sentences said in a first play are graded; without it they are not."""

    @property
    def contact_minutes(self) -> int:
        """Minutes of the day without its breaks."""
        return sum(block.minutes for block in self.blocks if block.kind is not BlockKind.BREAK)

    def block(self, block_id: str) -> Block | None:
        return next((block for block in self.blocks if block.id == block_id), None)

    @cached_property
    def cases(self) -> dict[tuple[str, str], Scenario]:
        """Every case that can be played, by its id and the id of its skin; the empty skin is its own words.

        The same objects as long as the module lives: whatever is made of them is kept by object. What cannot be made
        is left out: ``course check`` says why.
        """
        own = {case.id: self._coached(case) for case in self.scenarios}
        for more in self.again:
            if more.of in own and more.id not in own and (made := _made(once_more, own[more.of], more)):
                own[more.id] = made
        bases = {more.id: more.of for more in self.again}
        worn = {
            (case_id, skin.id): made
            for case_id, case in own.items()
            for skin in self.skins
            if skin.id in case.skins and skin.of == bases.get(case_id, case_id) and (made := _made(dressed, case, skin))
        }
        return {(case_id, ""): case for case_id, case in own.items()} | worn

    def _coached(self, case: Scenario) -> Scenario:
        """Say when the why of a case's answers is read, where the case does not: the first one of a day teaches."""
        if case.coaching is not None:
            return case
        first = next((block.scenario for block in self.blocks if block.scenario is not None), None)
        return case.model_copy(update={"coaching": "now" if case.id == first else "debrief"})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the module; the copy makes its cases anew, of what is changed."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("cases", None)
        return copied

    def scenario(self, scenario_id: str, skin: str = "") -> Scenario | None:
        return self.cases.get((scenario_id, skin))

    @property
    def day_cases(self) -> list[Scenario]:
        """The cases that the day plays in their own words: all but the booster."""
        return [case for (case_id, skin), case in self.cases.items() if not skin and case_id != self.booster]

    def reflection(self, reflection_id: str) -> Reflection | None:
        return next((page for page in self.reflections if page.id == reflection_id), None)


def _made(make: Callable[[Scenario, Part], Scenario], case: Scenario, part: Part) -> Scenario | None:
    try:
        return make(case, part)
    except ValidationError:
        return None
