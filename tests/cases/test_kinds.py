"""The checker on scenes that ask for a sentence, an order or a vote."""

from fractions import Fraction

import pytest

from course.cases.checker import check_case
from tests.cases.cases import Data, choice, decision, scenario, whole

WORDS = {"prompt": "Say it.", "poor": "Poor.", "good": "Good."}
ITEMS = [{"id": letter, "text": letter} for letter in "abc"]


def band(band_id: str, **more: object) -> Data:
    made = choice(band_id, "two", **more)
    del made["text"]
    return made


def ranking(*bands: Data) -> Data:
    scene = decision("order", must_meet=True)
    del scene["choices"]
    return {**scene, "kind": "rank", "items": ITEMS, "bands": list(bands)}


def voting(to: str = "two") -> Data:
    words = {"then": "Hands go down.", "coach": "Both are heard.", "to": to}
    return {**decision("vote"), **words, "kind": "vote", "choices": ITEMS[:2]}


def after_one(scene: Data) -> Data:
    """Put a scene between the two decisions of the whole case; it leads to the second."""
    data = whole()
    for each in data["scenes"][0]["choices"]:
        each["to"] = scene["id"]
    data["scenes"].insert(1, scene)
    return data


def codes(data: Data) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.scene) for finding in check_case(scenario(data)).findings]


NEAR = band("near", within=0, do={"trust": 1}, key={"objective": 2})
ABOUT = band("about", within=1, key={"objective": 1})
FAR = band("far", do={"trust": -1})


def test_an_order_is_an_opportunity_and_its_bands_weigh_by_their_orders() -> None:
    report = check_case(scenario(after_one(ranking(NEAR, ABOUT, FAR))))
    assert report.findings == ()
    measures = report.measures
    assert measures is not None
    # Of six orders one is right and two have one pair the wrong way round.
    assert {answer: share for (scene, answer), share in measures.taken.items() if scene == "order"} == {
        "near": Fraction(1, 6),
        "about": Fraction(1, 3),
        "far": Fraction(1, 2),
    }
    assert (measures.fewest_decisions, measures.most_decisions) == (3, 3)
    assert measures.opportunities == {"objective": 3, "delivery": 1}
    assert "order" in measures.leverage
    assert measures.best_total == 7
    # A worse order is meant to be worse.
    assert {scene for scene, _ in measures.dominated} == {"two"}


def test_a_band_that_no_order_comes_to_is_never_open() -> None:
    assert codes(after_one(ranking(NEAR, ABOUT, band("hardly", within=3), FAR))) == [("never-open", "order")]
    # All orders of three are within three pairs, so one answer is all there is.
    assert codes(after_one(ranking(band("all", within=3, key={"objective": 1}), FAR))) == [
        ("never-open", "order"),
        ("one-choice", "order"),
    ]


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ((ABOUT, NEAR, FAR), [("bands", "order")]),
        ((NEAR, {**FAR, "within": 2}), [("bands", "order")]),
        ((NEAR, {**FAR, "to": "nowhere"}), [("unknown-name", "order")]),
        ((NEAR, {**FAR, "id": "near"}), [("double-id", "order")]),
    ],
)
def test_bands_that_make_no_sense(bands: tuple[Data, ...], expected: list[tuple[str, str | None]]) -> None:
    assert codes(after_one(ranking(*bands))) == expected


def test_a_vote_is_no_decision_and_no_opportunity() -> None:
    without = check_case(scenario()).measures
    report = check_case(scenario(after_one(voting())))
    assert report.findings == ()
    measures = report.measures
    assert measures is not None
    assert without is not None
    assert (measures.fewest_decisions, measures.most_decisions) == (2, 2)
    assert measures.opportunities == without.opportunities
    assert measures.leverage == without.leverage
    assert measures.shares == without.shares
    assert measures.dominated == without.dominated
    assert measures.visits["vote"] == 1
    assert measures.paths == 2 * without.paths
    # It is a scene all the same: one that nobody reaches is found.
    data = whole()
    data["scenes"].append(voting())
    assert codes(data) == [("unreachable", "vote")]


def test_a_vote_can_be_marked_as_met_by_every_play() -> None:
    data = after_one({**voting(), "must_meet": True})
    assert codes(data) == []
    data["scenes"][0]["choices"][1]["to"] = "two"
    assert codes(data) == [("must-meet", "vote")]


def test_a_sentence_changes_nothing_in_the_proof() -> None:
    plain = check_case(scenario())
    data = whole()
    data["scenes"][1] = {**data["scenes"][1], **WORDS, "kind": "say"}
    said = check_case(scenario(data))
    assert said.findings == ()
    assert (said.states, said.measures) == (plain.states, plain.measures)
    data["scenes"][1]["choices"][1]["if"] = "met"
    assert codes(data) == [("one-choice", "two")]
