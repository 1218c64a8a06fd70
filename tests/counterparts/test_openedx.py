"""Oneday in Open edX: its own platform code, served over HTTP, from a registration to a feedback in its gradebook."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.counterparts import road
from tests.counterparts.browser import Browser
from tests.counterparts.ground import Ground, served
from tests.counterparts.openedx.server import OpenEdx, Placed, serving
from tests.machine.wait import until

pytestmark = pytest.mark.long

LEARNERS = [f"l{number}" for number in range(1, 25)]


@dataclass(frozen=True)
class Here:
    """Both, knowing each other: one component of a course is placed, registered and deep-linked."""

    ground: Ground
    lms: OpenEdx
    placed: Placed

    def connect(self, placed: Placed) -> None:
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
            ),
        )


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with served(tmp_path / "oneday", hosts="127.0.0.1") as ground, serving(tmp_path, tool=ground.site.url) as lms:
        made = Here(ground, lms, lms.place("day"))
        made.connect(made.placed)
        yield made


def test_from_a_registration_to_a_feedback_in_the_gradebook(here: Here) -> None:
    ground, lms = here.ground, here.lms
    # The author of the course places the module.
    with Browser() as farid:
        saved = road.choose_module(farid, lms.pick(farid, here.placed))
        assert "content was successfully saved in the LMS" in saved.text, saved.text
    # A learner comes too early.
    with Browser() as lena:
        early = lms.click(lena, here.placed, "l1")
        assert "Your date isn&#39;t set yet" in early.text or "Your date isn't set yet" in early.text, early.text[
            -3000:
        ]
    # The manager makes a group of the roster: everybody who learns there, under the id of their launch.
    group = road.take_roster(ground)
    people = road.members(ground, group)
    assert people.keys() == {lms.subject(user) for user in LEARNERS}
    run = road.set_date(ground, group)
    with Browser() as lena:
        module = lms.click(lena, here.placed, "l1")
        assert (module.status_code, module.path) == (200, "/learn/small-talk/"), road.said(module)
        road.hand_in(lena, ground.site.url)
        road.give_feedback(ground, run)
        assert "Ask A." in lena.walk(f"{ground.site.url}{road.PAGE}feedback/").text
    subject = lms.subject("l1")
    until(lambda: sum(subject in item.scores for item in lms.items()) == 2, what="both scores are there")
    # Each column was made once.
    assert sorted(item.tag for item in lms.items()) == ["completion", "page"]
    told = {item.tag: item.scores[subject] for item in lms.items()}
    assert told["completion"].given == 100
    assert (told["page"].given, told["page"].maximum, told["page"].progress) == (road.SCORE, 100, "FullyGraded")
    assert "Ask A." in told["page"].comment
