"""Playing a case through its pages, as a browser without scripts does."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import NamedTuple
from uuid import uuid4

from course.cases import engine
from course.cases.engine import Action, Case, Said
from course.cases.moves import by_chance
from course.content.schema import RankScene, SayScene
from tests.machine.client import Answer, Browser

SENTENCE = "What would you like to be able to show her by Friday?"


class Move(NamedTuple):
    """What is done in which play, at which version of it."""

    play: int
    version: int
    action: Action


def moves(case: Case, dice: Random, number: int = 1) -> Iterator[Move]:
    """Give the moves of one whole play by chance."""
    state, _events = engine.begin(case)
    version = 0
    while engine.ending(case, state) is None:
        action = by_chance(case, state, dice)
        yield Move(number, version, action)
        state, _events = engine.step(case, state, action)
        version += 1


def play(browser: Browser, url: str, case: Case, dice: Random, number: int) -> Iterator[Callable[[], Answer]]:
    """Begin a play and give what sends each of its moves."""
    begin(browser, url, number)
    for move in moves(case, dice, number):
        yield partial(send, browser, url, case, move)


def seeded(seed: int) -> Random:
    """Return dice that fall alike in each run: what is measured must be the same."""
    return Random(seed)  # noqa: S311 - No secret: whoever measures again must send the same moves.


def begin(browser: Browser, url: str, number: int) -> None:
    """Begin a play of the case of a block.

    Raises RuntimeError when that is refused.
    """
    answer = browser.form(f"{url}begin", {"play": number})
    if answer.status != 303:
        raise RuntimeError(f"Play {number} did not begin: {answer.status} {answer.text[:300]}")


def send(browser: Browser, url: str, case: Case, move: Move) -> Answer:
    """Send one move."""
    scene, action = move.action.scene, move.action
    sent: dict[str, object] = {"play": move.play, "version": move.version, "scene": scene, "operation_id": str(uuid4())}
    if isinstance(action, Said):
        return browser.form(f"{url}say", sent | {"text": SENTENCE, "confidence": 60})
    kind = case.nodes[scene].scene
    if isinstance(kind, RankScene):
        places = {f"place-{item}": place for place, item in enumerate(action.choice.split(","), start=1)}
        return browser.form(f"{url}play", sent | {"asks": "order"} | places)
    if isinstance(kind, SayScene):
        sent |= {"asks": "nearer", "nearer": "between"}
    return browser.form(f"{url}play", sent | {"choice": action.choice})
