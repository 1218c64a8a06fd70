"""Every page that a person can open, by who opens it, in the demo; and every GET that is no page, with the reason."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import clock
from course.admin.rules import Lms
from course.cases.case import says
from course.cases.engine import Choose, Said, begin, compile_case, open_choices, scene, step
from course.cohorts.models import Role, Run
from course.cohorts.service import door as doors
from course.commitments import service as commitments
from course.commitments.rules import Wording
from course.completions.models import Certificate
from course.content.schema import RankScene
from course.grading.models import Grade
from course.library import queries as library
from course.people import service as people
from course.people.models import Organisation, Person
from course.platforms.models import Context, Participant
from course.platforms.rules import ContextClaim, LinkClaim
from course.platforms.service import deployments, invitations, registering
from course.platforms.service.registering import Offer
from course.scenarios.service import room as rooms
from tests import make
from tests.platforms.launches import connect

MODULE = "/learn/managing-the-client-relationship/"
CASE = f"{MODULE}the-case/"
PAGE = f"{MODULE}the-page/"
BLOCKS = (
    *("your-split", "the-incident", "four-contrasts", "two-replies", "say-it-once", "register-and-note"),
    *("own-client", "say-it-hot", "two-promises", "decide-again", "close"),
)

TRIED = "/facilitate/runs/{coming}/prepare/cases/payroll-interface-sponsor/"

ROSTER = (
    {"subject": "n1", "name": "Nora Weiss", "email": "nora@lms.example", "learner": True},
    {"subject": "n2", "learner": True},
    {"subject": "n3", "name": "Zoë Müller-Lüdenscheidt", "email": "lena.brandt@southeast.example", "learner": True},
    {"subject": "n4", "name": "Tia Roth", "teacher": True},
    {"subject": "n5", "name": "Gustav Gone", "learner": True, "active": False},
)
"""A roster as it was read: somebody new, one whose name is withheld, one who may be here, a teacher, one who left."""

LIVE = "payroll-interface-sponsor"
ROOM = f"/facilitate/runs/{{run}}/live/{LIVE}/"

PAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "nobody": {
        "signin.sign_in": ("/sign-in", "/sign-in?next=/learn/"),
        "signin.forgot": ("/sign-in/forgot",),
        "signin.password": ("/sign-in/password/{password}",),
        "signin.link": ("/sign-in/link/{link}",),
        "signin.door": ("/in",),
        "signin.door_names": ("/in/{code}?k={key}",),
        "lti.register": ("/lti/register?invite={invite}",),
        "public.verify": ("/verify/{certificate}",),
        "public.styleguide": ("/styleguide",),
    },
    "lena": {
        "learner.home": ("/learn/",),
        "learner.module": (MODULE,),
        "learner.block": (*(f"{MODULE}{block}/" for block in BLOCKS), CASE, f"{CASE}?after=1", PAGE),
        "learner.read_once_more": (f"{PAGE}hand-in",),
        "learner.printed": (f"{MODULE}print/",),
        "signin.account": ("/account",),
        "lti.join": ("/lti/join",),
    },
    "answered": {
        "learner.home": ("/learn/",),
        "learner.module": (MODULE,),
        "learner.block": (CASE, PAGE),
        "learner.debrief": (f"{CASE}debrief/", f"{CASE}debrief/?change=0"),
        "learner.feedback": (f"{PAGE}feedback/",),
        "lti.feedback_waits": ("/lti/feedback/{answered_seat}",),
    },
    "new": {
        "learner.home": ("/learn/",),
        "learner.module": (MODULE,),
        "learner.block": (CASE, PAGE),
    },
    "farid": {
        "facilitator.home": ("/facilitate/",),
        "facilitator.run": ("/facilitate/runs/{run}/", "/facilitate/runs/{coming}/"),
        "facilitator.guide_sheet": ("/facilitate/runs/{run}/guide/",),
        "facilitator.kit": ("/facilitate/runs/{coming}/kit/", "/facilitate/runs/{run}/kit/?paper=letter"),
        "facilitator.prepare": ("/facilitate/runs/{coming}/prepare/", "/facilitate/runs/{run}/prepare/"),
        "facilitator.rehearse": ("/facilitate/runs/{coming}/prepare/opening/",),
        "facilitator.samples": ("/facilitate/runs/{coming}/prepare/samples/",),
        "facilitator.try_projector": ("/facilitate/runs/{coming}/prepare/projector",),
        "facilitator.preview": (TRIED, f"{TRIED}?path={{first}}", f"{TRIED}?path={{end}}"),
        "facilitator.live": (ROOM, f"/facilitate/runs/{{coming}}/live/{LIVE}/"),
        "facilitator.room_wall": (f"{ROOM}projector/",),
        "facilitator.room_plan": (f"{ROOM}plan/", f"/facilitate/runs/{{coming}}/live/{LIVE}/plan/"),
        "facilitator.presence": ("/facilitate/runs/{run}/presence/", "/facilitate/runs/{coming}/presence/"),
        "facilitator.door": ("/facilitate/runs/{coming}/door/", "/facilitate/runs/{run}/door/"),
        "facilitator.door_wall": ("/facilitate/runs/{coming}/door/wall",),
        "facilitator.grading": ("/facilitate/grading/",),
        "facilitator.run_grading": ("/facilitate/runs/{run}/grading/", "/facilitate/runs/{coming}/grading/"),
        "facilitator.grade": tuple(f"/facilitate/grading/{{{which}}}" for which in ("waiting", "done", "sent")),
        "lti.link": ("/lti/links/{link_of_course}/",),
    },
    "mona": {
        "manager.home": ("/manage/",),
        "manager.cohort": ("/manage/cohorts/{cohort}/", "/manage/cohorts/{cohort}/?show=done&q=nobody"),
        "manager.cohort_setup": ("/manage/cohorts/{cohort}/setup/",),
        "manager.new_cohort": ("/manage/cohorts/new",),
        "manager.platform_courses": ("/manage/platforms/",),
        "manager.platform_course": ("/manage/platforms/contexts/{course}/", "/manage/platforms/contexts/{decided}/"),
        "lti.roster": tuple(f"/manage/platforms/contexts/{{{which}}}/roster/" for which in ("course", "decided")),
        "manager.new_day": ("/manage/days/new",),
        "manager.people_list": ("/manage/people/", "/manage/people/?q=nobody"),
        "manager.person": ("/manage/people/{learner}/", "/manage/people/{facilitator}/"),
        "manager.refused_results": ("/manage/cohorts/{cohort}/results/",),
        "manager.roster": ("/manage/cohorts/{cohort}/roster/",),
        "manager.run": ("/manage/runs/{run}/", "/manage/runs/{coming}/"),
    },
    "beginner": {
        "manager.home": ("/manage/",),
        "manager.new_day": ("/manage/days/new",),
        "manager.people_list": ("/manage/people/",),
        "facilitator.home": ("/facilitate/",),
        "facilitator.grading": ("/facilitate/grading/",),
        "public.home": ("/",),
    },
    "ada": {
        "admin.home": ("/admin/",),
        "admin.organisation": ("/admin/organisations/{organisation}/",),
        "admin.admins": ("/admin/admins/",),
        "admin.modules": ("/admin/modules/",),
        "admin.platforms_list": ("/admin/platforms/",),
        "admin.new_platform": ("/admin/platforms/new",),
        "admin.connect_by_hand": tuple(f"/admin/platforms/new/{lms.value}" for lms in Lms),
        "admin.platform": ("/admin/platforms/{asking}/", "/admin/platforms/{connected}/"),
        "lti.check": ("/admin/platforms/{connected}/check",),
        "admin.outbox": ("/admin/outbox",),
        "admin.settings": ("/admin/settings/",),
    },
    "seatless": {"learner.home": ("/learn/",)},
    "stranger": {"public.home": ("/",)},
}
"""Paths by person and endpoint; what stands in braces comes from ``Demo``."""

AFTER_A_FORM = {
    "lti.before": "follows somebody's first launch, as test_landing does",
    "signin.elsewhere": "the link that a button on the account page makes",
    "signin.arrived": "follows a name picked at the door",
    "manager.roster_import": "what a roster did, once it was taken in",
}
"""Pages that only a form leads to; ``test_axe`` sends that form."""

NO_PAGE = {
    "static": "files",
    "lti.jwks": "JSON",
    "lti.login": "leads on to an LMS; what it refuses is among the pages that refuse",
    "lti.out": "leads on, outside of a frame",
    "lti.window": "follows a launch in a frame without cookies, as test_frame does",
    "lti.canvas_json": "settings for a machine",
    "public.healthz": "text for a machine",
    "public.readyz": "text for a machine",
    "learner.picture": "a picture",
    "learner.certificate": "a PDF",
    "learner.held": "tells a page that waits whether the room is still held",
    "manager.seat_certificate": "a PDF",
    "manager.cohort_csv": "a file",
    "manager.roster_example": "a file",
    "facilitator.kit_archive": "a file",
    "facilitator.kit_document": "a PDF",
    "facilitator.door_arrivals": "a part of the door's page",
    "facilitator.door_wall_news": "a part of the wall",
    "facilitator.live_news": "a part of the room's page",
    "facilitator.room_wall_news": "a part of the room's wall",
    "facilitator.start_grading": "leads on to a page to grade",
    "facilitator.skip_grade": "leads on to the next page to grade",
}


@dataclass(frozen=True)
class Demo:
    """Who opens the pages, and what stands for the braces in their paths."""

    people: dict[str, int]
    names: dict[str, str]


def furnish(session: Session) -> Demo:
    """Open a door, make links, add people with little or nothing; return who and what there is to look at."""
    found = {row.name: row.id for row in session.execute(select(Person.id, Person.name))}
    where = session.execute(select(Organisation)).scalar_one()
    past, coming = session.execute(select(Run).order_by(Run.id)).scalars().all()
    door = doors.open_door(session, run_id=coming.id)
    sent = session.execute(select(Grade).where(Grade.released_at.is_not(None))).scalars().first()
    waiting = session.execute(select(Grade).where(Grade.ready_at.is_(None))).scalars().first()
    done = (
        session.execute(select(Grade).where(Grade.ready_at.is_not(None), Grade.released_at.is_(None))).scalars().first()
    )
    assert sent is not None
    assert waiting is not None
    assert done is not None
    promised = Wording("the call begins with the date", "ask what would help", "the Heron", clock.today("UTC"))
    commitments.make(
        session,
        seat_id=sent.seat_id,
        origin="payroll-interface-sponsor",
        wording=promised,
        today=promised.by,
        operation_id="furnished",
    )
    beginner = make.person(session, "Bea Lund")
    elsewhere = make.organisation(session, "Nordkai Water")
    for role in (Role.MANAGER, Role.FACILITATOR):
        make.membership(session, beginner, role, elsewhere)
    seatless, stranger = make.person(session, "Siri Vik"), make.person(session, "Stellan Roos")
    make.membership(session, seatless, Role.LEARNER, elsewhere)
    lena = found["Lena Brandt"]
    tried = _tried(session, coming)
    course, decided, link = _courses(session, where.id, past.cohort_id, teacher=found["Farid Haddad"])
    asking, connected, invite = _platforms(session, where.id, found["Ada Quist"])
    rooms.reveal(session, run_id=past.id, scenario=LIVE, scene="w4_door", by_id=found["Farid Haddad"])
    rooms.stop(session, run_id=coming.id, scenario=LIVE, scene="m5_coffee", by_id=found["Farid Haddad"])
    return Demo(
        people={
            "lena": lena,
            "answered": sent.author_id,
            "new": found["Astrid Holm"],
            "farid": found["Farid Haddad"],
            "mona": found["Mona Keller"],
            "ada": found["Ada Quist"],
            "beginner": beginner.id,
            "seatless": seatless.id,
            "stranger": stranger.id,
        },
        names={
            "run": str(past.id),
            "coming": str(coming.id),
            "cohort": str(past.cohort_id),
            "learner": str(lena),
            "facilitator": str(found["Farid Haddad"]),
            "organisation": str(where.id),
            "asking": str(asking),
            "connected": str(connected),
            "invite": invite,
            "code": door.code,
            "key": door.key,
            "password": people.make_link(session, person_id=found["Mona Keller"], purpose="password"),
            "link": people.make_link(session, person_id=lena, purpose="sign_in"),
            "certificate": session.execute(select(Certificate.code)).scalars().one(),
            "waiting": waiting.handle,
            "done": done.handle,
            "sent": sent.handle,
            "answered_seat": str(sent.seat_id),
            "course": str(course),
            "decided": str(decided),
            "link_of_course": str(link),
            "first": tried[0],
            "end": ".".join(tried),
        },
    )


def _platforms(session: Session, organisation_id: int, by_id: int) -> tuple[int, int, str]:
    """Return an LMS that waits for the admin, one that is connected with a deployment that waits, and an open link."""
    tokens = [invitations.invite(session, organisation_id=organisation_id, by_id=by_id) for _ in range(2)]
    offer = Offer(
        name="Moodle (lms.example.org)",
        issuer="https://lms.example.org",
        client_id="one",
        auth_url="https://lms.example.org/mod/lti/auth.php",
        token_url="https://lms.example.org/mod/lti/token.php",
        keys_url="https://lms.example.org/mod/lti/certs.php",
        family="moodle",
        deployment="1",
    )
    asking = registering.register(session, token=tokens[0], offer=offer).id
    connected = registering.add(session, offer=replace(offer, client_id="two"), organisation_id=organisation_id)
    deployments.notice(session, platform_id=connected, name="2")
    return asking, connected, tokens[1]


def _courses(session: Session, organisation_id: int, cohort_id: int, *, teacher: int) -> tuple[int, int, int]:
    """Make two courses of an LMS in which somebody waits, one of them decided. Returns them and a link of the first."""
    where = connect(session, organisation_id)
    opens = LinkClaim("link-1", "The day", MODULE.split("/")[2])
    waits = where.land(session, link=opens)
    other = where.land(session, link=opens, context=ContextClaim("course-8", "PM-11", "Project work, November"))
    assert waits.context_id is not None
    assert other.context_id is not None
    assert waits.link_id is not None
    decided = session.get_one(Context, other.context_id)
    decided.cohort_id, decided.roster, decided.roster_read_at = cohort_id, list(ROSTER), clock.now()
    session.add(Participant(context_id=waits.context_id, person_id=teacher, subject="t", teacher=True))
    session.flush()
    return waits.context_id, other.context_id, waits.link_id


def _tried(session: Session, run: Run) -> list[str]:
    """Return the first choice that is open, again and again, until the case of a run ends."""
    case = compile_case(library.module(session, run.version_hash).scenarios[0])
    state, _events = begin(case)
    taken: list[str] = []
    while choices := open_choices(case, state):
        if says(case.nodes[state.scene]):
            state, _events = step(case, state, Said(state.scene))
        here = scene(case, state)
        taken.append(",".join(item.id for item in here.items) if isinstance(here, RankScene) else choices[0].id)
        state, _events = step(case, state, Choose(state.scene, taken[-1]))
    return taken
