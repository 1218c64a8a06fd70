"""People: found, added, corrected, invited; nobody learns what another organisation knows."""

import re

import pytest
from sqlalchemy import select

from course.cohorts.models import CohortMember, Membership, Role
from course.cohorts.service import membership
from course.database import Engines, unit_of_work
from course.people.models import Identity, Person
from tests import make
from tests.conftest import SignIn
from tests.make import Cast

TYPED = {
    "organisation": "1",
    "name": "Nora Weiss",
    "email": "nora@example.org",
    "employee_id": "E-9",
    "role": "learner",
}


def rows(text: str) -> list[str]:
    return re.findall(r'<bdi class="person">([^<]+)</bdi></a></th>', text)


def test_the_list_is_searched_by_name_address_and_number(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    everybody = ["Farid Haddad", "Lena Brandt", "Leo Marsh", "Mona Keller"]
    assert rows(browser.get("/manage/people/").text) == everybody
    assert rows(browser.get("/manage/people/?q=BRAND").text) == ["Lena Brandt"]
    assert rows(browser.get("/manage/people/?q=leo@").text) == ["Leo Marsh"]
    assert rows(browser.get("/manage/people/?q=e-2").text) == ["Leo Marsh"]
    assert rows(browser.get("/manage/people/?role=facilitator").text) == ["Farid Haddad"]
    assert rows(browser.get("/manage/people/?q=%25&role=nonsense").text) == []
    assert "Nobody found" in browser.get("/manage/people/?q=Otto").text


def test_the_list_has_pages(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        for number in range(60):
            who = make.person(session, f"Person {number:02}")
            membership.grant(session, person_id=who.id, organisation_id=cast.organisation, role=Role.LEARNER)
    browser = sign_in(cast.mona)
    assert (len(rows(browser.get("/manage/people/").text)), len(rows(browser.get("/manage/people/?page=1").text))) == (
        50,
        14,
    )


def test_a_person_is_added_to_a_group(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    typed = TYPED | {"organisation": str(cast.organisation), "cohorts": [str(cast.cohort)]}
    answer = browser.post("/manage/people/", data=typed)
    assert answer.status_code == 303
    assert "Nora Weiss" in browser.get(answer.location).text
    with unit_of_work(engines, write=False) as session:
        found = session.execute(
            select(Membership.role, Membership.employee_id, CohortMember.cohort_id)
            .join(Person, Person.id == Membership.person_id)
            .join(CohortMember, CohortMember.person_id == Person.id)
            .where(Person.name == "Nora Weiss")
        ).one()
    assert tuple(found) == ("learner", "E-9", cast.cohort)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"name": ""}, "give a name"),
        ({"name": "x" * 201}, "at most 200"),
        ({"email": "nora"}, "not look like"),
        ({"employee_id": "E-1"}, "has this employee id"),
        ({"role": "manager"}, "Not a valid choice"),
        ({"organisation": "999"}, "Not a valid choice"),
        ({"cohorts": ["999"]}, "not a valid choice"),
        ({"name": "No\0ra"}, "cannot be kept"),
    ],
)
def test_what_does_not_fit_is_still_there(
    cast: Cast, engines: Engines, sign_in: SignIn, changed: dict[str, str], error: str
) -> None:
    typed = TYPED | {"organisation": str(cast.organisation)} | changed
    answer = sign_in(cast.mona).post("/manage/people/", data=typed)
    assert (answer.status_code, error in answer.text) == (422, True)
    assert f'value="{typed["email"]}"' in answer.text
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Person.id).where(Person.email == typed["email"])).all() == []


def test_an_address_known_elsewhere_is_no_news(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    pages = []
    for email in ("otto@example.org", "free@example.org"):
        typed = TYPED | {"organisation": str(cast.organisation), "email": email, "employee_id": ""}
        answer = browser.post("/manage/people/", data=typed)
        person_id = int(answer.location.rstrip("/").rpartition("/")[2])
        page = browser.get(answer.location).text
        link = browser.post(f"/manage/people/{person_id}/link")
        assert link.status_code == 200
        pages.append((page.replace(email, "").replace(f"/{person_id}/", ""), "comes in as Nora Weiss" in link.text))
    # Row ids and tokens differ from page to page and say nothing.
    signs = [re.sub(r'content="[^"]+"|value="[^"]{60,}"|roles/\d+', "", page) for page, _shown in pages]
    assert signs[0] == signs[1]
    assert pages[0][1] == pages[1][1] is True
    with unit_of_work(engines, write=False) as session:
        owner = session.execute(select(Identity.person_id).where(Identity.subject == "otto@example.org")).scalar_one()
    assert owner == cast.otto


def test_an_invitation_link_lets_its_person_in_once(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    with_password = browser.post(f"/manage/people/{cast.lena}/link").text
    assert re.search(r'value="http://localhost/sign-in/password/[\w-]+"', with_password)


def test_corrections(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    url = f"/manage/people/{cast.lena}/"
    assert browser.post(url, data={"name": "Lena Vogel", "email": ""}).status_code == 303
    assert browser.post(url, data={"name": "", "email": "lena@x"}).status_code == 422
    with unit_of_work(engines, write=False) as session:
        found = session.execute(select(Person.name, Person.email).where(Person.id == cast.lena)).one()
        held = session.execute(select(Membership.id).where(Membership.person_id == cast.lena)).scalar_one()
    assert tuple(found) == ("Lena Vogel", None)
    assert browser.post(f"{url}roles/{held}/", data={"employee_id": "E-2"}).status_code == 422
    assert browser.post(f"{url}roles/{held}/", data={"employee_id": "E-20"}).status_code == 303


def test_somebody_of_two_organisations_is_seen_apart(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    with unit_of_work(engines, write=True) as session:
        membership.grant(session, person_id=cast.lena, organisation_id=cast.other_organisation, role=Role.LEARNER)
    for manager, here, elsewhere in (
        (cast.mona, "Southeast Utilities", "Harbour Freight"),
        (cast.otto_manager, "Harbour Freight", "Southeast Utilities"),
    ):
        browser = sign_in(manager)
        text = browser.get(f"/manage/people/{cast.lena}/").text
        assert (here in text, elsewhere in text) == (True, False)
        assert "in more than your organisation" in text
        assert browser.post(f"/manage/people/{cast.lena}/", data={"name": "X"}).status_code == 403
        assert browser.post(f"/manage/people/{cast.lena}/link").status_code == 403


def test_a_role_ends_and_another_begins(cast: Cast, engines: Engines, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    given = browser.post(
        f"/manage/people/{cast.leo}/roles/", data={"organisation": cast.organisation, "role": "facilitator"}
    )
    assert given.status_code == 303
    wrong = {"organisation": cast.organisation, "role": "manager"}
    assert browser.post(f"/manage/people/{cast.leo}/roles/", data=wrong).status_code == 404
    foreign = {"organisation": cast.other_organisation, "role": "facilitator"}
    assert browser.post(f"/manage/people/{cast.leo}/roles/", data=foreign).status_code == 404
    with unit_of_work(engines, write=False) as session:
        held = dict(
            session.execute(select(Membership.role, Membership.id).where(Membership.person_id == cast.leo)).all()
        )
        farid = session.execute(select(Membership.id).where(Membership.person_id == cast.farid)).scalar_one()
        mona = session.execute(select(Membership.id).where(Membership.person_id == cast.mona)).scalar_one()
    browser.post(f"/manage/people/{cast.leo}/roles/{held['learner']}/end")
    assert rows(browser.get("/manage/people/?role=learner").text) == ["Lena Brandt"]
    led = browser.post(f"/manage/people/{cast.farid}/roles/{farid}/end")
    assert "still leads a course" in browser.get(led.location).text
    own = browser.post(f"/manage/people/{cast.mona}/roles/{mona}/end")
    assert "your admin&#39;s to add" in browser.get(own.location).text


def test_a_form_without_its_token_is_refused(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.mona)
    browser.application.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/manage/people/", data=TYPED).status_code == 400
