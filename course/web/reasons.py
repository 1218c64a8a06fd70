"""Each "not yet" as one sentence with the next thing to do, for the learner and for who follows the group."""

from typing import Any

from course.content.schema import Module
from course.web.filters import hours
from course.web.texts import _


def for_learner(module: Module, reason: dict[str, Any]) -> str:
    """Return the sentence that the learner reads."""
    match reason["code"]:
        case "presence_unknown":
            return _("Your facilitator has not noted who was in the room yet. Nothing for you to do.")
        case "presence_short" if reason["minutes"] == 0:
            return _("You were not in the room. Ask your training manager about another day.")
        case "presence_short":
            return _(
                "You were in the room for %(here)s of the %(needed)s that are needed. "
                "Ask your training manager about another day.",
                here=hours(reason["minutes"]),
                needed=hours(reason["needed"]),
            )
        case "case_open":
            return _("Play “%(case)s” to its end.", case=case_title(module, reason["scenario"]))
        case "page_not_written":
            return _("Write your page and hand it in.")
        case "page_waiting":
            return _("Your page is with your facilitator. Nothing for you to do.")
        case "page_revise":
            return _("Your facilitator asks you to revise your page. Read the feedback, then hand in a second one.")
        case "page_short":
            return _(
                "One or more criteria of your page are below level %(level)s. Talk to your facilitator.",
                level=reason["level"],
            )
    raise LookupError(reason["code"])


def for_manager(module: Module, reason: dict[str, Any]) -> str:
    """Return the sentence that the training manager reads: never a level, never a word of the page."""
    match reason["code"]:
        case "presence_unknown":
            return _("Presence is not noted yet: remind the facilitator.")
        case "presence_short" if reason["minutes"] == 0:
            return _("Was not there: offer another day.")
        case "presence_short":
            return _(
                "Was in the room for %(here)s; %(needed)s are needed: offer another day.",
                here=hours(reason["minutes"]),
                needed=hours(reason["needed"]),
            )
        case "case_open":
            return _("Has not finished “%(case)s”: remind them.", case=case_title(module, reason["scenario"]))
        case "page_not_written":
            return _("Has not handed in the page: remind them.")
        case "page_waiting":
            return _("The page waits for the facilitator's feedback.")
        case "page_revise":
            return _("The page is being revised.")
        case "page_short":
            return _("The page is not there yet: ask the facilitator what would help.")
    raise LookupError(reason["code"])


def case_title(module: Module, scenario_id: str) -> str:
    scenario = module.scenario(scenario_id)
    return scenario.title if scenario is not None else scenario_id
