"""A module with every kind of handout, and a day on which it is held."""

import io
from datetime import date
from typing import Any, cast

from pypdf import PdfReader

from course.content.loader import load_module
from course.content.schema import Handout, HandoutKind, Module
from course.kit.occasion import Occasion
from tests.content.folders import SMALL

CARD = "Say this first:\n\n> “Why not today?”\n\n- the need\n- the fear\n"
TICKS = (
    "Say nothing.\n\n- [ ] **Asked** first\n- [ ] Said it back\n- [ ] Both\n- [ ] A day\n\n\\_\\_\\_\\_\\_\\_\\_\\_\n"
)
AID = "## The register\n\n| Who | Expects |\n| --- | --- |\n| ... | ... |\n\nSee <https://oneday.example/aid>.\n"
POSTER = "# Live and glad\n\nThe client is glad of it.\n\n# Called again\n\nThey come back.\n\n# Both are mine\n"
HANDOUTS = (
    Handout(id="card-a", kind=HandoutKind.ROLE_CARD, title="Role A: the client", text=CARD),
    Handout(id="card-b", kind=HandoutKind.ROLE_CARD, title="Role B: the technician", text="Your plan is right."),
    Handout(id="ticks", kind=HandoutKind.OBSERVER_CARD, title="What you heard", text=TICKS),
    Handout(id="aid", kind=HandoutKind.JOB_AID, title="On Monday", text=AID),
    Handout(id="wall", kind=HandoutKind.POSTER, title="Two jobs", text=POSTER),
    Handout(id="brief", kind=HandoutKind.MANAGER_BRIEF, title="Ten minutes", text="Ask one question."),
)
SMALL_MODULE = load_module(SMALL)
MODULE = SMALL_MODULE.model_copy(update={"handouts": HANDOUTS})
NAMES = ("Lena Brandt", "Łukasz Đặng", "Maximiliane Oberwasser-Schmittenberger von der Au", "Jo")
DAY = Occasion(
    date=date(2026, 11, 27),
    starts=8 * 60 + 30,
    zone="Europe/Berlin",
    place="Room 2.14",
    facilitator="Farid Haddad",
    group="October Friday",
    names=NAMES,
)
NO_DAY = Occasion()


def with_handout(handout: Handout) -> Module:
    """The small module with one handout only."""
    return MODULE.model_copy(update={"handouts": (handout,)})


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """All words of a document, in one line."""
    return " ".join(" ".join(page.extract_text() for page in read(content).pages).split())


def root_of(content: bytes) -> dict[str, Any]:
    return cast(dict[str, Any], read(content).trailer["/Root"])


def claims_ua(content: bytes) -> bool:
    return b"pdfuaid" in root_of(content)["/Metadata"].get_data()


def tags_of(content: bytes) -> list[str]:
    """Names of all structure elements, in reading order."""
    found: list[str] = []
    todo: list[Any] = [root_of(content)["/StructTreeRoot"]]
    while todo:
        element = todo.pop()
        element = element.get_object() if hasattr(element, "get_object") else element
        if not isinstance(element, dict):
            continue
        if "/S" in element:
            found.append(str(element["/S"]).strip("/"))
        inside = element.get("/K", [])
        inside = inside.get_object() if hasattr(inside, "get_object") else inside
        todo.extend(reversed(inside if isinstance(inside, list) else [inside]))
    return found
