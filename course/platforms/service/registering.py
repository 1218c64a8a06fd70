"""Platforms: registered by an LMS, typed in by an admin, confirmed, stopped, corrected."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from course import clock
from course.people.models import Identity, IdentityKind
from course.people.models import Session as SignIn
from course.platforms.models import AccessToken, Context, Deployment, KeySet, Participant, Platform
from course.platforms.rules import WAY, State
from course.platforms.service import deployments, invitations


class AlreadyConnected(Exception):  # noqa: N818 - It is what the admin is told, not a fault of the program.
    """There is a platform of this issuer and client id, and it stays as it is."""

    def __init__(self, platform_id: int) -> None:
        super().__init__(platform_id)
        self.platform_id = platform_id


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What is known of a platform, from its own registration or as an admin typed it."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    family: str = ""
    deployment: str = ""
    """Where it was installed, if it said so."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        return self.auth_url, self.token_url, self.keys_url, self.token_audience


def register(session: Session, *, token: str, offer: Offer) -> Platform:
    """Keep what an LMS registered by an invitation, which is spent with it. It waits for an admin.

    A platform that lets people in already is not changed; the same values once more are no change.
    Raises InvitationSpent and AlreadyConnected.
    """
    invitation = invitations.spend(session, token=token)
    platform = _add(session, offer, invitation.organisation_id, State.PENDING)
    if platform is None:
        platform = _known(session, offer)
        if platform.state != State.ACTIVE:
            _take_over(session, platform, offer)
            platform.organisation_id = invitation.organisation_id
            platform.state = State.PENDING
        elif _endpoints(platform) != offer.endpoints:
            raise AlreadyConnected(platform.id)
    if offer.deployment:
        deployments.notice(session, platform_id=platform.id, name=offer.deployment)
    invitation.platform_id = platform.id
    session.flush()
    return platform


def add(session: Session, *, offer: Offer, organisation_id: int) -> int:
    """Keep what an admin typed in. The admin's word confirms it, and the deployment they name.

    Raises AlreadyConnected.
    """
    platform = _add(session, offer, organisation_id, State.ACTIVE)
    if platform is None:
        raise AlreadyConnected(_known(session, offer).id)
    platform.confirmed_at = platform.created_at
    if offer.deployment:
        made = deployments.notice(session, platform_id=platform.id, name=offer.deployment)
        deployments.confirm(session, deployment_id=made.id, organisation_id=organisation_id)
    session.flush()
    return platform.id


def confirm(session: Session, *, platform_id: int, organisation_id: int, deployment_ids: tuple[int, ...] = ()) -> None:
    """Let people in by a platform, and by those of its deployments that the admin saw."""
    platform = session.get_one(Platform, platform_id)
    platform.state = State.ACTIVE
    platform.confirmed_at = clock.now()
    platform.organisation_id = organisation_id
    waiting = session.execute(
        select(Deployment.id).where(
            Deployment.platform_id == platform_id,
            Deployment.id.in_(deployment_ids),
            Deployment.state == State.PENDING,
        )
    )
    for deployment_id in waiting.scalars().all():
        deployments.confirm(session, deployment_id=deployment_id, organisation_id=organisation_id)
    session.flush()


def stop(session: Session, *, platform_id: int) -> None:
    """Let nobody in by a platform any more; whoever is inside by an LMS and belongs to it is signed out."""
    session.get_one(Platform, platform_id).state = State.STOPPED
    session.execute(delete(AccessToken).where(AccessToken.platform_id == platform_id))
    theirs = select(Identity.person_id).where(Identity.kind == IdentityKind.LTI, Identity.issuer == str(platform_id))
    session.execute(
        update(SignIn)
        .where(SignIn.way == WAY, SignIn.ended_at.is_(None), SignIn.person_id.in_(theirs))
        .values(ended_at=clock.now())
    )


def start_again(session: Session, *, platform_id: int) -> bool:
    """Let people in again by a platform that was confirmed once. Returns whether it was."""
    platform = session.get_one(Platform, platform_id)
    if platform.state != State.STOPPED or platform.confirmed_at is None:
        return False
    platform.state = State.ACTIVE
    return True


def correct(session: Session, *, platform_id: int, offer: Offer) -> None:
    """Write over what is known of a platform. Issuer and client id stay once people came by it: they say who they are.

    Raises AlreadyConnected where another platform has that issuer and client id.
    """
    platform = session.get_one(Platform, platform_id)
    try:
        with session.begin_nested():
            if not has_people(session, platform_id=platform_id):
                platform.issuer, platform.client_id = offer.issuer, offer.client_id
            _take_over(session, platform, offer)
            session.flush()
    except IntegrityError as error:
        raise AlreadyConnected(_known(session, offer).id) from error


def set_origins(session: Session, *, platform_id: int, origins: tuple[str, ...]) -> None:
    """Name the origins that may frame us beside those that launches tell."""
    session.get_one(Platform, platform_id).frame_origins = list(origins)


def has_people(session: Session, *, platform_id: int) -> bool:
    """Tell whether anybody is known by this platform."""
    known = (
        select(Participant.id)
        .join(Context, Context.id == Participant.context_id)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .where(Deployment.platform_id == platform_id)
        .limit(1)
    )
    identity = select(Identity.id).where(Identity.kind == IdentityKind.LTI, Identity.issuer == str(platform_id))
    return session.execute(known).first() is not None or session.execute(identity.limit(1)).first() is not None


def _add(session: Session, offer: Offer, organisation_id: int | None, state: State) -> Platform | None:
    """Return the new platform, or None where there is one of this issuer and client id."""
    made = Platform(
        name=offer.name,
        issuer=offer.issuer,
        client_id=offer.client_id,
        auth_url=offer.auth_url,
        token_url=offer.token_url,
        keys_url=offer.keys_url,
        token_audience=offer.token_audience,
        family=offer.family,
        organisation_id=organisation_id,
        state=state,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return None
    return made


def _known(session: Session, offer: Offer) -> Platform:
    return session.execute(
        select(Platform)
        .where(Platform.issuer == offer.issuer, Platform.client_id == offer.client_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _endpoints(platform: Platform) -> tuple[str, ...]:
    return platform.auth_url, platform.token_url, platform.keys_url, platform.token_audience


def _take_over(session: Session, platform: Platform, offer: Offer) -> None:
    """Write what was offered; keys and tokens that came from other addresses are forgotten."""
    if platform.keys_url != offer.keys_url:
        session.execute(delete(KeySet).where(KeySet.platform_id == platform.id))
    if platform.token_url != offer.token_url:
        session.execute(delete(AccessToken).where(AccessToken.platform_id == platform.id))
    platform.name, platform.family = offer.name, offer.family
    platform.auth_url, platform.token_url, platform.keys_url, platform.token_audience = offer.endpoints
