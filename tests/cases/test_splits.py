"""How answers split, and how far apart a room is."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.cases.splits import disagreement, split
from course.content.schema import Decision
from tests.make import all_kinds

SCENES = {scene.id: scene for scene in all_kinds().scenarios[0].scenes if isinstance(scene, Decision)}


def test_every_answer_is_there_in_the_order_of_the_file() -> None:
    found = split(SCENES["call"], {"check": 3, "ring": 2, "an_older_answer": 9})
    assert [(part.id, part.count) for part in found.parts] == [("ring", 2), ("check", 3), ("mail", 0)]
    assert found.parts[0].text == "Ring Ines now, before you know more."
    assert found.answered == 5


def test_of_an_order_counts_what_was_put_first() -> None:
    orders = {"rig,ground,ask_site,report": 2, "ground,rig,ask_site,report": 1, "rig,report,ask_site,ground": 4}
    found = split(SCENES["order"], orders)
    assert {part.id: part.count for part in found.parts} == {"ask_site": 0, "ground": 1, "rig": 6, "report": 0}
    assert found.parts[2].text == "Rig the first beam"


def test_a_vote_has_answers_as_a_choice_has() -> None:
    assert [part.text for part in split(SCENES["hands"], {}).parts] == ["Hers.", "Mine.", "Ours, together."]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((), 0.0),
        ((0, 0), 0.0),
        ((7,), 0.0),
        ((7, 0, 0), 0.0),
        ((6, 6), 1.0),
        ((4, 4, 4), 1.0),
        ((6, 6, 0), log(2) / log(3)),
        ((3, 1), (0.75 * log(4 / 3) + 0.25 * log(4)) / log(2)),
    ],
)
def test_disagreement(counts: tuple[int, ...], expected: float) -> None:
    assert disagreement(counts) == pytest.approx(expected)


@given(st.lists(st.integers(0, 60), max_size=6))
def test_disagreement_lies_between_none_and_all_and_knows_no_order(counts: list[int]) -> None:
    assert 0 <= disagreement(counts) <= 1
    assert disagreement(counts) == pytest.approx(disagreement(sorted(counts)))
    assert disagreement(counts) == pytest.approx(disagreement([3 * count for count in counts]))
