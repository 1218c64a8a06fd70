"""The case as its player sees it now: nothing that has not happened yet is even looked up for the template."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from markupsafe import Markup

from course.cases import engine
from course.cases.engine import Case
from course.content.markdown import to_line
from course.content.schema import Block, Choice, Decision, Ending, Module, Scenario
from course.learner.forms import StepForm
from course.learner.views.place import Place, operation, small_number
from course.learner.views.texts import prose
from course.library import queries as library
from course.scenarios import queries as scenarios
from course.scenarios.queries import Play
from course.web.access import found
from course.web.transaction import session


class Shows(StrEnum):
    INTRO = "intro"
    SCENE = "scene"
    CONSEQUENCE = "consequence"
    ENDING = "ending"


@dataclass(frozen=True)
class Answer:
    """One choice as it may be seen before it is taken."""

    id: str
    text: str


@dataclass(frozen=True)
class PlayPart:
    """What the case shows on a block's page."""

    shows: Shows
    case_title: str
    minutes: int
    url: str
    """Where the play is."""
    play_url: str
    begin_url: str
    look_back_url: str
    number: int = 1
    version: int = 0
    title: str = ""
    when: str = ""
    html: Markup = field(default_factory=Markup)
    ask: str = ""
    answers: tuple[Answer, ...] = ()
    scene: str = ""
    operation_id: str = ""
    chosen: str = ""
    coach: str = ""
    picked: str = ""
    errors: tuple[str, ...] = ()

    @property
    def begun(self) -> bool:
        return self.shows is not Shows.INTRO


def part(here: Place, block: Block, scenario_id: str, refused: StepForm | None = None) -> PlayPart:
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
        html = prose(here.row.version_hash, here.module, scenario.intro, shift=2)
        return replace(_empty(here, block, scenario, 1), html=html)
    module = library.module(session(), play.version_hash)
    case = engine.compile_case(found(module.scenario(scenario_id)))
    shown = _empty(here, block, case.scenario, play.number)
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
        begin_url=here.block_url(block, "begin"),
        look_back_url=here.with_query(here.block_url(block, "debrief/"), play=number),
    )


def _consequence(shown: PlayPart, play: Play, module: Module, case: Case) -> PlayPart:
    taken = found(play.chosen)
    decision = case.nodes[taken.scene].scene
    if not isinstance(decision, Decision):
        raise TypeError(f"The step of a play was taken at {taken.scene}, where nothing can be chosen.")
    choice = next(answer for answer in decision.answers if isinstance(answer, Choice) and answer.id == taken.choice)
    return replace(
        shown,
        shows=Shows.CONSEQUENCE,
        title=decision.title,
        when=decision.when,
        chosen=to_line(choice.text),
        html=prose(play.version_hash, module, choice.then, shift=2),
        coach=to_line(choice.coach) if case.scenario.coaching == "now" else "",
    )


def _present(shown: PlayPart, play: Play, module: Module, case: Case, refused: StepForm | None) -> PlayPart:
    state = engine.revive(case, play.state)
    scene = engine.scene(case, state)
    html = prose(play.version_hash, module, scene.body, shift=2)
    if isinstance(scene, Ending):
        return replace(shown, shows=Shows.ENDING, title=scene.title, when=scene.when, html=html)
    return replace(
        shown,
        shows=Shows.SCENE,
        title=scene.title,
        when=scene.when,
        html=html,
        version=play.version,
        ask=scene.ask,
        answers=tuple(
            Answer(choice.id, to_line(choice.text))
            for choice in engine.open_choices(case, state)
            if isinstance(choice, Choice)
        ),
        scene=scene.id,
        operation_id=operation(),
        picked=str(refused.choice.data or "") if refused is not None else "",
        errors=tuple(str(error) for error in refused.choice.errors) if refused is not None else (),
    )
