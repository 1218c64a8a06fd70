"""The words that the protocol and the rest share: origins of addresses."""

import pytest

from course.platforms.rules import origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://LMS.Example.org:443/a?b#c", "https://lms.example.org"),
        ("http://127.0.0.1:8081/mod/lti/auth.php", "http://127.0.0.1:8081"),
        (" https://[::1]:8443/ ", "https://[::1]:8443"),
        ("https://lms.example.org:80", "https://lms.example.org:80"),
    ],
)
def test_an_address_has_an_origin(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lms.example.org",
        "//lms.example.org",
        "https://",
        "https://*.example.org",
        "https://lms.example.org;script-src *",
        "https://lms.example.org 'self'",
        "https://user:word@lms.example.org",
        "https://lms.example.org:99999",
        "https://[::1",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://lms.exämple.org",
    ],
)
def test_what_a_header_may_not_name_has_none(url: str) -> None:
    assert origin_of(url) == ""
