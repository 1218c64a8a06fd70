"""Modules whose case is decided again: the same day in another trade, and a month later."""

from typing import Any

from course.content.schema import Again, Block, BlockKind, Module, Skin
from tests.make import all_kinds, small_module

SCENES = ("call", "words", "order")


def _again(case_id: str, title: str, *, skins: tuple[str, ...] = ()) -> Again:
    return Again(
        id=case_id,
        of="crane",
        title=title,
        minutes=5,
        intro="Three of the moments once more.",
        scenes=SCENES,
        when="In the afternoon",
        body="That was it.",
        learned="The second time you know what you are listening for.",
        skins=skins,
    )


def decided_again() -> Module:
    """All kinds of scenes in the morning, three of them in the afternoon as a web developer, and a month later."""
    module = all_kinds()
    web = Skin(
        schema=1,
        id="web",
        of="crane",
        trade="Web developer",
        title="The late release",
        words={"Ines": "Marit", "Ring Ines now, before you know more": "Call Marit now, before you know more"},
    )
    block = Block(id="once-more", title="Once more", kind=BlockKind.CHECK, minutes=15, scenario="crane-again")
    return _with(
        module,
        blocks=(*module.blocks, block),
        skins=(web,),
        again=(
            _again("crane-again", "The crane, once more", skins=("web",)),
            _again("crane-later", "The crane, a month on"),
        ),
        booster="crane-later",
    )


def another_booster() -> Module:
    """The same, but a month later another case is played, of which one contrast is the same."""
    module = decided_again()
    lift = small_module().scenarios[0]
    return _with(module, scenarios=(*module.scenarios, lift), booster="lift")


def _with(module: Module, **parts: Any) -> Module:
    # A copy would keep what was worked out of the old parts.
    return Module.model_validate_json(module.model_copy(update=parts).model_dump_json(by_alias=True))
