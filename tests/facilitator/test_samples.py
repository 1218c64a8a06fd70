"""Sample pages: for who prepares and grades, with levels and reasons; never for who writes."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course import clock
from course.cohorts.models import Day, Role, Run
from course.content.schema import Benchmark, Module
from course.database import Engines, unit_of_work
from tests import make
from tests.conftest import SignIn
from tests.make import Cast, published, small_module

CANARY = re.compile(r"canary-[a-z]+")
PLANTED = {"canary-text", "canary-quote", "canary-reason"}
LINK = re.compile(r'href="(/learn/[^"#]*)')


def with_samples(*samples: Benchmark) -> Module:
    module = small_module()
    (page,) = module.reflections
    return module.model_copy(update={"reflections": (page.model_copy(update={"benchmarks": samples}),)})


def planted() -> Benchmark:
    """A sample page with a unique word in every place of it."""
    ids = [criterion.id for criterion in small_module().reflections[0].criteria]
    return Benchmark(
        id="sample",
        text="canary-text\nin two lines.\n\nAnd a canary-quote.",
        levels={name: place for place, name in enumerate(ids, start=2)},
        quotes={ids[0]: ("a canary-quote",)},
        reasons=dict.fromkeys(ids, "Because of the canary-reason."),
    )


@pytest.fixture
def here(engines: Engines, cast: Cast) -> str:
    """The address of the sample pages of a course whose module has one."""
    hold(engines, cast, with_samples(planted()))
    return f"/facilitate/runs/{cast.run}/prepare/samples/"


def hold(engines: Engines, cast: Cast, module: Module) -> None:
    with unit_of_work(engines, write=True) as session:
        session.get_one(Run, cast.run).version_hash = published(session, module)
        session.execute(update(Day).values(date=clock.today("America/New_York"), starts=0))


def test_a_page_with_its_levels_their_words_and_reasons(sign_in: SignIn, cast: Cast, here: str) -> None:
    farid = sign_in(cast.farid)
    html = farid.get(here).text
    assert set(CANARY.findall(html)) == PLANTED
    assert '<div class="written">canary-text in two lines.\n\nAnd a canary-quote.</div>' in html
    criteria = small_module().reflections[0].criteria
    levels = [f"{each.title}: level {place}" for place, each in enumerate(criteria, start=2)]
    assert re.findall(r"<h3>([^<]*)</h3>", html) == levels
    for place, each in enumerate(criteria, start=2):
        assert f'<p class="soft">{each.levels[place - 1].text}</p>' in html
    listed = farid.get(here.removesuffix("samples/")).text
    assert f'<a href="{here}">Sample pages</a>' in listed
    assert "1 page with its levels and reasons" in listed


def test_a_module_without_sample_pages_has_no_such_page(sign_in: SignIn, engines: Engines, cast: Cast) -> None:
    hold(engines, cast, with_samples())
    farid = sign_in(cast.farid)
    here = f"/facilitate/runs/{cast.run}/prepare/"
    assert "Sample pages" not in farid.get(here).text
    assert farid.get(f"{here}samples/").status_code == 404


def test_no_learner_sees_one(sign_in: SignIn, cast: Cast, here: str) -> None:
    lena: FlaskClient = sign_in(cast.lena)
    assert lena.get(here).status_code == 403
    seen: set[str] = set()
    waiting = ["/learn/", "/learn/small-talk/", "/learn/small-talk/your-page/", "/learn/small-talk/print/"]
    told: set[str] = set()
    while waiting:
        url = waiting.pop()
        if url not in seen:
            seen.add(url)
            html = lena.get(url).text
            told |= set(CANARY.findall(html))
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(html)]
    assert "/learn/small-talk/your-page/" in seen
    assert len(seen) > 5
    assert told == set()
    assert set(CANARY.findall(sign_in(cast.farid).get(here).text)) == PLANTED


def test_nobody_elses_course(sign_in: SignIn, engines: Engines, cast: Cast, here: str) -> None:
    with unit_of_work(engines, write=True) as session:
        elsewhere = make.organisation(session, "Elsewhere")
        fern = make.person(session, "Fern")
        make.membership(session, fern, Role.FACILITATOR, elsewhere)
        fern_id = fern.id
    assert sign_in(fern_id).get(here).status_code == 404
    assert sign_in(cast.farid).post(here).status_code == 405
