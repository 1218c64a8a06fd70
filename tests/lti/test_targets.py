"""What a message opens, beside what its login said: Open edX says more in the signed one."""

import pytest

from course import clock
from course.lti.rules import claims as rules
from course.lti.rules.claims import LTI, Expected
from course.lti.rules.reasons import Reason, Refused
from course.platforms.rules import Launch
from tests.lti.platform import Signer

BARE = "http://localhost/lti/launch"
ONE = f"{BARE}?module=small-talk"


def read(login: str, message: str) -> Launch | Refused:
    signer = Signer()
    expected = Expected(
        platform_id=1, issuer=signer.issuer, client_id=signer.client_id, nonce="nonce-of-a-launch", target=login
    )
    return rules.read(signer.claims(expected.nonce, {f"{LTI}target_link_uri": message}), expected, now=clock.now())


@pytest.mark.parametrize(("login", "message"), [(BARE, BARE), (ONE, ONE), (BARE, ONE)])
def test_the_message_names_the_logins_target_or_adds_a_query_to_it(login: str, message: str) -> None:
    launch = read(login, message)
    assert isinstance(launch, Launch)
    assert launch.target == message


@pytest.mark.parametrize(
    ("login", "message"),
    [
        (ONE, BARE),
        (ONE, f"{BARE}?module=other"),
        (ONE, f"{ONE}&module=other"),
        (BARE, f"{BARE}/?module=small-talk"),
        (BARE, f"{BARE}#?module=small-talk"),
        (BARE, "http://localhost/lti/login?module=small-talk"),
        (BARE, "http://localhost.evil.example/lti/launch?module=small-talk"),
        (BARE, ""),
    ],
)
def test_every_other_target_is_refused(login: str, message: str) -> None:
    refused = read(login, message)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.TARGET
