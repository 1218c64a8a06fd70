"""What Ada, Mona, Farid and a learner do at a served Oneday on the way from a registration to a released feedback."""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import String, cast, select

from course import clock
from course.cohorts.models import Cohort, CohortMember, Seat
from course.grading import service as grading
from course.grading.models import Grade
from course.people.models import Identity, Organisation, Person
from course.platforms.models import AccessToken, Context, Deployment, Participant, Platform
from tests import make
from tests.counterparts.browser import Answer, Browser, Form, forms
from tests.counterparts.ground import MODULE, ZONE, Ground
from tests.grading import build
from tests.lti.told import came_and_played, later

PAGE = f"/learn/{MODULE}/your-page/"
TEXT = "On Tuesday I will ask her how her morning was, and then I will be quiet."
MARKS = ("ok", "not ok", "not known yet")
LEVELS = (3, 2, 4)
SCORE = 75
"""25 x the mean level."""


@dataclass(frozen=True)
class Values:
    """What an LMS shows its admin, for our form."""

    lms: str
    issuer: str
    client_id: str
    deployment: str = ""
    auth_url: str = ""
    token_url: str = ""
    keys_url: str = ""
    name: str = ""


def form_to(answer: Answer, end: str) -> Form:
    """Return the form of a page that sends to an address with this end."""
    found = [form for form in forms(answer) if form.action.partition("?")[0].endswith(end)]
    seen = [form.action for form in forms(answer)]
    assert len(found) == 1, f"{answer.status_code} {answer.url}: {seen}\n{said(answer)}"
    return found[0]


def said(answer: Answer) -> str:
    """Return the words of a page, for whoever reads why a test failed."""
    main = answer.text[answer.text.find("<main") :]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())[:1500]


def register_by_hand(ground: Ground, values: Values) -> Answer:
    """Ada types in what the LMS shows."""
    with ground.browser(ground.ada) as ada:
        page = ada.walk(f"{ground.site.url}/admin/platforms/new/{values.lms}")
        told = {name: text for name, text in vars(values).items() if name != "lms"}
        answer = ada.send(form_to(page, f"/{values.lms}"), **told, organisation=str(ground.organisation))
        assert "is connected. Now try a launch" in answer.text, said(answer)
        return answer


def choose_module(teacher: Browser, picker: Answer, *, page: bool = True) -> Answer:
    """A teacher ticks the small module, with a column for the page's score; the platform takes it."""
    assert "What should stand in the course?" in picker.text, said(picker)
    ticked = {"modules": MODULE, "act": "chosen", **({"pages": MODULE} if page else {})}
    return teacher.send(form_to(picker, "/lti/choose"), **ticked)


def context_of(ground: Ground, client_id: str) -> int:
    """Return the one course that is known by a client of a platform."""
    with ground.reading() as session:
        return session.scalars(
            select(Context.id)
            .join(Deployment, Deployment.id == Context.deployment_id)
            .join(Platform, Platform.id == Deployment.platform_id)
            .where(Platform.client_id == client_id)
        ).one()


def read_roster(ground: Ground, context: int) -> Answer:
    """Mona reads a course's roster; return the page that shows it."""
    with ground.browser(ground.mona) as mona:
        page = mona.walk(f"{ground.site.url}/manage/platforms/contexts/{context}/roster/")
        return mona.send(form_to(page, "/roster/read"))


def take_roster(ground: Ground, context: int) -> int:
    """Mona reads the roster, looks at it, and makes a group of it. Returns the group."""
    looked = read_roster(ground, context)
    with ground.browser(ground.mona) as mona:
        shown = mona.walk(looked.url)
        answer = mona.send(form_to(shown, "/roster/take"), name=f"Group {context} of the LMS")
        assert "What was taken in" in answer.text, said(answer)
    return _group(ground, context)


def new_group(ground: Ground, context: int, name: str) -> int:
    """Mona decides that those who wait in a course are a new group. Returns it."""
    with ground.browser(ground.mona) as mona:
        page = mona.walk(f"{ground.site.url}/manage/platforms/contexts/{context}/")
        answer = mona.send(form_to(page, "/new-group"), name=name)
        assert answer.status_code == 200, said(answer)
    return _group(ground, context)


def _group(ground: Ground, context: int) -> int:
    with ground.reading() as session:
        group = session.get_one(Context, context).cohort_id
    assert group is not None
    return group


def known_as(ground: Ground, client_id: str, subject: str) -> list[int]:
    """Return the people whom a client of a platform calls by this id."""
    with ground.reading() as session:
        mine = select(Identity.person_id).join(Platform, Identity.issuer == cast(Platform.id, String))
        return list(session.scalars(mine.where(Platform.client_id == client_id, Identity.subject == subject)))


def tokens(ground: Ground, client_id: str, *, scope: str = "") -> list[str]:
    """Return the access tokens that a client of a platform gave us, for a scope whose name ends so."""
    with ground.reading() as session:
        mine = select(AccessToken.token).join(Platform, Platform.id == AccessToken.platform_id)
        wanted = AccessToken.scopes.contains(f"{scope} ") | AccessToken.scopes.endswith(scope)
        return list(session.scalars(mine.where(Platform.client_id == client_id, wanted)))


def check(ground: Ground, client_id: str) -> dict[str, str]:
    """Ada runs the connection check. Returns what it found of each part."""
    with ground.reading() as session:
        key = session.scalars(select(Platform.id).where(Platform.client_id == client_id)).one()
    with ground.browser(ground.ada) as ada:
        page = ada.walk(f"{ground.site.url}/admin/platforms/{key}/check")
        found = ada.send(form_to(page, "/check"))
    parts = re.findall(r'<li id="([^"]+)">(.*?)</li>', found.text, re.DOTALL)
    return {part: next(mark for mark in MARKS if f">{mark}<" in html) for part, html in parts}


def members(ground: Ground, group: int) -> dict[str, int]:
    """Return the members of a group: who they are at the platform, and here."""
    with ground.reading() as session:
        rows = session.execute(
            select(Participant.subject, Participant.person_id)
            .join(CohortMember, CohortMember.person_id == Participant.person_id)
            .where(CohortMember.cohort_id == group, CohortMember.left_at.is_(None))
        )
        return {row.subject: row.person_id for row in rows}


def set_date(ground: Ground, group: int) -> int:
    """Give a group its day, which was yesterday. Returns the run."""
    with ground.writing() as session:
        where = session.get_one(Organisation, ground.organisation)
        cohort = session.get_one(Cohort, group)
        on = make.day(session, where, on=clock.today(ZONE) - timedelta(days=1), zone=ZONE)
        farid = session.get_one(Person, ground.farid)
        version_hash = make.published(session)
        return make.run(session, on, cohort, version_hash=version_hash, facilitator=farid, module=MODULE).id


def hand_in(learner: Browser, home: str) -> None:
    """A learner writes the page in the frame, reads it once more, and hands it in."""
    page = learner.walk(f"{home}{PAGE}")
    assert page.status_code == 200, said(page)
    once_more = learner.send(form_to(page, "/draft"), text=TEXT, next="hand_in")
    handed = learner.send(form_to(once_more, "/hand-in"))
    assert TEXT in handed.text, said(handed)


def seat_of(ground: Ground, run: int, person_id: int) -> int:
    with ground.reading() as session:
        return session.scalars(select(Seat.id).where(Seat.run_id == run, Seat.person_id == person_id)).one()


def give_feedback(ground: Ground, run: int, *, levels: tuple[int, ...] = LEVELS) -> None:
    """Farid grades the pages that wait, and sends the feedback to all; its time to be taken back passes."""
    with ground.writing() as session:
        for seat_id in session.scalars(select(Seat.id).where(Seat.run_id == run)).all():
            came_and_played(session, seat_id, ground.farid)
        waiting = select(Grade).where(Grade.run_id == run, Grade.released_at.is_(None))
        for grade in session.scalars(waiting).all():
            build.filled(session, grade, by_id=ground.farid, levels=levels)
            grading.set_ready(
                session,
                grade_id=grade.id,
                base_version=grade.version,
                operation_id=build.operation(),
                by_id=ground.farid,
            )
    with ground.browser(ground.farid) as farid:
        pages = farid.walk(f"{ground.site.url}/facilitate/runs/{run}/grading/")
        sent = farid.send(form_to(pages, "/release"))
        assert re.search(r"Feedback sent to \d+ p", sent.text), said(sent)
    later(ground.engines, timedelta(minutes=11))
