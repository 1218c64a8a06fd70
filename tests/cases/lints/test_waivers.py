"""A waived warning is shown with its reason; what is wrong with a waiver is found."""

import pytest

from course.cases.checker import check_case
from course.cases.findings import CaseFinding
from course.cases.lints.whole import advise
from course.content import yamltree
from course.content.schema import Scenario
from tests.cases.lints.test_lints import CLEAN, advice, line_of, written

REASON = "Two people who played it asked for this."
UNCUED = ("        cue: drawn a very small door\n", "")
UNSPOKEN = ("cue: The van has gone", "cue: The van left without it")

Found = list[tuple[str, str | None, str]]


def advised(waivers: str, *edits: tuple[str, str]) -> tuple[list[CaseFinding], list[int], str]:
    text = written(CLEAN)
    for clean, broken in edits:
        assert clean in text
        text = text.replace(clean, broken)
    text += f"waivers:\n{waivers}"
    found, tree = advice(text)
    return found, [tree.line(each.path) for each in found], text


def short(found: list[CaseFinding]) -> Found:
    return [(each.code, each.scene, each.severity) for each in found]


def waiver(lint: str, scene: str = "", reason: str = REASON) -> str:
    place = f"scene: {scene}, " if scene else ""
    return f'  - {{lint: {lint}, {place}reason: "{reason}"}}\n'


@pytest.mark.parametrize("scene", ["silence", ""])
def test_a_waived_warning_is_shown_with_its_reason(scene: str) -> None:
    found, _lines, _text = advised(waiver("no-return-uncued", scene), UNCUED)
    assert short(found) == [("no-return-uncued", "silence", "waived")]
    assert found[0].mend == f"Waived: {REASON}"


def test_a_waiver_of_another_scene_waives_nothing_and_is_found() -> None:
    found, lines, text = advised(waiver("no-return-uncued", "jam"), UNCUED)
    assert short(found) == [("no-return-uncued", "silence", "warning"), ("waiver-unneeded", "jam", "warning")]
    assert lines[1] == line_of(text, "- {lint:")


@pytest.mark.parametrize(
    ("waivers", "edits", "expected"),
    [
        (waiver("no-such-lint"), (), [("waiver-unknown", None, "error")]),
        (waiver("body-long", "jam"), (), [("waiver-unneeded", "jam", "warning")]),
        (
            waiver("no-return-uncued", "silence", "Better so."),
            (UNCUED,),
            [("no-return-uncued", "silence", "waived"), ("waiver-thin", "silence", "warning")],
        ),
        (
            waiver("cue-unspoken", "jam"),
            (UNSPOKEN,),
            [("cue-unspoken", "jam", "error"), ("waiver-error", "jam", "error")],
        ),
        (
            waiver("never-open"),
            (("if: knows_why", "if: trust > 8"),),
            [("never-open", "help", "error"), ("flag-unasked", None, "warning"), ("waiver-error", None, "error")],
        ),
    ],
)
def test_what_is_wrong_with_a_waiver_is_found(
    waivers: str, edits: tuple[tuple[str, str], ...], expected: Found
) -> None:
    found, lines, text = advised(waivers, *edits)
    assert short(found) == expected
    assert lines[-1] == line_of(text, "- {lint:")


def test_a_case_with_too_many_states_gets_the_advice_that_needs_none() -> None:
    text = written(CLEAN).replace("title: Somebody else", "title: The man for everything").replace(*UNCUED)
    text += f"waivers:\n{waiver('no-return-uncued', 'silence')}"
    case = Scenario.model_validate(yamltree.parse(text, "case.yaml").data)
    assert short(advise(check_case(case))) == [
        ("title-twice", "gone", "warning"),
        ("no-return-uncued", "silence", "waived"),
    ]
    # Nobody knows whether a waiver is needed, so it is left alone.
    sampled = check_case(case, budget=50)
    assert sampled.sample is not None
    assert short(advise(sampled))[-1:] == [("title-twice", "gone", "warning")]
    assert not {code for code, _, _ in short(advise(sampled))} & {"no-return-uncued", "waiver-unneeded"}


def test_six_waivers_are_too_many() -> None:
    with pytest.raises(ValueError, match="at most 5"):
        advised("".join(waiver("body-long", scene) for scene in ("jam", "help", "poll", "last", "talk", "order")))
