"""The double's gradebook: what is measured of Moodle's (anchor lti.md, section 8) happens, and nothing else."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from tests.counterparts.double import Item, Reply, User, messages, scores
from tests.counterparts.double.grades import MANY, ONE, make
from tests.counterparts.double.scores import KIND, RESULTS
from tests.counterparts.double.world import LINEITEM_READ, RESULT_READ
from tests.counterparts.tool import Tool, items_url, loaded


def test_a_line_item_is_made_found_and_paged(tool: Tool) -> None:
    token = tool.double.token()
    made = [create(tool, {"label": name, "scoreMaximum": 100, "resourceId": name, "tag": "page"}) for name in "abc"]
    assert "/lineitem?type_id=1" in made[0]["id"]
    found = loaded(tool.ask("GET", f"{items_url(tool)}&resource_id=b&tag=page", accept=MANY, token=token))
    assert found == [made[1]]
    first = tool.ask("GET", f"{items_url(tool)}&limit=2", accept=MANY, token=token)
    assert loaded(first) == made[:2]
    following = first.headers["Link"].removeprefix("<").partition(">")[0]
    assert loaded(tool.ask("GET", following, accept=MANY, token=token)) == made[2:]
    assert loaded(tool.ask("GET", made[0]["id"], accept=ONE, token=token)) == made[0]


def test_making_twice_makes_two_and_filters_may_be_ignored(tool: Tool) -> None:
    item = {"label": "a", "scoreMaximum": 100, "resourceId": "a", "tag": "page"}
    first, second = create(tool, item), create(tool, {**item, "tag": "completion"})
    tool.double.refuses_filters = True
    token = tool.double.token()
    assert loaded(tool.ask("GET", f"{items_url(tool)}&tag=page", accept=MANY, token=token)) == [first, second]


@pytest.mark.parametrize(
    ("method", "kind", "accept"),
    [("GET", "", "application/json"), ("POST", "application/json", ""), ("PUT", ONE, "")],
)
def test_media_types_are_strict(tool: Tool, method: str, kind: str, accept: str) -> None:
    body = json.dumps({"label": "a", "scoreMaximum": 1}).encode()
    token = tool.double.token()
    refused = tool.ask(method, items_url(tool), kind=kind, accept=accept, body=body, token=token)
    assert (refused.status, "No handler found" in refused.text) == (400, True)
    assert tool.ask("GET", items_url(tool), accept="*/*", token=token).status == 200
    assert tool.ask("POST", items_url(tool), kind=ONE, body=body, token=token).status == 201


def test_the_reading_scope_does_not_make(tool: Tool) -> None:
    token = tool.double.token(scopes=[LINEITEM_READ])
    body = json.dumps({"label": "a", "scoreMaximum": 1}).encode()
    assert tool.ask("GET", items_url(tool), accept=MANY, token=token).status == 200
    assert tool.ask("POST", items_url(tool), kind=ONE, body=body, token=token).status == 403


@pytest.fixture
def item(tool: Tool) -> Item:
    return make(tool.double, course="7", client="oneday-1", label="Page", maximum=100)


GOOD = {
    "userId": "lena",
    "scoreGiven": 75,
    "scoreMaximum": 100,
    "comment": "Clear <b>and</b>\nshort.",
    "activityProgress": "Completed",
    "gradingProgress": "FullyGraded",
    "timestamp": "2026-11-27T12:00:00.500+00:00",
}


def test_a_score_is_stored_and_read_back(tool: Tool, item: Item) -> None:
    answer = score(tool, item)
    assert (answer.status, answer.body) == (200, b"")
    assert results(tool, item, "lena") == [
        {
            "id": f"{tool.double.issuer}/services.php/7/lineitems/{item.id}/lineitem/results/lena?type_id=1",
            "userId": "lena",
            "scoreOf": messages.item_url(tool.double, item),
            "resultScore": 75,
            "resultMaximum": 100,
            "comment": "Clear <b>and</b>\nshort.",
        }
    ]
    # One row without a score for somebody who has none.
    assert ["resultScore" in row for row in results(tool, item, "lars")] == [False]


@pytest.mark.parametrize(
    ("stamp", "status"),
    [
        ("2026-11-27T12:00:00.900+00:00", 409),
        ("2026-11-27T12:00:00Z", 409),
        ("2026-11-27T11:59:59Z", 409),
        ("2026-11-27T13:00:00+01:00", 409),
        ("2026-11-27T12:00:01Z", 200),
        ("2026-11-27T12:00:01.000001Z", 200),
        ("2026-11-27T12:00:01", 400),
        ("yesterday", 400),
    ],
)
def test_a_score_must_be_a_second_later(tool: Tool, item: Item, stamp: str, status: int) -> None:
    score(tool, item)
    assert score(tool, item, timestamp=stamp, scoreGiven=50).status == status
    assert tool.double.result("lena", item).score == (50 if status == 200 else 75)


def test_what_is_not_fully_graded_erases_grade_and_comment(tool: Tool, item: Item) -> None:
    score(tool, item)
    later = {"timestamp": "2026-11-27T12:00:02Z", "gradingProgress": "PendingManual", "activityProgress": "Submitted"}
    assert score(tool, item, **later, scoreGiven=None).status == 200
    assert (tool.double.result("lena", item).score, tool.double.result("lena", item).comment) == (None, "")


def test_a_score_without_comment_erases_the_comment(tool: Tool, item: Item) -> None:
    score(tool, item)
    score(tool, item, timestamp="2026-11-27T12:00:02Z", comment=None)
    assert (tool.double.result("lena", item).score, tool.double.result("lena", item).comment) == (75, "")


def test_maxima_are_rescaled_and_capped_when_shown(tool: Tool, item: Item) -> None:
    score(tool, item, scoreGiven=3, scoreMaximum=4)
    assert tool.double.result("lena", item).score == 75
    score(tool, item, timestamp="2026-11-27T12:00:02Z", scoreGiven=150)
    assert tool.double.result("lena", item).score == 150
    assert results(tool, item, "lena")[0]["resultScore"] == 100


@pytest.mark.parametrize("user", ["farid", "nobody", "gone"])
def test_who_is_no_learner_gets_400_and_an_empty_list(tool: Tool, item: Item, user: str) -> None:
    tool.double.enrol(User("gone", "G", "One", ""), active=False)
    refused = score(tool, item, userId=user)
    assert (refused.status, refused.body) == (400, b"[]")


@pytest.mark.parametrize(
    "changes",
    [
        {"activityProgress": "Done"},
        {"gradingProgress": "Graded"},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreGiven": -1},
        {"scoreGiven": "75"},
        {"userId": 11},
        {"comment": 1},
    ],
)
def test_a_malformed_score_is_refused(tool: Tool, item: Item, changes: dict[str, Any]) -> None:
    assert score(tool, item, **changes).status == 400
    assert tool.double.result("lena", item).scores == []


def test_scores_need_their_media_type_their_scope_and_the_right_address(tool: Tool, item: Item) -> None:
    address = messages.item_url(tool.double, item).replace("/lineitem?", "/lineitem/scores?")
    body = json.dumps(GOOD).encode()
    token = tool.double.token()
    assert tool.ask("POST", address, kind="application/json", body=body, token=token).status == 400
    reads = tool.double.token(scopes=[RESULT_READ])
    assert tool.ask("POST", address, kind=KIND, body=body, token=reads).status == 403
    # Who appends to an address with a query asks for the line item itself.
    wrong = messages.item_url(tool.double, item) + "/scores"
    assert tool.ask("POST", wrong, kind=KIND, body=body, token=token).status == 401
    assert tool.ask("POST", address, kind=KIND, body=body, token=token).status == 200


def test_the_whole_of_it_over_the_net(tool: Tool, item: Item) -> None:
    with urllib3.PoolManager(headers={"User-Agent": "Tool"}, timeout=10, retries=False) as pool:
        known = pool.request("GET", f"{tool.double.issuer}/openid-configuration.php").json()
        assert known["registration_endpoint"] == f"{tool.double.issuer}/register.php"
        headers = {"User-Agent": "Tool", "Authorization": f"Bearer {tool.double.token()}", "Content-Type": KIND}
        address = messages.item_url(tool.double, item).replace("/lineitem?", "/lineitem/scores?")
        assert pool.request("POST", address, body=json.dumps(GOOD), headers=headers).status == 200
    assert tool.double.result("lena", item).score == 75
    assert [one.path for one in tool.double.asked("/scores")] == [urlsplit(address).path]


def create(tool: Tool, item: dict[str, object]) -> dict[str, Any]:
    answer = tool.ask("POST", items_url(tool), kind=ONE, body=json.dumps(item).encode(), token=tool.double.token())
    made: dict[str, Any] = loaded(answer)
    return made


def score(tool: Tool, item: Item, **changes: object) -> Reply:
    """Send the good score with changes; what is None is left out."""
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    address = messages.item_url(tool.double, item).replace("/lineitem?", "/lineitem/scores?")
    return tool.ask("POST", address, kind=scores.KIND, body=json.dumps(given).encode(), token=tool.double.token())


def results(tool: Tool, item: Item, user: str) -> list[dict[str, Any]]:
    address = messages.item_url(tool.double, item).replace("/lineitem?", "/lineitem/results?") + f"&user_id={user}"
    found: list[dict[str, Any]] = loaded(tool.ask("GET", address, accept=RESULTS, token=tool.double.token()))
    return found
