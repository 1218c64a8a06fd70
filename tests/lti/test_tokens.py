"""Access tokens: asked for once, kept for a while, never another client's; every odd answer in words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Engines, unit_of_work
from course.lti.service import tokens
from course.lti.service.outside import Outside, Unreachable
from course.lti.service.tokens import TokenRefused, bearer
from course.platforms.models import AccessToken, Platform
from course.platforms.rules import Obstacle
from tests.counterparts.double import Double, Reply, connect, jose
from tests.counterparts.double.http import as_json
from tests.counterparts.double.world import RESULT_READ, SCORE
from tests.lti.told import published

SCOPES = (SCORE, RESULT_READ)


class Desk:
    """Whoever asks for tokens: a platform's rows, and the way out."""

    def __init__(self, engines: Engines, double: Double) -> None:
        self.engines, self.double = engines, double
        self.outside = Outside(frozenset({double.host}))

    def connect(self, client: str = "oneday-1", **changed: str) -> int:
        with unit_of_work(self.engines, write=True) as session:
            platform = connect(session, self.double, client=client)
            for name, value in changed.items():
                setattr(platform, name, value)
            return platform.id

    def ask(self, platform_id: int, scopes: tuple[str, ...] = SCOPES) -> str:
        def units(*, write: bool) -> Any:
            return unit_of_work(self.engines, write=write)

        return bearer(units, self.outside, platform_id, scopes)

    def kept(self) -> list[AccessToken]:
        with unit_of_work(self.engines, write=False) as session:
            found = list(session.scalars(select(AccessToken)))
            session.expunge_all()
            return found

    def asked(self) -> list[Mapping[str, str]]:
        """What the token endpoint was sent, each form with one value a name."""
        return [{name: value for name, (value,) in one.form.items()} for one in self.double.asked("/token.php")]


@pytest.fixture
def desk(engines: Engines, double: Double) -> Desk:
    return Desk(engines, double)


@pytest.mark.usefixtures("keyless")
def test_a_token_is_asked_for_with_an_assertion_and_kept(desk: Desk, double: Double) -> None:
    double.token_seconds = 3600
    platform_id = desk.connect()
    token = desk.ask(platform_id)
    assert [desk.ask(platform_id), desk.ask(platform_id, SCOPES[::-1])] == [token, token]
    (form,) = desk.asked()
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert form["scope"] == f"{RESULT_READ} {SCORE}"
    header, claims = jose.read(form["client_assertion"])
    assert (header["alg"], len(header["kid"])) == ("RS256", 43)
    assert {name: claims[name] for name in ("iss", "sub", "aud")} == {
        "iss": "oneday-1",
        "sub": "oneday-1",
        "aud": f"{double.issuer}/token.php",
    }
    assert claims["exp"] - claims["iat"] == 300
    assert len(claims["jti"]) >= 22
    (row,) = desk.kept()
    assert timedelta(seconds=3530) < row.expires_at - clock.now() <= timedelta(seconds=3540)


def test_a_token_that_ends_soon_is_not_used_to_its_last_second(desk: Desk, double: Double) -> None:
    double.token_seconds = 60
    platform_id = desk.connect()
    first = desk.ask(platform_id)
    (row,) = desk.kept()
    assert timedelta(seconds=20) < row.expires_at - clock.now() <= timedelta(seconds=30)
    with unit_of_work(desk.engines, write=True) as session:
        session.execute(update(AccessToken).values(expires_at=clock.now()))
    second = desk.ask(platform_id)
    assert second != first
    assert [row.token for row in desk.kept()] == [second]


def test_two_clients_of_one_issuer_never_share_a_token(desk: Desk, double: Double) -> None:
    double.add_client("oneday-2", keys=published(desk.engines))
    one, other = desk.connect(), desk.connect("oneday-2")
    mine, theirs = desk.ask(one), desk.ask(other)
    assert (double.tokens[mine].client, double.tokens[theirs].client) == ("oneday-1", "oneday-2")
    assert (desk.ask(one), desk.ask(other)) == (mine, theirs)


def test_other_scopes_are_another_token(desk: Desk) -> None:
    platform_id = desk.connect()
    assert desk.ask(platform_id) != desk.ask(platform_id, (SCORE,))
    assert sorted(row.scopes for row in desk.kept()) == [f"{RESULT_READ} {SCORE}", SCORE]


@pytest.mark.parametrize(
    ("changed", "audience"),
    [
        ({"token_audience": "https://auth.lms.test/oauth"}, "https://auth.lms.test/oauth"),
        ({"family": "desire2learn"}, "https://api.brightspace.com/auth/token"),
        ({"family": "Desire2Learn", "token_audience": "https://own.test"}, "https://own.test"),
    ],
)
def test_the_audience_is_what_this_platform_wants(
    desk: Desk, double: Double, changed: dict[str, str], audience: str
) -> None:
    double.token_audience = audience
    assert desk.ask(desk.connect(**changed))
    (form,) = desk.asked()
    assert jose.read(form["client_assertion"])[1]["aud"] == audience


PAGE = "text/html; charset=utf-8"
MOODLE = b"<p>Exception - mod_lti\\local\\ltiopenid\\jwks_helper::fix_jwks_alg(): Argument #1 ($jwks) must be array</p>"


@pytest.mark.parametrize(
    ("reply", "obstacle", "words"),
    [
        (Reply(404, MOODLE, PAGE), Obstacle.KEYS, "could not fetch our keys"),
        (Reply(200, b"<html>Sign in</html>", PAGE), Obstacle.NO_TOKEN, "answered with a page"),
        (Reply(502, b"<html>Bad gateway</html>", PAGE), Obstacle.BROKEN, "an error of its own"),
        (Reply(200, b""), Obstacle.NO_TOKEN, "answered with a page"),
        (Reply(200, b"[]"), Obstacle.NO_TOKEN, "answered with a page"),
        (as_json({}), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"access_token": ""}), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"access_token": 7}), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"access_token": "a\r\nX-Evil: yes"}), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"access_token": "x", "error": "y"}, status=400), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"error": "invalid_client"}, status=400), Obstacle.KEYS, "check our signature"),
        (as_json({"error": "invalid_scope"}, status=400), Obstacle.NO_TOKEN, "switch on grades and roster"),
        (as_json({"error": "unauthorized_client"}, status=400), Obstacle.NO_TOKEN, "must activate it"),
        (as_json({"error": ["x"]}, status=400), Obstacle.NO_TOKEN, "no access token"),
        (as_json({"error": "x"}, status=429), Obstacle.BUSY, "to wait"),
        (as_json({"error": "server_error"}, status=500), Obstacle.BROKEN, "an error of its own"),
    ],
)
def test_what_is_no_token_is_put_into_words(
    desk: Desk, double: Double, reply: Reply, obstacle: Obstacle, words: str
) -> None:
    platform_id = desk.connect()
    double.server.say("/token.php", reply)
    with pytest.raises(TokenRefused, match=words) as refused:
        desk.ask(platform_id)
    assert refused.value.obstacle is obstacle
    assert desk.kept() == []
    double.server.be_honest()
    assert desk.ask(platform_id)


@pytest.mark.parametrize("life", ["3600", 3600, 3600.5, None, "soon", -1, 0, True, 10**30])
def test_however_the_end_is_written(desk: Desk, double: Double, life: object) -> None:
    double.server.say("/token.php", as_json({"access_token": "t", "expires_in": life}))
    assert desk.ask(desk.connect()) == "t"
    (row,) = desk.kept()
    assert clock.now() - timedelta(seconds=5) < row.expires_at <= clock.now() + timedelta(days=1)


def test_blocked_hosts_and_ports_are_named(desk: Desk, double: Double) -> None:
    double.blocks_hosts = True
    with pytest.raises(TokenRefused) as refused:
        desk.ask(desk.connect())
    assert "blocked hosts" in refused.value.words
    assert "allowed ports" in refused.value.words


def test_no_secret_in_what_is_raised(desk: Desk, double: Double) -> None:
    double.server.say("/token.php", as_json({"error": "invalid_client", "access_token": "s3cret"}, status=401))
    with pytest.raises(TokenRefused) as refused:
        desk.ask(desk.connect())
    (form,) = desk.asked()
    said = f"{refused.value} {refused.value!r} {vars(refused.value)}"
    assert form["client_assertion"] not in said
    assert "s3cret" not in said


def test_a_platform_that_is_away_is_unreachable(desk: Desk, double: Double) -> None:
    platform_id = desk.connect()
    double.server.cut()
    with pytest.raises(Unreachable):
        desk.ask(platform_id)
    double.server.restore()
    assert desk.ask(platform_id)


def test_forgotten_it_is_asked_for_again(desk: Desk) -> None:
    platform_id = desk.connect()
    first = desk.ask(platform_id)

    def units(*, write: bool) -> Any:
        return unit_of_work(desk.engines, write=write)

    tokens.forget(units, platform_id, SCOPES)
    assert desk.kept() == []
    assert desk.ask(platform_id) != first


def test_a_token_that_another_process_kept_meanwhile_is_as_good(desk: Desk, engines: Engines) -> None:
    platform_id = desk.connect()

    def keep(session: Session) -> None:
        tokens._keep(session, platform_id, "a", "first", timedelta(hours=1))
        tokens._keep(session, platform_id, "a", "second", timedelta(hours=1))

    with unit_of_work(engines, write=True) as session:
        keep(session)
        assert session.get_one(Platform, platform_id).client_id == "oneday-1"
    assert [row.token for row in desk.kept()] == ["second"]
