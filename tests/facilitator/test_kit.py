"""The kit of a run: listed with what each paper is for, and printed with this day's times and names."""

import io
import re
import zipfile
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course.cohorts.models import Day, Role, Run, Seat
from course.content.schema import FacilitatorPart, Module, Step
from course.database import Engines, unit_of_work
from course.people.models import Organisation, Person
from tests.conftest import SignIn
from tests.facilitator.build import take_over
from tests.facilitator.test_budget import ANY_PAGE, MAIN_PAGE, MANY, counted, fill
from tests.kit.samples import MODULE, claims_ua, read, text_of
from tests.make import Cast, membership, published

DOCUMENTS = {
    "Facilitator guide": "facilitator-guide",
    "Role cards": "role-cards",
    "Observer cards": "observer-cards",
    "Job aid": "job-aid",
    "Poster": "poster",
    "Sign-in sheet": "sign-in-sheet",
    "Name tents": "name-tents",
    "Brief for the line manager": "manager-brief",
}


def hold(engines: Engines, cast: Cast, module: Module) -> None:
    """Publish a module, and let the run be of it."""
    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, cast.run).version_hash = published(session, module)


@pytest.fixture
def here(engines: Engines, cast: Cast) -> str:
    """The run's module has handouts of every kind, and its day begins at a quarter past eight."""
    hold(engines, cast, MODULE)
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Day).where(Day.id == cast.day).values(starts=8 * 60 + 15, place="Room 2.14"))
    return f"/facilitate/runs/{cast.run}/kit/"


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


def linked(html: str) -> dict[str, str]:
    """Addresses of the documents on the page, by their titles."""
    return {title: url for url, title in re.findall(r'<h3><a href="([^"]+)">([^<]+)</a></h3>', html)}


def pdf(browser: FlaskClient, url: str) -> bytes:
    answer = browser.get(url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return bytes(answer.data)


def test_the_page_links_every_document_and_says_how_many(farid: FlaskClient, here: str) -> None:
    html = farid.get(here).text
    assert linked(html) == {title: f"{here}{name}.pdf?paper=a4" for title, name in DOCUMENTS.items()}
    for words in (
        "A set for each three people, cut apart<",
        "One for each person: 2",
        "Once, on thick paper; fold along the middle",
        "08:15, Room 2.14",
    ):
        assert words in html
    assert "Nobody has a seat yet" not in html
    assert f'href="{here}"' in farid.get(here.removesuffix("kit/")).text


def test_the_paper_goes_on_with_every_link(farid: FlaskClient, here: str) -> None:
    html = farid.get(f"{here}?paper=letter").text
    assert linked(html) == {title: f"{here}{name}.pdf?paper=letter" for title, name in DOCUMENTS.items()}
    assert f'href="{here}everything.zip?paper=letter"' in html
    current = re.findall(r'href="([^"]+)"\s+aria-current="true"', html)
    assert current == [f"{here}?paper=letter"]
    assert linked(farid.get(f"{here}?paper=papyrus").text) == linked(farid.get(here).text)
    posters = [read(pdf(farid, f"{here}poster.pdf{which}")) for which in ("", "?paper=letter")]
    assert [round(poster.pages[0].mediabox.width) for poster in posters] == [595, 612]


def test_a_document_has_the_times_the_names_and_the_place_of_this_run(
    engines: Engines, cast: Cast, farid: FlaskClient, here: str
) -> None:
    guide = pdf(farid, f"{here}facilitator-guide.pdf")
    assert claims_ua(guide)
    for words in ("08:15 – 08:35 Hello", "Room 2.14", "Farid Haddad", "2 people"):
        assert words in text_of(guide)
    sheet = text_of(pdf(farid, f"{here}sign-in-sheet.pdf"))
    assert ("Lena Brandt" in sheet, "Leo Marsh" in sheet) == (True, True)
    with unit_of_work(engines, write=True) as session:
        day = session.get_one(Seat, cast.lena_seat)
        day.cancelled_at = cast.at
    tents = text_of(pdf(farid, f"{here}name-tents.pdf"))
    assert ("Lena" in tents, "Leo Marsh" in tents) == (False, True)


def test_the_guide_has_the_facilitators_own_notes(
    engines: Engines, cast: Cast, sign_in: SignIn, farid: FlaskClient, here: str
) -> None:
    guide = here.removesuffix("kit/") + "guide/two-jobs/note"
    wish = {"text": "Ask about the Heron.", "base_version": "0", "operation_id": str(uuid4())}
    assert farid.post(guide, data=wish).status_code == 303
    assert "Your notes Ask about the Heron." in text_of(pdf(farid, f"{here}facilitator-guide.pdf"))
    with unit_of_work(engines, write=True) as session:
        where = session.get_one(Organisation, cast.organisation)
        membership(session, session.get_one(Person, cast.mona), Role.FACILITATOR, where)
    take_over(engines, cast.run, cast.mona)
    assert "Heron" not in text_of(pdf(sign_in(cast.mona), f"{here}facilitator-guide.pdf"))


def test_everything_comes_as_one_archive_the_same_each_time(farid: FlaskClient, here: str) -> None:
    answer = farid.get(f"{here}everything.zip?paper=letter")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert re.fullmatch(
        r'attachment; filename="small-talk-\d{4}-\d\d-\d\d\.zip"', answer.headers["Content-Disposition"]
    )
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == [f"small-talk/{name}.pdf" for name in DOCUMENTS.values()]
        assert archive.read("small-talk/poster.pdf") == pdf(farid, f"{here}poster.pdf?paper=letter")
    assert farid.get(f"{here}everything.zip?paper=letter").data == answer.data


def test_a_module_without_handouts_has_the_rest(cast: Cast, farid: FlaskClient) -> None:
    here = f"/facilitate/runs/{cast.run}/kit/"
    assert list(linked(farid.get(here).text)) == ["Facilitator guide", "Sign-in sheet", "Name tents"]
    assert farid.get(f"{here}poster.pdf").status_code == 404
    assert farid.get(f"{here}no-such.pdf").status_code == 404


def test_a_run_without_anybody_is_printed_without_names(
    engines: Engines, cast: Cast, farid: FlaskClient, here: str
) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Seat).where(Seat.run_id == cast.run).values(cancelled_at=cast.at))
    html = farid.get(here).text
    assert "Nobody has a seat yet" in html
    assert "A set for each three people, cut apart<" in html
    assert len(read(pdf(farid, f"{here}name-tents.pdf")).pages) == 1


def test_texts_that_are_too_long_are_refused_with_a_sentence(
    engines: Engines, cast: Cast, farid: FlaskClient, here: str
) -> None:
    part = FacilitatorPart(say="word " * 130_000, do=(Step(minutes=20, text="Do it."),))
    long = MODULE.blocks[0].model_copy(update={"facilitator": part})
    hold(engines, cast, MODULE.model_copy(update={"blocks": (long, *MODULE.blocks[1:])}))
    for name in ("facilitator-guide.pdf", "everything.zip"):
        answer = farid.get(f"{here}{name}")
        assert (answer.status_code, answer.headers["Location"]) == (303, here)
        assert "texts are too long to be printed" in farid.get(here).text
    assert claims_ua(pdf(farid, f"{here}poster.pdf"))


PATHS = ["", "poster.pdf", "everything.zip"]


@pytest.mark.parametrize("path", PATHS)
def test_somebody_elses_run_does_not_exist(engines: Engines, cast: Cast, sign_in: SignIn, here: str, path: str) -> None:
    farid = sign_in(cast.farid)
    assert farid.get(f"{here}{path}").status_code == 200
    assert farid.get(f"/facilitate/runs/{cast.other_run}/kit/{path}").status_code == 404
    assert sign_in(cast.otto_facilitator).get(f"{here}{path}").status_code == 404
    assert sign_in(cast.mona).get(f"{here}{path}").status_code == 403
    assert farid.post(f"{here}{path}").status_code == 405
    take_over(engines, cast.run, cast.mona)
    assert farid.get(f"{here}{path}").status_code == 404


def test_the_number_of_statements_does_not_grow(engines: Engines, cast: Cast, farid: FlaskClient, here: str) -> None:
    def costs() -> dict[str, int]:
        found = {}
        for path in PATHS:
            farid.get(f"{here}{path}")
            with counted(engines) as statements:
                assert farid.get(f"{here}{path}").status_code == 200
            found[path] = len(statements)
        return found

    few = costs()
    fill(engines, cast)
    assert costs() == few
    assert few[""] <= MAIN_PAGE
    assert max(few.values()) <= ANY_PAGE
    assert f"One for each person: {MANY + 2}" in farid.get(here).text
