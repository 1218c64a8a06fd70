"""A launch, from the login to the moment when it is proved: the order of the checks, and what each of them spends."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from course import clock
from course.database import Units
from course.lti.rules import claims as rules
from course.lti.rules.claims import Expected
from course.lti.rules.reasons import Reason, Refused
from course.lti.service import keysets, proof
from course.lti.service.outside import Outside
from course.people.rules import fingerprint
from course.platforms.queries import launching as queries
from course.platforms.queries.launching import Known, Place
from course.platforms.rules import Launch, State, origin_of
from course.platforms.service import deployments, logins
from course.platforms.service.logins import Spent

T = TypeVar("T")

_PLATFORM_STATES = {State.PENDING: Reason.PLATFORM_PENDING, State.STOPPED: Reason.PLATFORM_STOPPED}
_DEPLOYMENT_STATES = {State.PENDING: Reason.DEPLOYMENT_PENDING, State.STOPPED: Reason.DEPLOYMENT_STOPPED}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a platform's login says."""

    issuer: str
    client_id: str
    login_hint: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Returned:
    """What a browser brings back from the platform."""

    state: str = field(repr=False)
    token: str = field(repr=False)
    browser: str = field(repr=False)
    """What it kept since the login; empty when it kept nothing."""
    error: str = ""
    """The platform's own code, when it let nobody through."""


@dataclass(frozen=True, kw_only=True)
class Denied:
    """A launch that was refused, and what its page may know."""

    refused: Refused
    platform: Known | None = None
    return_url: str = ""
    """Where the reader may be sent back to."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A launch that is proved."""

    launch: Launch
    claims: Mapping[str, Any] = field(repr=False)
    platform: Known
    deployment_id: int
    organisation_id: int


def find_platform(session: Session, asked: Asked, *, base_url: str) -> Known | Denied:
    """Return the platform that begins a launch."""
    if not (asked.issuer and asked.login_hint and asked.target):
        return Denied(refused=Refused(Reason.LOGIN_INCOMPLETE))
    facts = {"issuer": asked.issuer[:200], "client_id": asked.client_id[:200]}
    known = queries.by_issuer(session, issuer=asked.issuer, client_id=asked.client_id)
    # One that was registered anew leaves the one before behind.
    known = tuple(platform for platform in known if platform.state is State.ACTIVE) or known
    if len(known) != 1:
        return Denied(refused=Refused(Reason.AMBIGUOUS_PLATFORM if known else Reason.UNKNOWN_PLATFORM, facts))
    (platform,) = known
    if platform.state is not State.ACTIVE:
        return Denied(refused=Refused(_PLATFORM_STATES[platform.state]), platform=platform)
    if not rules.url(asked.target) or origin_of(asked.target) != origin_of(base_url):
        return Denied(refused=Refused(Reason.TARGET_ELSEWHERE, {"ours": base_url}), platform=platform)
    return platform


def receive(units: Units, outside: Outside, returned: Returned, enter: Callable[[Session, Accepted], T]) -> T | Denied:
    """Spend the login first, whatever comes of it, then prove what the platform said, and let it in by ``enter``.

    It is one transaction when the platform's key is at hand. When the key must be asked for, the login is spent for
    good before: no other server is waited for inside a transaction. A refusal is a result, so it is committed too.
    """
    if not returned.state:
        return Denied(refused=Refused(Reason.NO_STATE))
    said = proof.unproved(returned.token)
    with units(write=True) as session:
        spent = logins.spend(session, state=returned.state)
        if spent is None:
            return _unspent(session, returned.state, said)
        place = queries.place(session, platform_id=spent.platform_id, deployment=rules.deployment(said))
        kid = _before(returned, spent, place) or proof.key_name(returned.token)
        if isinstance(kid, Refused):
            return _denied(kid, place.platform, said)
        key = keysets.at_hand(place.keys, kid)
        if key is not None:
            outcome = _accept(session, proof.prove(returned.token, key), spent, place, said)
            return outcome if isinstance(outcome, Denied) else enter(session, outcome)
    found = keysets.find(units, outside, place.platform, place.keys, kid)
    if isinstance(found, Refused):
        return _denied(found, place.platform, said)
    with units(write=True) as session:
        outcome = _accept(session, proof.prove(returned.token, found), spent, place, said)
        return outcome if isinstance(outcome, Denied) else enter(session, outcome)


def _unspent(session: Session, state: str, said: Mapping[str, Any]) -> Denied:
    """Tell why a state does not open anything."""
    begun = queries.begun(session, state)
    if begun is None:
        return Denied(refused=Refused(Reason.UNKNOWN_STATE))
    reason = Reason.STATE_EXPIRED if begun.spent_at is None else Reason.STATE_SPENT
    return _denied(Refused(reason), queries.platform(session, begun.platform_id), said)


def _before(returned: Returned, spent: Spent, place: Place) -> Refused | None:
    """Tell what stands against a launch before anything is computed."""
    if place.platform.state is not State.ACTIVE:
        return Refused(_PLATFORM_STATES[place.platform.state])
    if not returned.browser:
        return Refused(Reason.NO_COOKIE)
    if not hmac.compare_digest(fingerprint(returned.browser), spent.browser_hash):
        return Refused(Reason.OTHER_BROWSER)
    if returned.error:
        return Refused(Reason.LMS_ERROR, {"error": returned.error[:100]})
    return None if returned.token else Refused(Reason.NO_TOKEN)


def _accept(
    session: Session, proved: Mapping[str, Any] | Refused, spent: Spent, place: Place, said: Mapping[str, Any]
) -> Accepted | Denied:
    if isinstance(proved, Refused):
        return _denied(proved, place.platform, said)
    platform = place.platform
    expected = Expected(
        platform_id=platform.platform_id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        nonce=spent.nonce,
        target=spent.target,
    )
    launch = rules.read(proved, expected, now=clock.now())
    back = rules.return_url(proved)
    if isinstance(launch, Refused):
        return Denied(refused=launch, platform=platform, return_url=back)
    if place.deployment_id is None or place.deployment_state is None:
        deployments.notice(session, platform_id=platform.platform_id, name=launch.deployment)
    state = State(place.deployment_state or State.PENDING)
    if place.deployment_id is None or state is not State.ACTIVE:
        refused = Refused(_DEPLOYMENT_STATES[state], {"deployment": launch.deployment})
        return Denied(refused=refused, platform=platform, return_url=back)
    if place.organisation_id is None:
        return Denied(refused=Refused(Reason.NO_ORGANISATION), platform=platform, return_url=back)
    return Accepted(
        launch=launch,
        claims=proved,
        platform=platform,
        deployment_id=place.deployment_id,
        organisation_id=place.organisation_id,
    )


def _denied(refused: Refused, platform: Known, said: Mapping[str, Any]) -> Denied:
    """Refuse what is not proved: it may name the way back only to where the platform itself is."""
    back = rules.return_url(said)
    return Denied(
        refused=refused,
        platform=platform,
        return_url=back if back and origin_of(back) == origin_of(platform.auth_url) else "",
    )
