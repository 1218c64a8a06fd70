"""Pages are packed when the browser takes it and it helps."""

import gzip

import pytest
from flask.testing import FlaskClient

from course.web.compression import LEAST

pytestmark = pytest.mark.parametrize("engines", ["sqlite"], indirect=True)

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_packed_for_whoever_takes_it(client: FlaskClient) -> None:
    packed, plain = client.get("/probe/body/9000", headers=GZIP), client.get("/probe/body/9000")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 10
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data == b"<p>0123456789</p>" * (9000 // 17)


@pytest.mark.parametrize("encoding", ["", "identity", "br", "gzip;q=0"])
def test_nobody_gets_what_they_do_not_take(client: FlaskClient, encoding: str) -> None:
    answer = client.get("/probe/body/9000", headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in answer.headers
    assert len(answer.data) > 8000


def test_a_short_answer_stays_as_it_is(client: FlaskClient) -> None:
    answer = client.get(f"/probe/body/{LEAST - 17}", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


def test_errors_are_packed_too(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers=GZIP)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (404, "gzip")
    assert b"There is no such page" in gzip.decompress(answer.data)


def test_a_head_request_has_no_body(client: FlaskClient) -> None:
    answer = client.head("/probe/body/9000", headers=GZIP)
    assert (answer.status_code, answer.data) == (200, b"")
