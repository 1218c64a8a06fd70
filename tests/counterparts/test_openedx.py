"""Oneday in Open edX: its own platform code, served over HTTP, from a registration to a feedback in its gradebook."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.counterparts import road
from tests.counterparts.browser import Answer, Browser
from tests.counterparts.ground import Ground, served
from tests.counterparts.openedx.server import Grade, OpenEdx, Placed, serving
from tests.machine.wait import until

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Here:
    """Both, served."""

    ground: Ground
    lms: OpenEdx

    def connect(self, placed: Placed) -> None:
        """Ada types in what Studio shows of a component."""
        road.register_by_hand(
            self.ground,
            road.Values(
                lms="open-edx",
                issuer=placed.issuer,
                client_id=placed.client_id,
                deployment=placed.deployment_id,
                auth_url=placed.login_url,
                token_url=placed.access_token_url,
                keys_url=placed.keyset_url,
                name=placed.name,
            ),
        )

    def choose(self, placed: Placed, *, page: bool = False) -> None:
        """The author of the course chooses the small module for a component."""
        with Browser() as farid:
            saved = road.choose_module(farid, self.lms.pick(farid, placed), page=page)
        assert "content was successfully saved in the LMS" in saved.text, saved.text

    def click(self, placed: Placed, user: str) -> Answer:
        with Browser() as somebody:
            return self.lms.click(somebody, placed, user)


def shown(page: Answer) -> set[str]:
    """Return the people of Open edX whose addresses stand on a page."""
    return set(re.findall(r"(\w+)@openedx\.example", page.text))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    """One pair for all tests of this file: each places components of its own."""
    folder = tmp_path_factory.mktemp("openedx")
    with served(folder / "oneday", hosts="127.0.0.1") as ground, serving(folder, tool=ground.site.url) as lms:
        yield Here(ground, lms)


def test_from_a_registration_to_a_feedback_on_the_platform(here: Here) -> None:
    ground, lms, placed = here.ground, here.lms, here.lms.place("day")
    # Nobody comes in by a platform that nobody has connected.
    unknown = here.click(placed, "l1")
    assert (unknown.status_code, unknown.path) == (400, "/lti/login")
    assert "Oneday does not know the LMS that sent you here." in unknown.text
    here.connect(placed)
    here.choose(placed, page=True)
    # A learner comes too early.
    early = here.click(placed, "l1")
    assert "Your date isn't set yet" in early.text, road.said(early)
    # The manager makes a group of the roster: everybody who learns there, under the id of their launch.
    group = road.take_roster(ground, road.context_of(ground, placed.client_id))
    people = road.members(ground, group)
    assert people.keys() == {lms.subject(user) for user in lms.learners}
    run = road.set_date(ground, group)
    with Browser() as lena:
        module = lms.click(lena, placed, "l1")
        assert (module.status_code, module.path) == (200, "/learn/small-talk/"), road.said(module)
        road.hand_in(lena, ground.site.url)
        road.give_feedback(ground, run)
        assert "Ask A." in lena.walk(f"{ground.site.url}{road.PAGE}feedback/").text
    subject = lms.subject("l1")
    until(lambda: sum(subject in item.scores for item in lms.items(placed)) == 2, what="both scores are there")
    # Each column was made once.
    assert sorted(item.tag for item in lms.items(placed)) == ["completion", "page"]
    told = {item.tag: item.scores[subject] for item in lms.items(placed)}
    assert told["completion"].given == 100
    assert (told["page"].given, told["page"].maximum, told["page"].progress) == (road.SCORE, 100, "FullyGraded")
    assert "Ask A." in told["page"].comment
    # The platform's results service says the same, to the token that Oneday was given.
    (token,) = road.tokens(ground, placed.client_id, scope="result.readonly")
    (page,) = [item for item in lms.items(placed) if item.tag == "page"]
    (row,) = lms.results(page, token)
    assert (row["userId"], row["resultScore"], row["resultMaximum"]) == (subject, road.SCORE, 100)
    assert row["comment"] == told["page"].comment
    assert lms.grade(placed, "l1") == Grade(1.0, told["completion"].comment)
    # Who was there and wrote no page has not completed the module, so nothing was said of them.
    assert all(item.scores.keys() == {subject} for item in lms.items(placed))


def test_a_completion_in_the_gradebook_by_the_components_own_column(here: Here) -> None:
    """Open edX's default: a tool may put grades in and make no columns."""
    ground, lms, placed = here.ground, here.lms, here.lms.place("graded", grades="declarative")
    here.connect(placed)
    here.choose(placed)
    with Browser() as lena:
        lms.click(lena, placed, "l2")
        group = road.new_group(ground, road.context_of(ground, placed.client_id), "Graded in the LMS")
        run = road.set_date(ground, group)
        assert lms.click(lena, placed, "l2").path == "/learn/small-talk/"
        assert lms.grade(placed, "l2") is None
        road.hand_in(lena, ground.site.url)
    road.give_feedback(ground, run)
    until(lambda: lms.grade(placed, "l2") is not None, what="the grade is published")
    grade = lms.grade(placed, "l2")
    assert grade is not None
    assert (grade.score, grade.comment.partition(",")[0]) == (1.0, "Completed: Small talk before the big meeting")
    assert [item.tag for item in lms.items(placed)] == [""]


def test_two_clients_of_one_issuer(here: Here) -> None:
    ground, lms = here.ground, here.lms
    one, two = lms.place("one"), lms.place("two")
    assert (one.issuer, one.login_url) == (two.issuer, two.login_url)
    assert one.client_id != two.client_id
    here.connect(one)
    # The issuer is known, and this client of it is not.
    assert f"names the client ID “{two.client_id}”" in here.click(two, "l3").text
    here.connect(two)
    for placed in (one, two):
        here.choose(placed)
        assert "Your date isn't set yet" in here.click(placed, "l3").text
    # The same subject under two clients is two people, until somebody says that it is one.
    people = [road.known_as(ground, placed.client_id, lms.subject("l3")) for placed in (one, two)]
    assert [len(each) for each in people] == [1, 1]
    assert people[0] != people[1]
    contexts = [road.context_of(ground, placed.client_id) for placed in (one, two)]
    for context in contexts:
        read = road.read_roster(ground, context)
        assert shown(read) == set(lms.learners) | {"farid"}
    tokens = road.tokens(ground, one.client_id), road.tokens(ground, two.client_id)
    assert [len(each) for each in tokens] == [1, 1]
    assert tokens[0] != tokens[1]


def test_a_roster_of_several_pages(tmp_path: Path, here: Here) -> None:
    with serving(tmp_path, tool=here.ground.site.url, learners=450) as lms:
        large, placed = Here(here.ground, lms), lms.place("large")
        large.connect(placed)
        large.choose(placed)
        # Its deep linking requests tell of no roster, its launches do.
        large.click(placed, "l1")
        read = road.read_roster(large.ground, road.context_of(large.ground, placed.client_id))
        assert shown(read) == set(lms.learners) | {"farid"}
        asked = [address.partition("?")[2] for address in lms.asked("/memberships")]
        assert asked == ["limit=200", "limit=200&page=2", "limit=200&page=3"]


def test_the_connection_check(here: Here) -> None:
    lms, placed = here.lms, here.lms.place("checked")
    here.connect(placed)
    here.choose(placed)
    here.click(placed, "l4")
    # A key that nobody there has seen yet: Open edX fetches our keys whenever it is shown a signature.
    here.ground.site.course("keys", "rotate")
    marks = road.check(here.ground, placed.client_id)
    # Open edX lets no tool delete a column (its permission asks for the scope of another method), and the page says so.
    assert marks == {
        "their_keys": "ok",
        "clock": "ok",
        "our_keys": "ok",
        "cookie": "ok",
        "roster": "ok",
        "score": "not ok",
    }
    assert [item.label for item in lms.items(placed)] == ["Oneday connection check"]
