"""The site's own address, the client's, and the QR."""

import re

import pytest
import segno

from course.web.address import PATTERN, client, is_loopback, on_this_machine, qr, short
from course.web.application import Application


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.1:8000", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("localhost:8000", True),
        ("oneday.localhost:8000", True),
        ("::1", True),
        ("[::1]", True),
        ("[::1]:8000", True),
        ("http://127.0.0.1:8000/in", True),
        ("192.168.1.7:8000", False),
        ("[2001:db8::1]:8000", False),
        ("2001:db8::1", False),
        ("day.example.org", False),
        ("https://day.example.org", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_a_client_is_counted_by_its_network(app: Application, remote: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
        assert client() == counted


@pytest.mark.parametrize(
    ("remote", "host", "here"),
    [
        ("127.0.0.1", "127.0.0.1:8000", True),
        ("::1", "localhost:8000", True),
        ("10.0.0.1", "127.0.0.1:8000", False),
        ("127.0.0.1", "day.example.org", False),
    ],
)
def test_this_machine_is_both_ends(app: Application, remote: str, host: str, here: bool) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}, headers={"Host": host}):
        assert on_this_machine() is here


def test_a_qr_is_a_drawing_without_style() -> None:
    drawn = qr("https://day.example.org/in/K7M4QX?k=0123456789abcdef")
    assert drawn.startswith("<svg")
    assert re.findall(r"style|class=|width=|<script", drawn) == []
    assert "viewBox" in drawn


def test_a_qr_seen_from_near_holds_the_same_in_one_fixed_pattern() -> None:
    url = "https://day.example.org/sign-in/link/0123456789abcdef"
    fixed = segno.make_qr(url, error="m", mask=PATTERN)
    best = segno.make_qr(url, error="m")
    assert qr(url, near=True) == fixed.svg_inline(omitsize=True, svgclass=None, lineclass=None)
    assert (fixed.designator, fixed.symbol_size()) == (best.designator, best.symbol_size())
    assert best.mask != PATTERN
    assert qr(url) != qr(url, near=True)


def test_an_address_is_typed_without_its_scheme() -> None:
    assert [short("https://day.example.org"), short("http://10.0.0.1:8000")] == ["day.example.org", "10.0.0.1:8000"]
