"""Dynamic registration: reads what a platform says of itself, registers us there, keeps what came of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog

from course.database import Units
from course.lti.rules import registration as rules
from course.lti.rules.registration import Fault, Ours, Unfit
from course.lti.service.outside import Answer, NotJson, Outside, Trouble, Unreachable, is_public
from course.platforms.queries import platforms as queries
from course.platforms.queries.platforms import Invited
from course.platforms.rules import origin_of
from course.platforms.service import registering
from course.platforms.service.invitations import InvitationSpent
from course.platforms.service.registering import AlreadyConnected, Offer

FAMILIES = {
    "moodle": "Moodle",
    "canvas": "Canvas",
    "desire2learn": "Brightspace",
    "blackboardlearn": "Blackboard",
    "sakai": "Sakai",
}

log = structlog.get_logger()


@dataclass(frozen=True)
class Call:
    """What a platform opened our registration with."""

    token: str
    """Of our invitation."""
    configuration_url: str
    registration_token: str = ""
    """The platform's permission. Brightspace sends none."""


def register(units: Units, outside: Outside, call: Call, *, ours: Ours) -> Invited:
    """Register us at a platform and keep it, waiting for an admin; return the invitation with it.

    The invitation is spent when, and only when, a platform came of it.
    Raises Unfit, after a line in the log; then nothing was kept.
    """
    try:
        return _register(units, outside, call, ours)
    except Unfit as unfit:
        log.info(
            "lti registration refused",
            reason=unfit.fault.value,
            detail=unfit.detail,
            host=urlsplit(origin_of(call.configuration_url)).netloc,
        )
        raise


def _register(units: Units, outside: Outside, call: Call, ours: Ours) -> Invited:
    with units(write=False) as session:
        found = queries.invitation(session, call.token)
    if found is None or not found.open:
        raise Unfit(Fault.LINK)
    bearer = {"Authorization": f"Bearer {call.registration_token}"} if call.registration_token else {}
    told = _asked(lambda: outside.get(call.configuration_url, headers={**bearer, "Accept": "application/json"}))
    if told.status != 200:  # noqa: PLR2004 - The one status that brings a configuration.
        raise Unfit(Fault.STATUS, str(told.status))
    configuration = rules.read_configuration(_json(told), call.configuration_url, lambda url: is_fit(outside, url))
    answer = _asked(
        lambda: outside.post(
            configuration.registration_url,
            body=json.dumps(rules.asked(configuration, ours), separators=(",", ":")).encode(),
            content_type="application/json",
            headers={**bearer, "Accept": "application/json"},
        )
    )
    client_id, deployment = _read(answer)
    offer = Offer(
        name=name_of(configuration.family, configuration.issuer),
        issuer=configuration.issuer,
        client_id=client_id,
        auth_url=configuration.auth_url,
        token_url=configuration.token_url,
        keys_url=configuration.keys_url,
        token_audience=configuration.token_audience,
        family=configuration.family,
        deployment=deployment,
    )
    return _keep(units, call.token, offer)


def _keep(units: Units, token: str, offer: Offer) -> Invited:
    try:
        with units(write=True) as session:
            platform = registering.register(session, token=token, offer=offer)
            log.info("lti registered", platform=platform.id, state=platform.state)
            kept = queries.invitation(session, token)
    except InvitationSpent as spent:
        raise Unfit(Fault.LINK) from spent
    except AlreadyConnected as known:
        raise Unfit(Fault.TAKEN) from known
    if kept is None:
        raise Unfit(Fault.LINK)
    return kept


def name_of(family: str, issuer: str) -> str:
    """Return how a platform is called until somebody gives it a better name."""
    host = urlsplit(origin_of(issuer)).netloc
    known = FAMILIES.get(family.lower())
    return f"{known} ({host})" if known else host


def is_fit(outside: Outside, url: str) -> bool:
    """Tell whether an address may be used: https and not of a private network, unless a setting names its host."""
    origin = urlsplit(origin_of(url))
    host = origin.hostname or ""
    port = origin.port or {"http": 80, "https": 443}.get(origin.scheme)
    if not outside.allowed.isdisjoint({host, f"{host}:{port}"}):
        return True
    if origin.scheme != "https":
        return False
    try:
        return is_public(ip_address(host))
    except ValueError:
        # A name: where it leads is looked at whenever it is called.
        return True


def _asked(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except Unreachable as trouble:
        fault = Fault.ADDRESS if trouble.reason in {Trouble.NOT_HTTPS, Trouble.PRIVATE} else Fault.UNREACHABLE
        raise Unfit(fault, trouble.reason.value) from trouble


def _json(answer: Answer) -> Any:  # noqa: ANN401 - Whatever they sent.
    try:
        return answer.json()
    except NotJson as broken:
        raise Unfit(Fault.NOT_JSON, str(answer.status)) from broken


def _read(answer: Answer) -> tuple[str, str]:
    """Return client id and deployment. A refusal may be a page for people: then its status is all there is."""
    if answer.status in rules.MADE:
        return rules.read_answer(answer.status, _json(answer))
    try:
        told = answer.json()
    except NotJson:
        told = None
    return rules.read_answer(answer.status, told)
