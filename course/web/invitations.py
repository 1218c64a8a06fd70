"""Handing somebody their way in: mailed when mail works, else a link to copy, shown once."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from course.outbox.service import post_mail
from course.people import mails
from course.people import service as people
from course.people.models import Person
from course.people.service import AddressTaken
from course.settings import Settings
from course.web import address


@dataclass(frozen=True)
class Invitation:
    """How somebody gets in. ``url`` is empty when it was mailed: then nobody else needs to see it."""

    name: str
    url: str
    mailed_to: str


def mails_links() -> bool:
    """Return whether a link can be mailed: mail is set up, and the link's address cannot be made up by a browser."""
    settings: Settings = current_app.extensions["oneday-settings"]
    return bool(settings.mail_url) and (bool(settings.base_url) or address.on_this_machine())


def hand_over(session: Session, *, person_id: int) -> Invitation:
    """Make a one-use link for a person. Whether their address is known elsewhere makes no visible difference."""
    person = session.get_one(Person, person_id)
    email = person.email or ""
    mail = mails_links() and bool(email)
    url = _link(session, person_id, email)
    if mail:
        subject, body = mails.invitation(name=person.name, url=url)
        post_mail(session, recipient=email, subject=subject, body=body)
    return Invitation(person.name, "" if mail else url, email if mail else "")


def _link(session: Session, person_id: int, email: str) -> str:
    base = address.base_url()
    if email:
        try:
            return people.invite(session, person_id=person_id, address=email, base_url=base, mail=False)
        except AddressTaken:
            # The address lets somebody else in already: this person comes in by links, without a password here.
            pass
    return f"{base}/sign-in/link/{people.make_link(session, person_id=person_id, purpose='sign_in')}"
