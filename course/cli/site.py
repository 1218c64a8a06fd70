"""Commands for who runs the site: init, migrate, user, deliver."""

import time

import click
from sqlalchemy import select

from course import delivery
from course.cli import ground, prepare
from course.cohorts.models import Membership, Role
from course.cohorts.service import membership
from course.people import service as people
from course.people.models import Person
from course.platforms.models import Platform
from course.settings import Settings
from course.web import transaction


def address_of(settings: Settings) -> str:
    """Return the site's address for a link on the command line."""
    return settings.base_url or "http://127.0.0.1:8000"


@click.command()
def init() -> None:
    """Make the tables, publish the modules, and print a one-use link to set the admin's password."""
    settings = ground.settings()
    app = ground.application()
    prepare.tables(app)
    prepare.modules(app, settings)
    with app.app_context(), transaction.unit(write=True) as session:
        admin = prepare.first_admin(session)
        if prepare.has_password(session, admin):
            click.echo("This site is set up: its admin has a password. A new link: course user admin")
            return
        token = people.make_link(session, person_id=admin, purpose="password")
    click.echo("Set the admin's password here, once, within 24 hours:")
    click.echo(f"{address_of(settings)}/sign-in/password/{token}")
    click.echo('Then sign in as "admin". Start the site with: course serve')


@click.command()
def migrate() -> None:
    """Bring the database to this version."""
    prepare.tables(ground.application())
    click.echo("The database is at this version.")


@click.command()
@click.argument("address")
@click.option("--name", help="Make this person, with this name, when nobody has the address.")
@click.option("--admin", is_flag=True, help="Make them an admin of the whole site.")
def user(address: str, name: str | None, *, admin: bool) -> None:
    """Print a one-use link with which the person with this ADDRESS sets a new password."""
    settings = ground.settings()
    app = ground.application()
    with app.app_context(), transaction.unit(write=True) as session:
        person_id = people.person_by_address(session, address)
        if person_id is None:
            if name is None:
                raise ground.refuse(f'Nobody signs in as {address}. To make them: course user {address} --name "..."')
            person_id = people.add_person(session, name=name, email=address if "@" in address else None).id
            people.add_local_identity(session, person_id=person_id, address=address)
        held = select(Membership.id).where(
            Membership.person_id == person_id, Membership.role == Role.ADMIN, Membership.ended_at.is_(None)
        )
        if admin and session.execute(held).first() is None:
            membership.grant(session, person_id=person_id, organisation_id=None, role=Role.ADMIN)
        token = people.make_link(session, person_id=person_id, purpose="password")
        called = session.get_one(Person, person_id).name
    click.echo(f"For {called}, once, within 24 hours:")
    click.echo(f"{address_of(settings)}/sign-in/password/{token}")


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
def deliver(*, once: bool) -> None:
    """Send the mails and the LMS results that are due, for as long as this runs. `course serve` does so by itself."""
    settings = ground.settings()
    app = ground.application()
    if not settings.mail_url:
        with app.app_context(), transaction.unit(write=False) as session:
            if session.execute(select(Platform.id).limit(1)).first() is None:
                raise ground.refuse("COURSE_MAIL_URL is not set, so mails are kept: read them at /admin/outbox.")
    while True:
        left = delivery.drain(app, settings)
        if once:
            click.echo(f"{left} sent")
            return
        time.sleep(delivery.EVERY_SECONDS)
