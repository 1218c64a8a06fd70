"""Platforms are registered by a one-use link or typed in, confirmed, stopped, corrected."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Identity
from course.people.models import Session as SignIn
from course.people.rules import fingerprint
from course.people.service import open_session
from course.platforms.models import AccessToken, Context, Deployment, Invitation, KeySet, Participant, Platform
from course.platforms.queries import platforms as queries
from course.platforms.rules import WAY, State
from course.platforms.service import deployments, invitations, registering
from course.platforms.service.deployments import CoursesElsewhere
from course.platforms.service.invitations import InvitationSpent
from course.platforms.service.registering import AlreadyConnected, Offer
from tests.make import Cast, cast_of

OFFER = Offer(
    name="Moodle at lms.example.org",
    issuer="https://lms.example.org",
    client_id="abc",
    auth_url="https://lms.example.org/mod/lti/auth.php",
    token_url="https://lms.example.org/mod/lti/token.php",
    keys_url="https://lms.example.org/mod/lti/certs.php",
    family="moodle",
    deployment="7",
)


@pytest.fixture
def here(session: Session) -> Cast:
    return cast_of(session)


def token(session: Session, here: Cast) -> str:
    return invitations.invite(session, organisation_id=here.organisation, by_id=here.ada)


def states(session: Session) -> dict[str, str]:
    rows = session.execute(select(Deployment.name, Deployment.state).order_by(Deployment.name)).all()
    return {row.name: row.state for row in rows}


def test_a_registration_waits_and_is_confirmed_with_its_deployment(session: Session, here: Cast) -> None:
    made = registering.register(session, token=token(session, here), offer=OFFER)
    assert (made.state, made.organisation_id, made.confirmed_at) == (State.PENDING, here.organisation, None)
    assert states(session) == {"7": "pending"}
    assert queries.waiting(session) == 1
    deployments.notice(session, platform_id=made.id, name="8")
    seen = [each.deployment_id for each in queries.deployments(session, made.id) if each.name == "7"]
    registering.confirm(
        session, platform_id=made.id, organisation_id=here.other_organisation, deployment_ids=tuple(seen)
    )
    assert (made.state, made.organisation_id) == (State.ACTIVE, here.other_organisation)
    assert made.confirmed_at is not None
    assert states(session) == {"7": "active", "8": "pending"}
    assert queries.waiting(session) == 1
    assert [(each.name, each.organisation) for each in queries.deployments(session, made.id)] == [
        ("8", ""),
        ("7", "Harbour Freight Lines"),
    ]


def test_a_link_is_kept_as_a_hash_and_works_once(session: Session, here: Cast) -> None:
    first = token(session, here)
    kept = session.execute(select(Invitation)).scalar_one()
    assert kept.token_hash == fingerprint(first)
    assert kept.expires_at - kept.created_at == timedelta(hours=24)
    assert [each.invitation_id for each in queries.open_invitations(session)] == [kept.id]
    registering.register(session, token=first, offer=OFFER)
    found = queries.invitation(session, first)
    assert found is not None
    assert (found.open, found.platform, found.state) == (False, OFFER.name, State.PENDING)
    assert queries.open_invitations(session) == ()
    with pytest.raises(InvitationSpent):
        registering.register(session, token=first, offer=replace(OFFER, client_id="other"))
    assert [each.client_id for each in session.execute(select(Platform)).scalars()] == ["abc"]


@pytest.mark.parametrize("made", ["too old", "taken back", "unknown"])
def test_a_link_that_no_longer_works_registers_nothing(session: Session, here: Cast, made: str) -> None:
    good = token(session, here)
    if made == "too old":
        session.execute(update(Invitation).values(expires_at=clock.now()))
    if made == "taken back":
        (only,) = queries.open_invitations(session)
        assert invitations.withdraw(session, invitation_id=only.invitation_id)
        assert not invitations.withdraw(session, invitation_id=only.invitation_id)
    session.expire_all()
    found = queries.invitation(session, "x" if made == "unknown" else good)
    assert (found is None or not found.open) is True
    with pytest.raises(InvitationSpent):
        registering.register(session, token="x" if made == "unknown" else good, offer=OFFER)
    assert session.execute(select(Platform)).all() == []


def test_a_second_registration_updates_what_waits_and_what_was_stopped(session: Session, here: Cast) -> None:
    made = registering.register(session, token=token(session, here), offer=OFFER)
    newer = replace(OFFER, token_url="https://lms.example.org/token2", deployment="9")
    again = registering.register(session, token=token(session, here), offer=newer)
    assert (again.id, again.token_url, states(session)) == (made.id, newer.token_url, {"7": "pending", "9": "pending"})
    registering.confirm(session, platform_id=made.id, organisation_id=here.organisation)
    registering.stop(session, platform_id=made.id)
    third = registering.register(session, token=token(session, here), offer=OFFER)
    assert (third.id, third.state, third.token_url) == (made.id, State.PENDING, OFFER.token_url)


def test_an_active_platform_is_never_changed_by_a_registration(session: Session, here: Cast) -> None:
    made = registering.register(session, token=token(session, here), offer=OFFER)
    registering.confirm(session, platform_id=made.id, organisation_id=here.organisation)
    second = token(session, here)
    with pytest.raises(AlreadyConnected) as known, session.begin_nested():
        registering.register(session, token=second, offer=replace(OFFER, keys_url="https://lms.example.org/evil"))
    assert known.value.platform_id == made.id
    session.refresh(made)
    assert (made.keys_url, made.state) == (OFFER.keys_url, State.ACTIVE)
    same = registering.register(session, token=token(session, here), offer=replace(OFFER, deployment="12"))
    assert (same.id, same.state, states(session)) == (made.id, State.ACTIVE, {"12": "pending", "7": "pending"})


def test_two_clients_of_one_issuer_are_two_platforms(session: Session, here: Cast) -> None:
    one = registering.register(session, token=token(session, here), offer=OFFER)
    two = registering.register(session, token=token(session, here), offer=replace(OFFER, client_id="ABC"))
    assert one.id != two.id


def test_what_an_admin_types_is_active_at_once(session: Session, here: Cast) -> None:
    made = session.get_one(Platform, registering.add(session, offer=OFFER, organisation_id=here.organisation))
    assert (made.state, made.organisation_id, made.confirmed_at) == (
        State.ACTIVE,
        here.organisation,
        made.created_at,
    )
    assert [(each.name, each.state, each.organisation) for each in queries.deployments(session, made.id)] == [
        ("7", "active", "Southeast Utilities")
    ]
    with pytest.raises(AlreadyConnected):
        registering.add(session, offer=OFFER, organisation_id=here.other_organisation)
    assert made.organisation_id == here.organisation


def inside(session: Session, here: Cast, platform_id: int, deployment_id: int) -> dict[str, int]:
    """Lena is in by this platform and has a session of her own beside; Leo came by no platform."""
    session.add(
        Identity(person_id=here.lena, kind="lti", issuer=str(platform_id), subject="u1", created_at=clock.now())
    )
    course = Context(deployment_id=deployment_id, name="c1", created_at=clock.now())
    session.add(course)
    session.flush()
    session.add(Participant(context_id=course.id, person_id=here.lena, subject="u1", launched_at=clock.now()))
    session.flush()
    return {
        "lena by lms": open_session(session, person_id=here.lena, way=WAY)[1],
        "lena herself": open_session(session, person_id=here.lena, way="password")[1],
        "leo by lms": open_session(session, person_id=here.leo, way=WAY)[1],
    }


def ended(session: Session, sessions: dict[str, int]) -> set[str]:
    session.expire_all()
    return {name for name, id_ in sessions.items() if session.get_one(SignIn, id_).ended_at is not None}


def test_stopping_signs_its_people_out_and_starting_again_is_one_step(session: Session, here: Cast) -> None:
    platform_id = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    (installed,) = queries.deployments(session, platform_id)
    sessions = inside(session, here, platform_id, installed.deployment_id)
    (listed,) = queries.platforms(session)
    assert (listed.active, listed.waiting, listed.launched_at is not None) == (1, 0, True)
    assert not registering.start_again(session, platform_id=platform_id)
    registering.stop(session, platform_id=platform_id)
    assert ended(session, sessions) == {"lena by lms"}
    assert session.get_one(Platform, platform_id).state == State.STOPPED
    assert registering.start_again(session, platform_id=platform_id)
    assert session.get_one(Platform, platform_id).state == State.ACTIVE


def test_stopping_a_deployment_signs_its_people_out(session: Session, here: Cast) -> None:
    platform_id = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    (installed,) = queries.deployments(session, platform_id)
    sessions = inside(session, here, platform_id, installed.deployment_id)
    deployments.stop(session, deployment_id=installed.deployment_id)
    assert ended(session, sessions) == {"lena by lms"}
    assert states(session) == {"7": "stopped"}
    deployments.confirm(session, deployment_id=installed.deployment_id, organisation_id=here.organisation)
    assert states(session) == {"7": "active"}


def test_a_deployment_with_groups_stays_with_their_organisation(session: Session, here: Cast) -> None:
    platform_id = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    (installed,) = queries.deployments(session, platform_id)
    inside(session, here, platform_id, installed.deployment_id)
    deployments.confirm(session, deployment_id=installed.deployment_id, organisation_id=here.other_organisation)
    session.execute(update(Context).values(cohort_id=here.other_cohort))
    with pytest.raises(CoursesElsewhere):
        deployments.confirm(session, deployment_id=installed.deployment_id, organisation_id=here.organisation)
    assert queries.deployments(session, platform_id)[0].organisation_id == here.other_organisation


def remembered(session: Session) -> tuple[int, int]:
    return len(session.execute(select(KeySet)).all()), len(session.execute(select(AccessToken)).all())


def test_a_corrected_address_forgets_what_came_from_the_old_one(session: Session, here: Cast) -> None:
    platform_id = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    session.add(KeySet(platform_id=platform_id, keys=[], asked_at=clock.now()))
    session.add(AccessToken(platform_id=platform_id, scopes="a", token="t", expires_at=clock.now()))
    session.flush()
    registering.correct(session, platform_id=platform_id, offer=replace(OFFER, name="Ours", client_id="new"))
    found = session.get_one(Platform, platform_id)
    assert (found.name, found.client_id) == ("Ours", "new")
    assert remembered(session) == (1, 1)
    registering.correct(
        session, platform_id=platform_id, offer=replace(OFFER, keys_url="https://k", token_url="https://t")
    )
    assert remembered(session) == (0, 0)
    (installed,) = queries.deployments(session, platform_id)
    inside(session, here, platform_id, installed.deployment_id)
    registering.correct(session, platform_id=platform_id, offer=replace(OFFER, client_id="third"))
    assert found.client_id == "abc"


def test_a_correction_cannot_take_the_place_of_another_platform(session: Session, here: Cast) -> None:
    one = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    two = registering.add(session, offer=replace(OFFER, client_id="two"), organisation_id=here.organisation)
    with pytest.raises(AlreadyConnected) as known:
        registering.correct(session, platform_id=two, offer=OFFER)
    assert known.value.platform_id == one
    session.expire_all()
    assert session.get_one(Platform, two).client_id == "two"


def test_origins_are_kept(session: Session, here: Cast) -> None:
    made = registering.add(session, offer=OFFER, organisation_id=here.organisation)
    registering.set_origins(session, platform_id=made, origins=("https://portal.example.org",))
    session.flush()
    session.expire_all()
    assert session.get_one(Platform, made).frame_origins == ["https://portal.example.org"]
