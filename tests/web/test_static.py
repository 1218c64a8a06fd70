"""Static files: packed once, kept for good under an address that changes with them."""

import gzip
import hashlib
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from course.paths import STATIC
from course.web.application import Application
from course.web.static import FOR_GOOD, KINDS, static_url
from tests.conftest import SignIn
from tests.make import Cast

pytestmark = pytest.mark.parametrize("engines", ["sqlite"], indirect=True)

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def address(app: Application, name: str) -> str:
    with app.test_request_context():
        return static_url(name)


def test_an_address_carries_the_mark_of_the_content(app: Application, client: FlaskClient) -> None:
    mark = hashlib.sha256((STATIC / "oneday.css").read_bytes()).hexdigest()[:10]
    assert address(app, "oneday.css") == f"/static/oneday.css?v={mark}"
    answer = client.get(address(app, "oneday.css"))
    assert answer.headers["Cache-Control"] == FOR_GOOD == "public, max-age=31536000, immutable"
    assert answer.data == (STATIC / "oneday.css").read_bytes()
    assert answer.content_type == "text/css; charset=utf-8"
    with pytest.raises(FileNotFoundError):
        address(app, "no-such-file.css")


@pytest.mark.parametrize("path", ["/static/oneday.css", "/static/oneday.css?v=old", "/static/js/post.js"])
def test_under_another_address_it_is_asked_for_again_and_answered_in_short(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_files_of_others_carry_their_version_in_their_name(client: FlaskClient) -> None:
    kept = {
        f"vendor/{file.name}": client.get(f"/static/vendor/{file.name}").headers["Cache-Control"]
        for file in (STATIC / "vendor").iterdir()
    }
    good = {name for name, how in kept.items() if how == FOR_GOOD}
    assert good == {name for name in kept if name.endswith((".min.js", ".woff2"))}
    assert good
    assert {kept[name] for name in set(kept) - good} == {"no-cache"}


def test_every_file_has_a_known_kind(client: FlaskClient) -> None:
    files = [file for file in STATIC.rglob("*") if file.is_file()]
    assert {file.suffix.lstrip(".") for file in files} <= set(KINDS)
    for file in files:
        answer = client.get(f"/static/{file.relative_to(STATIC)}")
        assert (answer.status_code, answer.data) == (200, file.read_bytes())


def test_texts_are_packed_for_whoever_takes_it(client: FlaskClient) -> None:
    packed, plain = client.get("/static/oneday.css", headers=GZIP), client.get("/static/oneday.css")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert client.get("/static/oneday.css", headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data
    again = client.get("/static/oneday.css", headers={**GZIP, "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["vendor/ysabeau-office-5.3.0-latin.woff2", "icon.svg"])
def test_what_packing_does_not_help_is_sent_as_it_is(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{name}", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers
    assert answer.data == (STATIC / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/js",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/%00",
        "/static//etc/passwd",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 404


def addresses(page: TestResponse) -> list[str]:
    """The files that a browser loads with a page."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)


def test_budgets_of_a_visit(client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    """First visit at most 100 KB, each next page at most 30 KB, as they pass the wire."""

    def wire(browser: FlaskClient, path: str) -> int:
        answer = browser.get(path, headers=GZIP)
        assert answer.status_code == 200, path
        return len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)

    first = client.get("/sign-in")
    font = "/static/vendor/ysabeau-office-5.3.0-latin.woff2"
    scripts = [f"/static/js/{file.name}" for file in (STATIC / "js").iterdir()]
    assert wire(client, "/sign-in") + sum(wire(client, path) for path in {*addresses(first), font, *scripts}) < 100_000
    for who, path in (
        (cast.lena, "/learn/"),
        (cast.farid, "/facilitate/"),
        (cast.mona, "/manage/"),
        (cast.ada, "/admin/"),
    ):
        assert wire(sign_in(who), path) < 30_000
