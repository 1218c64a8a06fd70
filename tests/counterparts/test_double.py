"""The double's launches are strict: an honest tool gets through, and each change of its request is refused."""

from typing import Any

import pytest
import urllib3

from tests.counterparts.double import Refusal, Reply, jose
from tests.counterparts.double.world import DEEP, LTI, MEMBERSHIP
from tests.counterparts.tool import Tool, loaded


@pytest.fixture
def tool(tool: Tool) -> Tool:
    tool.double.place("day", custom={"module": "small-talk", "who": "$User.id", "odd": "$Canvas.assignment.id"})
    return tool


def test_an_honest_tool_gets_the_launch(tool: Tool) -> None:
    claims = loaded_launch(tool)
    assert claims["sub"] == "lena"
    assert claims["exp"] - claims["iat"] == 60
    assert claims[LTI + "roles"] == [MEMBERSHIP + "Learner"]
    # What this platform does not know stays as it was written.
    assert claims[LTI + "custom"] == {"module": "small-talk", "who": "lena", "odd": "$Canvas.assignment.id"}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("scope", "openid profile", "scope must be openid"),
        ("response_type", "code", "response_type must be id_token"),
        ("response_mode", None, "response_mode must be form_post"),
        ("prompt", "login", "prompt must be none"),
        ("nonce", None, "nonce is missing"),
        ("client_id", "oneday-9", "No tool has the client id"),
        ("redirect_uri", "http://localhost/lti/launch/", "is not registered"),
        ("redirect_uri", "http://localhost/lti/launch?day=1", "is not registered"),
        ("login_hint", "lars", "login_hint is somebody else"),
        ("lti_message_hint", '{"cmid":1}', "No launch has this lti_message_hint"),
        ("lti_message_hint", None, "No launch has this lti_message_hint"),
    ],
)
def test_one_change_of_the_request_is_refused(tool: Tool, name: str, value: str | None, says: str) -> None:
    tool.change = {name: value}
    with pytest.raises(Refusal, match=says):
        tool.double.launch(tool.browser)
    tool.change = {}
    assert loaded_launch(tool)["sub"] == "lena"


def test_a_launch_is_spent_by_its_first_use(tool: Tool) -> None:
    launching = tool.double.start(tool.browser)
    tool.change = {"lti_message_hint": launching.pending.hint}
    with pytest.raises(Refusal, match="No launch has this lti_message_hint"):
        tool.double.launch(tool.browser)


def test_what_a_test_changes_is_what_the_tool_gets(tool: Tool) -> None:
    launching = tool.double.start(tool.browser)
    launching.claims["aud"] = ["oneday-1", "other"]
    launching.header = {"alg": "RS256", "kid": launching.key.kid, "x": 1}
    assert jose.read(launching.id_token)[0]["x"] == 1
    answer = launching.post()
    assert answer.json is not None
    assert answer.json["aud"] == ["oneday-1", "other"]


def test_what_a_test_forges_is_forged(tool: Tool) -> None:
    launching = tool.double.start(tool.browser)
    keys = [tool.double.key.jwk]
    assert jose.proved(launching.id_token, keys) == launching.claims
    launching.key = jose.key(5)
    launching.header = {"alg": "RS256", "kid": keys[0]["kid"]}
    with pytest.raises(Refusal, match="Signature verification failed"):
        jose.proved(launching.id_token, keys)
    for algorithm in ("HS256", "none"):
        launching.header = {"alg": algorithm, "kid": keys[0]["kid"]}
        with pytest.raises(Refusal, match="alg must be RS256"):
            jose.proved(launching.id_token, keys)


def test_keys_change_with_and_without_the_old_one(tool: Tool) -> None:
    old = tool.double.key.kid
    tool.double.rotate()
    assert [one["kid"] for one in published(tool)] == [old, tool.double.key.kid]
    assert loaded_launch(tool)["sub"] == "lena"
    tool.double.rotate(keep=False)
    assert [one["kid"] for one in published(tool)] == [tool.double.key.kid]


def test_two_tools_under_one_issuer(tool: Tool) -> None:
    tool.double.add_client("oneday-2", keys=lambda: {"keys": []})
    tool.double.place("theirs", client="oneday-2")
    launching = tool.double.start(tool.browser, link="theirs")
    assert (launching.claims["aud"], launching.claims[LTI + "deployment_id"]) == ("oneday-2", "2")
    own = tool.double.start(tool.browser, link="day")
    assert (own.claims["aud"], own.claims[LTI + "deployment_id"]) == ("oneday-1", "1")


def test_over_http_a_browser_gets_forms(tool: Tool) -> None:
    with urllib3.PoolManager() as pool:
        begun = pool.request("GET", f"{tool.double.issuer}/launch.php?link=day&user=lars")
        assert b'action="http://localhost/lti/login"' in begun.data
        assert b"{&quot;cmid&quot;:" in begun.data
        framed = pool.request("GET", f"{tool.double.issuer}/view.php?link=day&user=lars")
        assert b'src="/launch.php?link=day&amp;user=lars"' in framed.data
    assert [one.path for one in tool.double.asked()] == ["/launch.php", "/view.php"]


def test_nobody_without_a_user_agent(tool: Tool) -> None:
    assert tool.double.ask("GET", "/certs.php").status == 403
    assert tool.double.ask("GET", "/certs.php", {"User-Agent": "x"}).status == 200


def test_it_is_cut_off_hangs_lies_and_comes_back(tool: Tool) -> None:
    address = f"{tool.double.issuer}/certs.php"
    with urllib3.PoolManager(headers={"User-Agent": "x"}, retries=False, timeout=5) as pool:
        assert pool.request("GET", address).status == 200
        tool.double.server.cut()
        with pytest.raises(urllib3.exceptions.NewConnectionError):
            pool.request("GET", address)
        tool.double.server.restore()
        tool.double.server.say("/certs", Reply(503), times=1)
        assert [pool.request("GET", address).status for _ in range(2)] == [503, 200]
        tool.double.server.hang("/certs")
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            pool.request("GET", address, timeout=0.2)
        tool.double.server.be_honest()
        assert pool.request("GET", address).status == 200


def test_a_deep_link_becomes_links(tool: Tool) -> None:
    claims = picker(tool)
    second = {"type": "ltiResourceLink", "title": "Two"}
    made = tool.double.take(tool.placing(claims, ITEM, second))
    assert [link.title for link in made] == ["One", "Two"]
    assert made[0].custom == {"module": "small-talk"}
    assert tool.double.item(resource="small-talk", tag="page").id == made[0].item
    relaunched = tool.double.start(tool.browser, link=made[0].id)
    assert relaunched.claims[LTI + "custom"] == {"module": "small-talk"}
    review = tool.double.review(tool.browser, of="lena", link=made[0].id)
    assert review.claims[LTI + "for_user"]["user_id"] == "lena"
    assert review.claims[LTI + "custom"] == {"module": "small-talk", "why": "review"}


ITEM = {
    "type": "ltiResourceLink",
    "title": "One",
    "custom": {"module": "small-talk"},
    "lineItem": {
        "scoreMaximum": 100,
        "resourceId": "small-talk",
        "tag": "page",
        "submissionReview": {"reviewableStatus": ["Submitted"], "custom": {"why": "review"}},
    },
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"iss": "oneday-2"}, "iss"),
        ({"aud": "http://elsewhere"}, "aud"),
        ({"exp": 1}, "exp"),
        ({"exp": 9_999_999_999}, "exp"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"nonce": ""}, "nonce"),
        ({LTI + "deployment_id": "2"}, "deployment_id"),
        ({LTI + "version": "1.1"}, "version"),
        ({LTI + "message_type": "LtiResourceLinkRequest"}, "message_type"),
        ({DEEP + "data": "other"}, "data must come back unchanged"),
        ({DEEP + "data": None}, "data must come back unchanged"),
        ({DEEP + "content_items": [{"type": "link"}]}, "type 'link' is not accepted"),
        ({DEEP + "content_items": [{**ITEM, "url": "https://elsewhere.example/"}]}, "url is not the tool's"),
        ({DEEP + "content_items": [{**ITEM, "custom": {"n": 1}}]}, "custom holds strings only"),
        ({DEEP + "content_items": [{**ITEM, "lineItem": {"scoreMaximum": 0}}]}, "scoreMaximum"),
    ],
)
def test_one_change_of_the_deep_linking_answer_is_refused(tool: Tool, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        tool.double.take(tool.placing(picker(tool), ITEM, **changes))
    assert tool.double.links.keys() == {"day"}
    assert len(tool.double.take(tool.placing(picker(tool), ITEM))) == 1


@pytest.mark.parametrize(
    ("settings", "items", "says"),
    [
        ({"accept_multiple": False}, [ITEM, ITEM], "accept_multiple is false"),
        ({"accept_lineitem": False}, [ITEM], "accept_lineitem is false"),
        ({"accept_presentation_document_targets": ["window"]}, [{**ITEM, "iframe": {}}], "iframe is not accepted"),
    ],
)
def test_what_the_platform_does_not_accept(
    tool: Tool, settings: dict[str, Any], items: list[dict[str, Any]], says: str
) -> None:
    launching = tool.double.deep_link(tool.browser, settings=settings)
    with pytest.raises(Refusal, match=says):
        tool.double.take(tool.placing(launching.claims, *items))
    assert len(tool.double.take(tool.placing(picker(tool), *items))) == len(items)


def test_a_return_address_and_a_nonce_work_once(tool: Tool) -> None:
    answer = tool.placing(picker(tool), ITEM, nonce="n-1")
    tool.double.take(answer)
    with pytest.raises(Refusal, match="No deep link is awaited"):
        tool.double.take(answer)
    with pytest.raises(Refusal, match="nonce"):
        tool.double.take(tool.placing(picker(tool), ITEM, nonce="n-1"))


def picker(tool: Tool) -> dict[str, Any]:
    """Return the claims with which the picker is opened."""
    return tool.double.deep_link(tool.browser).claims


def loaded_launch(tool: Tool) -> dict[str, Any]:
    answer = tool.double.launch(tool.browser)
    assert answer.status_code == 200
    claims: dict[str, Any] = answer.json or {}
    return claims


def published(tool: Tool) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = loaded(tool.ask("GET", "/certs.php"))["keys"]
    return keys
