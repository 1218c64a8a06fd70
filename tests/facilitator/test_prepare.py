"""Preparing a run in 45 minutes: the list with its ticks, the opening, the projector."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Day, Role, Run
from course.content.schema import FacilitatorPart, Module
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.preparing.models import Tick
from tests import make
from tests.conftest import SignIn
from tests.facilitator.build import begun, take_over
from tests.make import Cast, published, small_module

STEPS = ["case", "musts", "kit", "opening", "projector"]


@pytest.fixture
def farid(sign_in: SignIn, cast: Cast) -> FlaskClient:
    return sign_in(cast.farid)


@pytest.fixture
def here(cast: Cast) -> str:
    return f"/facilitate/runs/{cast.run}/prepare/"


def open_steps(html: str) -> list[str]:
    return re.findall(r'action="/facilitate/runs/\d+/prepare/(\w+)/done"', html)


def hold(engines: Engines, cast: Cast, module: Module) -> None:
    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, cast.run).version_hash = published(session, module)


def silent(module: Module) -> Module:
    """The module without a word for its facilitator, and without a case."""
    quiet = {"facilitator": FacilitatorPart(), "scenario": None}
    return module.model_copy(update={"blocks": tuple(each.model_copy(update=quiet) for each in module.blocks)})


def test_five_steps_with_their_minutes(farid: FlaskClient, here: str) -> None:
    html = farid.get(here).text
    assert open_steps(html) == STEPS
    minutes = [int(each) for each in re.findall(r'<p class="slot-meta">(\d+) min</p>', html)]
    assert (len(minutes), sum(minutes)) == (5, 45)
    assert "Prepare in 45 minutes" in html
    assert "0 of 5, about 45 minutes left" in html
    total = sum(int(each) for each in re.findall(r'small">(\d+) min to read', html))
    assert f"<summary>4 blocks, {total} min to read</summary>" in html
    assert html.count("button-primary") == 1


def test_every_link_of_the_list_leads_somewhere(farid: FlaskClient, here: str) -> None:
    html = farid.get(here).text
    links = set(re.findall(r'href="(/facilitate/runs/[^"#]*)', html))
    run = here.removesuffix("prepare/")
    assert links >= {f"{run}guide/", f"{run}kit/", f"{here}cases/lift/", f"{here}opening/", f"{here}projector"}
    assert {link: farid.get(link).status_code for link in links} == dict.fromkeys(links, 200)
    guide = farid.get(f"{run}guide/").text
    blocks = re.findall(r'guide/#(block-[a-z-]+)">', html)
    assert blocks == ["block-hello", "block-two-jobs", "block-the-lift", "block-your-page"]
    assert [block for block in blocks if f'id="{block}"' not in guide] == []


def test_ticks_come_and_go(farid: FlaskClient, engines: Engines, cast: Cast, here: str) -> None:
    answer = farid.post(f"{here}musts/done")
    assert (answer.status_code, answer.location) == (303, f"{here}#musts")
    farid.post(f"{here}musts/done")
    farid.post(f"{here}kit/done")
    html = farid.get(here).text
    assert open_steps(html) == ["case", "opening", "projector"]
    assert "2 of 5, about 17 minutes left" in html
    assert len(re.findall(r"Done \w+ \d+ \w+, \d\d:\d\d</span>", html)) == 2
    with unit_of_work(engines, write=False) as session:
        rows = session.execute(select(Tick.person_id, Tick.run_id, Tick.step).order_by(Tick.id)).all()
    assert [tuple(row) for row in rows] == [(cast.farid, cast.run, "musts"), (cast.farid, cast.run, "kit")]
    answer = farid.post(f"{here}musts/undo")
    assert (answer.status_code, answer.location) == (303, f"{here}#musts")
    assert open_steps(farid.get(here).text) == ["case", "musts", "opening", "projector"]


def test_all_five(farid: FlaskClient, here: str) -> None:
    for step in STEPS:
        farid.post(f"{here}{step}/done")
    html = farid.get(here).text
    assert ("You are ready" in html, "minutes left" in html, open_steps(html)) == (True, False, [])
    farid.post(f"{here}case/undo")
    assert "4 of 5, about 10 minutes left" in farid.get(here).text


def test_ticks_are_ones_own(sign_in: SignIn, farid: FlaskClient, engines: Engines, cast: Cast, here: str) -> None:
    farid.post(f"{here}case/done")
    with unit_of_work(engines, write=True) as session:
        fiona = make.person(session, "Fiona Tran")
        make.membership(session, fiona, Role.FACILITATOR, session.get_one(Organisation, cast.organisation))
        fiona_id = fiona.id
    take_over(engines, cast.run, fiona_id)
    assert open_steps(sign_in(fiona_id).get(here).text) == STEPS
    assert sign_in(fiona_id).post(f"{here}case/undo").status_code == 303
    take_over(engines, cast.run, cast.farid)
    assert open_steps(farid.get(here).text) == STEPS[1:]


def test_what_is_no_step_or_no_run_of_ones_own_is_404(
    sign_in: SignIn, farid: FlaskClient, engines: Engines, cast: Cast, here: str
) -> None:
    theirs = here.replace(f"/{cast.run}/", f"/{cast.other_run}/")
    pages = ("", "opening/", "projector", "cases/lift/")
    assert {page: farid.get(theirs + page).status_code for page in pages} == dict.fromkeys(pages, 404)
    assert {page: farid.get(here + page).status_code for page in pages} == dict.fromkeys(pages, 200)
    forms = ("case/done", "case/undo")
    assert {form: farid.post(theirs + form).status_code for form in forms} == dict.fromkeys(forms, 404)
    for step in ("nothing", "CASE", "Step.CASE"):
        assert farid.post(f"{here}{step}/done").status_code == 404
        assert farid.post(f"{here}{step}/undo").status_code == 404
    assert {form: farid.get(here + form).status_code for form in forms} == dict.fromkeys(forms, 405)
    for who in (cast.lena, cast.mona, cast.ada):
        browser = sign_in(who)
        assert {page: browser.get(here + page).status_code for page in pages} == dict.fromkeys(pages, 403)
        assert {form: browser.post(here + form).status_code for form in forms} == dict.fromkeys(forms, 403)
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Tick)).all() == []


def test_forms_want_their_token(farid: FlaskClient, here: str) -> None:
    farid.application.config["WTF_CSRF_ENABLED"] = True
    assert farid.post(f"{here}case/done").status_code == 400
    assert farid.post(here.replace("prepare/", "guide/hello/note"), data={"text": "Two words"}).status_code == 400
    html = farid.get(here).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', html)[0]
    assert farid.post(f"{here}case/done", data={"csrf_token": token}).status_code == 303


def test_the_opening_is_shown_with_its_minutes(farid: FlaskClient, engines: Engines, cast: Cast, here: str) -> None:
    module = small_module()
    text = "Good morning. " + "word " * 200 + "Begin."
    first = module.blocks[0].model_copy(update={"facilitator": FacilitatorPart(say=text, expect="Unheard.")})
    hold(engines, cast, module.model_copy(update={"blocks": (first, *module.blocks[1:])}))
    html = farid.get(f"{here}opening/").text
    assert "<p>Good morning. word" in html
    assert "About 2 min aloud, at 130 words a minute. The whole block has 20 min." in html
    assert ("Unheard" in html, f'action="{here}opening/done"' in html) == (False, True)


def test_a_module_without_a_word_and_without_a_case(
    farid: FlaskClient, engines: Engines, cast: Cast, here: str
) -> None:
    hold(engines, cast, silent(small_module()))
    html = farid.get(here).text
    assert "The day plays no case" in html
    assert "nothing to say aloud" in html
    assert html.count("nothing written") == 4
    assert farid.get(f"{here}opening/").status_code == 404
    assert open_steps(html) == STEPS


def test_the_projector_shows_four_corners_and_leads_to_the_wall(farid: FlaskClient, cast: Cast, here: str) -> None:
    html = farid.get(f"{here}projector").text
    assert "Can the last row read this?" in html
    assert html.count('class="corner ') == 4
    assert f'href="/facilitate/runs/{cast.run}/door/wall"' in html


def test_it_is_offered_while_the_day_is_to_come(farid: FlaskClient, engines: Engines, cast: Cast, here: str) -> None:
    run = here.removesuffix("prepare/")
    link = f'href="{here}"'
    with unit_of_work(engines, write=True) as session:
        tomorrow = clock.today("America/New_York") + timedelta(days=1)
        session.execute(update(Day).where(Day.id == cast.day).values(date=tomorrow))
    pages = (run, f"{run}guide/", "/facilitate/")
    assert [link in farid.get(page).text for page in pages] == [True, True, True]
    begun(engines, cast)
    assert [link in farid.get(page).text for page in pages] == [False, False, False]
    assert farid.get(here).status_code == 200
