"""How a group stands: the table, its filters, its CSV, its certificates; never a level, never another group."""

import csv
import io

import pytest
from sqlalchemy import select

from course import clock
from course.cohorts.models import Day, Run
from course.completions.service import settle
from course.database import Engines, unit_of_work
from course.people.models import Person
from tests.completions.test_service import CASE, be_present, complete, finish_case, hand_in, send
from tests.conftest import SignIn
from tests.make import Cast, small_module

TITLE = small_module().title


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def page(cast: Cast, sign_in: SignIn, query: str = "") -> str:
    answer = sign_in(cast.mona).get(f"/manage/cohorts/{cast.cohort}/{query}")
    assert answer.status_code == 200
    return answer.text


def test_the_table_says_who_has_completed(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    complete(engines, cast)
    shown = page(cast, sign_in)
    assert "1 of 2 have completed, 0 wait for feedback, 0 are behind." in shown
    assert shown.index("Lena Brandt") < shown.index("Completed") < shown.index("Leo Marsh") < shown.index("Coming")


def test_why_somebody_is_not_there_yet_in_a_sentence(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
    shown = page(cast, sign_in)
    assert "Attended, not completed" in shown
    assert f"Has not finished “{small_module().scenarios[0].title}”: remind them." in shown
    assert "Has not handed in the page: remind them." in shown
    assert CASE not in shown


def test_who_waits_for_the_facilitator_is_not_behind(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
        finish_case(session, cast)
        hand_in(session, cast)
    assert "0 of 2 have completed, 1 wait for feedback, 0 are behind." in page(cast, sign_in)
    waiting = page(cast, sign_in, "?show=waiting")
    assert ("Lena Brandt" in waiting, "Leo Marsh" in waiting) == (True, False)


def test_nobody_is_behind_on_the_evening_of_their_day(
    engines: Engines, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New York's evening is Greenwich's next day, and the page has no zone: the day must be over everywhere."""
    with unit_of_work(engines, write=False) as session:
        date = session.execute(select(Day.date).join(Run, Run.day_id == Day.id).where(Run.id == cast.run)).scalar_one()
    monkeypatch.setattr(clock, "now", lambda: clock.at(date, 24 * 60 - 1, "America/New_York"))
    assert "0 of 2 have completed, 0 wait for feedback, 0 are behind." in page(cast, sign_in)
    monkeypatch.setattr(clock, "now", lambda: clock.at(date, 24 * 60, "Etc/GMT+12"))
    assert "0 of 2 have completed, 0 wait for feedback, 2 are behind." in page(cast, sign_in)


def test_filters(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    complete(engines, cast)
    done = page(cast, sign_in, "?show=done")
    assert ("Lena Brandt" in done, "Leo Marsh" in done) == (True, False)
    named = page(cast, sign_in, "?q=marsh")
    assert ("Lena Brandt" in named, "Leo Marsh" in named) == (False, True)
    of_run = page(cast, sign_in, f"?run={cast.run}")
    assert ("Lena Brandt" in of_run, "Leo Marsh" in of_run) == (True, True)
    nobody = page(cast, sign_in, "?q=nobody+at+all")
    assert "No one in this group fits what you chose." in nobody


def test_levels_and_texts_never_reach_the_manager(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        be_present(session, cast)
        finish_case(session, cast)
        send(session, cast, hand_in(session, cast), level=1, revise=True)
    shown = page(cast, sign_in) + sign_in(cast.mona).get(f"/manage/cohorts/{cast.cohort}/completions.csv").text
    assert "The page is being revised." in shown
    for criterion in small_module().reflections[0].criteria:
        assert criterion.title not in shown
        assert criterion.levels[0].text not in shown
    assert "A page." not in shown
    assert "level" not in shown.lower()


def test_csv(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    complete(engines, cast)
    answer = sign_in(cast.mona).get(f"/manage/cohorts/{cast.cohort}/completions.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="completions.csv"'
    heading, lena, leo = rows(answer.text)
    assert heading[:4] == ["Name", "E-mail", "Employee id", "Module"]
    assert (lena[0], lena[1], lena[2], lena[3]) == ("Lena Brandt", "lena@example.org", "E-1", TITLE)
    assert lena[5:8] == [str(small_module().contact_minutes), "yes", "yes"]
    assert len(lena[8]) == len("XXXX-XXXX-XXXX")
    assert (leo[0], leo[5:9]) == ("Leo Marsh", ["", "no", "no", ""])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(engines: Engines, cast: Cast, sign_in: SignIn, start: str) -> None:
    with unit_of_work(engines, write=True) as session:
        session.get_one(Person, cast.lena).name = f'{start}HYPERLINK("http://x.example","y")'
    names = [line[0] for line in rows(sign_in(cast.mona).get(f"/manage/cohorts/{cast.cohort}/completions.csv").text)]
    assert not [name for name in names if name.startswith(start)]
    assert f'\'{start}HYPERLINK("http://x.example","y")' in [name.replace("\n", "\r") for name in names]


def test_certificate_as_pdf_and_verified_by_anybody(engines: Engines, cast: Cast, sign_in: SignIn, app: object) -> None:
    complete(engines, cast)
    browser = sign_in(cast.mona)
    code = rows(browser.get(f"/manage/cohorts/{cast.cohort}/completions.csv").text)[1][8]
    document = browser.get(f"/manage/seats/{cast.lena_seat}/certificate.pdf")
    assert (document.status_code, document.mimetype, document.data[:5]) == (200, "application/pdf", b"%PDF-")
    own = sign_in(cast.lena).get(f"/learn/seats/{cast.lena_seat}/certificate.pdf")
    assert own.data == document.data
    anybody = app.test_client()  # type: ignore[attr-defined]  # The application under test.
    confirmed = anybody.get(f"/verify/{code.lower()}")
    assert confirmed.status_code == 200
    assert "Valid" in confirmed.text
    for shown in ("Lena Brandt", TITLE):
        assert shown in confirmed.text
    for hidden in ("Southeast Utilities", "lena@example.org", "Farid", "E-1"):
        assert hidden not in confirmed.text
    assert anybody.get("/verify/XXXX-XXXX-XXXX").status_code == 404


def test_a_corrected_name_supersedes(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    complete(engines, cast)
    browser = sign_in(cast.mona)
    old = rows(browser.get(f"/manage/cohorts/{cast.cohort}/completions.csv").text)[1][8]
    with unit_of_work(engines, write=True) as session:
        session.get_one(Person, cast.lena).name = "Lena Brandt-Ito"
    assert browser.post(f"/manage/seats/{cast.lena_seat}/certificate").status_code == 303
    assert "Superseded" in browser.get(f"/verify/{old}").text
    new = rows(browser.get(f"/manage/cohorts/{cast.cohort}/completions.csv").text)[1][8]
    assert "Lena Brandt-Ito" in browser.get(f"/verify/{new}").text
    assert browser.post(f"/manage/seats/{cast.leo_seat}/certificate").status_code == 404


PAGES = (
    "/manage/cohorts/{cohort}/",
    "/manage/cohorts/{cohort}/completions.csv",
    "/manage/seats/{lena_seat}/certificate.pdf",
)


@pytest.mark.parametrize("address", PAGES)
def test_who_may_not(engines: Engines, cast: Cast, sign_in: SignIn, app: object, address: str) -> None:
    complete(engines, cast)
    where = address.format(cohort=cast.cohort, lena_seat=cast.lena_seat)
    assert sign_in(cast.mona).get(where).status_code == 200
    assert sign_in(cast.otto_manager).get(where).status_code == 404
    assert sign_in(cast.lena).get(where).status_code == 403
    assert sign_in(cast.mona).post(where).status_code == 405
    signed_out = app.test_client().get(where)  # type: ignore[attr-defined]  # The application under test.
    assert (signed_out.status_code, signed_out.headers["Location"].split("?")[0]) == (303, "/sign-in")


def test_nobody_elses_certificate(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    complete(engines, cast)
    assert sign_in(cast.leo).get(f"/learn/seats/{cast.lena_seat}/certificate.pdf").status_code == 404
    assert sign_in(cast.leo).get(f"/learn/seats/{cast.leo_seat}/certificate.pdf").status_code == 404
    assert sign_in(cast.otto_manager).post(f"/manage/seats/{cast.lena_seat}/certificate").status_code == 404
