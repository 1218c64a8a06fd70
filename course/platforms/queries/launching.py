"""What a login and a launch need to know of their platform, in one statement each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import Session

from course.people.rules import fingerprint
from course.platforms.models import Deployment, KeySet, Login, Platform
from course.platforms.rules import State
from course.statements import columns


@dataclass(frozen=True, kw_only=True)
class Known:
    """A platform, as far as letting people in by it asks."""

    platform_id: int
    name: str
    issuer: str
    client_id: str
    auth_url: str
    keys_url: str
    frame_origins: tuple[str, ...]
    state: State

    @property
    def framed_by(self) -> tuple[str, ...]:
        """Addresses whose sites may frame us."""
        return (self.auth_url, *self.frame_origins)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The platform's keys as they were last read."""

    keys: tuple[dict[str, str], ...] = ()
    fetched_at: datetime | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A platform, its keys, and one deployment of it, if that is known."""

    platform: Known
    keys: Keys
    deployment_id: int | None
    deployment_state: str | None
    organisation_id: int | None
    """Whose people come by this deployment."""


@dataclass(frozen=True)
class Begun:
    """A login, whatever became of it."""

    platform_id: int
    expires_at: datetime
    spent_at: datetime | None


_PLATFORM = (
    Platform.id,
    Platform.name,
    Platform.issuer,
    Platform.client_id,
    Platform.auth_url,
    Platform.keys_url,
    Platform.frame_origins,
    Platform.state,
)
_BY_ISSUER = select(*_PLATFORM).where(Platform.issuer == bindparam("issuer")).order_by(Platform.id)
_BY_CLIENT = _BY_ISSUER.where(Platform.client_id == bindparam("client_id"))
_BY_ID = select(*_PLATFORM).where(Platform.id == bindparam("platform_id"))
_KEYS = (KeySet.keys, KeySet.fetched_at, KeySet.asked_at)
_PLACE = (
    select(
        *_PLATFORM,
        *_KEYS,
        Platform.organisation_id,
        Deployment.id.label("deployment_id"),
        Deployment.state.label("deployment_state"),
        Deployment.organisation_id.label("of_deployment"),
    )
    .outerjoin(KeySet, KeySet.platform_id == Platform.id)
    .outerjoin(Deployment, and_(Deployment.platform_id == Platform.id, Deployment.name == bindparam("deployment")))
    .where(Platform.id == bindparam("platform_id"))
)
_KEYS_OF = select(*_KEYS).where(KeySet.platform_id == bindparam("platform_id"))
_BEGUN = select(Login.platform_id, Login.expires_at, Login.spent_at).where(Login.state_hash == bindparam("state_hash"))


def by_issuer(session: Session, *, issuer: str, client_id: str) -> tuple[Known, ...]:
    """Return the platforms of an issuer; with a client id the one that has it too."""
    asked = {"issuer": issuer, "client_id": client_id} if client_id else {"issuer": issuer}
    return tuple(_known(row) for row in columns(session, _BY_CLIENT if client_id else _BY_ISSUER, asked))


def platform(session: Session, platform_id: int) -> Known:
    return _known(columns(session, _BY_ID, {"platform_id": platform_id}).one())


def place(session: Session, *, platform_id: int, deployment: str) -> Place:
    """Return what a launch needs of its platform and of the deployment that it says it comes from."""
    row = columns(session, _PLACE, {"platform_id": platform_id, "deployment": deployment}).one()
    return Place(
        platform=_known(row),
        keys=_keys(row),
        deployment_id=row.deployment_id,
        deployment_state=row.deployment_state,
        organisation_id=row.of_deployment or row.organisation_id,
    )


def keys(session: Session, platform_id: int) -> Keys:
    row = columns(session, _KEYS_OF, {"platform_id": platform_id}).one_or_none()
    return _keys(row) if row is not None else Keys()


def begun(session: Session, state: str) -> Begun | None:
    """Return the login of a state."""
    row = columns(session, _BEGUN, {"state_hash": fingerprint(state)}).one_or_none()
    return Begun(*row) if row is not None else None


def _known(row: Row[Any]) -> Known:
    return Known(
        platform_id=row.id,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        auth_url=row.auth_url,
        keys_url=row.keys_url,
        frame_origins=tuple(row.frame_origins),
        state=State(row.state),
    )


def _keys(row: Row[Any]) -> Keys:
    return Keys(keys=tuple(row.keys or ()), fetched_at=row.fetched_at, asked_at=row.asked_at)
