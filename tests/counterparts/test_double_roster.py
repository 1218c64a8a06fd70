"""The double's roster and its dynamic registration, as strict as they were measured."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.counterparts.double import Refusal, Reply, User
from tests.counterparts.double.roster import KIND as MEMBERS
from tests.counterparts.double.world import ROSTER, SCORE, TOOL
from tests.counterparts.tool import Tool, loaded


def test_the_roster_comes_in_pages_whose_address_keeps_its_case(tool: Tool) -> None:
    for number in range(7):
        tool.double.enrol(User(f"u{number}", "U", str(number), f"u{number}@lms.example"))
    address = f"{tool.double.issuer}/services.php/CourseSection/7/bindings/1/memberships?limit=4"
    token = tool.double.token(scopes=[ROSTER])
    found, following = [], address
    while following:
        page = tool.ask("GET", following, accept=MEMBERS, token=token)
        found += [member["user_id"] for member in loaded(page)["members"]]
        following = page.headers.get("Link", "").removeprefix("<").partition(">")[0]
        assert not following or "page=bookmark:W" in following
    assert found == list(tool.double.courses["7"].members)
    lowered = f"{address}&page=bookmark:{'wyjbykn'}"
    assert tool.ask("GET", lowered, accept=MEMBERS, token=token).status == 400


def test_a_page_holds_no_more_than_the_platform_likes(tool: Tool) -> None:
    tool.double.page_size = 2
    assert [len(roster(tool, f"?limit={limit}")) for limit in (1, 2, 200)] == [1, 2, 2]
    tool.double.page_size = None
    assert [len(roster(tool, f"?limit={limit}")) for limit in (1, 2, 200)] == [1, 2, 3]


def test_a_member_as_moodle_shows_one(tool: Tool) -> None:
    tool.double.enrol(User("gone", "Gone", "Away", "gone@lms.example"), active=False)
    shown = {member["user_id"]: member for member in roster(tool)}
    assert shown["farid"] == {
        "status": "Active",
        "user_id": "farid",
        "roles": ["Instructor"],
        "lis_person_sourcedid": "",
        "name": "Farid Farooqi",
        "given_name": "Farid",
        "family_name": "Farooqi",
        "email": "farid@lms.example",
    }
    assert shown["gone"]["status"] == "Inactive"
    tool.double.clients["oneday-1"].names = False
    assert sorted(roster(tool)[0]) == ["lis_person_sourcedid", "roles", "status", "user_id"]
    assert [member["user_id"] for member in roster(tool, "?role=Instructor")] == ["farid"]


def test_the_next_page_may_claim_another_host(tool: Tool) -> None:
    tool.double.page_size, tool.double.next_host = 2, "elsewhere.example"
    address = f"{tool.double.issuer}/services.php/CourseSection/7/bindings/1/memberships"
    page = tool.ask("GET", address, accept=MEMBERS, token=tool.double.token())
    assert page.headers["Link"].startswith("<http://elsewhere.example/")


REGISTRATION = {
    "application_type": "web",
    "response_types": ["id_token"],
    "grant_types": ["implicit", "client_credentials"],
    "initiate_login_uri": "http://localhost/lti/login",
    "redirect_uris": ["http://localhost/lti/launch"],
    "client_name": "Oneday",
    "jwks_uri": "http://localhost/lti/jwks",
    "token_endpoint_auth_method": "private_key_jwt",
    "scope": f"{SCORE} {ROSTER} openid",
    TOOL: {
        "domain": "localhost",
        "target_link_uri": "http://localhost/lti/launch",
        "claims": ["iss", "sub", "name", "email"],
        "messages": [{"type": "LtiDeepLinkingRequest"}],
        "custom_parameters": {"day": "$Context.title"},
    },
}


def test_registration_gives_a_pending_tool(tool: Tool) -> None:
    answer = loaded(register(tool, registration_token(tool)))
    client = tool.double.clients[answer["client_id"]]
    assert (answer[TOOL]["deployment_id"], answer["scope"]) == (client.deployment, f"{SCORE} {ROSTER}")
    assert (client.active, client.names, client.custom) == (False, True, {"day": "$Context.title"})
    tool.double.place("day", client=client.id)
    with pytest.raises(Refusal, match="The tool is pending"):
        tool.double.launch(tool.browser)
    client.active = True
    assert tool.double.start(tool.browser).claims["aud"] == client.id


def test_a_registration_token_works_once_and_is_needed(tool: Tool) -> None:
    token = registration_token(tool)
    assert [register(tool, token).status for _ in range(2)] == [200, 401]
    assert register(tool, "").status == 401


def test_without_tokens_no_authorization_header(tool: Tool) -> None:
    tool.double.registration_token = False
    assert "registration_token" not in tool.double.invite("http://localhost/lti/register?invite=1")
    assert register(tool, "some").status == 400
    assert register(tool, "").status == 200


def test_errors_as_canvas_has_them(tool: Tool) -> None:
    tool.double.registration_errors = True
    refused = register(tool, registration_token(tool))
    assert (refused.status, refused.text) == (422, '{"errors":[]}')


@pytest.mark.parametrize(
    "changes",
    [
        {"response_types": ["code"]},
        {"application_type": "native"},
        {"redirect_uris": []},
        {"initiate_login_uri": ""},
        {"client_name": ""},
        {"jwks_uri": ""},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {TOOL: {"domain": "http://localhost", "target_link_uri": "http://localhost/lti/launch"}},
        {TOOL: {"domain": "localhost:80", "target_link_uri": "http://localhost/lti/launch"}},
    ],
)
def test_one_change_of_the_registration_is_refused(tool: Tool, changes: dict[str, Any]) -> None:
    refused = register(tool, registration_token(tool), {**REGISTRATION, **changes})
    assert (refused.status, "missing or wrong" in refused.text) == (400, True)
    assert list(tool.double.clients) == ["oneday-1"]


def roster(tool: Tool, query: str = "") -> list[dict[str, Any]]:
    address = f"{tool.double.issuer}/services.php/CourseSection/7/bindings/1/memberships{query}"
    found: list[dict[str, Any]] = loaded(tool.ask("GET", address, accept=MEMBERS, token=tool.double.token()))["members"]
    return found


def registration_token(tool: Tool) -> str:
    return parse_qs(urlsplit(tool.double.invite("http://localhost/lti/register")).query)["registration_token"][0]


def register(tool: Tool, token: str, registration: dict[str, Any] | None = None) -> Reply:
    body = json.dumps(registration or REGISTRATION).encode()
    return tool.ask("POST", "/register.php", kind="application/json", body=body, token=token)
