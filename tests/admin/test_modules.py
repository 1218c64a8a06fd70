"""Published modules: a ZIP file is checked and made live, a broken one changes nothing, an earlier one is put back."""

import tempfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from course.database import Engines, unit_of_work
from course.library.models import Live, Version
from course.library.queries import module
from tests.conftest import SignIn
from tests.content.folders import SMALL, copy_small, edit
from tests.content.zips import entries_of, link, packed
from tests.make import Cast

URL = "/admin/modules/"
SLUG = "small-talk"


def send(browser: FlaskClient, data: bytes) -> TestResponse:
    # By hand: the test client spools what is large into a file that it never closes.
    head = b'--oneday\r\nContent-Disposition: form-data; name="file"; filename="module.zip"\r\n\r\n'
    body = head + data + b"\r\n--oneday--\r\n"
    return browser.post(URL, data=body, content_type="multipart/form-data; boundary=oneday")


@pytest.fixture
def ada(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ada)


def live(engines: Engines) -> str | None:
    with unit_of_work(engines, write=False) as session:
        return session.execute(select(Live.version_hash).where(Live.slug == SLUG)).scalar_one_or_none()


def versions(engines: Engines) -> int:
    with unit_of_work(engines, write=False) as session:
        return len(session.execute(select(Version.hash).where(Version.slug == SLUG)).all())


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The small module with another title, good as well."""
    folder = copy_small(tmp_path)
    edit(folder, "module.yaml", "title: Small talk before the big meeting", "title: Smaller talk")
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_good_one_is_live_at_once_and_the_old_version_is_kept(
    cast: Cast, engines: Engines, sign_in: SignIn, changed: Path, temporary: Path
) -> None:
    browser = sign_in(cast.ada)
    assert send(browser, packed(entries_of(SMALL, "small-talk/"))).status_code == 303
    first, before = live(engines), versions(engines)
    assert first is not None
    answer = send(browser, packed(entries_of(changed, "anything else/")))
    assert (answer.status_code, answer.location) == (303, URL)
    assert "Smaller talk is live" in browser.get(URL).text
    second = live(engines)
    assert second not in {None, first}
    assert versions(engines) == before + 1
    with unit_of_work(engines, write=False) as session:
        assert [module(session, each).title for each in (first, second or "")] == [
            "Small talk before the big meeting",
            "Smaller talk",
        ]
    assert list(temporary.iterdir()) == []


def test_a_broken_one_changes_nothing_and_names_file_and_line(
    cast: Cast, engines: Engines, sign_in: SignIn, changed: Path, temporary: Path
) -> None:
    edit(changed, "module.yaml", "title: Smaller talk", "titel: Smaller talk")
    before = live(engines), versions(engines)
    answer = send(sign_in(cast.ada), packed(entries_of(changed, "")))
    assert answer.status_code == 422
    assert "What was live before stays live." in answer.text
    assert "module.yaml:" in answer.text
    assert "The key `titel` is not known here." in answer.text
    assert (live(engines), versions(engines)) == before
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "This is not a ZIP file"),
        (b"slug: small-talk", "This is not a ZIP file"),
        (b"PK\x03\x04", "This ZIP file is damaged"),
        (packed([("a.md", b"x")]), "There is no module.yaml"),
        (packed([("module.yaml", b""), ("../../x", b"x")]), "../../x would be written outside"),
        (packed([("module.yaml", b""), link("x", "/")]), "x is a link"),
        (packed([("module.yaml", b""), ("b.md", b"0" * 100_000_000)]), "Unpacked this is too large"),
        (packed([("module.yaml", b"slug: a"), ("blocks/a.md", "ä".encode("cp1252"))]), "is not UTF-8 from here on"),
        (packed((f"{number}.md", b"") for number in range(10_000)), "more than 500 files"),
        (packed([("module.yaml", b""), ("<script>alert(1)</script>/../x", b"")]), "&lt;script&gt;"),
    ],
)
def test_what_is_no_module_is_refused_with_a_sentence(
    ada: FlaskClient, engines: Engines, temporary: Path, data: bytes, why: str
) -> None:
    before = live(engines), versions(engines)
    answer = send(ada, data)
    assert answer.status_code == 422
    assert why in answer.text
    assert (live(engines), versions(engines)) == before
    assert list(temporary.iterdir()) == []


def test_no_file_and_one_that_is_too_large(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.ada)
    nothing = browser.post(URL)
    assert (nothing.status_code, "Please choose the module" in nothing.text) == (422, True)
    assert send(browser, b"0" * (5 * 1024 * 1024)).status_code == 413


def test_an_earlier_version_is_put_back(cast: Cast, engines: Engines, sign_in: SignIn, changed: Path) -> None:
    browser = sign_in(cast.ada)
    send(browser, packed(entries_of(SMALL, "")))
    first = live(engines) or "none"
    send(browser, packed(entries_of(changed, "")))
    second = live(engines) or "none"
    assert first in browser.get(URL).text.partition("Other versions of small-talk")[2]
    answer = browser.post(f"{URL}{SLUG}/live", data={"version": first})
    assert (answer.status_code, live(engines)) == (303, first)
    assert second in browser.get(URL).text.partition("Other versions of small-talk")[2]


@pytest.mark.parametrize(("slug", "version"), [(SLUG, ""), (SLUG, "0" * 64), ("another", None)])
def test_no_version_of_another_module_or_of_none(
    cast: Cast, engines: Engines, sign_in: SignIn, slug: str, version: str | None
) -> None:
    browser = sign_in(cast.ada)
    send(browser, packed(entries_of(SMALL, "")))
    before = live(engines)
    answer = browser.post(f"{URL}{slug}/live", data={"version": before if version is None else version})
    assert answer.status_code == 404
    assert live(engines) == before


def test_who_may_send_and_put_back(cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    for url in (URL, f"{URL}{SLUG}/live"):
        assert [sign_in(who).post(url).status_code for who in (cast.lena, cast.farid, cast.mona)] == [403, 403, 403]
        assert client.post(url).status_code == 401
