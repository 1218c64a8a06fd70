"""What platforms may say when they register us: anything at all is read, or refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.lti.rules.registration import (
    PLATFORM,
    SCOPES,
    TOOL,
    Configuration,
    Fault,
    Ours,
    Unfit,
    asked,
    read_answer,
    read_configuration,
)

HOME = "https://lms.example.org"
URL = f"{HOME}/openid-configuration"
OURS = Ours("https://oneday.example.org", "https://oneday.example.org/icon.svg")
GOOD: dict[str, Any] = {
    "issuer": HOME,
    "authorization_endpoint": f"{HOME}/auth",
    "token_endpoint": f"{HOME}/token",
    "jwks_uri": f"{HOME}/keys",
    "registration_endpoint": f"{HOME}/register",
    "id_token_signing_alg_values_supported": ["RS256"],
    "scopes_supported": list(SCOPES),
    "authorization_server": f"{HOME}/token",
    PLATFORM: {"product_family_code": "moodle", "messages_supported": [], "variables": ["Context.id.history"]},
}
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)


def https(url: str) -> bool:
    return url.startswith("https://")


def read(data: object) -> Configuration | Fault:
    try:
        return read_configuration(data, URL, https)
    except Unfit as unfit:
        return unfit.fault


def answered(status: int, told: object) -> tuple[str, str] | Unfit:
    try:
        return read_answer(status, told)
    except Unfit as unfit:
        return unfit


def is_kept(text: str) -> bool:
    """A database takes it: neither NUL nor half of a pair of surrogates."""
    return "\0" not in text and text.encode(errors="replace").decode() == text


@given(anything)
def test_any_json_is_read_or_refused(data: object) -> None:
    assert isinstance(read(data), Fault)


@settings(max_examples=400)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), anything, max_size=3), st.dictionaries(st.text(), anything))
def test_a_configuration_with_any_value_changed_is_read_or_refused(
    changed: dict[str, object], more: dict[str, object]
) -> None:
    found = read(GOOD | more | changed)
    if isinstance(found, Fault):
        return
    assert found.issuer == HOME
    for text in (found.auth_url, found.token_url, found.keys_url, found.token_audience, found.family):
        assert is_kept(text)
    sent = asked(found, OURS)
    assert json.loads(json.dumps(sent)) == sent
    assert {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"} <= {each["type"] for each in sent[TOOL]["messages"]}


@given(anything, anything)
def test_any_answer_is_read_or_refused(data: object, value: object) -> None:
    for told in (data, {"client_id": value, TOOL: data}, {"client_id": "c", TOOL: {"deployment_id": value}}):
        for status in (200, 201, 204, 400, 500):
            found = answered(status, told)
            if isinstance(found, Unfit):
                assert found.fault in {Fault.ANSWER, Fault.DENIED}
                assert is_kept(found.words + found.detail)
            else:
                assert status in {200, 201}
                assert found[0]
                assert is_kept("".join(found))


def test_the_good_one_is_read() -> None:
    found = read(GOOD)
    assert isinstance(found, Configuration)
    assert (found.token_audience, found.family, found.variables) == (
        f"{HOME}/token",
        "moodle",
        frozenset({"Context.id.history"}),
    )
    assert read_answer(200, {"client_id": 7, TOOL: {"deployment_id": 3}}) == ("7", "3")
    assert read_answer(201, {"client_id": "seven"}) == ("seven", "")


@pytest.mark.parametrize(
    ("issuer", "url", "fits"),
    [
        (HOME, URL, True),
        ("https://LMS.example.org:443/path", URL, True),
        (HOME, "https://lms.example.org:8443/configuration", False),
        ("https://lms.example.org:8443", URL, False),
        (HOME, "https://evil.example.org/configuration", False),
        ("https://lms.example.org.evil.org", URL, False),
        ("https://evil.org@lms.example.org", URL, False),
        ("lms.example.org", URL, False),
    ],
)
def test_the_issuer_is_on_the_configurations_own_host(issuer: str, url: str, fits: bool) -> None:
    try:
        found: Configuration | Fault = read_configuration(GOOD | {"issuer": issuer}, url, https)
    except Unfit as unfit:
        found = unfit.fault
    assert isinstance(found, Configuration) is fits
    assert fits or found is Fault.ISSUER


@pytest.mark.parametrize(
    "messages",
    [
        ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
        [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest", "placements": "ContentArea"}],
    ],
)
def test_bare_names_of_messages_are_read_too(messages: list[object]) -> None:
    found = read(GOOD | {PLATFORM: {"messages_supported": messages}})
    assert isinstance(found, Configuration)
    sent = asked(found, OURS)[TOOL]["messages"]
    assert [each["type"] for each in sent] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert all("placements" not in each for each in sent)


def test_scopes_that_are_not_offered_are_not_asked_for() -> None:
    found = read(GOOD | {"scopes_supported": [SCOPES[2], "https://other"]})
    assert isinstance(found, Configuration)
    assert asked(found, OURS)["scope"] == SCOPES[2]
