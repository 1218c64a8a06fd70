"""What the checker found stands on the pages of `course serve --dev`, and on no others."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from course.app import create_app, migrate
from course.content.findings import Finding
from course.settings import Settings
from course.web import workshop
from course.web.security import POLICY
from course.web.workshop import Told

FOUND = (
    Told(
        "small-talk",
        published=False,
        findings=(Finding("module.yaml", 5, "The key `<b>` is not known here.", "schema"),),
    ),
    Told("two-hats", published=True, findings=()),
)


def client(instance: Path, *, dev: bool) -> FlaskClient:
    settings = Settings(
        database_url=f"sqlite:///{instance / 'oneday.sqlite3'}",
        secret_key="a key for tests",
        instance=instance,
        dev=dev,
    )
    app = create_app(settings)
    migrate(app.extensions["oneday-engines"])
    return app.test_client()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/no-such-page"])
def test_every_page_tells_it_and_none_without_dev(tmp_path: Path, path: str) -> None:
    workshop.keep(tmp_path, FOUND)
    told = client(tmp_path, dev=True).get(path, follow_redirects=True)
    page = told.text
    assert page.count('class="workshop no-print"') == 1
    bar = " ".join(page.partition("<aside")[2].partition("</aside>")[0].split())
    assert "1 finding · small-talk is not published as saved </summary>" in bar
    assert "<code>module.yaml:5</code>" in bar
    assert "The key `&lt;b&gt;` is not known here. <code>[schema]</code>" in bar
    assert "An error stands in the way. The pages show the version before." in bar
    assert "Nothing found. The pages show it as it was saved." in bar
    assert told.headers["Content-Security-Policy"] == POLICY
    quiet = client(tmp_path, dev=False).get(path, follow_redirects=True)
    assert quiet.status_code == told.status_code
    assert "workshop" not in quiet.text
    assert "small-talk" not in quiet.text


def test_before_anything_is_checked_there_is_no_bar(tmp_path: Path) -> None:
    assert "workshop" not in client(tmp_path, dev=True).get("/sign-in").text
