"""A roster file by pages: looked at, taken in, taken back; and everything a file can be that is no roster."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from course.cohorts.models import CohortMember, RosterImport
from course.database import Engines, unit_of_work
from course.people.models import Person
from tests.conftest import SignIn
from tests.make import Cast

FILE = "Name;E-Mail;Employee ID\r\nZoë Müller;zoe@example.org;E-7\r\nLena Vogel;;E-1\r\n;nobody@example.org;\r\n"


def look(browser: FlaskClient, cast: Cast, content: bytes, name: str = "friday.csv") -> TestResponse:
    answer = browser.post(
        f"/manage/cohorts/{cast.cohort}/roster/",
        data={"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )
    # The test browser sends a large file from the disk and leaves closing it to us.
    answer.request.environ["wsgi.input"].close()
    return answer


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def acts(page: str) -> list[str]:
    return re.findall(r'<td>\s*<span class="badge badge-\w+">([^<]+)</span>', page)


def members(engines: Engines, cast: Cast) -> int:
    with unit_of_work(engines, write=False) as session:
        return session.execute(
            select(func.count()).where(CohortMember.cohort_id == cast.cohort, CohortMember.left_at.is_(None))
        ).scalar_one()


def test_a_file_is_looked_at_taken_in_and_taken_back(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    seen = look(browser, cast, FILE.encode("cp1252"))
    assert seen.status_code == 200
    assert acts(seen.text) == ["new", "corrected", "not taken"]
    assert "Zoë Müller" in seen.text
    assert "Name: Lena Vogel instead of Lena Brandt" in seen.text
    assert "There is no name." in seen.text
    assert members(engines, cast) == 2

    data = {"content": hidden(seen.text, "content"), "file_name": hidden(seen.text, "file_name")}
    taken = browser.post(f"/manage/cohorts/{cast.cohort}/roster/take", data=data)
    assert taken.status_code == 303
    assert acts(browser.get(taken.location).text) == ["new", "corrected", "not taken"]
    assert members(engines, cast) == 3
    assert acts(look(browser, cast, FILE.encode("utf-16")).text) == ["already there", "already there", "not taken"]
    assert "nothing to take in" in look(browser, cast, FILE.encode("utf-8-sig")).text

    undone = browser.post(f"{taken.location}undo")
    assert "1 left, 1 are as they were" in browser.get(undone.location).text
    assert members(engines, cast) == 2
    assert "friday.csv" in browser.get(f"/manage/cohorts/{cast.cohort}/setup/").text


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "not empty"),
        (b"Name\nLe\0na\n", "not a text file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
        (b"Lena Brandt\nLeo Marsh\n", "needs headings"),
        (b"Name,Mail,E-mail\nLena,,\n", "heading for e-mail is there twice"),
        (b'Name\n"Lena\n', "quotes in it do not match"),
        (b"Name\n" + b"Lena\n" * 5001, "more than 5000 people"),
        (b"Name\n" + b"x" * (2 * 1024 * 1024), "larger than 2 MB"),
        (b"Name\n\x81\n", "letters cannot be read"),
    ],
)
def test_what_is_no_roster_is_refused(cast: Cast, sign_in: SignIn, content: bytes, error: str) -> None:
    answer = look(sign_in(cast.mona), cast, content)
    assert (answer.status_code, error in answer.text) == (422, True)


def test_no_file_and_a_text_instead_of_a_file(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/cohorts/{cast.cohort}/roster/"
    assert [browser.post(url, data=data).status_code for data in ({}, {"file": "Name"})] == [422, 422]
    assert look(browser, cast, b"x" * (4 * 1024 * 1024)).status_code == 413


def test_a_forged_content_is_not_taken(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    content = hidden(look(browser, cast, FILE.encode()).text, "content")
    url = f"/manage/cohorts/{cast.cohort}/roster/take"
    forged = [content[:-2], "x" + content, "", "a.b"]
    assert [browser.post(url, data={"content": text}).status_code for text in forged] == [422] * 4
    # What was packed for one manager and group fits no other.
    olga = sign_in(cast.otto_manager)
    elsewhere = olga.post(f"/manage/cohorts/{cast.other_cohort}/roster/take", data={"content": content})
    assert elsewhere.status_code == 422
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count()).select_from(RosterImport)).scalar_one() == 0
    assert browser.post(url, data={"content": content, "file_name": "f.csv"}).status_code == 303


def test_cells_are_shown_as_they_are_and_never_as_markup(cast: Cast, sign_in: SignIn) -> None:
    text = look(sign_in(cast.mona), cast, b"Name\n<script>alert(1)</script>\n=HYPERLINK(1)\n").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_people_typed_in(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/cohorts/{cast.cohort}/typed"
    taken = browser.post(url, data={"people": "Nora Weiss, nora@example.org, E-9\nMilo Ott\n"})
    assert taken.status_code == 303
    assert members(engines, cast) == 4
    refused = browser.post(url, data={"people": "Vera Lund\nNobody, not-an-address@\n"})
    assert refused.status_code == 422
    assert "Line 2: The e-mail address does not look like one." in refused.text
    assert "Vera Lund" in refused.text
    assert members(engines, cast) == 4
    assert [browser.post(url, data={"people": text}).status_code for text in ("", "x" * 60_001, "a\0b")] == [422] * 3
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Person.id).where(Person.name == "Vera Lund")).all() == []


def test_the_example_file_is_a_roster(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    example = browser.get("/manage/cohorts/roster-example.csv")
    assert example.headers["Content-Disposition"] == 'attachment; filename="roster-example.csv"'
    assert acts(look(browser, cast, example.data).text) == ["new", "new"]
