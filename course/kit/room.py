"""What stands in the room with the names of the run: the sign-in sheet and the name tents."""

from course.content.schema import Module
from course.kit.occasion import Occasion, Paper, wall
from course.kit.press import press
from course.kit.prose import line

EMPTY_LINES = 4
WITHOUT_NAMES = 16
LONGEST_NAME = 80
MOST_NAMES = 500
NOTE = "Sign when you come. Write the time when you leave."


def sign_in_sheet(module: Module, day: Occasion, paper: Paper) -> bytes:
    """Return the list to sign, with empty lines for people who were not expected."""
    told = {
        "names": _names(day),
        "empty": EMPTY_LINES if day.names else WITHOUT_NAMES,
        "from": wall(day.begins(module)),
        "note": NOTE,
    }
    return press("sign-in", f"{module.title}: sign-in sheet", told, module=module, day=day, paper=paper)


def name_tents(module: Module, day: Occasion, paper: Paper) -> bytes:
    """Return a tent for each name, and an empty one to write on."""
    told = {"names": [*_names(day), ""]}
    return press("tents", f"{module.title}: name tents", told, module=module, day=day, paper=paper)


def _names(day: Occasion) -> list[str]:
    return [line(" ".join(name.split())[:LONGEST_NAME]) for name in day.names[:MOST_NAMES]]
