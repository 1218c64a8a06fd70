"""Plays beside each other: which cases belong together, and what is compared of them."""

from datetime import UTC, datetime

import pytest

from course.cases.debrief import Sentence
from course.cases.engine import Action, Case, Choose, Said, compile_case
from course.cases.scoring import score
from course.content.schema import Module
from course.debrief.rules import (
    Cell,
    Column,
    ContrastRow,
    Kin,
    Occasion,
    Played,
    SceneRow,
    compare,
    kin,
    occasion,
)
from tests.debrief.modules import another_booster, decided_again

MORNING = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)
BEST = "ask_site,ground,rig,report"
WORST = "report,rig,ground,ask_site"


def case_of(module: Module, case_id: str, skin: str = "") -> Case:
    found = module.scenario(case_id, skin)
    assert found is not None
    return compile_case(found)


def played(
    case: Case, when: Occasion, at: datetime, *steps: Action, said: tuple[int, str, int] | None = None
) -> Played:
    sentences = {said[0]: Sentence(said[1], said[2])} if said else {}
    return Played(when, at, case, score(case, steps), sentences)


FIRST = (
    Choose("call", "mail"),
    Said("words"),
    Choose("words", "blame"),
    Choose("hands", "mine"),
    Choose("order", WORST),
)
SECOND = (Choose("call", "ring"), Said("words"), Choose("words", "date"), Choose("order", BEST))


@pytest.mark.parametrize(
    ("module", "case_id", "found"),
    [
        (decided_again(), "crane", Kin((), same_scenes=False)),
        (decided_again(), "crane-again", Kin(("crane", "crane-again", "crane-later"), same_scenes=True)),
        (decided_again(), "crane-later", Kin(("crane", "crane-again", "crane-later"), same_scenes=True)),
        (another_booster(), "crane-again", Kin(("crane", "crane-again"), same_scenes=True)),
        (another_booster(), "lift", Kin(("crane", "crane-again", "lift"), same_scenes=False)),
        (another_booster(), "no-such-case", Kin((), same_scenes=False)),
    ],
)
def test_what_a_case_is_compared_with(module: Module, case_id: str, found: Kin) -> None:
    assert kin(module, case_id) == found


def test_when_a_case_is_played() -> None:
    names = ("crane", "crane-again", "crane-later")
    assert [occasion(decided_again(), name) for name in names] == ["first", "again", "later"]
    assert [occasion(another_booster(), name) for name in (*names, "lift")] == ["first", "again", "again", "later"]


def test_the_same_scenes_stand_beside_each_other_in_their_own_words() -> None:
    module = decided_again()
    again = case_of(module, "crane-again", "web")
    before = played(case_of(module, "crane"), Occasion.FIRST, MORNING, *FIRST, said=(2, "He is late.", 90))
    after = played(again, Occasion.AGAIN, NOON, *SECOND, said=(2, "It comes on Wednesday.", 40))
    right = "Ask the site what changed overnight; Look at the ground; Rig the first beam; Write the report"
    wrong = "Write the report; Rig the first beam; Look at the ground; Ask the site what changed overnight"
    found = compare([before, after], again, same_scenes=True)
    assert found is not None
    assert found.columns == (
        Column(Occasion.FIRST, "The late crane", MORNING),
        Column(Occasion.AGAIN, "The crane, once more", NOON),
    )
    assert found.scenes == (
        SceneRow(
            "The call",
            (
                Cell("Write Ines a mail with the haulier in copy.", "", None),
                Cell("Call Marit now, before you know more.", "", None),
            ),
        ),
        SceneRow(
            "Your first sentence",
            (
                Cell("Explain what the haulier did.", "He is late.", 90),
                Cell("Name the new date and ask what it breaks.", "It comes on Wednesday.", 40),
            ),
        ),
        SceneRow("What first", (Cell(wrong, "", None), Cell(right, "", None))),
    )
    assert found.contrasts == (
        ContrastRow("What you are after", ((0, 2), (2, 2))),
        ContrastRow("Delivery", ((0, 3), (2, 3))),
    )


def test_a_scene_that_was_not_met_has_no_cell() -> None:
    module = decided_again()
    again = case_of(module, "crane-again")
    half = Played(Occasion.FIRST, MORNING, case_of(module, "crane"), score(case_of(module, "crane"), FIRST[:1]), {})
    found = compare([half, played(again, Occasion.AGAIN, NOON, *SECOND)], again, same_scenes=True)
    assert found is not None
    assert [row.cells[0] is None for row in found.scenes] == [False, True, True]
    assert [row.cells[1] is None for row in found.scenes] == [False, False, False]


def test_of_different_cases_only_the_contrasts_are_compared() -> None:
    module = another_booster()
    lift = case_of(module, "lift")
    morning = played(case_of(module, "crane"), Occasion.FIRST, MORNING, *FIRST)
    later = played(lift, Occasion.LATER, NOON, Choose("doors", "ask"), Choose("floor_six", "shift"))
    found = compare([morning, later], lift, same_scenes=False)
    assert found is not None
    assert found.scenes == ()
    assert found.contrasts == (ContrastRow("What you are after", ((0, 2), (2, 2))),)
    back = compare([later, morning], case_of(module, "crane"), same_scenes=False)
    assert back is not None
    assert back.contrasts == (
        ContrastRow("What you are after", ((2, 2), (0, 2))),
        ContrastRow("Delivery", (None, (0, 3))),
    )


def test_one_play_alone_is_compared_with_nothing() -> None:
    again = case_of(decided_again(), "crane-again")
    assert compare([played(again, Occasion.AGAIN, NOON, *SECOND)], again, same_scenes=True) is None
    assert compare([], again, same_scenes=True) is None
