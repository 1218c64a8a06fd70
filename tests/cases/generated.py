"""Small cases made at random: every kind of scene, guards of every kind, gates, and a way back that is counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from hypothesis import strategies as st

from course.cases.case import Case, band, distance, says
from course.cases.engine import Action, Choose, Said, State, begin, ending, open_options, step
from course.content.schema import RankScene, Scenario
from tests.cases.cases import Data, choice, decision, gate, scenario, whole
from tests.cases.cases import ending as ending_data

GUARDS = [
    None,
    "trust >= 2",
    "not met",
    "met or slack < 0",
    'visited("s0")',
    'chose("s0.a")',
    "trust > slack",
    "0 <= slack < 2",
]


def _answer(name: str, to: str) -> st.SearchStrategy[Data]:
    return st.builds(
        lambda trust, slack, key, mark: choice(name, to, do={"trust": trust, "slack": slack}, key=key, **mark),
        st.integers(-2, 2),
        st.integers(-1, 1),
        st.fixed_dictionaries({}, optional={"objective": st.integers(-1, 3), "delivery": st.integers(0, 2)}),
        st.sampled_from([{}, {"set": ["met"]}, {"clear": ["met"]}]),
    )


@st.composite
def _scene(draw: st.DrawFn, name: str, place: int, to: list[str]) -> Data:
    """Draw a scene whose answers lead to one of the scenes after it."""
    after = st.sampled_from(to)
    kind = draw(st.sampled_from(["choice", "choice", "choice", "say", "rank", "vote"]))
    if kind == "vote":
        words = {"choices": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}], "then": "T.", "coach": "C."}
        return {**decision(name), **words, "kind": kind, "to": draw(after)}
    if kind == "rank":
        near, far = draw(_answer("near", draw(after))), draw(_answer("far", draw(after)))
        del near["text"], far["text"]
        items = [{"id": letter, "text": letter} for letter in draw(st.sampled_from(["abc", "abcd"]))]
        made = {**decision(name), "kind": kind, "items": items, "bands": [{**near, "within": 1}, far]}
        del made["choices"]
        return made
    answers = [draw(_answer("a", draw(after))), draw(_answer("b", draw(after)))]
    if draw(st.booleans()):
        answers.append(draw(_answer("c", draw(after))))
        guard = draw(st.sampled_from(GUARDS))
        if guard is not None:
            answers[-1]["if"] = guard
    if place == 1 and draw(st.booleans()):
        answers.append(choice("back", "s0", do={"turns": 1}, if_="turns < 2"))
    more = {"prompt": "Say it.", "poor": "Poor.", "good": "Good."} if kind == "say" else {}
    return {**decision(name, *answers), **more, "kind": kind}


@st.composite
def cases(draw: st.DrawFn) -> Scenario:
    """Draw a case that ends, of one to four scenes, a gate and three endings."""
    count = draw(st.integers(1, 4))
    names = [f"s{place}" for place in range(count)]
    scenes = [
        draw(_scene(name, place, [*names[place + 1 : place + 3], "sorting", *(["mid"] if place else [])]))
        for place, name in enumerate(names)
    ]
    guards = draw(st.tuples(st.sampled_from(GUARDS[1:]), st.sampled_from(GUARDS[1:])))
    scenes.append(gate("sorting", (guards[0], "good"), (guards[1], "mid"), (None, "bad")))
    scenes += [ending_data("good", 1), ending_data("mid", 2), ending_data("bad", 3)]
    variables = [*whole()["variables"], {"id": "turns", "start": 0, "min": 0, "max": 2}]
    known = 'chose("s0.a")' if any(each["id"] == "a" for each in scenes[0].get("choices", ())) else "met"
    data = whole(scenes=scenes, start="s0", variables=variables)
    return scenario(_replaced(data, 'chose("s0.a")', known))


def _replaced(data: Data, guard: str, by: str) -> Data:
    for scene in data["scenes"]:
        for part in [*scene.get("choices", ()), *scene.get("routes", ())]:
            if part.get("if") == guard:
                part["if"] = by
    return data


@dataclass(frozen=True)
class Taken:
    """One answer of one play: where it stood, what it chose of what, and how likely a random play is to do it."""

    before: State
    answer: str
    place: int
    points: int
    after: State
    open: tuple[str, ...]


@dataclass(frozen=True)
class Play:
    """One whole play and its chance."""

    steps: tuple[Taken, ...]
    chance: Fraction
    ending: str

    @property
    def total(self) -> int:
        return sum(step.points for step in self.steps)


def plays(case: Case) -> Iterator[Play]:
    """Play every path of a case by the engine, one after the other."""
    waiting: list[tuple[State, tuple[Taken, ...], Fraction]] = [(begin(case)[0], (), Fraction(1))]
    while waiting:
        state, steps, chance = waiting.pop()
        reached = ending(case, state)
        if reached is not None:
            yield Play(steps, chance, reached.id)
            continue
        options = open_options(case.nodes[state.scene], state)
        ways = sum(option.ways for option in options)
        for option in options:
            after = _after(case, state, option.place)
            names = tuple(each.choice.id for each in options)
            one = Taken(state, option.choice.id, option.place, sum(option.choice.key.values()), after, names)
            waiting.append((after, (*steps, one), chance * Fraction(option.ways, ways)))


def given_actions(case: Case, play: Play) -> list[Action]:
    """Write a play as what its learner did."""
    return [action for step in play.steps for action in _actions(case, step.before, step.place)]


def _actions(case: Case, state: State, place: int) -> list[Action]:
    """Give one option: an order by one of its orders, a sentence said before."""
    node = case.nodes[state.scene]
    given = node.options[place].choice.id
    if isinstance(node.scene, RankScene):
        scene = node.scene
        orders = permutations(item.id for item in scene.items)
        given = ",".join(next(order for order in orders if band(scene, distance(scene, order)) == place))
    said: list[Action] = [Said(state.scene)] if says(node) else []
    return [*said, Choose(state.scene, given)]


def _after(case: Case, state: State, place: int) -> State:
    """Take one option by the engine's own steps."""
    for action in _actions(case, state, place):
        state = step(case, state, action)[0]
    return state
