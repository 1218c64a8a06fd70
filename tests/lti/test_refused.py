"""Launches that are refused, each of them the good one with one change; the good one lands."""

import base64
import hmac
import json
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.database import Engines, unit_of_work
from course.lti.rules.reasons import Reason
from course.lti.views import launch_words
from course.people.rules import fingerprint
from course.platforms.models import Deployment, Login, Platform
from course.platforms.rules import State
from tests.lti.coming import Coming, Kept, coming, kept, seen
from tests.lti.platform import LEARNER, LTI, TEACHER, Signer, encoded, log_in

Change = Callable[[Coming], None]


def claim(name: str, value: object) -> Change:
    """Say something else in one claim; None leaves it out."""

    def change(launch: Coming) -> None:
        launch.claims[name] = value
        if value is None:
            del launch.claims[name]

    return change


def header(name: str, value: object) -> Change:
    def change(launch: Coming) -> None:
        launch.header[name] = value
        if value is None:
            del launch.header[name]

    return change


def form(name: str, value: str | None) -> Change:
    def change(launch: Coming) -> None:
        launch.form[name] = value

    return change


def token(make: Callable[[Coming], str]) -> Change:
    """Send another token than the one that would be signed."""

    def change(launch: Coming) -> None:
        launch.token = make(launch)

    return change


def part(number: int, make: Callable[[str], str]) -> Change:
    """Change one of the three parts of the signed token, and leave the signature as it is."""

    def change(launch: Coming) -> None:
        parts = launch.signed().split(".")
        parts[number] = make(parts[number])
        launch.token = ".".join(parts)

    return change


def later(name: str, seconds: float) -> Change:
    """Move one time of the token from now."""

    def change(launch: Coming) -> None:
        launch.claims[name] = clock.now().timestamp() + seconds

    return change


def issued(seconds: float) -> Change:
    def change(launch: Coming) -> None:
        launch.claims["iat"] = clock.now().timestamp() + seconds
        launch.claims["exp"] = clock.now().timestamp() + 3600

    return change


def row(model: type[Platform | Deployment], **values: object) -> Change:
    """Change what is known here, after the login."""

    def change(launch: Coming) -> None:
        with unit_of_work(launch.engines, write=True) as session:
            session.execute(update(model).values(**values))

    return change


def by_another_key(launch: Coming) -> str:
    return Signer(key=1).sign(launch.claims, launch.header)


def symmetric(secret: Callable[[Signer], bytes]) -> Change:
    def make(launch: Coming) -> str:
        content = f"{encoded({**launch.header, 'alg': 'HS256'})}.{encoded(launch.claims)}"
        return f"{content}.{_base64(hmac.digest(secret(launch.signer), content.encode(), 'sha256'))}"

    return token(make)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(launch: Coming) -> str:
    return f"{encoded({**launch.header, 'alg': 'none'})}.{encoded(launch.claims)}."


def otherwise(text: str) -> str:
    """Return a part of a token with one bit of it turned."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]


def richer(payload: str) -> str:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return encoded({**claims, f"{LTI}roles": [TEACHER, LEARNER]})


def forgotten(launch: Coming) -> None:
    launch.client.delete_cookie(launch.cookie)


def other_secret(launch: Coming) -> None:
    launch.client.set_cookie(launch.cookie, "x" * 43)


def secret_of_another(launch: Coming) -> None:
    other = log_in(launch.client, launch.signer)["state"]
    cookie = launch.client.get_cookie(f"oneday-lti-{other[:12]}")
    assert cookie is not None
    launch.client.set_cookie(launch.cookie, cookie.value)


def too_late(launch: Coming) -> None:
    with unit_of_work(launch.engines, write=True) as session:
        past = clock.now() - timedelta(seconds=1)
        session.execute(update(Login).where(Login.state_hash == fingerprint(launch.state)).values(expires_at=past))


def nonce_of_another(launch: Coming) -> None:
    launch.claims["nonce"] = log_in(launch.client, launch.signer)["nonce"]


R = Reason
REFUSED: list[tuple[str, Reason, Change]] = [
    ("no state", R.NO_STATE, form("state", None)),
    ("an empty state", R.NO_STATE, form("state", "")),
    ("a state that nobody gave", R.UNKNOWN_STATE, form("state", "x" * 43)),
    ("a login that is too old", R.STATE_EXPIRED, too_late),
    ("no cookie", R.NO_COOKIE, forgotten),
    ("another secret in the cookie", R.OTHER_BROWSER, other_secret),
    ("the secret of another launch", R.OTHER_BROWSER, secret_of_another),
    ("an error instead of a token", R.LMS_ERROR, form("error", "login_required")),
    ("a platform that waits again", R.PLATFORM_PENDING, row(Platform, state=State.PENDING)),
    ("a platform that was stopped", R.PLATFORM_STOPPED, row(Platform, state=State.STOPPED)),
    ("no token", R.NO_TOKEN, form("id_token", None)),
    ("an empty token", R.NO_TOKEN, token(lambda _: "")),
    ("a token of one part", R.MALFORMED, token(lambda launch: launch.good_token.partition(".")[0])),
    ("a token of two parts", R.MALFORMED, token(lambda launch: launch.good_token.rpartition(".")[0])),
    ("a token of four parts", R.MALFORMED, token(lambda launch: f"{launch.good_token}.x")),
    ("a header that is not base64", R.MALFORMED, part(0, lambda text: f"{text[:5]}!{text[6:]}")),
    ("a header that is not JSON", R.MALFORMED, part(0, lambda _: _base64(b"alg: RS256"))),
    ("a header that is a list", R.MALFORMED, part(0, lambda _: encoded(["RS256"]))),
    ("a token of a megabyte", R.MALFORMED, claim("more", "x" * 1_000_000)),
    ("a payload that is a list", R.MALFORMED, token(lambda launch: launch.signer.sign([launch.claims]))),
    ("a payload that is a text", R.MALFORMED, token(lambda launch: launch.signer.sign("claims"))),
    ("a payload that is empty", R.MALFORMED, token(lambda launch: launch.signer.sign({}))),
    ("no signature, and alg none", R.ALGORITHM, token(unsigned)),
    ("alg none, signed all the same", R.ALGORITHM, header("alg", "none")),
    ("alg NONE", R.ALGORITHM, header("alg", "NONE")),
    ("no alg", R.ALGORITHM, header("alg", None)),
    ("alg rs256", R.ALGORITHM, header("alg", "rs256")),
    ("alg RS512", R.ALGORITHM, header("alg", "RS512")),
    ("alg PS256", R.ALGORITHM, header("alg", "PS256")),
    ("alg in a list", R.ALGORITHM, header("alg", ["RS256"])),
    ("HS256 by the public key's PEM", R.ALGORITHM, symmetric(lambda signer: signer.public_pem)),
    ("HS256 by the public key's number", R.ALGORITHM, symmetric(lambda signer: signer.jwk["n"].encode())),
    ("an extension that must be understood", R.CRITICAL, header("crit", ["exp"])),
    ("an empty list of extensions", R.CRITICAL, header("crit", [])),
    ("no kid", R.NO_KID, header("kid", None)),
    ("an empty kid", R.NO_KID, header("kid", "")),
    ("a number as kid", R.NO_KID, header("kid", 0)),
    ("half a character as kid", R.NO_KID, header("kid", "\ud800")),
    ("a kid that the platform has not", R.UNKNOWN_KEY, header("kid", "key-1")),
    ("another key under the same kid", R.SIGNATURE, token(by_another_key)),
    ("a signature that was cut off", R.SIGNATURE, part(2, lambda _: "")),
    ("a signature with one bit turned", R.SIGNATURE, part(2, otherwise)),
    ("a signature with padding", R.SIGNATURE, part(2, lambda text: f"{text}==")),
    ("a payload with one bit turned", R.SIGNATURE, part(1, otherwise)),
    ("a payload with a role more", R.SIGNATURE, part(1, richer)),
    ("a payload that is not base64", R.SIGNATURE, part(1, lambda text: f"{text[:5]}!{text[6:]}")),
    ("a header with a word more", R.SIGNATURE, part(0, lambda _: encoded({"alg": "RS256", "kid": "key-0", "x": 1}))),
    ("another issuer", R.ISSUER, claim("iss", "https://evil.example")),
    ("an issuer with a slash more", R.ISSUER, claim("iss", "https://lms.example/")),
    ("no issuer", R.ISSUER, claim("iss", None)),
    ("a list of issuers", R.ISSUER, claim("iss", ["https://lms.example"])),
    ("another audience", R.AUDIENCE, claim("aud", "another tool")),
    ("no audience", R.AUDIENCE, claim("aud", None)),
    ("a list of other audiences", R.AUDIENCE, claim("aud", ["another tool"])),
    ("an empty list of audiences", R.AUDIENCE, claim("aud", [])),
    ("a number among the audiences", R.AUDIENCE, claim("aud", ["oneday", 1])),
    ("an object as audience", R.AUDIENCE, claim("aud", {"oneday": 1})),
    ("two audiences and no party", R.AUTHORISED_PARTY, claim("aud", ["oneday", "another tool"])),
    ("another party", R.AUTHORISED_PARTY, claim("azp", "another tool")),
    ("an empty party", R.AUTHORISED_PARTY, claim("azp", "")),
    ("a nonce of its own", R.NONCE, claim("nonce", "x" * 43)),
    ("the nonce of another launch", R.NONCE, nonce_of_another),
    ("no nonce", R.NONCE, claim("nonce", None)),
    ("a number as nonce", R.NONCE, claim("nonce", 7)),
    ("a nonce of half characters", R.NONCE, claim("nonce", "\ud800")),
    ("no end", R.NO_EXPIRY, claim("exp", None)),
    ("a text as end", R.NO_EXPIRY, claim("exp", "4102444800")),
    ("yes as end", R.NO_EXPIRY, claim("exp", value=True)),
    ("no number as end", R.NO_EXPIRY, claim("exp", math.nan)),
    ("a number without end as end", R.NO_EXPIRY, claim("exp", 10**400)),
    ("an end half a minute and more ago", R.EXPIRED, later("exp", -31)),
    ("no beginning", R.NO_ISSUE_TIME, claim("iat", None)),
    ("a text as beginning", R.NO_ISSUE_TIME, claim("iat", "0")),
    ("a text as a second beginning", R.NO_ISSUE_TIME, claim("nbf", "0")),
    ("a beginning half a minute and more from now", R.ISSUED_LATER, later("iat", 35)),
    ("a second beginning from now", R.ISSUED_LATER, later("nbf", 35)),
    ("a beginning ten minutes and more ago", R.ISSUED_LONG_AGO, issued(-631)),
    ("no version", R.VERSION, claim(f"{LTI}version", None)),
    ("an old version", R.VERSION, claim(f"{LTI}version", "1.1")),
    ("a number as version", R.VERSION, claim(f"{LTI}version", 1.3)),
    ("no message", R.MESSAGE, claim(f"{LTI}message_type", None)),
    ("an unknown message", R.MESSAGE, claim(f"{LTI}message_type", "LtiStartProctoring")),
    ("a message in small letters", R.MESSAGE, claim(f"{LTI}message_type", "ltiresourcelinkrequest")),
    ("a list of messages", R.MESSAGE, claim(f"{LTI}message_type", ["LtiResourceLinkRequest"])),
    ("nobody", R.SUBJECT, claim("sub", None)),
    ("an empty name of a user", R.SUBJECT, claim("sub", "")),
    ("spaces as a user", R.SUBJECT, claim("sub", "  ")),
    ("a number as a user", R.SUBJECT, claim("sub", 7)),
    ("a user longer than ids are", R.SUBJECT, claim("sub", "7" * 256)),
    ("a user that no database keeps", R.SUBJECT, claim("sub", "user\x00-7")),
    ("no deployment", R.DEPLOYMENT, claim(f"{LTI}deployment_id", None)),
    ("an empty deployment", R.DEPLOYMENT, claim(f"{LTI}deployment_id", "")),
    ("a number as deployment", R.DEPLOYMENT, claim(f"{LTI}deployment_id", 1)),
    ("no target", R.TARGET, claim(f"{LTI}target_link_uri", None)),
    ("another target", R.TARGET, claim(f"{LTI}target_link_uri", "http://localhost/lti/launch/other")),
    ("a target elsewhere", R.TARGET, claim(f"{LTI}target_link_uri", "https://evil.example/lti/launch")),
    ("no roles", R.ROLES, claim(f"{LTI}roles", None)),
    ("a text as roles", R.ROLES, claim(f"{LTI}roles", LEARNER)),
    ("a course without id", R.CONTEXT, claim(f"{LTI}context", {"title": "Relationships"})),
    ("a course with an empty id", R.CONTEXT, claim(f"{LTI}context", {"id": ""})),
    ("a text as course", R.CONTEXT, claim(f"{LTI}context", "course-3")),
    ("no link", R.LINK, claim(f"{LTI}resource_link", None)),
    ("a link without id", R.LINK, claim(f"{LTI}resource_link", {"title": "Two jobs"})),
    ("a link with an empty id", R.LINK, claim(f"{LTI}resource_link", {"id": ""})),
    ("a review of nobody", R.FOR_USER, claim(f"{LTI}message_type", "LtiSubmissionReviewRequest")),
    ("another deployment", R.DEPLOYMENT_PENDING, claim(f"{LTI}deployment_id", "2")),
    ("a deployment that waits", R.DEPLOYMENT_PENDING, row(Deployment, state=State.PENDING)),
    ("a deployment that was stopped", R.DEPLOYMENT_STOPPED, row(Deployment, state=State.STOPPED)),
    ("a platform without organisation", R.NO_ORGANISATION, row(Platform, organisation_id=None)),
]
STILL_THERE = {"no state", "an empty state", "a state that nobody gave"}
"""These changes keep the login from being found, so that it is still there for the good launch."""


@pytest.fixture
def lms() -> Signer:
    """A teacher in a course that nobody has decided about: the good launch makes a person, a course and a session."""
    return Signer(told={f"{LTI}roles": [TEACHER]})


def test_there_are_enough_of_them_and_each_reason_is_among_them() -> None:
    assert len(REFUSED) >= 60
    assert len({name for name, _reason, _change in REFUSED}) == len(REFUSED)
    at_login = {
        R.LOGIN_INCOMPLETE,
        R.UNKNOWN_PLATFORM,
        R.AMBIGUOUS_PLATFORM,
        R.TARGET_ELSEWHERE,
    }
    elsewhere = {R.STATE_SPENT, R.NO_KEYS}
    assert {reason for _name, reason, _change in REFUSED} == set(Reason) - at_login - elsewhere


def test_the_good_one_lands(client: FlaskClient, engines: Engines, lms: Signer, platform_id: int) -> None:
    before = kept(engines)
    launch = coming(client, engines, lms)
    found = seen(launch)
    assert found.refused == []
    assert found.answer.status_code == 303
    assert client.get_cookie("oneday-lti") is not None
    assert client.get_cookie(launch.cookie) is None
    assert kept(engines) == Kept(before.sessions + 1, before.people + 1, before.contexts + 1)


@pytest.mark.parametrize("case", REFUSED, ids=[name for name, _reason, _change in REFUSED])
def test_one_change_and_nobody_is_let_in(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int, case: tuple[str, Reason, Change]
) -> None:
    name, reason, change = case
    launch = coming(client, engines, lms)
    secret = client.get_cookie(launch.cookie)
    assert secret is not None
    change(launch)
    before = kept(engines)
    found = seen(launch)
    known = None if reason in {R.NO_STATE, R.UNKNOWN_STATE} else platform_id
    assert found.refused == [(reason.value, known)]
    assert found.answer.status_code == launch_words.status(reason)
    assert "<h1>Your course did not open here</h1>" in found.answer.text
    assert kept(engines) == before
    assert client.get_cookie("oneday-lti") is None
    told = f"{found.lines} {found.answer.text}"
    hidden = [launch.state, launch.nonce, secret.value, launch.good_token, "user-7", "nora@lms.example", "Nora"]
    assert [text for text in hidden if text in told] == []

    # Whatever was wrong with it, this launch is over: the good one comes too late now.
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Platform).values(state=State.ACTIVE))
    again = seen(coming_again(launch, secret.value))
    if name in STILL_THERE:
        assert again.refused == []
        assert kept(engines) == Kept(before.sessions + 1, before.people + 1, before.contexts + 1)
    else:
        assert again.refused == [("state_expired" if change is too_late else "state_spent", platform_id)]
        assert kept(engines) == before


def coming_again(launch: Coming, secret: str) -> Coming:
    """The same launch as it should have been."""
    launch.client.set_cookie(launch.cookie, secret)
    header = {"alg": "RS256", "typ": "JWT", "kid": launch.signer.kid}
    claims = launch.signer.claims(launch.nonce)
    return Coming(launch.client, launch.engines, launch.signer, launch.state, launch.nonce, claims, header)


def test_a_deployment_that_is_seen_first_waits_for_an_admin(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int
) -> None:
    for _again in range(2):
        launch = coming(client, engines, lms)
        launch.claims[f"{LTI}deployment_id"] = "site 2"
        answer = seen(launch).answer
        assert "Ask whoever runs Oneday to confirm the deployment “site 2”" in answer.text
    # What is not proved makes nothing.
    forged = coming(client, engines, lms)
    forged.claims[f"{LTI}deployment_id"] = "site 3"
    forged.token = by_another_key(forged)
    assert seen(forged).refused == [("signature", platform_id)]
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Deployment.name, Deployment.state).order_by(Deployment.id)).all()
    assert [tuple(each) for each in rows] == [("1", "active"), ("site 2", "pending")]
