"""Oneday in a strict LMS with Moodle's manners: registered by a link, and what Moodle measurably does to scores."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from tests.counterparts import road
from tests.counterparts.browser import Answer, Browser
from tests.counterparts.double import Client, Double, Link, Reply, Result, User
from tests.counterparts.ground import MODULE, Ground, served
from tests.lti.told import due_now
from tests.machine.wait import until

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Here:
    """Both, before they know each other."""

    ground: Ground
    lms: Double

    def register(self) -> Client:
        """Ada makes a link, the LMS's admin opens it there, Ada confirms what came, the admin activates the tool."""
        with self.ground.browser(self.ground.ada) as ada, Browser() as theirs:
            page = ada.walk(f"{self.ground.site.url}/admin/platforms/new")
            made = ada.send(road.form_to(page, "/invitations/"), organisation=str(self.ground.organisation))
            link = re.search(r'id="link" value="([^"]+)"', made.text)
            assert link is not None, road.said(made)
            registered = theirs.walk(self.lms.invite(unescape(link[1])))
            assert "Oneday is registered" in registered.text, road.said(registered)
            (client,) = self.lms.clients.values()
            assert not client.active
            waits = ada.walk(f"{self.ground.site.url}/admin/platforms/1/")
            confirmed = ada.send(road.form_to(waits, "/1/confirm"), organisation=str(self.ground.organisation))
            assert "is confirmed: its people come in now" in confirmed.text, road.said(confirmed)
        client.active = True
        return client

    def place(self, client: Client) -> Link:
        """A teacher places the small module, with a column for the page's score."""
        with Browser() as farid:
            picker = self.lms.deep_link(farid, client=client.id).post()
            placed = road.choose_module(farid, picker)
            assert '<ul id="placed"><li>Small talk' in placed.text, placed.text
        (link,) = self.lms.links.values()
        return link

    def click(self, browser: Browser, user: str) -> Answer:
        """Click the one link that is placed, and follow to the page where the launch ends."""
        answer = self.lms.launch(browser, user=user)
        return (
            browser.walk(f"{self.ground.site.url}{answer.headers['Location']}")
            if "Location" in answer.headers
            else answer
        )

    def told(self) -> str:
        """Return what the facilitator's page says of what the LMS was told."""
        with self.ground.browser(self.ground.farid) as farid:
            page = farid.walk(f"{self.ground.site.url}/facilitate/")
            (run,) = set(re.findall(r"/facilitate/runs/(\d+)/", page.text)) - {str(self.ground.run)}
            return road.said(farid.walk(f"{self.ground.site.url}/facilitate/runs/{run}/grading/"))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with Double() as lms, served(tmp_path / "oneday", hosts=lms.host) as ground:
        lms.clients.clear()
        lms.tool = ground.site.url
        yield Here(ground, lms)


def feedback(lms: Double) -> dict[str, Result]:
    """Return what the column of the page holds; the tool makes it when it is needed first."""
    made = [item for item in list(lms.items.values()) if item.tag == "page"]
    return made[0].results if made else {}


def test_from_a_registration_by_link_to_a_feedback_in_the_gradebook(here: Here) -> None:
    ground, lms = here.ground, here.lms
    link = here.place(here.register())
    assert lms.item(resource=MODULE, tag="completion").link == link.id
    with Browser() as lena:
        assert "Your date isn't set yet" in here.click(lena, "lena").text
    # The roster comes in pages of two; who is inactive there is not taken in.
    lms.enrol(User("gone", "Gustav", "Gone", "gone@lms.example"), active=False)
    lms.enrol(User("nora", "Nora", "Weiss", "nora@lms.example"))
    lms.page_size = 2
    group = road.take_roster(ground, road.context_of(ground, link.client))
    assert road.members(ground, group).keys() == {"lena", "lars", "nora"}
    assert [one.url.count("bookmark:") for one in lms.asked("/memberships")] == [0, 1, 1]
    run = road.set_date(ground, group)
    with Browser() as lena:
        assert here.click(lena, "lena").path == f"/learn/{MODULE}/"
        road.hand_in(lena, ground.site.url)
    # Moodle may not fetch our keys: its token endpoint answers a page. The scores wait, and say so.
    lms.blocks_hosts = True
    road.give_feedback(ground, run)
    until(lambda: "our keys" in here.told(), what="the facilitator reads what is in the way")
    assert lms.asked("/scores") == []
    lms.blocks_hosts = False
    # Moodle refuses a score of a second that it knows already: the first one must come again with a later time.
    completion = lms.item(resource=MODULE, tag="completion")
    lms.server.say(f"/{completion.id}/lineitem/scores", Reply(409), times=1)
    due_now(ground.engines)
    until(lambda: lms.result("lena", completion).score == 100, what="the completion is there")
    until(lambda: "lena" in feedback(lms), what="so is the feedback")
    assert feedback(lms)["lena"].score == road.SCORE
    assert "Ask A." in feedback(lms)["lena"].comment
    assert "waiting" not in here.told()
    # A column that we make for Moodle names no link.
    assert [item.link for item in lms.items.values()] == [link.id, ""]
    # The first try of the completion was refused; each score is there once.
    assert sorted(lms.statuses("/scores")) == [200, 200, 409]
    assert [len(item.results["lena"].scores) for item in lms.items.values()] == [1, 1]
    # From her line in the gradebook she comes to her feedback.
    with Browser() as lena:
        review = lms.review(lena, user="lena", of="lena", link=link.id).post()
        page = lena.walk(f"{ground.site.url}{review.headers['Location']}")
        assert page.path == f"{road.PAGE}feedback/"
        assert "Ask A." in page.text
