"""The case as its player sees it now: nothing that has not happened yet is even looked up for the template."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

from markupsafe import Markup

from course.cases import engine
from course.cases.case import Case
from course.cases.moves import came_to
from course.content.markdown import to_line
from course.content.schema import (
    Block,
    Choice,
    Decision,
    Ending,
    Module,
    RankScene,
    SayScene,
    Scenario,
    VoteScene,
)
from course.learner.forms import BeginForm, SayForm, StepForm
from course.learner.views.opening import Opening, opening
from course.learner.views.place import Place, operation, small_number
from course.learner.views.texts import prose
from course.library import queries as library
from course.scenarios import queries as scenarios
from course.scenarios.queries import Play
from course.web.access import found
from course.web.transaction import session

HALF_SURE = 50
RECORD = 1


class Shows(StrEnum):
    INTRO = "intro"
    SCENE = "scene"
    CONSEQUENCE = "consequence"
    ENDING = "ending"


@dataclass(frozen=True)
class Answer:
    """One answer as it may be seen before it is given, or one thing to put in its place."""

    id: str
    text: str
    place: str = ""
    """In an order, the place that was sent with a form that was refused."""


@dataclass(frozen=True)
class Saying:
    """A scene that asks for a sentence of the learner's own."""

    prompt: str
    text: str
    confidence: int
    may_show: bool
    graded: bool
    """Whether the facilitator reads it and gives feedback."""


@dataclass(frozen=True)
class Models:
    """One's own sentence, with the poor and the good one. Made only once that sentence was given."""

    said: str
    poor: Markup
    good: Markup
    nearer: str


@dataclass(frozen=True)
class PlayPart:
    """What the case shows on a block's page."""

    shows: Shows
    case_title: str
    minutes: int
    url: str
    """Where the play is."""
    play_url: str
    say_url: str
    begin_url: str
    look_back_url: str
    held_url: str
    number: int = 1
    skin: str = ""
    version: int = 0
    title: str = ""
    when: str = ""
    html: Markup = field(default_factory=Markup)
    ask: str = ""
    answers: tuple[Answer, ...] = ()
    order: tuple[Answer, ...] = ()
    """Things to put in their places, by the alphabet."""
    scene: str = ""
    operation_id: str = ""
    chosen: str = ""
    chosen_order: tuple[str, ...] = ()
    coach: str = ""
    vote: bool = False
    picked: str = ""
    errors: tuple[str, ...] = ()
    opening: Opening | None = None
    saying: Saying | None = None
    models: Models | None = None
    held: bool = False

    @property
    def begun(self) -> bool:
        return self.shows is not Shows.INTRO


Refused = StepForm | SayForm | BeginForm


def part(here: Place, block: Block, scenario_id: str, refused: Refused | None = None) -> PlayPart:
    """Return the case of a block at the point where its learner is, or at a step they ask to see again."""
    after = small_number("after") if refused is None else None
    play = scenarios.play(
        session(),
        seat_id=here.row.seat_id,
        scenario=scenario_id,
        number=small_number("play") if after is not None else None,
        after=after,
    )
    if play is None:
        scenario = found(here.module.scenario(scenario_id))
        worn, first = opening(here, block, scenario, refused if isinstance(refused, BeginForm) else None)
        return replace(_empty(here, block, worn, 1), opening=first, errors=_errors(refused))
    module = library.module(session(), play.version_hash)
    case = engine.compile_case(found(module.scenario(scenario_id, play.skin)))
    shown = replace(_empty(here, block, case.scenario, play.number), skin=play.skin)
    if play.chosen is not None:
        return _consequence(shown, play, module, case)
    return _present(shown, play, module, case, refused)


def _empty(here: Place, block: Block, scenario: Scenario, number: int) -> PlayPart:
    return PlayPart(
        shows=Shows.INTRO,
        case_title=scenario.title,
        minutes=scenario.minutes,
        number=number,
        url=here.block_url(block) + "#play",
        play_url=here.block_url(block, "play"),
        say_url=here.block_url(block, "say"),
        begin_url=here.block_url(block, "begin"),
        look_back_url=here.with_query(here.block_url(block, "debrief/"), play=number),
        held_url=here.with_query(here.block_url(block, "held"), play=number),
    )


def _consequence(shown: PlayPart, play: Play, module: Module, case: Case) -> PlayPart:
    taken = found(play.chosen)
    decision = case.nodes[taken.scene].scene
    if not isinstance(decision, Decision):
        raise TypeError(f"The step of a play was taken at {taken.scene}, where nothing can be chosen.")
    answer = came_to(decision, taken.choice)
    items = {item.id: item.text for item in decision.items} if isinstance(decision, RankScene) else {}
    return replace(
        shown,
        shows=Shows.CONSEQUENCE,
        title=decision.title,
        when=decision.when,
        chosen=to_line(answer.text) if isinstance(answer, Choice) else "",
        chosen_order=tuple(to_line(items[name]) for name in taken.choice.split(",")) if items else (),
        html=prose(play.version_hash, module, answer.then, shift=2),
        coach=to_line(answer.coach) if case.scenario.coaching == "now" else "",
        vote=isinstance(decision, VoteScene),
    )


def _present(shown: PlayPart, play: Play, module: Module, case: Case, refused: Refused | None) -> PlayPart:
    state = engine.revive(case, play.state)
    scene = engine.scene(case, state)
    html = prose(play.version_hash, module, scene.body, shift=2)
    if isinstance(scene, Ending):
        return replace(shown, shows=Shows.ENDING, title=scene.title, when=scene.when, html=html)
    here = replace(
        shown,
        shows=Shows.SCENE,
        title=scene.title,
        when=scene.when,
        html=html,
        version=play.version,
        scene=scene.id,
        errors=_errors(refused),
        # What was typed for a room that is held stays on the page; nothing of it was taken.
        held=play.held and refused is None,
    )
    if here.held:
        return here
    return replace(_asking(here, play, module, case, refused), operation_id=operation())


def _asking(shown: PlayPart, play: Play, module: Module, case: Case, refused: Refused | None) -> PlayPart:
    """Add what a scene asks for at this moment: a sentence, an order, or one of the answers that are open."""
    state = engine.revive(case, play.state)
    scene = cast(Decision, engine.scene(case, state))
    step = refused if isinstance(refused, StepForm) else None
    if isinstance(scene, RankScene):
        places = step.places if step is not None else {}
        items = sorted((to_line(item.text), item.id) for item in scene.items)
        order = tuple(Answer(name, text, places.get(name, "")) for text, name in items)
        return replace(shown, ask=scene.ask, order=order)
    if isinstance(scene, SayScene):
        if not engine.has_said(case, state):
            graded = module.sentences is not None and play.number == RECORD
            return replace(shown, saying=_saying(scene, refused, graded=graded))
        poor, good = (prose(play.version_hash, module, text, shift=2) for text in (scene.poor, scene.good))
        shown = replace(shown, models=Models(play.said or "", poor, good, step.nearer if step is not None else ""))
    return replace(
        shown,
        ask=scene.ask,
        answers=tuple(
            Answer(choice.id, to_line(choice.text))
            for choice in engine.open_choices(case, state)
            if isinstance(choice, Choice)
        ),
        picked=str(step.choice.data or "") if step is not None else "",
        vote=isinstance(scene, VoteScene),
    )


def _saying(scene: SayScene, refused: Refused | None, *, graded: bool) -> Saying:
    prompt = to_line(scene.prompt)
    if not isinstance(refused, SayForm):
        return Saying(prompt, "", HALF_SURE, may_show=False, graded=graded)
    sure = refused.confidence.data if not refused.confidence.errors else None
    sure = HALF_SURE if sure is None else sure
    return Saying(prompt, refused.text.data or "", sure, may_show=bool(refused.may_show.data), graded=graded)


def _errors(refused: Refused | None) -> tuple[str, ...]:
    """Return what the one field that people fill has to say."""
    if refused is None:
        return ()
    told = (
        refused.choice
        if isinstance(refused, StepForm)
        else refused.text
        if isinstance(refused, SayForm)
        else refused.skin
    )
    return tuple(str(error) for error in told.errors)
