"""The documents of a kit: which ones a module has, how many are needed, and the way to print each."""

from enum import StrEnum

from course.content.schema import HandoutKind, Module
from course.kit import handouts, room
from course.kit.guide import guide
from course.kit.occasion import Occasion, Paper
from course.kit.press import pages

GROUP = 3
"""People who play a scene together: two with a role, one who watches."""


class Document(StrEnum):
    GUIDE = "facilitator-guide"
    ROLE_CARDS = "role-cards"
    OBSERVER_CARDS = "observer-cards"
    JOB_AID = "job-aid"
    POSTER = "poster"
    SIGN_IN_SHEET = "sign-in-sheet"
    NAME_TENTS = "name-tents"
    MANAGER_BRIEF = "manager-brief"


FOR_EACH = {Document.OBSERVER_CARDS, Document.JOB_AID, Document.NAME_TENTS, Document.MANAGER_BRIEF}
FROM_HANDOUTS = {
    Document.ROLE_CARDS: HandoutKind.ROLE_CARD,
    Document.OBSERVER_CARDS: HandoutKind.OBSERVER_CARD,
    Document.JOB_AID: HandoutKind.JOB_AID,
    Document.POSTER: HandoutKind.POSTER,
    Document.MANAGER_BRIEF: HandoutKind.MANAGER_BRIEF,
}
"""Documents that a module has only when its author wrote them."""
ONE_PAGE = {Document.JOB_AID, Document.POSTER, Document.MANAGER_BRIEF}
"""Documents of which each handout is meant to stand on one page."""
NAMES = {
    Document.GUIDE: "Facilitator guide",
    Document.ROLE_CARDS: "Role cards",
    Document.OBSERVER_CARDS: "Observer cards",
    Document.JOB_AID: "Job aid",
    Document.POSTER: "Poster",
    Document.SIGN_IN_SHEET: "Sign-in sheet",
    Document.NAME_TENTS: "Name tents",
    Document.MANAGER_BRIEF: "Brief for the line manager",
}
AMOUNTS = {
    Document.GUIDE: "once",
    Document.ROLE_CARDS: "a set for each three people, cut apart",
    Document.OBSERVER_CARDS: "a card for each person, cut apart",
    Document.JOB_AID: "one for each person",
    Document.POSTER: "once, on A3 if you can",
    Document.SIGN_IN_SHEET: "once",
    Document.NAME_TENTS: "a tent for each person, on thick paper, folded along the middle",
    Document.MANAGER_BRIEF: "one for each line manager, well before the day",
}
"""How many to print, in words; the number follows where the group is known."""


def documents(module: Module) -> tuple[Document, ...]:
    """Return the documents that can be printed for a module, in the order in which they are used."""
    have = {each.kind for each in module.handouts}
    return tuple(each for each in Document if each not in FROM_HANDOUTS or FROM_HANDOUTS[each] in have)


def too_long(document: Document, module: Module, content: bytes) -> bool:
    """Whether a text that should stand on one page went on to another."""
    return document in ONE_PAGE and pages(content) > len(handouts.of_kind(module, FROM_HANDOUTS[document]))


def needed(document: Document, people: int) -> int:
    """Return how many sets, cards or copies a group needs of a document; 0 of what each needs, if nobody is known."""
    if document is Document.ROLE_CARDS:
        return -(-people // GROUP)
    return people if document in FOR_EACH else 1


def printed(document: Document, module: Module, day: Occasion, paper: Paper) -> bytes:
    """Return one document of the kit as PDF.

    Raises TooMuch, and LookupError for one that the module has not.
    """
    if document not in documents(module):
        raise LookupError(document)
    if document is Document.GUIDE:
        return guide(module, day, paper, to_print=_to_print(module, day))
    if document is Document.SIGN_IN_SHEET:
        return room.sign_in_sheet(module, day, paper)
    if document is Document.NAME_TENTS:
        return room.name_tents(module, day, paper)
    kind = FROM_HANDOUTS[document]
    if kind is HandoutKind.POSTER:
        return handouts.posters(module, day, paper)
    if kind in handouts.CARDS:
        return handouts.cards(module, day, paper, kind=kind)
    return handouts.pages(module, day, paper, kind=kind)


def _to_print(module: Module, day: Occasion) -> tuple[tuple[str, str], ...]:
    found = []
    for each in documents(module):
        if each is not Document.GUIDE:
            number = needed(each, len(day.names))
            found.append((NAMES[each], f"{AMOUNTS[each]} ({number})" if number > 1 else AMOUNTS[each]))
    return tuple(found)
