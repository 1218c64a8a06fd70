"""Pages for anybody: home, health, the styleguide, the check of a certificate."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from course import clock
from course.app import create_app
from course.cohorts.models import Role
from course.completions.models import Certificate
from course.database import Engines, unit_of_work
from course.people.models import Organisation, Person
from course.settings import Settings
from tests.conftest import MakeApp, SignIn
from tests.make import Cast, membership, person

CODE = "K7QM-3XPA-9RTD"


class TestHome:
    def test_signed_out_it_is_the_way_in(self, client: FlaskClient) -> None:
        answer = client.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")

    @pytest.mark.parametrize(
        ("who", "desk"), [("lena", "/learn/"), ("farid", "/facilitate/"), ("mona", "/manage/"), ("ada", "/admin/")]
    )
    def test_one_role_goes_straight_to_its_desk(self, sign_in: SignIn, cast: Cast, who: str, desk: str) -> None:
        answer = sign_in(getattr(cast, who)).get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, desk)

    def test_two_roles_choose(self, engines: Engines, sign_in: SignIn, cast: Cast) -> None:
        with unit_of_work(engines, write=True) as session:
            here = session.get_one(Organisation, cast.organisation)
            membership(session, session.get_one(Person, cast.farid), Role.LEARNER, here)
        answer = sign_in(cast.farid).get("/")
        assert answer.status_code == 200
        assert re.findall(r'class="door" href="([^"]+)"', answer.text) == ["/learn/", "/facilitate/"]

    def test_without_any_role_it_says_who_can_help(self, engines: Engines, sign_in: SignIn) -> None:
        with unit_of_work(engines, write=True) as session:
            nobody = person(session, "Nora New").id
        answer = sign_in(nobody).get("/")
        assert answer.status_code == 200
        assert "You are in, but nothing is yours yet" in answer.text


class TestHealth:
    def test_it_is_ready(self, client: FlaskClient) -> None:
        for path, told in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
            answer = client.get(path)
            assert (answer.status_code, answer.text, answer.content_type) == (200, told, "text/plain; charset=utf-8")

    def test_a_database_of_another_version_is_not(self, engines: Engines, client: FlaskClient) -> None:
        def become(version: str) -> str:
            with unit_of_work(engines, write=True) as session:
                before = str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
                session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
            return before

        wanted = become("0000")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (
            503,
            f"migrations: at 0000, wanted {wanted}; run `course migrate`\n",
        )
        assert client.get("/healthz").status_code == 200
        become(wanted)
        assert client.get("/readyz").text == "ready\n"

    @pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
    def test_a_database_without_tables_is_not(self, settings: Settings) -> None:
        engines = Engines(f"sqlite:///{settings.instance.parent / 'empty.sqlite3'}")
        answer = create_app(settings, engines=engines).test_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.text.startswith("migrations: at nothing, wanted ")
        engines.dispose()


class TestVerify:
    @pytest.fixture(autouse=True)
    def issued(self, engines: Engines, cast: Cast) -> None:
        printed = {
            "name": "Lena Brandt",
            "module": "Small talk before the big meeting",
            "date": "2026-11-27",
            "minutes": 360,
            "outcomes": ["Open a meeting with the person before the agenda"],
            "organisation": "Southeast Utilities",
        }
        with unit_of_work(engines, write=True) as session:
            session.add(Certificate(seat_id=cast.lena_seat, code=CODE, printed=printed, issued_at=clock.now()))

    @pytest.mark.parametrize("typed", [CODE, CODE.lower(), f" {CODE} "])
    def test_a_valid_one_shows_name_module_and_date_and_nothing_else(self, client: FlaskClient, typed: str) -> None:
        answer = client.get(f"/verify/{typed}")
        assert answer.status_code == 200
        for told in ("Lena Brandt", "Small talk before the big meeting", "27 November 2026", "Valid"):
            assert told in answer.text
        for untold in ("Southeast", "Open a meeting", "lena@example.org", "6 h", "Revoked", "Superseded"):
            assert untold not in answer.text

    @pytest.mark.parametrize(("column", "word"), [("superseded_at", "Superseded"), ("revoked_at", "Revoked")])
    def test_one_that_no_longer_holds_says_so(
        self, engines: Engines, client: FlaskClient, column: str, word: str
    ) -> None:
        with unit_of_work(engines, write=True) as session:
            session.execute(
                text(f"UPDATE completions_certificate SET {column} = :now"),  # noqa: S608 - Two names of ours.
                {"now": clock.now()},
            )
        answer = client.get(f"/verify/{CODE}")
        assert answer.status_code == 200
        assert f">{word}<" in answer.text
        assert ">Valid<" not in answer.text

    @pytest.mark.parametrize("code", ["NONE-NONE-NONE", "<script>", "x" * 300, "Lena Brandt"])
    def test_an_unknown_code_is_404_and_tells_nothing(self, client: FlaskClient, code: str) -> None:
        answer = client.get(f"/verify/{code}")
        assert answer.status_code == 404
        assert "No certificate has this code" in answer.text
        assert "Lena" not in answer.text
        assert "<script>" not in answer.text


class TestStyleguide:
    def test_developers_see_it(self, client: FlaskClient) -> None:
        assert client.get("/styleguide").status_code == 200

    def test_nobody_else_does(self, settings: Settings, make_app: MakeApp) -> None:
        app = make_app(replace(settings, styleguide=False))
        assert app.test_client().get("/styleguide").status_code == 404
