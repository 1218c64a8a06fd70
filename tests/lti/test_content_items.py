"""What a platform asks of a deep link, and the claims of the answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from course.lti.rules import content_items as rules
from course.lti.rules.content_items import CLAIM, LTI, SETTINGS, Answerer, Choice, Request, Unfit, read_request

RETURN = "https://lms.example.org/contentitem_return.php?course=7&sesskey=Ab"
BASE = "https://oneday.example.org"
NOW = datetime(2026, 11, 27, 14, 2, tzinfo=UTC)
ONE = Choice("small-talk", "Small talk", "What is different after this day.")
TWO = Choice("two-hats", "Two hats", "Both.", page=True)


def settings(**changes: object) -> dict[str, Any]:
    """Moodle's, changed; ``None`` leaves a setting out."""
    said: dict[str, object] = {
        "deep_link_return_url": RETURN,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_multiple": True,
        "auto_create": False,
        **changes,
    }
    return {SETTINGS: {name: value for name, value in said.items() if value is not None}}


def asked(**changes: object) -> Request:
    found = read_request(settings(**changes))
    assert isinstance(found, Request)
    return found


def test_what_moodle_asks_for() -> None:
    assert asked() == Request(return_url=RETURN, several=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"accept_multiple": None}, {"several": False}),
        ({"accept_multiple": False}, {"several": False}),
        ({"accept_multiple": "true"}, {"several": False}),
        ({"accept_lineitem": False}, {"columns": False}),
        ({"accept_lineitem": True}, {"columns": True}),
        ({"auto_create": True}, {"auto_create": True}),
        ({"accept_presentation_document_targets": ["window"]}, {"window": True}),
        ({"accept_presentation_document_targets": "window, frame"}, {"window": True}),
        ({"accept_presentation_document_targets": ["embed"]}, {"window": False}),
        ({"accept_presentation_document_targets": None}, {"window": False}),
        ({"accept_types": "link,ltiResourceLink"}, {}),
        ({"data": "op=321&v=44"}, {"data": "op=321&v=44"}),
        ({"data": ""}, {"data": ""}),
    ],
)
def test_what_others_ask_for(changes: dict[str, object], expected: dict[str, object]) -> None:
    usual: dict[str, Any] = {"return_url": RETURN, "several": True}
    assert asked(**changes) == Request(**{**usual, **expected})


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({}, Unfit.NO_SETTINGS),
        ({SETTINGS: None}, Unfit.NO_SETTINGS),
        ({SETTINGS: "x"}, Unfit.NO_SETTINGS),
        (settings(deep_link_return_url=None), Unfit.NO_RETURN),
        (settings(deep_link_return_url="/contentitem_return.php"), Unfit.NO_RETURN),
        (settings(deep_link_return_url="javascript:alert(1)"), Unfit.NO_RETURN),
        (settings(deep_link_return_url="https://lms.example.org; script-src *"), Unfit.NO_RETURN),
        (settings(deep_link_return_url=["https://lms.example.org"]), Unfit.NO_RETURN),
        (settings(accept_types=None), Unfit.NO_LINKS),
        (settings(accept_types=["file", "html", "image"]), Unfit.NO_LINKS),
        (settings(accept_types=[["ltiResourceLink"]]), Unfit.NO_LINKS),
    ],
)
def test_what_cannot_be_answered(claims: dict[str, Any], reason: Unfit) -> None:
    assert read_request(claims) is reason


def test_an_item_carries_its_module_and_a_column() -> None:
    (item,) = rules.items(asked(), [ONE], base_url=BASE)
    url = f"{BASE}/lti/launch?module=small-talk"
    assert item == {
        "type": "ltiResourceLink",
        "title": "Small talk",
        "text": "What is different after this day.",
        "url": url,
        "custom": {"module": "small-talk"},
        "lineItem": {
            "scoreMaximum": 100,
            "label": "Small talk",
            "resourceId": "small-talk",
            "tag": "completion",
            "submissionReview": {
                "reviewableStatus": ["Submitted", "Completed"],
                "url": url,
                "custom": {"module": "small-talk"},
            },
        },
    }


def test_several_items_where_the_platform_takes_several() -> None:
    assert [item["title"] for item in rules.items(asked(), [TWO, ONE], base_url=BASE)] == ["Two hats", "Small talk"]
    one = asked(accept_multiple=False)
    assert [item["title"] for item in rules.items(one, [TWO, ONE], base_url=BASE)] == ["Two hats"]
    assert rules.items(asked(), [], base_url=BASE) == []


def test_the_pages_score_is_asked_for_in_custom_where_columns_are_taken() -> None:
    customs = [
        rules.items(asked(accept_lineitem=takes), [TWO], base_url=BASE)[0]["custom"] for takes in (None, True, False)
    ]
    assert customs == [*[{"module": "two-hats", "page": "score"}] * 2, {"module": "two-hats"}]


def test_no_column_where_none_is_taken() -> None:
    (item,) = rules.items(asked(accept_lineitem=False), [ONE], base_url=BASE)
    assert set(item) == {"type", "title", "text", "url", "custom"}


def test_a_window_only_where_there_is_no_frame() -> None:
    (item,) = rules.items(asked(accept_presentation_document_targets=["window"]), [ONE], base_url=BASE)
    assert item["window"] == {"targetName": "oneday"}
    for targets in (["iframe", "window"], ["embed"], []):
        (item,) = rules.items(asked(accept_presentation_document_targets=targets), [ONE], base_url=BASE)
        assert set(item) & {"window", "iframe", "embed"} == set()


def test_the_claims_of_the_answer() -> None:
    who = Answerer(client_id="oneday-1", issuer="https://lms.example.org", deployment="1")
    claims = rules.response(who, asked(data='{"op":"\\"&+"}'), [{"type": "ltiResourceLink"}], nonce="n", now=NOW)
    assert claims == {
        "iss": "oneday-1",
        "aud": "https://lms.example.org",
        "iat": 1795788120,
        "exp": 1795788420,
        "nonce": "n",
        f"{LTI}message_type": "LtiDeepLinkingResponse",
        f"{LTI}version": "1.3.0",
        f"{LTI}deployment_id": "1",
        f"{CLAIM}content_items": [{"type": "ltiResourceLink"}],
        f"{CLAIM}data": '{"op":"\\"&+"}',
    }
    bare = rules.response(who, asked(), [], nonce="n", now=NOW, error="Nothing fits here.")
    assert f"{CLAIM}data" not in bare
    assert (bare[f"{CLAIM}content_items"], bare[f"{CLAIM}errormsg"]) == ([], "Nothing fits here.")
