"""Commands for our own keys, by which LMS platforms know that a message is ours."""

import click

from course import clock
from course.cli import ground
from course.lti.service import keys as service
from course.platforms.queries import keys as queries
from course.platforms.service.keys import STAYS
from course.web import transaction


@click.group()
def keys() -> None:
    """Show or change the keys by which LMS platforms know Oneday."""


@keys.command("list")
def list_keys() -> None:
    """Show every key that is published, the one that signs first."""
    with ground.application().app_context(), transaction.unit(write=False) as session:
        found = queries.published(session, now=clock.now())
    if not found:
        click.echo("There is no key yet: the first one is made when a platform asks for it, or by course keys rotate.")
    for key in found:
        until = f"published until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at is not None else "signs"
        click.echo(f"{key.kid}  made {key.created_at:%Y-%m-%d %H:%M} UTC  {until}")


@keys.command()
def rotate() -> None:
    """Let a new key sign from now on. The ones before stay published for two days, for platforms that kept them."""
    app = ground.application()
    # It takes a while, and nobody who writes should wait for it.
    made = service.make()
    with app.app_context(), transaction.unit(write=True) as session:
        service.rotate(session, made)
    hours = int(STAYS.total_seconds() // 3600)
    click.echo(f"{made.kid} signs from now on. The keys before it stay published for {hours} hours.")
