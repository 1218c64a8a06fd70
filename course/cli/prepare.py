"""Preparing an installation: tables, published modules, the first admin."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import app as house
from course.cases.check import check_folder
from course.cli import ground
from course.cohorts.models import Membership, Role
from course.cohorts.service import membership
from course.content.findings import ContentError, Finding, errors
from course.content.loader import LoadedModule, load
from course.library import service as library
from course.people import service as people
from course.people.models import Identity
from course.settings import Settings
from course.web import transaction
from course.web.application import Application

ADMIN_ADDRESS = "admin"


def tables(app: Application) -> None:
    """Make or update the tables."""
    with app.app_context():
        house.migrate(transaction.engines())


@dataclass(frozen=True)
class Checked:
    """A module's folder with what was found in it; ``loaded`` is None when it cannot be published."""

    folder: Path
    loaded: LoadedModule | None
    findings: list[Finding]


def checked(folders: Iterable[Path]) -> list[Checked]:
    """Check modules. What keeps one from being published is told."""
    found = [Checked(folder, *check_folder(folder)) for folder in folders]
    for each in found:
        for finding in errors(each.findings):
            click.echo(f"{each.folder / finding.file}:{finding.line}: {finding.message} [{finding.code}]", err=True)
        if each.loaded is None:
            click.echo(f"{each.folder.name} was not published; what was live before stays live.", err=True)
    return found


def modules(app: Application, settings: Settings) -> None:
    """Publish every module that is new and passes its check. A broken one is told and keeps its published version.

    A version that is known was proved when it was published, and a start does not prove it again.
    """
    folders = ground.module_folders(settings)
    with app.app_context(), transaction.unit(write=False) as session:
        new = [folder for folder in folders if known(session, folder) is None]
    good = [each.loaded for each in checked(new) if each.loaded is not None]
    with app.app_context(), transaction.unit(write=True) as session:
        for loaded in good:
            library.publish_if_new(session, module=loaded.module, pictures=loaded.pictures)


def known(session: Session, folder: Path) -> LoadedModule | None:
    """Return a folder's module when this very version was published before."""
    try:
        loaded = load(folder)
    except ContentError:
        return None
    return loaded if library.is_known(session, loaded.module) else None


def first_admin(session: Session) -> int:
    """Return the id of the first admin, made when there is none."""
    known = (
        session.execute(
            select(Membership.person_id)
            .where(Membership.role == Role.ADMIN, Membership.ended_at.is_(None))
            .order_by(Membership.id)
        )
        .scalars()
        .first()
    )
    if known is not None:
        return known
    admin = people.add_person(session, name="Admin")
    people.add_local_identity(session, person_id=admin.id, address=ADMIN_ADDRESS)
    membership.grant(session, person_id=admin.id, organisation_id=None, role=Role.ADMIN)
    return admin.id


def has_password(session: Session, person_id: int) -> bool:
    return (
        session.execute(
            select(Identity.id).where(Identity.person_id == person_id, Identity.password_hash.is_not(None))
        ).first()
        is not None
    )
