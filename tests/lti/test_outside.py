"""Asking other people's servers: which addresses are refused, and that no server holds us up or fills us up."""

import gzip
import threading
from ipaddress import ip_address
from pathlib import Path

import pytest

from course import __version__
from course.lti.service.outside import LARGEST, Answer, NotJson, Outside, Resolve, Trouble, Unreachable, is_public
from tests.lti.servers import Talk, answering, certificate, dripping, hanging, saying, serving

SHORT = 0.3
LMS = frozenset({"lms.example"})


def known_as(*addresses: str) -> Resolve:
    """A name server that gives these addresses to every name."""

    def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


home = known_as("127.0.0.1")


def near(seconds: float = 10.0) -> Outside:
    return Outside(LMS, resolve=home, seconds=seconds)


def trouble(outside: Outside, url: str) -> Trouble:
    with pytest.raises(Unreachable) as caught:
        outside.get(url)
    return caught.value.reason


def test_an_answer_comes_whole_from_the_address_that_was_checked() -> None:
    asked: list[tuple[str, int]] = []

    def once(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    with serving(answering(b'{"keys": []}', status="201 Created", headers="X-Kind: keys\r\n")) as server:
        url = f"http://lms.example:{server.port}/keys?b=AbC&a=%2F"
        found = Outside(LMS, resolve=once).get(url, headers={"Accept": "application/json"})
    assert (found.status, found.body, found.url, found.json()) == (201, b'{"keys": []}', url, {"keys": []})
    assert found.headers["x-kind"] == "keys"
    # A second question could be answered otherwise.
    assert asked == [("lms.example", server.port)]
    assert sorted(server.heads[0].strip().split("\r\n")) == [
        "Accept-Encoding: identity",
        "Accept: application/json",
        "Connection: close",
        "GET /keys?b=AbC&a=%2F HTTP/1.1",
        f"Host: lms.example:{server.port}",
        f"User-Agent: Oneday/{__version__} (+LTI)",
    ]


def test_a_body_is_posted_with_its_type() -> None:
    with serving(answering()) as server:
        found = near().post(
            f"http://lms.example:{server.port}/", body=b"a=b", content_type="text/x", headers={"A": "b"}
        )
    assert found.status == 200
    lines = server.heads[0].split("\r\n")
    assert lines[0] == "POST / HTTP/1.1"
    assert {"Content-Type: text/x", "Content-Length: 3", "A: b"} < set(lines)


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff", b"NaN", b"[" * 100_000, b"1" * 10_000])
def test_what_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(NotJson):
        Answer(200, {}, body, "https://lms.example/").json()
    assert Answer(200, {}, b'{"a": [1.5]}', "https://lms.example/").json() == {"a": [1.5]}


def test_without_tls_only_hosts_that_the_setting_names() -> None:
    with serving(answering()) as server:
        url = f"http://lms.example:{server.port}/"
        named = Outside(frozenset({f"lms.example:{server.port}"}), resolve=home)
        other = Outside(frozenset({f"lms.example:{server.port + 1}"}), resolve=home)
        assert near().get(url).status == named.get(url).status == 200
        assert trouble(other, url) == Trouble.NOT_HTTPS
        assert trouble(Outside(frozenset(), resolve=home), url) == Trouble.NOT_HTTPS
    assert len(server.heads) == 2


@pytest.mark.parametrize(
    "url", ["ftp://lms.example/", "file:///etc/passwd", "lms.example", "/keys", "", "javascript:1"]
)
def test_other_schemes_are_refused(url: str) -> None:
    assert trouble(near(), url) == Trouble.NOT_HTTPS


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https://who@lms.example/",
        "https://a:b@lms.example/",
        "https://lms.example:x/",
        "https://bücher.example/",
    ],
)
def test_unclear_addresses_are_refused(url: str) -> None:
    assert trouble(near(), url) == Trouble.BROKEN


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",  # noqa: S104 - Nobody binds to it here.
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.100.100.200",
        "169.254.169.254",
        "192.0.0.192",
        "168.63.129.16",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "::127.0.0.1",
        "fe80::1",
        "fe80::1%2",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public_are_refused_by_whatever_name(address: str) -> None:
    assert not is_public(ip_address(address))
    # One bad address among good ones is enough.
    outside = Outside(LMS, resolve=known_as("8.8.8.8", address))
    assert trouble(outside, "https://elsewhere.example/") == Trouble.PRIVATE


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.1", "0", "[::1]", "[::ffff:7f00:1]", "localhost"]
)
def test_every_spelling_of_this_machine_is_refused_and_the_setting_lets_it_in(host: str) -> None:
    with serving(answering()) as server:
        assert trouble(Outside(frozenset()), f"https://{host}:{server.port}/latest/meta-data") == Trouble.PRIVATE
        assert server.heads == []
        assert Outside(frozenset({"127.0.0.1"})).get(f"http://127.0.0.1:{server.port}/").status == 200


def test_a_host_that_nobody_knows() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    assert trouble(Outside(LMS, resolve=nowhere), "https://lms.example/") == Trouble.NO_SUCH_HOST
    assert trouble(Outside(LMS), f"https://{'a' * 64}.example/") == Trouble.NO_SUCH_HOST


def test_a_name_server_that_hangs() -> None:
    over = threading.Event()

    def never(host: str, port: int) -> list[str]:
        over.wait()
        return []

    assert trouble(Outside(LMS, resolve=never, seconds=SHORT), "https://lms.example/") == Trouble.TIMEOUT
    over.set()


@pytest.mark.parametrize(
    "talk",
    [
        hanging,
        dripping(b""),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: "),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n"),
    ],
)
def test_a_server_that_hangs_or_drips_is_left_when_the_time_is_over(talk: Talk) -> None:
    with serving(talk) as server:
        assert trouble(near(SHORT), f"http://lms.example:{server.port}/") == Trouble.TIMEOUT
        assert len(server.heads) == 1


def test_a_server_that_hangs_before_the_handshake(tmp_path: Path) -> None:
    with serving(hanging) as server:
        assert trouble(near(SHORT), f"https://lms.example:{server.port}/") == Trouble.TIMEOUT


def test_a_megabyte_comes_and_one_byte_more_is_refused() -> None:
    with serving(answering(b"x" * LARGEST)) as server:
        assert len(near().get(f"http://lms.example:{server.port}/").body) == LARGEST
    with serving(answering(b"x" * (LARGEST + 1))) as server:
        assert trouble(near(), f"http://lms.example:{server.port}/") == Trouble.TOO_LARGE


def test_what_comes_packed_counts_unpacked() -> None:
    packed = "Content-Encoding: gzip\r\n"
    with serving(answering(gzip.compress(b"x" * LARGEST), headers=packed)) as server:
        assert near().get(f"http://lms.example:{server.port}/").body == b"x" * LARGEST
    with serving(answering(gzip.compress(b"x" * 300 * LARGEST), headers=packed)) as server:
        assert trouble(near(), f"http://lms.example:{server.port}/") == Trouble.TOO_LARGE
    with serving(answering(b"not packed", headers=packed)) as server:
        assert trouble(near(), f"http://lms.example:{server.port}/") == Trouble.BROKEN


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "304 Not Modified", "307 T", "308 P"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with serving(answering()) as inner:
        goes = f"Location: http://lms.example:{inner.port}/secret\r\n"
        with serving(answering(status=status, headers=goes)) as server:
            assert trouble(near(), f"http://lms.example:{server.port}/") == Trouble.REDIRECT
    assert inner.heads == []


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (answering(b"", headers="Content-Length: 5\r\n"), Trouble.BROKEN),
        (saying(b"220 mail ready\r\n"), Trouble.BROKEN),
        (saying(b""), Trouble.BROKEN),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), Trouble.BROKEN),
        (saying(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n"), Trouble.BROKEN),
    ],
)
def test_what_is_not_http_is_told(talk: Talk, reason: Trouble) -> None:
    with serving(talk) as server:
        assert trouble(near(), f"http://lms.example:{server.port}/") == reason


def test_a_port_where_nobody_listens() -> None:
    with serving(answering()) as server:
        port = server.port
    assert trouble(near(), f"http://lms.example:{port}/") == Trouble.REFUSED


def test_the_next_address_is_tried_when_one_refuses() -> None:
    with serving(answering()) as server:
        outside = Outside(LMS, resolve=known_as("127.0.0.2", "127.0.0.1"))
        assert outside.get(f"http://lms.example:{server.port}/").status == 200


def test_a_certificate_counts_by_name_and_by_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, trusted = certificate(tmp_path, "lms.example")
    both = frozenset({"lms.example", "other.example"})
    with serving(answering(b"[1]"), tls=tls) as server:
        url = f"https://lms.example:{server.port}/"
        assert trouble(Outside(both, resolve=home), url) == Trouble.TLS
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert Outside(both, resolve=home).get(url).json() == [1]
        assert trouble(Outside(both, resolve=home), f"https://other.example:{server.port}/") == Trouble.TLS


def test_a_trouble_names_the_host_and_nothing_else() -> None:
    with pytest.raises(Unreachable) as caught:
        Outside(frozenset()).get("http://lms.example/path?registration_token=secret")
    assert (str(caught.value), caught.value.host) == ("not_https lms.example", "lms.example")
