"""The shape of a branching case."""

from abc import abstractmethod
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


class Consequence(Shape):
    """What comes of an answer: what it does, what it is worth, where it leads."""

    id: Name
    do: dict[Name, int] = Field(default_factory=dict)
    """Changes of variables, e.g. ``{trust: -2}``."""
    set: tuple[Name, ...] = ()
    clear: tuple[Name, ...] = ()
    then: Text
    """What the others do next. Shown at once."""
    cue: Line | None = None
    """The words of ``then`` by which a player may notice that the best ending is lost from here."""
    coach: Text
    """Why. Shown when the case's policy says so."""
    key: dict[Name, int] = Field(default_factory=dict)
    """Points per competency. A decision is an opportunity for a competency when its open answers differ in it."""
    to: Name


class Choice(Consequence):
    """One answer to choose. Only ``text`` is seen before it is chosen."""

    text: Text
    guard: str | None = Field(default=None, alias="if")


class Item(Shape):
    """One thing to put in its place in an order, or to vote for."""

    id: Name
    text: Line


class Band(Consequence):
    """What comes of all orders that are about as good."""

    within: int | None = Field(default=None, ge=0)
    """The most pairs that may stand the wrong way round; without it, whatever is left."""


class Route(Shape):
    """One way out of a gate; the last one has no guard."""

    guard: str | None = Field(default=None, alias="if")
    to: Name


class Decision(Shape):
    """What all scenes share in which the learner does something."""

    id: Name
    title: Line
    month: int = Field(ge=0, le=60)
    when: Line
    must_meet: bool = False
    weight: int = Field(default=1, ge=1, le=5)
    """How much its chances count beside those of other scenes."""
    body: Text
    ask: Line = "What do you do?"

    @property
    @abstractmethod
    def answers(self) -> tuple[Consequence, ...]:
        """All that can come of this scene, in the order of the file."""


class ChoiceScene(Decision):
    """A scene that ends in a choice."""

    kind: Literal["choice"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=4)]

    @property
    def answers(self) -> tuple[Choice, ...]:
        return self.choices


class SayScene(Decision):
    """A scene that asks for the learner's own sentence before it shows what there is to choose."""

    kind: Literal["say"]
    prompt: Line
    """What the sentence is to be."""
    poor: Text
    """How it might be said badly. It is shown beside ``good`` once the learner's own sentence is given."""
    good: Text
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=4)]

    @property
    def answers(self) -> tuple[Choice, ...]:
        return self.choices


class RankScene(Decision):
    """A scene in which things are put in an order. It is scored by its distance from the order of the file."""

    kind: Literal["rank"]
    items: Annotated[tuple[Item, ...], Field(min_length=3, max_length=5)]
    """The best first. Learners get them in the order of the alphabet."""
    bands: Annotated[tuple[Band, ...], Field(min_length=2, max_length=4)]
    """From the nearest orders to the rest."""

    @property
    def answers(self) -> tuple[Band, ...]:
        return self.bands


class VoteScene(Decision):
    """A question to the whole room. Whatever is answered, the play goes on in the same way."""

    kind: Literal["vote"]
    choices: Annotated[tuple[Item, ...], Field(min_length=2, max_length=4)]
    then: Text
    coach: Text
    to: Name

    @property
    def answers(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(id=item.id, text=item.text, then=self.then, coach=self.coach, to=self.to) for item in self.choices
        )


def answer_path(here: tuple[str | int, ...], scene: Decision, number: int) -> tuple[str | int, ...]:
    """Give the path of one of a scene's answers, given the path of the scene."""
    return (*here, "bands" if isinstance(scene, RankScene) else "choices", number)


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


Scene = Annotated[ChoiceScene | SayScene | RankScene | VoteScene | Gate | Ending, Field(discriminator="kind")]


class Waiver(Shape):
    """A lint that the author stands by, in one scene or, without one, in the whole case."""

    lint: Slug
    scene: Name | None = None
    reason: Line


class Scenario(Shape):
    """A branching case: finite, checked before it is published, played by ``course.cases``."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Slug
    title: Line
    size: Literal["vignette", "short", "full"]
    minutes: int = Field(ge=3, le=60)
    intro: Text
    """Shown before the first scene: who you are, where you stand."""
    coaching: Literal["now", "debrief"] | None = None
    """When the why of an answer is read. If not said: now in the first case of a day, at the debrief in a later one."""
    pivot: Name
    """The variable whose sharpest change is "where trust turned"."""
    variables: Annotated[tuple[Range, ...], Field(max_length=6)]
    flags: tuple[Name, ...] = ()
    competencies: Annotated[tuple[Competency, ...], Field(min_length=1, max_length=6)]
    cast: tuple[CastMember, ...]
    start: Name
    scenes: Annotated[tuple[Scene, ...], Field(min_length=3, max_length=60)]
    sources: tuple[Slug, ...] = ()
    trade: Line | None = None
    """The trade of the learner in this case, for those who choose among its skins."""
    skins: tuple[Slug, ...] = ()
    """The skins that a learner chooses from when this case begins."""
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=5)] = ()
