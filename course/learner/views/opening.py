"""The first page of a case: in which trade one plays it, and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from course.cohorts.queries.seats import mates
from course.content.markdown import to_line
from course.content.schema import Block, Module, Scenario
from course.learner.forms import BeginForm
from course.learner.views.place import Place
from course.learner.views.texts import prose
from course.scenarios import queries as scenarios
from course.scenarios.queries import Beside
from course.web.access import found
from course.web.transaction import session


@dataclass(frozen=True)
class Way:
    """The words in which a case may be played: the id of its skin, and the trade it suits."""

    skin: str
    trade: str


@dataclass(frozen=True)
class Opening:
    """What a case shows before it begins."""

    html: Markup
    skin: str
    ways: tuple[Way, ...]
    """To choose from; none once one was chosen, or when there is only one."""
    other_ways_url: str
    mates: tuple[tuple[int, str], ...]
    beside: Beside | None
    partner: int | None
    seat: str
    """The older seat that the address names."""


def ways_of(module: Module, scenario: Scenario) -> Iterator[Way]:
    """Yield the words in which a case may be played, its own first if they suit a trade of their own."""
    if scenario.trade or not scenario.skins:
        yield Way("", to_line(scenario.trade or ""))
    for skin in scenario.skins:
        worn = module.scenario(scenario.id, skin)
        if worn is not None:
            yield Way(skin, to_line(worn.trade or ""))


def opening(here: Place, block: Block, scenario: Scenario, refused: BeginForm | None) -> tuple[Scenario, Opening]:
    """Return a case in the words it is about to be played in, and what it shows before it begins."""
    ways = tuple(ways_of(here.module, scenario))
    asked = refused.skin.data if refused is not None else request.args.get("skin")
    chosen = next((way for way in ways if way.skin == asked), ways[0] if len(ways) == 1 else None)
    worn = found(here.module.scenario(scenario.id, chosen.skin if chosen is not None else ""))
    return worn, Opening(
        html=prose(here.row.version_hash, here.module, worn.intro, shift=2),
        skin=chosen.skin if chosen is not None else "",
        ways=ways if chosen is None else (),
        other_ways_url=here.block_url(block) + "#play" if len(ways) > 1 else "",
        mates=mates(session(), run_id=here.row.run_id, seat_id=here.row.seat_id) if chosen is not None else (),
        beside=scenarios.beside(session(), seat_id=here.row.seat_id, scenario=scenario.id),
        partner=refused.partner.data if refused is not None else None,
        seat=here.query.removeprefix("?seat="),
    )
