"""The author's handouts: cards to cut apart, and texts that fill one page each."""

from course.content.schema import Handout, HandoutKind, Module
from course.kit.occasion import Occasion, Paper
from course.kit.press import press
from course.kit.prose import authored, prose

CARDS = {HandoutKind.ROLE_CARD: "Role card", HandoutKind.OBSERVER_CARD: "Observer card"}


def of_kind(module: Module, kind: HandoutKind) -> tuple[Handout, ...]:
    return tuple(each for each in module.handouts if each.kind is kind)


def cards(module: Module, day: Occasion, paper: Paper, *, kind: HandoutKind) -> bytes:
    """Return role cards or observer cards. An observer card fills a sheet; role cards of one scene share it."""
    told = {
        "label": CARDS[kind],
        "by-hand": True,
        "cards": _texts(module, kind),
        "alone": kind is HandoutKind.OBSERVER_CARD,
    }
    return press("cards", f"{module.title}: {CARDS[kind].lower()}s", told, module=module, day=day, paper=paper)


def pages(module: Module, day: Occasion, paper: Paper, *, kind: HandoutKind) -> bytes:
    """Return job aids or briefs for line managers, one page each."""
    told = {"kind": kind.value, "by-hand": True, "pages": _texts(module, kind)}
    name = kind.value.replace("-", " ")
    return press("sheet", f"{module.title}: {name}", told, module=module, day=day, paper=paper)


def posters(module: Module, day: Occasion, paper: Paper) -> bytes:
    """Return posters: a section of the text is a band, and what follows a rule stands at the foot."""
    told = {"pages": _texts(module, HandoutKind.POSTER)}
    return press("poster", f"{module.title}: poster", told, module=module, day=day, paper=paper)


def _texts(module: Module, kind: HandoutKind) -> list[dict[str, object]]:
    return [{"title": authored(each.title), "text": prose(each.text)} for each in of_kind(module, kind)]
