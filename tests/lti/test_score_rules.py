"""Scores, addresses and answers of AGS without a platform: what is sent, and what an answer means."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from course.lti.rules import scores
from course.lti.rules.quirks import COMMON, FAMILIES, Quirks, quirks
from course.lti.rules.scores import Verdict, verdict
from course.platforms.rules import Obstacle, Tag

NOW = datetime(2026, 11, 27, 14, 2, 3, 456789, tzinfo=UTC)
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("item", "below"),
    [
        ("https://lms.test/7/lineitem", "https://lms.test/7/lineitem/scores"),
        ("https://lms.test/7/lineitem/", "https://lms.test/7/lineitem/scores"),
        ("https://lms.test/7/lineitem?type_id=1", "https://lms.test/7/lineitem/scores?type_id=1"),
        ("https://lms.test/7/lineitem?a=b%2Fc&d=/e", "https://lms.test/7/lineitem/scores?a=b%2Fc&d=/e"),
    ],
)
def test_what_is_below_a_line_item_stands_before_its_query(item: str, below: str) -> None:
    assert scores.below(item, "scores") == below


def test_a_query_is_added_to_the_one_that_is_there() -> None:
    wanted = {"resource_id": "small talk", "tag": "page"}
    assert scores.with_query("https://lms.test/items", **wanted) == (
        "https://lms.test/items?resource_id=small+talk&tag=page"
    )
    assert scores.with_query("https://lms.test/items?type_id=1", tag="page") == (
        "https://lms.test/items?type_id=1&tag=page"
    )


def sent(family: str = "") -> dict[str, object]:
    return scores.score(
        subject="lena",
        given=75.0,
        comment="The person: level 3 of 4. <Names> a worry & more.\nNext step: Ask A.",
        stamp=NOW,
        submitted=NOW - timedelta(hours=2),
        manners=quirks(family),
    )


WHOLE = {
    "userId": "lena",
    "scoreGiven": 75.0,
    "scoreMaximum": 100,
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "timestamp": "2026-11-27T14:02:03.456Z",
    "comment": "The person: level 3 of 4. <Names> a worry & more.\nNext step: Ask A.",
}


def test_a_score_is_whole_and_differs_only_where_a_family_needs_it() -> None:
    assert sent() == sent("moodle") == sent("desire2learn") == sent("never-heard-of") == WHOLE
    assert sent("canvas") == WHOLE | {
        "https://canvas.instructure.com/lti/submission": {"new_submission": False},
        "submission": {"submittedAt": "2026-11-27T12:02:03.456Z"},
    }
    html = "The person: level 3 of 4. &lt;Names&gt; a worry &amp; more.<br/>Next step: Ask A."
    assert sent("BlackboardLearn") == sent("blackboardlearn") == WHOLE | {"comment": html}


def test_every_family_is_found_by_its_name_in_any_case() -> None:
    assert {name: quirks(name.upper()) for name in FAMILIES} == FAMILIES
    assert quirks("") is COMMON


MOODLE, CANVAS, D2L, BLACKBOARD = (quirks(name) for name in ("moodle", "canvas", "desire2learn", "blackboardlearn"))


@pytest.mark.parametrize(
    ("status", "headers", "body", "manners", "said"),
    [
        (200, {}, b"", COMMON, Verdict()),
        (201, {}, b'{"resultUrl": "x"}', COMMON, Verdict()),
        (202, {}, b"", COMMON, Verdict()),
        (204, HTML, b"", COMMON, Verdict()),
        # A sign-in form or a maintenance page has taken nothing.
        (200, HTML, b"<html>Maintenance</html>", COMMON, Verdict(Obstacle.BROKEN)),
        (400, {}, b"[]", MOODLE, Verdict(Obstacle.NOT_ENROLLED)),
        (400, {}, b"[]", COMMON, Verdict(Obstacle.REJECTED)),
        (400, {}, b"User could not be found: _12_1", BLACKBOARD, Verdict(Obstacle.NOT_ENROLLED)),
        (400, {}, b"scoreMaximum is missing", BLACKBOARD, Verdict(Obstacle.REJECTED)),
        (401, {}, b"", COMMON, Verdict(Obstacle.NO_TOKEN)),
        (403, {}, b"", COMMON, Verdict(Obstacle.NOT_ALLOWED)),
        (403, {}, b"", D2L, Verdict(Obstacle.NOT_ENROLLED)),
        (403, {"x-rate-limit-remaining": "0"}, b"", CANVAS, Verdict(Obstacle.BUSY)),
        (403, {"x-rate-limit-remaining": "0.0"}, b"", CANVAS, Verdict(Obstacle.BUSY)),
        (403, {"x-rate-limit-remaining": "700"}, b"", CANVAS, Verdict(Obstacle.NOT_ALLOWED)),
        (403, {}, b"403 Forbidden (Rate Limit Exceeded)", CANVAS, Verdict(Obstacle.BUSY)),
        (403, {"x-rate-limit-remaining": "0"}, b"", MOODLE, Verdict(Obstacle.NOT_ALLOWED)),
        (404, {}, b"", COMMON, Verdict(Obstacle.NO_COLUMN)),
        (404, {}, b"", D2L, Verdict(Obstacle.NO_COLUMN)),
        (408, {}, b"", COMMON, Verdict(Obstacle.BROKEN)),
        (409, {}, b"", COMMON, Verdict(Obstacle.NEWER)),
        (410, {}, b"", COMMON, Verdict(Obstacle.REJECTED)),
        (
            422,
            {},
            b'{"errors": "User not found in course or is not a student"}',
            CANVAS,
            Verdict(Obstacle.NOT_ENROLLED),
        ),
        (422, {}, b'{"errors": {}}', CANVAS, Verdict(Obstacle.REJECTED)),
        (429, {}, b"", COMMON, Verdict(Obstacle.BUSY)),
        (429, {"Retry-After": "120"}, b"", COMMON, Verdict(Obstacle.BUSY, timedelta(minutes=2))),
        (500, {}, b"", COMMON, Verdict(Obstacle.BROKEN)),
        (
            503,
            {"Retry-After": "30"},
            HTML["Content-Type"].encode(),
            COMMON,
            Verdict(Obstacle.BROKEN, timedelta(seconds=30)),
        ),
        (599, {}, b"\xff\xfe", COMMON, Verdict(Obstacle.BROKEN)),
        (777, {}, b"", COMMON, Verdict(Obstacle.BROKEN)),
    ],
)
def test_every_answer_means_something(
    status: int, headers: Mapping[str, str], body: bytes, manners: Quirks, said: Verdict
) -> None:
    assert verdict(status, headers, body, manners, now=NOW) == said


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("", None),
        ("0", timedelta()),
        ("90", timedelta(seconds=90)),
        ("9" * 400, timedelta(days=1)),
        ("-5", None),
        ("soon", None),
        ("Fri, 27 Nov 2026 14:12:03 GMT", timedelta(minutes=10) - timedelta(microseconds=456789)),
        ("Fri, 27 Nov 2026 13:00:00 GMT", timedelta()),
        ("Fri, 27 Nov 2037 13:00:00 GMT", timedelta(days=1)),
        ("Fri, 27 Nov 2026 14:12:03 -0000", timedelta(minutes=10) - timedelta(microseconds=456789)),
    ],
)
def test_how_long_a_platform_asks_to_wait(told: str, wait: timedelta | None) -> None:
    assert scores.pause({"Retry-After": told}, now=NOW) == wait


def shown(**changed: object) -> list[dict[str, object]]:
    row = {"userId": "lena", "resultScore": 75, "resultMaximum": 100, "comment": WHOLE["comment"]}
    return [{name: value for name, value in (row | changed).items() if value is not None}]


@pytest.mark.parametrize(
    ("results", "holds"),
    [
        (shown(), True),
        # Rescaled, and white space as the platform keeps it.
        (shown(resultScore=7.5, resultMaximum=10), True),
        (shown(comment=str(WHOLE["comment"]).replace("\n", "\r\n") + " "), True),
        (shown(resultScore=74), False),
        (shown(resultScore=None), False),
        (shown(comment=None), False),
        (shown(comment="The person: level 3 of 4."), False),
        (shown(userId="lars"), False),
        ([], False),
        ({}, False),
        (None, False),
        ([None, "x", *shown()], True),
    ],
)
def test_what_results_say_of_a_score(results: object, holds: bool) -> None:
    assert scores.holds(results, WHOLE) is holds


def test_a_line_item_is_ours_by_both_of_its_marks() -> None:
    made = scores.line_item("Small talk", "small-talk", Tag.PAGE) | {"id": "https://lms.test/1"}
    assert made == {
        "id": "https://lms.test/1",
        "label": "Small talk: page",
        "scoreMaximum": 100,
        "resourceId": "small-talk",
        "tag": "page",
    }
    assert scores.is_ours(made, "small-talk", Tag.PAGE)
    others = [made | {"tag": "completion"}, made | {"resourceId": "other"}, made | {"id": None}, {}, None, "x"]
    assert not any(scores.is_ours(other, "small-talk", Tag.PAGE) for other in others)


def test_only_a_completions_line_item_is_tied_to_a_link_and_only_when_one_is_named() -> None:
    tied = scores.line_item("Small talk", "small-talk", Tag.COMPLETION, "link-9")
    assert tied == scores.line_item("Small talk", "small-talk", Tag.COMPLETION) | {"resourceLinkId": "link-9"}
    page = scores.line_item("Small talk", "small-talk", Tag.PAGE)
    assert scores.line_item("Small talk", "small-talk", Tag.PAGE, "link-9") == page


def test_scopes_are_asked_for_by_name_and_only_where_they_were_offered() -> None:
    assert scores.scopes_for([scores.SCORE, "https://lms.test/else", scores.LINEITEM]) == (
        scores.LINEITEM,
        scores.SCORE,
    )
    assert scores.scopes_for("everything") == ()
    assert scores.scopes_for(None) == ()
