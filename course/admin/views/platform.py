"""One LMS: confirmed, stopped, its deployments, who may frame us, its values."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.admin.forms import ConfirmForm, DetailsForm, OriginsForm
from course.admin.rules import Addresses
from course.admin.views.connect import NEEDED, is_whole, name_fields, offer_organisations, offered
from course.admin.views.desk import blueprint
from course.admin.words import lms as lms_words
from course.platforms.models import Platform
from course.platforms.queries import platforms
from course.platforms.rules import State, origin_of
from course.platforms.service import deployments, registering
from course.platforms.service.deployments import CoursesElsewhere
from course.platforms.service.registering import AlreadyConnected
from course.web import access, transaction
from course.web.access import Who, enter
from course.web.forms import read
from course.web.texts import _


@blueprint.get("/platforms/<int:platform_id>/")
@enter(Who.ADMIN)
def platform(platform_id: int) -> Response:
    return _page(200, _found(platform_id))


@blueprint.post("/platforms/<int:platform_id>/")
@enter(Who.ADMIN)
def correct_platform(platform_id: int) -> AnyResponse:
    found = _found(platform_id)
    form = read(DetailsForm)
    if form.validate():
        offer = offered(form, Addresses(token_audience=""), found.family)
        if is_whole(form, offer):
            try:
                registering.correct(transaction.session(), platform_id=platform_id, offer=offer)
            except AlreadyConnected:
                form.refuse("client_id", _("Another platform here has this issuer and client ID."))
            else:
                flash(_("Saved."), "good")
                return _back(platform_id)
    return _page(422, _found(platform_id), details=form)


@blueprint.post("/platforms/<int:platform_id>/confirm")
@enter(Who.ADMIN)
def confirm_platform(platform_id: int) -> AnyResponse:
    found = _found(platform_id)
    session = transaction.session()
    form = read(ConfirmForm)
    offer_organisations(session, form)
    if not form.validate():
        return _page(422, found, confirm=form)
    try:
        registering.confirm(
            session,
            platform_id=platform_id,
            organisation_id=form.organisation.data,
            deployment_ids=tuple(request.form.getlist("deployment", type=int)),
        )
    except CoursesElsewhere:
        return _elsewhere(platform_id)
    flash(_("%(name)s is confirmed: its people come in now.", name=found.name), "good")
    return _back(platform_id)


@blueprint.post("/platforms/<int:platform_id>/stop")
@enter(Who.ADMIN)
def stop_platform(platform_id: int) -> AnyResponse:
    found = _found(platform_id)
    registering.stop(transaction.session(), platform_id=platform_id)
    flash(_("Nobody comes in by %(name)s any more. What they did here stays.", name=found.name), "good")
    return _back(platform_id)


@blueprint.post("/platforms/<int:platform_id>/start")
@enter(Who.ADMIN)
def start_platform(platform_id: int) -> AnyResponse:
    found = _found(platform_id)
    if registering.start_again(transaction.session(), platform_id=platform_id):
        flash(_("People come in by %(name)s again.", name=found.name), "good")
    return _back(platform_id)


@blueprint.post("/platforms/<int:platform_id>/origins")
@enter(Who.ADMIN)
def set_origins(platform_id: int) -> AnyResponse:
    found = _found(platform_id)
    form = read(OriginsForm)
    if not form.validate():
        return _page(422, found, origins=form)
    registering.set_origins(transaction.session(), platform_id=platform_id, origins=form.chosen())
    flash(_("Saved."), "good")
    return _back(platform_id)


@blueprint.post("/platforms/<int:platform_id>/deployments/<int:deployment_id>/confirm")
@enter(Who.ADMIN)
def confirm_deployment(platform_id: int, deployment_id: int) -> AnyResponse:
    session = transaction.session()
    found = access.found(platforms.deployment(session, platform_id, deployment_id))
    form = read(ConfirmForm)
    offer_organisations(session, form)
    if not form.validate():
        return _page(422, _found(platform_id), confirm=form)
    try:
        deployments.confirm(session, deployment_id=deployment_id, organisation_id=form.organisation.data)
    except CoursesElsewhere:
        return _elsewhere(platform_id)
    flash(_("Deployment %(name)s is confirmed.", name=found.name), "good")
    return _back(platform_id)


@blueprint.post("/platforms/<int:platform_id>/deployments/<int:deployment_id>/stop")
@enter(Who.ADMIN)
def stop_deployment(platform_id: int, deployment_id: int) -> AnyResponse:
    session = transaction.session()
    found = access.found(platforms.deployment(session, platform_id, deployment_id))
    deployments.stop(session, deployment_id=deployment_id)
    flash(_("Nobody comes in by deployment %(name)s any more.", name=found.name), "good")
    return _back(platform_id)


def _found(platform_id: int) -> Platform:
    return access.found(platforms.platform(transaction.session(), platform_id))


def _back(platform_id: int) -> AnyResponse:
    return redirect(url_for("admin.platform", platform_id=platform_id), 303)


def _elsewhere(platform_id: int) -> AnyResponse:
    flash(
        _("Courses of this deployment belong to groups of another organisation, so it stays with that one."),
        "attention",
    )
    return _back(platform_id)


def _page(
    status: int,
    found: Platform,
    *,
    confirm: ConfirmForm | None = None,
    origins: OriginsForm | None = None,
    details: DetailsForm | None = None,
) -> Response:
    session = transaction.session()
    form = confirm or ConfirmForm(data={"organisation": found.organisation_id})
    names = offer_organisations(session, form)
    details = details or DetailsForm(obj=found)
    name_fields(details, lms_words.Theirs(), NEEDED)
    body = render_template(
        "admin/platform.html",
        platform=found,
        states=State,
        organisations=names,
        confirm=form,
        installed=platforms.deployments(session, found.id),
        origins=origins or OriginsForm(data={"origins": "\n".join(found.frame_origins)}),
        own_origin=origin_of(found.auth_url),
        details=details,
        fixed=registering.has_people(session, platform_id=found.id),
        fields=("name", "issuer", "client_id", *lms_words.ADDRESSES),
    )
    return make_response(body, status)
