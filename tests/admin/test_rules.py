"""What follows from an LMS's address."""

import pytest

from course.admin.rules import FAMILIES, Addresses, Lms, addresses


@pytest.mark.parametrize(
    ("issuer", "host"),
    [
        ("https://canvas.instructure.com", "https://sso.canvaslms.com"),
        ("https://canvas.beta.instructure.com", "https://sso.beta.canvaslms.com"),
        ("https://canvas.test.instructure.com/", "https://sso.test.canvaslms.com"),
        ("https://canvas.example.org/", "https://canvas.example.org"),
    ],
)
def test_canvas_in_its_cloud_answers_elsewhere(issuer: str, host: str) -> None:
    assert addresses(Lms.CANVAS, issuer, "1") == Addresses(
        f"{host}/api/lti/authorize_redirect", f"{host}/login/oauth2/token", f"{host}/api/lti/security/jwks"
    )


def test_blackboards_keys_are_those_of_the_application() -> None:
    found = addresses(Lms.BLACKBOARD, "https://blackboard.com", "1a-2b")
    assert found.keys_url == "https://developer.blackboard.com/api/v1/management/applications/1a-2b/jwks.json"


def test_a_block_of_open_edx_has_addresses_of_its_own() -> None:
    assert addresses(Lms.OPEN_EDX, "https://edx.example.org/", "1") == Addresses(
        "https://edx.example.org/api/lti_consumer/v1/launch/"
    )


def test_every_lms_has_a_family_and_another_one_nothing() -> None:
    assert set(FAMILIES) == set(Lms)
    assert addresses(Lms.OTHER, "https://lms.example.org", "1") == Addresses()
