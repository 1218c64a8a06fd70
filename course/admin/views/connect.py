"""Connecting an LMS: a registration link for its admin, or its values typed in."""

from collections.abc import Iterable

from flask import Response, abort, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.admin import queries
from course.admin.forms import DetailsForm, ForOrganisation, InviteForm, PlatformForm
from course.admin.rules import FAMILIES, ISSUERS, Addresses, Lms, addresses
from course.admin.views.desk import blueprint
from course.admin.words import lms as lms_words
from course.platforms.queries import platforms
from course.platforms.rules import origin_of
from course.platforms.service import invitations, registering
from course.platforms.service.registering import AlreadyConnected, Offer
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.address import base_url
from course.web.fields import choices
from course.web.forms import read
from course.web.texts import _

NEEDED = ("auth_url", "token_url", "keys_url")


@blueprint.get("/platforms/")
@enter(Who.ADMIN)
def platforms_list() -> str:
    session = transaction.session()
    return render_template(
        "admin/platforms.html",
        platforms=platforms.platforms(session),
        invitations=platforms.open_invitations(session),
    )


@blueprint.get("/platforms/new")
@enter(Who.ADMIN)
def new_platform() -> Response:
    return _new_page(200, InviteForm())


@blueprint.post("/platforms/invitations/")
@enter(Who.ADMIN)
def invite_platform() -> Response:
    """Make a registration link. It is shown once: only its hash is kept."""
    session = transaction.session()
    form = read(InviteForm)
    names = offer_organisations(session, form)
    if not form.validate():
        return _new_page(422, form)
    token = invitations.invite(session, organisation_id=form.organisation.data, by_id=access.viewer().person_id)
    link = f"{base_url()}/lti/register?invite={token}"
    body = render_template("admin/platform_link.html", link=link, organisation=names[form.organisation.data])
    return make_response(body)


@blueprint.post("/platforms/invitations/<int:invitation_id>/withdraw")
@enter(Who.ADMIN)
def withdraw_invitation(invitation_id: int) -> AnyResponse:
    access.found(invitations.withdraw(transaction.session(), invitation_id=invitation_id) or None)
    flash(_("That link no longer works."), "good")
    return redirect(url_for("admin.platforms_list"), 303)


@blueprint.get("/platforms/new/<lms>")
@enter(Who.ADMIN)
def connect_by_hand(lms: str) -> Response:
    product = _product(lms)
    return _hand_page(200, product, PlatformForm(data={"issuer": ISSUERS.get(product, "")}))


@blueprint.post("/platforms/new/<lms>")
@enter(Who.ADMIN)
def add_platform(lms: str) -> AnyResponse:
    product = _product(lms)
    session = transaction.session()
    form = read(PlatformForm)
    offer_organisations(session, form)
    if form.validate():
        offer = offered(form, addresses(product, form.issuer.data or "", form.client_id.data or ""), FAMILIES[product])
        if is_whole(form, offer):
            try:
                made = registering.add(session, offer=offer, organisation_id=form.organisation.data)
            except AlreadyConnected as known:
                return _known_already(known.platform_id)
            flash(_("%(name)s is connected. Now try a launch from one of its courses.", name=offer.name), "good")
            return redirect(url_for("admin.platform", platform_id=made), 303)
    return _hand_page(422, product, form)


def offered(form: DetailsForm, follow: Addresses, family: str) -> Offer:
    """Return what was typed, completed by what follows from it."""
    issuer = form.issuer.data or ""
    return Offer(
        name=form.name.data or origin_of(issuer).partition("://")[2],
        issuer=issuer,
        client_id=form.client_id.data or "",
        auth_url=form.auth_url.data or follow.auth_url,
        token_url=form.token_url.data or follow.token_url,
        keys_url=form.keys_url.data or follow.keys_url,
        token_audience=form.token_audience.data or follow.token_audience,
        family=family,
        deployment=form.deployment.data or "",
    )


def is_whole(form: DetailsForm, offer: Offer) -> bool:
    """Tell whether every address is there, and say at its field which is not."""
    missing = [name for name in NEEDED if not getattr(offer, name)]
    for name in missing:
        form.refuse(name, _("Please paste it from the LMS: it does not follow from the others."))
    return not missing


def offer_organisations(session: Session, form: ForOrganisation) -> dict[int, str]:
    """Let a form choose among all organisations; return their names."""
    names = {place.organisation_id: place.name for place in queries.places(session)}
    # Of several, none stands there by itself: nothing may cross from one to another by a forgotten click.
    first = [("", _("Choose one"))] if len(names) > 1 else []
    form.organisation.choices = choices([*first, *names.items()])
    return names


def _product(lms: str) -> Lms:
    try:
        return Lms(lms)
    except ValueError:
        abort(404)


def _known_already(platform_id: int) -> AnyResponse:
    flash(_("This LMS is here already, with the same client ID. Nothing was changed."), "attention")
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


def _new_page(status: int, form: InviteForm) -> Response:
    names = offer_organisations(transaction.session(), form)
    body = render_template(
        "admin/platform_new.html",
        form=form,
        organisations=names,
        products=[(lms.value, lms_words.name(lms)) for lms in Lms],
        canvas_url=lms_words.Ours(base_url()).canvas,
    )
    return make_response(body, status)


def _hand_page(status: int, product: Lms, form: PlatformForm) -> Response:
    names = offer_organisations(transaction.session(), form)
    guide = lms_words.guide(product, base_url())
    known = addresses(product, "https://lms.example.org", "id")
    asked = [name for name in NEEDED if not getattr(known, name)]
    name_fields(form, guide.theirs, asked)
    body = render_template(
        "admin/platform_hand.html",
        form=form,
        organisations=names,
        guide=guide,
        product=product.value,
        # What does not follow from the rest is asked for at once; what does stays behind "More".
        asked=asked,
        following=[name for name in lms_words.ADDRESSES if name not in asked],
    )
    return make_response(body, status)


def name_fields(form: DetailsForm, theirs: lms_words.Theirs, asked: Iterable[str]) -> None:
    """Call the fields as the LMS does, and show of which addresses none may be empty."""
    for name in ("issuer", "client_id", "deployment", *lms_words.ADDRESSES):
        form[name].label.text = getattr(theirs, name)
    for name in asked:
        form[name].flags.required = True
