"""Deep linking: a teacher of the platform chooses modules, and the platform gets links to them.

The picker needs no cookie: what it must know travels in its own form, signed, and is spent with the answer.
"""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from flask import Response, current_app, g, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from course import clock
from course.library import queries as library
from course.lti.rules import content_items as rules
from course.lti.rules.content_items import Answerer, Choice, Request, Unfit
from course.lti.service import keys
from course.lti.views.door import blueprint
from course.people import service as people
from course.people.models import Identity, IdentityKind
from course.platforms.models import Platform
from course.platforms.rules import Launch, State, origin_of
from course.web import embedded, transaction
from course.web.access import Unit, Who, enter
from course.web.address import base_url
from course.web.security import csrf
from course.web.texts import _

LIFE = timedelta(hours=1)
"""How long somebody may look at the picker."""
_SALT = "a choice of modules"


@dataclass(frozen=True)
class Offer:
    """A module as the picker shows it."""

    slug: str
    title: str
    summary: str
    minutes: int
    """Without breaks."""
    outcomes: tuple[str, ...]
    has_page: bool
    """Whether there is a page that is graded."""


@dataclass(frozen=True)
class Pending:
    """What the picker's form carries."""

    platform_id: int
    deployment: str
    asked: Request
    framed_by: tuple[str, ...]
    secret: str
    """Spent with the answer."""


def start_deep_linking(launch: Launch, claims: Mapping[str, Any]) -> Response:
    """Answer a deep linking request that was accepted, in the launch's unit: show the picker to a teacher."""
    session = transaction.session()
    platform = session.get_one(Platform, launch.platform_id)
    asked = rules.read_request(claims)
    if isinstance(asked, Unfit):
        return _refused(launch, platform, _unfit(asked, platform.name))
    person_id = session.execute(
        select(Identity.person_id).where(
            Identity.kind == IdentityKind.LTI,
            Identity.issuer == str(launch.platform_id),
            Identity.subject == launch.subject,
        )
    ).scalar_one_or_none()
    if not launch.roles.teacher or person_id is None:
        return _refused(launch, platform, _("Only teachers of the course can choose what stands in it."))
    framed_by = _framers(platform, asked.return_url)
    secret = people.make_link(session, person_id=person_id, purpose="choice", life=LIFE)
    pending = Pending(launch.platform_id, launch.deployment, asked, framed_by, secret)
    embedded.may_frame(*framed_by)
    return _page(
        "lti/choose.html",
        offers=_offers(),
        asked=asked,
        platform=platform.name,
        state=_sealer().dumps(asdict(pending)),
    )


@blueprint.post("/lti/choose")
@enter(Who.ANYBODY, Unit.OWN)
def choose() -> Response:
    """Send what was chosen back to the platform, or nothing.

    In the frame there may be no cookie that a form's secret could be in: the form's own state, which only a teacher's
    launch gives and which works once, proves the choice.
    """
    pending = _read(request.form.get("state", ""))
    if pending is None:
        return _late()
    with transaction.unit(write=False) as session:
        key = keys.newest(session)
        chosen = _chosen()
    made = keys.make() if key is None else None
    with transaction.unit(write=True) as session:
        spent = people.spend_link(session, token=pending.secret, purpose="choice")
        platform = session.get(Platform, pending.platform_id)
        if spent is None or platform is None or platform.state != State.ACTIVE:
            return _late()
        key = keys.ensure_key(session, made)
        who = Answerer(platform.client_id, platform.issuer, pending.deployment)
        name = platform.name
    items = rules.items(pending.asked, chosen, base_url=base_url())
    claims = rules.response(who, pending.asked, items, nonce=secrets.token_urlsafe(16), now=clock.now())
    embedded.may_frame(*pending.framed_by)
    embedded.may_send_to(pending.asked.return_url)
    return _page(
        "lti/chosen.html",
        return_url=pending.asked.return_url,
        answer=keys.sign(key, claims),
        titles=[item["title"] for item in items],
        platform=name,
    )


csrf.exempt(choose)


def _offers() -> list[Offer]:
    session = transaction.session()
    offers = []
    for live in library.live_modules(session):
        module = library.module(session, live.version_hash)
        offers.append(
            Offer(
                slug=live.slug,
                title=live.title,
                summary=module.summary,
                minutes=module.contact_minutes,
                outcomes=tuple(outcome.text for outcome in module.outcomes),
                has_page=any(block.reflection for block in module.blocks),
            )
        )
    return offers


def _chosen() -> list[Choice]:
    """Return what the form chose, in the programme's order. What is no longer published is not there to be chosen."""
    wanted, pages = set(request.form.getlist("modules")), set(request.form.getlist("pages"))
    act = request.form.get("act", "")
    if act == "none":
        return []
    return [
        Choice(offer.slug, offer.title, offer.summary, page=offer.has_page and offer.slug in pages)
        for offer in _offers()
        if act == "all" or offer.slug in wanted
    ]


def _unfit(reason: Unfit, platform: str) -> str:
    return {
        Unfit.NO_SETTINGS: _("%(platform)s did not say what it takes.", platform=platform),
        Unfit.NO_RETURN: _("%(platform)s did not say where the choice goes.", platform=platform),
        Unfit.NO_LINKS: _(
            "This place takes files or texts. Oneday's modules are activities: choose Oneday where %(platform)s adds "
            "activities or external tools.",
            platform=platform,
        ),
    }[reason]


def _refused(launch: Launch, platform: Platform, why: str) -> Response:
    embedded.may_frame(*_framers(platform, launch.return_url))
    return _page("lti/choice_refused.html", HTTPStatus.FORBIDDEN, why=why, platform=platform.name)


def _framers(platform: Platform, return_url: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(origin_of, (platform.auth_url, return_url, *map(str, platform.frame_origins)))))


def _late() -> Response:
    return _page("lti/choice_late.html", HTTPStatus.GONE)


def _page(template: str, status: int = HTTPStatus.OK, **told: object) -> Response:
    # Whoever is signed in here by another way is no part of these pages.
    g.viewer = None
    response = make_response(render_template(template, viewer=None, **told), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cast(str, current_app.secret_key), salt=_SALT)


def _read(state: str) -> Pending | None:
    try:
        told: dict[str, Any] = _sealer().loads(state, max_age=int(LIFE.total_seconds()))
    except BadSignature:
        return None
    return Pending(**{**told, "asked": Request(**told["asked"]), "framed_by": tuple(told["framed_by"])})
