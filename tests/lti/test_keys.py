"""Our own keys: the newest signs, the ones before stay published for two days, and nothing private is shown."""

from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.lti.service import keys
from course.platforms.models import SigningKey
from course.platforms.service.keys import STAYS


def test_the_first_key_is_made_once(session: Session) -> None:
    assert keys.newest(session) is None
    assert keys.jwks(session) == {"keys": []}
    first = keys.ensure_key(session)
    assert keys.ensure_key(session, keys.make()) == first == keys.newest(session)
    assert [key["kid"] for key in keys.jwks(session)["keys"]] == [first.kid]


def test_what_is_published_is_public_and_named_by_its_thumbprint(session: Session) -> None:
    signing = keys.ensure_key(session)
    (shown,) = keys.jwks(session)["keys"]
    assert set(shown) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (shown["kty"], shown["alg"], shown["use"], shown["e"]) == ("RSA", "RS256", "sig", "AQAB")
    assert RSAKey.import_key(shown).thumbprint() == shown["kid"] == signing.kid
    assert RSAKey.import_key(shown).raw_value.key_size == 2048
    assert "PRIVATE" not in repr(signing)
    assert "PRIVATE" not in repr(keys.make())


def test_platforms_can_check_what_is_signed_before_and_after_a_rotation(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keys.ensure_key(session)
    old = keys.sign(first, {"iss": "oneday"})
    second = keys.rotate(session, keys.make())
    assert second.kid != first.kid
    assert keys.ensure_key(session) == second
    published = KeySet.import_key_set(keys.jwks(session))  # type: ignore[arg-type]  # What platforms read is plain JSON.
    assert [key.kid for key in published.keys] == [second.kid, first.kid]
    for token, kid in ((old, first.kid), (keys.sign(keys.ensure_key(session), {"iss": "oneday"}), second.kid)):
        read = jwt.decode(token, published, algorithms=["RS256"])
        assert (read.claims, read.header) == ({"iss": "oneday"}, {"typ": "JWT", "alg": "RS256", "kid": kid})

    rotated = clock.now()
    monkeypatch.setattr(clock, "now", lambda: rotated + STAYS - timedelta(minutes=1))
    assert [key["kid"] for key in keys.jwks(session)["keys"]] == [second.kid, first.kid]
    monkeypatch.setattr(clock, "now", lambda: rotated + STAYS + timedelta(minutes=1))
    assert [key["kid"] for key in keys.jwks(session)["keys"]] == [second.kid]
    third = keys.rotate(session)
    # The private part of an expired key is of use to nobody but a thief.
    assert set(session.execute(select(SigningKey.kid)).scalars()) == {second.kid, third.kid}
