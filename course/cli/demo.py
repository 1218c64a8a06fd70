"""``course seed``: the demo goes into an empty database, marks it for good, and lets its four people in by links."""

from datetime import timedelta

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.cli import ground, prepare
from course.cli.story import fill, read_texts
from course.people import service as people
from course.people.models import Organisation, Person, Site
from course.web import transaction

DEMO_LINK_LIFE = timedelta(days=7)


@click.command()
def seed() -> None:
    """Fill an empty site with the demo: a group, a day half done, pages to grade, a day to come."""
    settings = ground.settings()
    app = ground.application()
    prepare.tables(app)
    prepare.modules(app, settings)
    with app.app_context(), transaction.unit(write=True) as session:
        prepare.first_admin(session)
        if not is_empty(session):
            raise ground.refuse("This site has people already, so the demo stays out. Use another COURSE_DATABASE_URL.")
        fill(session)
    click.echo("The demo is in. Start it with: course serve --demo")


def is_empty(session: Session) -> bool:
    """Whether a site holds nobody but its first admin."""
    persons = session.execute(select(func.count()).select_from(Person)).scalar_one()
    organisations = session.execute(select(func.count()).select_from(Organisation)).scalar_one()
    return persons <= 1 and organisations == 0


def is_demo(session: Session) -> bool:
    return session.get(Site, "demo") is not None


def links(session: Session, address: str) -> list[str]:
    """Return a sign-in line for each of the demo's four people; none when this is no demo."""
    site = session.get(Site, "demo-people")
    if site is None:
        return []
    farid, mona = (int(number) for number in site.value.split(","))
    lena = session.execute(select(Person.id).where(Person.name == read_texts().people[0].name)).scalars().first()
    four = (
        ("Lena", "learner", lena),
        ("Farid", "facilitator", farid),
        ("Mona", "manager", mona),
        ("Ada", "admin", prepare.first_admin(session)),
    )
    lines = []
    for name, role, person_id in four:
        if person_id is not None:
            token = people.make_link(session, person_id=person_id, purpose="demo", life=DEMO_LINK_LIFE)
            lines.append(f"{name} ({role}): {address}/sign-in/link/{token}")
    return lines
