"""People, identities, links and sessions on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.outbox.models import Message
from course.people import queries
from course.people.models import Link, Person
from course.people.models import Session as SignIn
from course.people.rules import LINK_LIFE
from course.people.service import (
    AddressTaken,
    NoLocalIdentity,
    SpentLink,
    add_local_identity,
    add_person,
    end_other_sessions,
    end_session,
    end_session_of,
    invite,
    mail_password_link,
    make_link,
    open_session,
    person_by_address,
    rename_person,
    set_password,
    spend_link,
)
from course.web.viewer import read_viewer


def test_a_person_is_added_and_renamed_with_tidy_names(session: Session) -> None:
    person = add_person(session, name="  Lena   Brandt ")
    assert (person.name, person.email) == ("Lena Brandt", None)
    rename_person(session, person_id=person.id, name=" Lena  Brandt-Osei")
    assert session.execute(select(Person.name)).scalars().all() == ["Lena Brandt-Osei"]


def test_an_address_belongs_to_one_person(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    leo = add_person(session, name="Leo Marsh")
    first = add_local_identity(session, person_id=lena.id, address=" Lena@Example.org")
    assert first.subject == "lena@example.org"
    assert add_local_identity(session, person_id=lena.id, address="lena@example.org").id == first.id
    with pytest.raises(AddressTaken):
        add_local_identity(session, person_id=leo.id, address="LENA@example.org")
    assert person_by_address(session, "Lena@example.org ") == lena.id
    assert person_by_address(session, "leo@example.org") is None


def test_a_link_is_spent_once_and_only_for_its_purpose(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    token = make_link(session, person_id=lena.id, purpose="sign_in")
    assert spend_link(session, token=token, purpose="password") is None
    assert spend_link(session, token=token, purpose="sign_in") == SpentLink(lena.id, "link")
    assert spend_link(session, token=token, purpose="sign_in") is None
    assert spend_link(session, token="made up", purpose="sign_in") is None


def test_a_link_made_behind_the_door_opens_a_door_session(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    token = make_link(session, person_id=lena.id, purpose="sign_in", way="door")
    assert spend_link(session, token=token, purpose="sign_in") == SpentLink(lena.id, "door")


def test_a_link_runs_out(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    token = make_link(session, person_id=lena.id, purpose="password")
    assert queries.open_link(session, token=token, purpose="password") is not None
    link = session.execute(select(Link)).scalar_one()
    assert link.expires_at - link.created_at == LINK_LIFE
    link.expires_at -= LINK_LIFE + timedelta(seconds=1)
    session.flush()
    assert queries.open_link(session, token=token, purpose="password") is None
    assert spend_link(session, token=token, purpose="password") is None


def test_a_newer_password_link_kills_the_older_one(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    older = make_link(session, person_id=lena.id, purpose="password")
    beside = make_link(session, person_id=lena.id, purpose="sign_in")
    newer = make_link(session, person_id=lena.id, purpose="password")
    assert spend_link(session, token=older, purpose="password") is None
    assert spend_link(session, token=newer, purpose="password") == SpentLink(lena.id, "password")
    assert spend_link(session, token=beside, purpose="sign_in") == SpentLink(lena.id, "link")


def test_of_many_browsers_with_the_same_link_one_gets_in(engines: Engines) -> None:
    with unit_of_work(engines, write=True) as session:
        lena = add_person(session, name="Lena Brandt").id
        token = make_link(session, person_id=lena, purpose="sign_in")

    def spend(_browser: int) -> SpentLink | None:
        with unit_of_work(engines, write=True) as mine:
            return spend_link(mine, token=token, purpose="sign_in")

    with ThreadPoolExecutor(6) as browsers:
        answers = list(browsers.map(spend, range(6)))
    assert [answer for answer in answers if answer is not None] == [SpentLink(lena, "link")]


def test_a_password_ends_other_sessions_and_unused_links(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    leo = add_person(session, name="Leo Marsh")
    add_local_identity(session, person_id=lena.id, address="lena@example.org")
    here, here_id = open_session(session, person_id=lena.id, way="password")
    there, _there_id = open_session(session, person_id=lena.id, way="link")
    foreign, _foreign_id = open_session(session, person_id=leo.id, way="password")
    token = make_link(session, person_id=lena.id, purpose="sign_in")
    assert queries.other_sessions(session, person_id=lena.id, session_id=here_id) == 1

    set_password(session, person_id=lena.id, password_hash="a hash", keep_session_id=here_id)

    assert read_viewer(session, here) is not None
    assert read_viewer(session, there) is None
    assert read_viewer(session, foreign) is not None
    assert spend_link(session, token=token, purpose="sign_in") is None
    assert queries.password_of(session, lena.id) == "a hash"
    assert queries.other_sessions(session, person_id=lena.id, session_id=here_id) == 0


def test_nobody_without_an_address_gets_a_password(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    with pytest.raises(NoLocalIdentity):
        set_password(session, person_id=lena.id, password_hash="a hash")


def test_an_invitation_is_a_link_and_a_mail_when_mail_works(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    copied = invite(session, person_id=lena.id, address="lena@example.org", base_url="https://x.test", mail=False)
    assert session.execute(select(Message.id)).all() == []
    mailed = invite(session, person_id=lena.id, address="lena@example.org", base_url="https://x.test", mail=True)
    message = session.execute(select(Message)).scalar_one()
    assert (message.recipient, mailed in message.payload["body"]) == ("lena@example.org", True)
    assert copied.startswith("https://x.test/sign-in/password/")
    assert spend_link(session, token=copied.rpartition("/")[2], purpose="password") is None
    assert spend_link(session, token=mailed.rpartition("/")[2], purpose="password") == SpentLink(lena.id, "password")


def test_a_forgotten_password_writes_to_who_is_known_and_to_nobody_else(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    add_local_identity(session, person_id=lena.id, address="lena@example.org")
    mail_password_link(session, address="nobody@example.org", base_url="https://x.test")
    assert session.execute(select(Message.id)).all() == []
    mail_password_link(session, address="Lena@example.org", base_url="https://x.test")
    assert session.execute(select(Message.recipient)).scalars().all() == ["lena@example.org"]


def test_sessions_end_one_by_one_by_token_or_by_way(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    first, first_id = open_session(session, person_id=lena.id, way="password")
    second, _ = open_session(session, person_id=lena.id, way="door")
    third, _ = open_session(session, person_id=lena.id, way="door")
    end_session(session, session_id=first_id)
    assert [read_viewer(session, token) is None for token in (first, second, third)] == [True, False, False]
    end_session_of(session, token=second)
    assert [read_viewer(session, token) is None for token in (second, third)] == [True, False]
    fourth, _ = open_session(session, person_id=lena.id, way="password")
    end_other_sessions(session, person_id=lena.id, way="door")
    assert [read_viewer(session, token) is None for token in (third, fourth)] == [True, False]
    assert len(session.execute(select(SignIn.id)).all()) == 4


def test_an_idle_device_is_not_counted_as_signed_in(session: Session) -> None:
    lena = add_person(session, name="Lena Brandt")
    _token, here = open_session(session, person_id=lena.id, way="password")
    open_session(session, person_id=lena.id, way="password")
    _token, old = open_session(session, person_id=lena.id, way="password")
    session.get_one(SignIn, old).seen_at -= timedelta(hours=13)
    session.flush()
    assert queries.other_sessions(session, person_id=lena.id, session_id=here) == 1
