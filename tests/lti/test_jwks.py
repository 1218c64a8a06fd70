"""Our keys as platforms fetch them: public, cacheable, made when they are first asked for."""

import pytest
from flask.testing import FlaskClient

from course.database import Engines, unit_of_work
from course.lti.service import keys
from tests.learner.test_sql_budget import counted


def test_the_first_question_makes_the_first_key(client: FlaskClient, engines: Engines) -> None:
    answer = client.get("/lti/jwks")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers.getlist("Set-Cookie") == []
    (shown,) = answer.get_json()["keys"]
    assert set(shown) == {"kty", "n", "e", "kid", "alg", "use"}
    assert client.get("/lti/jwks").get_json() == answer.get_json()
    with unit_of_work(engines, write=False) as session:
        signing = keys.newest(session)
    assert signing is not None
    assert signing.kid == shown["kid"]


def test_a_rotation_shows_both(client: FlaskClient, engines: Engines) -> None:
    before = client.get("/lti/jwks").get_json()["keys"]
    with unit_of_work(engines, write=True) as session:
        made = keys.rotate(session)
    after = client.get("/lti/jwks").get_json()["keys"]
    assert [key["kid"] for key in after] == [made.kid, before[0]["kid"]]


def test_it_costs_one_statement(client: FlaskClient, engines: Engines) -> None:
    client.get("/lti/jwks")
    with counted(engines) as statements:
        client.get("/lti/jwks")
    assert len(statements) == 1, statements


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_nobody_posts_to_it(client: FlaskClient) -> None:
    assert client.post("/lti/jwks").status_code == 405
