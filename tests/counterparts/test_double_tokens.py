"""The double's token endpoint: an honest assertion gets a token, and each change of it is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from course import clock
from tests.counterparts.double import jose, tokens
from tests.counterparts.double.grades import MANY
from tests.counterparts.double.world import SCORE
from tests.counterparts.tool import KEY, Tool, items_url, loaded


class Calendar:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    made = Calendar()
    monkeypatch.setattr(clock, "now", made)
    return made


def test_an_honest_assertion_gets_a_token_of_a_minute(tool: Tool) -> None:
    answer = loaded(tool.ask_token(tool.assertion()))
    assert answer["expires_in"] == 60
    assert answer["scope"].split() == sorted(tool.double.clients["oneday-1"].scopes)
    assert tool.ask("GET", items_url(tool), accept=MANY, token=answer["access_token"]).status == 200


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"iss": "other"}, "iss must be the client id"),
        ({"sub": "other"}, "No tool has the client id"),
        ({"aud": "http://elsewhere/token.php"}, "aud must be"),
        ({"iat": None}, "iat and exp"),
        ({"exp": None}, "iat and exp"),
        ({"exp": 1}, "Expired"),
        ({"iat": 9_999_999_000, "exp": 9_999_999_999}, "Expired"),
        ({"exp": 9_999_999_999}, "Expired"),
        ({"jti": None}, "jti"),
    ],
)
def test_one_change_of_the_assertion_is_refused(tool: Tool, changes: dict[str, object], says: str) -> None:
    refused = tool.ask_token(tool.assertion(**changes))
    assert refused.status == 400
    assert says in refused.text
    assert tool.ask_token(tool.assertion()).status == 200


def test_a_slash_too_many_in_the_audience_is_refused(tool: Tool) -> None:
    assert "aud must be" in tool.ask_token(tool.assertion(aud=f"{tool.double.issuer}/token.php/")).text


def test_another_audience_where_the_platform_has_one(tool: Tool) -> None:
    tool.double.token_audience = "https://api.brightspace.example/auth/token"
    assert "aud must be https://api" in tool.ask_token(tool.assertion()).text
    assert tool.ask_token(tool.assertion(aud=tool.double.token_audience)).status == 200


def test_an_assertion_is_believed_once(tool: Tool) -> None:
    claims = tool.assertion()
    assert [tool.ask_token(claims).status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    ("header", "by", "says"),
    [
        ({"alg": "RS256"}, KEY, "kid"),
        ({"alg": "RS256", "kid": "unknown"}, KEY, "No key of yours has the kid"),
        ({"alg": "RS256", "kid": KEY.kid}, jose.key(5), "Signature verification failed"),
        ({"alg": "HS256", "kid": KEY.kid}, KEY, "alg must be RS256"),
        ({"alg": "none", "kid": KEY.kid}, KEY, "alg must be RS256"),
    ],
)
def test_another_signature_is_refused(tool: Tool, header: dict[str, str], by: jose.Key, says: str) -> None:
    refused = tool.ask_token(tool.assertion(), header=header, by=by)
    assert refused.status == 400
    assert says in refused.text


@pytest.mark.parametrize(
    "form",
    [{"grant_type": "password"}, {"client_assertion_type": "jwt"}, {"scope": "openid"}, {"client_assertion": "x"}],
)
def test_another_form_is_refused(tool: Tool, form: dict[str, str]) -> None:
    assert tool.ask_token(tool.assertion(), form=form).status == 400


def test_scopes_are_the_intersection(tool: Tool) -> None:
    answer = loaded(tool.ask_token(tool.assertion(), form={"scope": f"{SCORE} openid"}))
    assert answer["scope"] == SCORE
    refused = tool.ask("GET", items_url(tool), accept=MANY, token=answer["access_token"])
    assert refused.status == 403


def test_moodle_that_may_not_fetch_our_keys_answers_a_page(tool: Tool) -> None:
    tool.double.blocks_hosts = True
    refused = tool.ask_token(tool.assertion())
    assert (refused.status, refused.content_type) == (404, "text/html; charset=utf-8")
    assert "Argument #1 ($jwks) must be of type array, null given" in refused.text
    tool.double.blocks_hosts = False
    assert tool.ask_token(tool.assertion()).status == 200


def test_a_token_ends_after_its_minute_and_is_its_owners(tool: Tool, calendar: Calendar) -> None:
    token = tool.double.token()
    tool.double.add_client("oneday-2")
    theirs = tool.double.token("oneday-2")
    assert tool.ask("GET", items_url(tool), accept=MANY, token=token).status == 200
    assert tool.ask("GET", items_url(tool), accept=MANY, token=theirs).status == 401
    assert tool.ask("GET", items_url(tool), accept=MANY).status == 401
    calendar.now += timedelta(seconds=60)
    assert tool.ask("GET", items_url(tool), accept=MANY, token=token).status == 401


def test_keys_are_fetched_from_the_tool(tool: Tool) -> None:
    theirs = Tool()
    with theirs.double:
        client = tool.double.add_client("oneday-2")
        client.keys_url = f"{theirs.double.issuer}/certs.php"
        assert tokens.keys_of(client) == [theirs.double.key.jwk]
