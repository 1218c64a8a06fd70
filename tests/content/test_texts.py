"""What the texts of a module owe to those who read and say them: one fault each, and its mended twin."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from course.content.canonical import canonical
from course.content.loader import load_module
from tests.content.folders import check, copy_small, edit, line_of

MODULE = "module.yaml"
HELLO = "blocks/hello.md"
JOBS = "blocks/two-jobs.md"
LIFT = "scenarios/lift.yaml"
SAY = "Good morning. Today is about the five minutes before the meeting begins."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_small(tmp_path)


class Twin(NamedTuple):
    """A passage, what breaks it and what mends it; the words on whose line the finding is, and its code."""

    file: str
    old: str
    broken: str
    mended: str
    line: str
    code: str


def say(words: int) -> str:
    """Say so many words."""
    return f"{'so ' * (words - 1)}on."


HARD = (
    "The organisational implementation of relationship-oriented communication methodologies necessitates considerable"
    " preparatory consideration by participating representatives of the administration, notwithstanding contemporaneous"
    " responsibilities regarding infrastructural modernisation, documentation, certification and consolidation, which"
    " customarily characterise interdisciplinary environments. Subsequently, everybody systematically accumulates"
    " corresponding observations concerning individually prioritised expectations, accountability and availability."
    " Additionally, participants collaboratively categorise organisational dependencies, communicating alternatives."
)
DO = "\n\n## Do\n\n- 5 min: "
TWINS = {
    "a block's words": Twin(HELLO, SAY, say(2601), say(2600), "", "say-long"),
    "a part's words": Twin(
        HELLO,
        f"{SAY}{DO}W",
        f"**1. First.** {say(651)}{DO}Say 1. W",
        f"**1. First.** {say(650)}{DO}Say 1. W",
        "**1. First.**",
        "say-long",
    ),
    "two parts in one line of DO": Twin(
        HELLO,
        f"{SAY}{DO}W",
        f"**1. First.** {say(400)}\n\n**2. Then.** {say(251)}{DO}Say 1 and 2. W",
        f"**1. First.** {say(400)}\n\n**2. Then.** {say(250)}{DO}Say 1 and 2. W",
        "**1. First.**",
        "say-long",
    ),
    "one part in two lines of DO": Twin(
        HELLO,
        f"{SAY}{DO}Welcome people by name.\n- 15 min: Let",
        f"**1. First.** {say(1301)}{DO}Say 1.\n- 5 min: Say 1, its end.\n- 10 min: Let",
        f"**1. First.** *(Wait.)* {say(1300)}{DO}Say 1.\n- 5 min: Say 1, its end.\n- 10 min: Let",
        "**1. First.**",
        "say-long",
    ),
    "a part that no line of DO names": Twin(
        HELLO,
        f"{SAY}{DO}W",
        f"**1. First.** {SAY}\n\n**2. Then.** And so on.{DO}Say 1. W",
        f"**1. First.** {SAY}\n\n**2. Then.** And so on.{DO}Say 1 and Say 2. W",
        "**2. Then.**",
        "say-unplaced",
    ),
    "a part that is not there": Twin(
        HELLO,
        f"{SAY}{DO}W",
        f"**1. First.** {SAY}{DO}Say 1, Say 3. W",
        f"**1. First.** {SAY}{DO}Say 1, 3 minutes. W",
        "- 5 min: Say 1",
        "say-unknown",
    ),
    "half a sentence": Twin(
        HELLO, SAY, f"{SAY}\n\n- five more minutes", f"{SAY}\n\n- Five more minutes.", "- five", "say-fragment"
    ),
    "one if": Twin(HELLO, "- If two people", "  If two people", "- If all the people", "- If nobody", "if-few"),
    "a share": Twin(HELLO, "you would", "70 % of us would", "7 of us would", "Say who you are", "figure"),
    "a share that is said": Twin(
        HELLO, "Most will", "Nine out of ten will", "“Nine out of ten,” they say. They will", "will name", "figure"
    ),
    "the module's own share": Twin(
        HELLO, "you would", "after 80 % you would", "after 90 % you would", "Say who", "figure"
    ),
    "research": Twin(
        HELLO, SAY, f"{SAY} Research shows it.", f"{SAY} Research shows it (own-experience).", SAY, "figure"
    ),
    "a multiple": Twin(
        JOBS, "In pairs, find", "Plans are three times as late. Find", "In 3 pairs, find 12 times", "15 min", "figure"
    ),
    "a number of studies": Twin(
        LIFT,
        "learned: Trust is",
        "learned: 117 studies agree that trust is",
        "learned: For 117 days, trust is",
        "117",
        "figure",
    ),
    "hard words": Twin(HELLO, "Say who you are", f"{HARD} Say who", f"{SAY} Say who", HARD[:20], "reading"),
    "an outcome nobody sees": Twin(
        MODULE,
        "text: Open a",
        "text: Understand how to open a",
        "text: Write how to open a",
        "text: Understand",
        "vague-outcome",
    ),
    "half an outcome nobody sees": Twin(
        MODULE,
        "text: Hear what",
        "text: Hear and know what",
        "text: Hear, by know-how, what",
        "text: Hear",
        "vague-outcome",
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_each_fault_is_found_on_its_line_and_its_mended_twin_is_not(folder: Path, name: str) -> None:
    twin = TWINS[name]
    edit(folder, twin.file, twin.old, twin.broken)
    # A block that is talked through has no line of its own: the finding stands at its minutes.
    place = (twin.file, line_of(folder, twin.file, twin.line)) if twin.line else (MODULE, 18)
    broken = check(folder)
    text = (folder / twin.file).read_text(encoding="utf-8")
    (folder / twin.file).write_text(text.replace(twin.broken, twin.mended, 1), encoding="utf-8")
    assert (set(broken), check(folder)) == ({(*place, twin.code)}, [])


CLAIMS = [
    "Nine out of ten plans fail.",
    "One in three sponsors leaves.",
    "It costs 40% more.",
    "Forty-five per cent never ask.",
    "They are twice as likely to stay.",
    "Late projects cost €3 million.",
    "Of 1,200 managers, most agree.",
    "The effect is large (d = 0.65).",
    "Experts agree that it helps.",
    "It is proven to work.",
]
COUNTS = [
    "You have 20 minutes; talk for 5 each, one in ten minutes.",
    "At 19:40, on the 14th, in room 2.14, in 30 days.",
    "With 12 people make 4 groups of 3, and 2 in each corner.",
    "Tick 3 of the 4 boxes, from 0 to 100.",
    "Play it three times, and take twice as long for round 2.",
    "Write 150 to 400 words about 2 of your clients.",
    "Whoever was here for 90 per cent of the day gets a certificate.",
    "The data is in the folder, and the 11 reports are too.",
]


@pytest.mark.parametrize(
    ("sentence", "expected"), [*((each, ["figure"]) for each in CLAIMS), *((each, []) for each in COUNTS)]
)
def test_a_claim_is_a_figure_about_the_world(folder: Path, sentence: str, expected: list[str]) -> None:
    edit(folder, HELLO, SAY, f"{SAY} {sentence}")
    assert [code for _, _, code in check(folder)] == expected


def test_a_story_has_figures_of_its_own(folder: Path) -> None:
    edit(folder, LIFT, "Five weeks later", "Five weeks and 70 % later")
    edit(folder, LIFT, "She has read the report.", "Nine out of ten floors are dark. 40 % of the report is hers.")
    assert check(folder) == []


def test_a_source_is_named_by_its_author_too(folder: Path) -> None:
    edit(folder, HELLO, SAY, f"{SAY} Studies show it, says Lindholm.")
    assert [code for _, _, code in check(folder)] == ["figure"]
    edit(folder, MODULE, "author: The Oneday authors", "author: K. Lindholm and others (2011)")
    assert check(folder) == []


EXPLAINED = """\
explained:
  - code: {code}
    place: "{place}"
    reason: {reason}
"""
REASON = "The example is about exactly this mistake."


def explain(folder: Path, *places: str, code: str = "vague-outcome", reason: str = REASON) -> Path:
    """Explain one warning at each place."""
    path = folder / MODULE
    entries = [EXPLAINED.format(code=code, place=place, reason=reason) for place in places]
    text = entries[0] + "".join(entry.removeprefix("explained:\n") for entry in entries[1:])
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


def vague(folder: Path) -> Path:
    edit(folder, MODULE, "text: Open a", "text: Understand a")
    return folder


@pytest.mark.parametrize("place", ["module.yaml", "module.yaml: Understand a"])
def test_a_warning_that_is_explained_is_not_found(folder: Path, place: str) -> None:
    assert [code for _, _, code in check(vague(folder))] == ["vague-outcome"]
    assert check(explain(folder, place)) == []


WAIVERS = [
    ({"places": ["module.yaml: Hear"]}, {"vague-outcome", "waiver-unused"}),
    ({"places": ["blocks/hello.md"]}, {"vague-outcome", "waiver-unused"}),
    ({"places": ["module.yaml"], "code": "reading"}, {"vague-outcome", "waiver-unused"}),
    ({"places": ["module.yaml"], "reason": "Because I say so"}, {"waiver-reason"}),
    ({"places": ["module.yaml"] * 6}, {"waiver-many"}),
    ({"places": ["module.yaml"] * 5}, set()),
]


@pytest.mark.parametrize(("given", "expected"), WAIVERS)
def test_an_explanation_that_does_not_hold(folder: Path, given: dict[str, Any], expected: set[str]) -> None:
    places = given.pop("places")
    assert {code for _, _, code in check(explain(vague(folder), *places, **given))} == expected


def test_an_error_is_never_explained(folder: Path) -> None:
    edit(folder, JOBS, "![Two circles that overlap: project and person]", "![]")
    line = line_of(folder, JOBS, "![]")
    explain(folder, JOBS, code="no-alt")
    first = line_of(folder, MODULE, "code: no-alt")
    assert check(folder) == [(JOBS, line, "no-alt"), (MODULE, first, "waiver-error")]


def test_a_version_without_explanations_keeps_its_bytes(folder: Path) -> None:
    data = canonical(load_module(folder))
    assert b'"explained"' not in data
    assert b'"explained"' in canonical(load_module(explain(vague(folder), MODULE)))
