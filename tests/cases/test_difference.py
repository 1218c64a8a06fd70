"""What differs between two versions of a case, in sentences; nothing is said of what is the same."""

import copy
from typing import Any

import pytest

from course.cases.checker import check_case
from course.cases.difference import differences, percent
from tests.cases.cases import Data, changed, choice, decision, ending, scenario, whole
from tests.cases.test_kinds import ABOUT, FAR, NEAR, after_one, ranking


def said(before: Data, after: Data) -> list[str]:
    return differences(check_case(scenario(before)), check_case(scenario(after)))


def test_the_same_case_has_no_difference() -> None:
    assert said(whole(), whole()) == []


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        (("title",), "Another case", ["The title of the case was A case, and is Another case."]),
        (("intro",), "Other.", ["The intro has other words."]),
        (("minutes",), 6, ["The minutes of the case was 5, and is 6."]),
        (("variables", 1, "max"), 3, ["The variable `slack` was 1 (-2 to 2), and is 1 (-2 to 3)."]),
        (("flags",), ["met", "heard"], ["The flag `heard` is new."]),
        (("competencies", 0, "title"), "Aim", ["The competency `objective` was Objective, and is Aim."]),
        (("scenes", 0, "must_meet"), False, ["The must_meet of `one` was yes, and is no."]),
        (("scenes", 1, "month"), 3, ["The month of `two` was 2, and is 3."]),
        (("scenes", 1, "body"), "Other.", ["`two` has other words."]),
        (("scenes", 3, "learned"), "That.", ["`good` has other words."]),
        (("scenes", 1, "choices", 1, "coach"), "Why not.", ["`two.send` has other words."]),
        (
            ("scenes", 1, "choices", 1, "do"),
            {"trust": -1, "slack": 1},
            ["The effect of `two.send` was trust -1, and is slack +1, trust -1."],
        ),
        (
            ("scenes", 1, "choices", 1, "key"),
            {"delivery": 1},
            ["The key of `two.send` was no points, and is delivery 1."],
        ),
        (
            ("scenes", 2, "routes", 0, "if"),
            "trust >= 3",
            [
                (
                    'The way on from the gate `sorting` was trust >= 3 and visited("two") → good; else → bad,'
                    " and is trust >= 3 → good; else → bad."
                )
            ],
        ),
        (
            ("waivers",),
            [{"lint": "few-says", "scene": "one", "reason": "It is short."}],
            ["The waiver `few-says at one` is new."],
        ),
    ],
)
def test_each_thing_that_can_be_written_differently(
    path: tuple[str | int, ...], to: object, expected: list[str]
) -> None:
    after = changed(*path, to=to) if path != ("waivers",) else whole(waivers=to)
    assert [each for each in said(whole(), after) if "number of" not in each] == expected
    assert len(said(after, whole())) == len(said(whole(), after))


def test_what_comes_of_it_is_said() -> None:
    """`ask` wins less trust, so only `bring` still leads to the good ending."""
    assert said(whole(), changed("scenes", 0, "choices", 0, "do", to={"slack": -1})) == [
        "The effect of `one.ask` was slack -1, trust +3, sets met, and is slack -1, sets met.",
        "The ending `good` goes from 50 % to 17 % of random plays.",
        "The ending `bad` goes from 50 % to 83 % of random plays.",
        "The leverage of `one` goes from 100 to 33 points.",
        "The leverage of `two` goes from 0 to 50 points.",
    ]


def test_scenes_and_answers_come_and_go() -> None:
    data = whole()
    data["scenes"][1]["choices"][1] = choice("write", "sorting", if_="met", key={"delivery": 1})
    data["scenes"].insert(2, decision("three", choice("a", "sorting", key={"objective": 1}), choice("b", "sorting")))
    data["scenes"][1]["choices"][0]["to"] = "three"
    assert said(whole(), data) == [
        "The answer `two.send` is gone.",
        "The way on from `two.bring` was `sorting`, and is `three`.",
        "The answer `two.write` is new, with delivery 1.",
        "The scene `three` is new.",
        "The number of decisions in a play was 2 to 2, and is 2 to 3.",
        "The best total was 5, and is 6.",
        "The least number of opportunities for `objective` was 2, and is 1.",
    ]
    assert "The answer `two.send` is new, with no points." in said(data, whole())
    assert "The scene `three` is gone." in said(data, whole())


def test_guards_and_the_order_of_answers() -> None:
    data = changed("scenes", 1, "choices", 0, "if", to="met and trust > 1")
    data["scenes"][1]["choices"][1:] = data["scenes"][1]["choices"][:0:-1]
    assert said(whole(), data) == [
        "The guard of `two.bring` was `met`, and is `met and trust > 1`.",
        "The answers of `two` stand in another order.",
    ]
    open_to_all = changed("scenes", 1, "choices", 0, "if", to=None)
    assert said(whole(), open_to_all)[0] == "The guard of `two.bring` was `met`, and is always open."


def test_endings_come_and_go() -> None:
    data = changed("scenes", 2, "routes", 1, "to", to="worse")
    data["scenes"].append(ending("worse", 3))
    data["scenes"][2]["routes"].insert(1, {"if": "trust > 0", "to": "bad"})
    found = said(whole(), data)
    assert "The ending `worse` is new." in found
    assert any(each.startswith("The new ending `worse` has ") for each in found)
    assert "The ending `worse` is gone." in said(data, whole())


def test_points_of_no_return_come_and_go() -> None:
    data = changed("scenes", 0, "choices", 1, "do", to={"trust": 3})
    assert "`one.tell` is no point of no return any more." in said(whole(), data)
    assert "`one.tell` is a new point of no return." in said(data, whole())


def test_an_order_is_compared_too() -> None:
    before = after_one(ranking(NEAR, ABOUT, FAR))
    after = copy.deepcopy(before)
    order: dict[str, Any] = after["scenes"][1]
    order["items"] = [order["items"][1], order["items"][0], order["items"][2]]
    order["bands"][1]["within"] = 2
    assert said(before, after)[:2] == [
        "The best order of `order` was a, b, c, and is b, a, c.",
        "The limit of `order.about` was 1, and is 2.",
    ]
    words = copy.deepcopy(before)
    words["scenes"][1]["items"][0] = {"id": "a", "text": "Other"}
    assert said(before, words) == ["The items of `order` have other words."]


def test_what_was_sampled_is_called_so_and_what_cannot_be_played_too() -> None:
    exact = check_case(scenario())
    sampled = check_case(scenario(), budget=3)
    *shares, last = differences(exact, sampled)
    assert last == "Nothing is proved about its plays."
    assert [share.removesuffix(" of random plays (sampled).") for share in shares] == [
        "The ending `good` goes from 50 % to 51 %",
        "The ending `bad` goes from 50 % to 49 %",
    ]
    broken = check_case(scenario(changed("start", to="nowhere")))
    assert differences(exact, broken) == [
        "The first scene of the case was one, and is nowhere.",
        "Nothing is proved about it: it could not be played.",
    ]


def test_shares_are_written_as_people_read_them() -> None:
    third = check_case(scenario()).shares["good"] / 3
    assert (percent(third), percent(third, finely=True)) == ("17 %", "16.7 %")
