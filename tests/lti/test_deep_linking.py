"""Deep linking by pages, with a strict LMS: what a teacher is offered, what comes back, and who may not choose."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.library.models import Live, Version
from course.people.models import Link as OneUse
from course.platforms.models import LineItem, Platform
from course.web.application import Application
from tests import make
from tests.conftest import SignIn
from tests.counterparts.double import Double, connect
from tests.counterparts.double import Link as Placed
from tests.make import Cast


@pytest.fixture
def double(double: Double, engines: Engines, cast: Cast) -> Double:
    with unit_of_work(engines, write=True) as session:
        connect(session, double, organisation_id=cast.organisation)
        make.published(session, make.all_kinds())
    return double


def picker(double: Double, client: FlaskClient, *, user: str = "farid", **settings: object) -> str:
    answer = double.deep_link(client, user=user, settings=settings).post()
    assert answer.status_code == 200, answer.text
    return answer.text


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def send(client: FlaskClient, page: str, act: str = "chosen", **fields: list[str]) -> str:
    answer = client.post("/lti/choose", data={"state": hidden(page, "state"), "act": act, **fields})
    assert answer.status_code == 200, answer.text
    return answer.text


def choices(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="(\w+)"\s+id="module-[^"]+"\s+name="modules"\s+value="([^"]+)"', page)


def placed(links: list[Placed]) -> list[tuple[str, dict[str, str]]]:
    return [(link.title, link.custom) for link in links]


@pytest.mark.usefixtures("keyless")
def test_one_module_is_placed_and_launches(double: Double, client: FlaskClient, engines: Engines) -> None:
    page = picker(double, client)
    assert choices(page) == [("checkbox", "small-talk"), ("checkbox", "all-kinds")]
    small = make.small_module()
    assert small.summary in unescape(page)
    assert small.outcomes[0].text in unescape(page)
    (link,) = double.take(send(client, page, modules=["small-talk"]))
    assert (link.title, link.custom) == (small.title, {"module": "small-talk"})
    assert link.url == "http://localhost/lti/launch?module=small-talk"
    item = double.item(resource="small-talk", tag="completion")
    assert (item.maximum, item.label, item.link, link.item) == (100, small.title, link.id, item.id)
    assert link.review == {
        "reviewableStatus": ["Submitted", "Completed"],
        "url": link.url,
        "custom": {"module": "small-talk"},
    }
    assert double.launch(client, user="lena", link=link.id).status_code == 200
    assert tags(engines) == ["completion"]


def tags(engines: Engines) -> list[str]:
    with unit_of_work(engines, write=False) as session:
        return sorted(session.execute(select(LineItem.tag)).scalars())


def test_the_pages_score_gets_its_column_by_the_links_own_words(
    double: Double, client: FlaskClient, engines: Engines
) -> None:
    page = picker(double, client)
    (link,) = double.take(send(client, page, modules=["small-talk"], pages=["small-talk"]))
    assert link.custom == {"module": "small-talk", "page": "score"}
    double.launch(client, user="lena", link=link.id)
    assert tags(engines) == ["completion", "page"]


def test_the_whole_programme_in_one_click(double: Double, client: FlaskClient) -> None:
    page = picker(double, client)
    assert "Place the whole programme (2)" in page
    made = double.take(send(client, page, "all", pages=["small-talk"]))
    assert placed(made) == [
        (make.small_module().title, {"module": "small-talk", "page": "score"}),
        (make.all_kinds().title, {"module": "all-kinds"}),
    ]


def test_nothing_chosen_is_an_answer_too(double: Double, client: FlaskClient) -> None:
    for act in ("none", "chosen", ""):
        answer = send(client, picker(double, client), act, **({"modules": ["small-talk"]} if act == "none" else {}))
        assert "Nothing was chosen" in answer
        assert double.take(answer) == []
    assert double.links == {}


def test_one_only_where_the_platform_takes_one(double: Double, client: FlaskClient) -> None:
    page = picker(double, client, accept_multiple=False)
    assert choices(page) == [("radio", "small-talk"), ("radio", "all-kinds")]
    assert "whole programme" not in page
    made = double.take(send(client, page, modules=["small-talk"]))
    assert placed(made) == [(make.small_module().title, {"module": "small-talk"})]
    # A form that asks for more gets one all the same.
    assert len(double.take(send(client, picker(double, client, accept_multiple=False), "all"))) == 1


def test_no_column_where_the_platform_takes_none(double: Double, client: FlaskClient) -> None:
    page = picker(double, client, accept_lineitem=False)
    assert 'name="pages"' not in page
    (link,) = double.take(send(client, page, modules=["small-talk"], pages=["small-talk"]))
    assert (link.item, link.custom) == (None, {"module": "small-talk"})
    assert 'name="pages"' in picker(double, client)


def test_a_platform_that_sends_little(double: Double, client: FlaskClient) -> None:
    """Neither data nor document targets nor accept_multiple, no target_link_uri and no resource link."""
    launching = double.deep_link(
        client, omit=("data", "accept_multiple", "accept_presentation_document_targets", "auto_create")
    )
    launching.claims.pop("https://purl.imsglobal.org/spec/lti/claim/target_link_uri", None)
    assert "https://purl.imsglobal.org/spec/lti/claim/resource_link" not in launching.claims
    page = launching.post().text
    assert choices(page)[0][0] == "radio"
    # The double refuses data that it did not send.
    assert len(double.take(send(client, page, modules=["small-talk"]))) == 1


def test_a_choice_is_placed_at_once_where_the_platform_says_so(double: Double, client: FlaskClient) -> None:
    assert "without asking again" in picker(double, client, auto_create=True)
    assert "without asking again" not in picker(double, client)


@pytest.mark.parametrize("user", ["lena", "janitor"])
def test_only_teachers_choose(double: Double, client: FlaskClient, user: str) -> None:
    launching = double.deep_link(client, user="lena")
    if user == "janitor":
        launching.claims["https://purl.imsglobal.org/spec/lti/claim/roles"] = []
    answer = launching.post()
    assert (answer.status_code, "Only teachers of the course" in answer.text) == (403, True)
    assert "state" not in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accept_types": ["file"]}, "This place takes files or texts."),
        ({"deep_link_return_url": "javascript:alert(1)"}, "did not say where the choice goes"),
        ({"deep_link_return_url": "https://lms.example.org; script-src *"}, "did not say where the choice goes"),
    ],
)
def test_what_cannot_be_answered_is_said_in_words(
    double: Double, client: FlaskClient, change: dict[str, object], words: str
) -> None:
    answer = double.deep_link(client, settings=change).post()
    assert (answer.status_code, words in answer.text) == (403, True)
    assert "javascript" not in answer.text


def test_a_choice_is_sent_once(double: Double, client: FlaskClient, engines: Engines) -> None:
    page = picker(double, client)
    send(client, page, modules=["small-talk"])
    again = client.post("/lti/choose", data={"state": hidden(page, "state"), "modules": "small-talk"})
    assert (again.status_code, "JWT" in again.text) == (410, False)
    assert "Please choose once more" in again.text


@pytest.mark.parametrize("change", ["cut", "empty", "old", "stopped", "of another purpose"])
def test_a_state_that_is_not_ours_or_not_now(
    double: Double, client: FlaskClient, engines: Engines, change: str
) -> None:
    page = picker(double, client)
    state = hidden(page, "state")
    with unit_of_work(engines, write=True) as session:
        state = spoilt(session, state, change)
    answer = client.post("/lti/choose", data={"state": state, "modules": "small-talk"})
    assert (answer.status_code, "JWT" in answer.text) == (410, False)


def spoilt(session: Session, state: str, change: str) -> str:
    if change == "stopped":
        session.execute(update(Platform).values(state="stopped"))
    elif change == "old":
        for link in session.scalars(select(OneUse)):
            link.expires_at = link.created_at
    elif change == "of another purpose":
        session.execute(update(OneUse).values(purpose="window"))
    return {"cut": state[:-3], "empty": ""}.get(change, state)


def test_what_is_no_longer_published_is_not_placed(double: Double, client: FlaskClient, engines: Engines) -> None:
    page = picker(double, client)
    with unit_of_work(engines, write=True) as session:
        session.delete(session.get_one(Live, "all-kinds"))
    assert len(double.take(send(client, page, modules=["all-kinds", "small-talk", "../x"]))) == 1


def test_without_a_module_the_picker_says_so(double: Double, client: FlaskClient, engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        for live in session.scalars(select(Live)):
            session.delete(live)
    page = picker(double, client)
    assert "No module is published yet" in page
    assert double.take(send(client, page, "none")) == []


def test_titles_are_shown_as_they_are_and_never_as_markup(
    double: Double, client: FlaskClient, engines: Engines
) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Version).values(title="<script>alert(1)</script>"))
    page = picker(double, client)
    assert "<script>alert" not in page
    answer = send(client, page, "all")
    assert "<script>alert" not in answer
    assert {link.title for link in double.take(answer)} == {"<script>alert(1)</script>"}


def test_only_the_platform_frames_it_and_only_the_platform_gets_the_answer(double: Double, client: FlaskClient) -> None:
    answer = double.deep_link(client).post()
    policy = answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors {double.issuer};" in policy
    assert "form-action 'self';" in policy
    state = hidden(answer.text, "state")
    sent = client.post("/lti/choose", data={"state": state, "modules": "small-talk"})
    policy = sent.headers["Content-Security-Policy"]
    assert f"form-action 'self' {double.issuer};" in policy
    assert f"frame-ancestors {double.issuer};" in policy
    assert sent.headers["Cache-Control"] == "no-store"
    assert re.search(r"<script[^>]*js/submit.js", sent.text)
    assert re.search(r"<button[^>]*>\s*Go on</button>", sent.text)


def test_the_picker_of_one_site_shows_nobody_who_is_signed_in_there(
    double: Double, app: Application, cast: Cast, sign_in: SignIn
) -> None:
    browser = sign_in(cast.mona)
    assert "Mona Keller" in browser.get("/manage/").text
    assert "Mona Keller" not in picker(double, browser)
