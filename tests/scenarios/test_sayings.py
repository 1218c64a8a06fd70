"""Sentences of one's own, orders, votes and a room that is held: each step once, and only where it belongs."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course.cases.engine import Choose, Said
from course.scenarios import queries, service
from course.scenarios.models import Attempt, Saying
from course.scenarios.queries import Sentence
from course.scenarios.rules import LONGEST_SENTENCE, EmptySentence, SentenceTooLong
from course.scenarios.service import StepResult, room
from tests.make import Cast
from tests.scenarios.plays import CASE, ORDER, WHOLE, begin, go, send


def said(session: Session, attempt: Attempt) -> list[tuple[int, str, str]]:
    return [(each.version, each.text, each.nearer) for each in queries.sentences(session, attempt_id=attempt.id)]


def play(session: Session, cast: Cast) -> queries.Play:
    found = queries.play(session, seat_id=cast.lena_seat, scenario=CASE)
    assert found is not None
    return found


def test_a_whole_play_is_kept_in_order(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE)
    assert queries.actions(session, attempt_id=attempt.id) == (
        Choose("call", "ring"),
        Said("words"),
        Choose("words", "date"),
        Choose("hands", "hers"),
        Choose("order", ORDER),
    )
    assert (attempt.scene, attempt.finished_at is not None) == ("together", True)


def test_the_sentence_comes_before_the_choice(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring")
    assert send(session, attempt, "words.date", 1) == StepResult("unsaid", 1)
    assert play(session, crew).said is None
    assert send(session, attempt, "words.", 1, text="  The crane\r\ncomes \x00 on Wednesday. ") == StepResult(
        "taken", 2
    )
    assert play(session, crew).said == "The crane comes on Wednesday."
    assert send(session, attempt, "words.", 2) == StepResult("illegal", 2)
    assert send(session, attempt, "words.date", 2, nearer="good") == StepResult("taken", 3)
    assert play(session, crew).said is None
    assert queries.sentences(session, attempt_id=attempt.id) == (
        Sentence(2, "words", "The crane comes on Wednesday.", 70, may_show=True, nearer="good"),
    )


def test_no_sentence_is_taken_where_none_is_asked_for(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    assert send(session, attempt, "call.", 0) == StepResult("illegal", 0)
    assert send(session, attempt, "words.", 0) == StepResult("illegal", 0)
    assert said(session, attempt) == []


def test_a_sentence_sent_twice_is_said_once(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring")
    assert send(session, attempt, "words.", 1, "one", text="First.") == StepResult("taken", 2)
    assert send(session, attempt, "words.", 1, "one", text="First.") == StepResult("repeated", 2)
    assert send(session, attempt, "words.", 1, "one", text="Second.") == StepResult("stale", 2)
    assert send(session, attempt, "words.", 1, "two", text="Second.") == StepResult("stale", 2)
    assert send(session, attempt, "words.date", 1, "one") == StepResult("stale", 2)
    assert said(session, attempt) == [(2, "First.", "")]


@pytest.mark.parametrize("text", ["", "   \n ", "\x00\x07"])
def test_an_empty_sentence_is_none(crew: Cast, session: Session, text: str) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring")
    with pytest.raises(EmptySentence):
        send(session, attempt, "words.", 1, text=text)
    assert said(session, attempt) == []


def test_the_longest_sentence(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring")
    with pytest.raises(SentenceTooLong):
        send(session, attempt, "words.", 1, text="x" * (LONGEST_SENTENCE + 1))
    assert send(session, attempt, "words.", 1, text="x" * LONGEST_SENTENCE).kind == "taken"


@pytest.mark.parametrize(("confidence", "fits"), [(-1, False), (0, True), (100, True), (101, False)])
def test_how_sure_one_may_be(crew: Cast, session: Session, confidence: int, *, fits: bool) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring")

    def sure() -> StepResult:
        return service.say(
            session,
            seat_id=crew.lena_seat,
            scenario=CASE,
            number=1,
            scene="words",
            text="So.",
            confidence=confidence,
            may_show=False,
            base_version=1,
            operation_id="sure",
        )

    if fits:
        assert sure() == StepResult("taken", 2)
    else:
        with pytest.raises(ValueError, match=str(confidence)):
            sure()


def test_a_mark_has_one_of_three_words(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    go(session, attempt, "call.ring", "words.")
    with pytest.raises(ValueError, match="best"):
        send(session, attempt, "words.date", 2, nearer="best")
    assert send(session, attempt, "words.date", 2, nearer="between").kind == "taken"
    assert [each.nearer for each in session.execute(select(Saying)).scalars()] == ["between"]


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (ORDER, "taken"),
        ("report,rig,ground,ask_site", "taken"),
        ("ask_site,ground,rig", "illegal"),
        ("ask_site,ground,rig,rig", "illegal"),
        ("ask_site,ground,rig,report,crane", "illegal"),
        ("near", "illegal"),
        (",,,", "illegal"),
    ],
)
def test_an_order_names_every_item_once(crew: Cast, session: Session, order: str, kind: str) -> None:
    attempt = begin(session, crew)
    go(session, attempt, *WHOLE[:4])
    assert send(session, attempt, f"order.{order}", 4).kind == kind


def test_there_is_no_such_play(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    attempt_two = Attempt(
        seat_id=attempt.seat_id,
        scenario=CASE,
        version_hash=attempt.version_hash,
        number=2,
        scene="call",
        state=attempt.state,
        started_at=attempt.started_at,
    )
    assert send(session, attempt_two, "call.ring", 0) == StepResult("none", 0)
    assert send(session, attempt_two, "call.", 0) == StepResult("none", 0)


def test_a_held_room_takes_nothing(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    elsewhere = begin(session, crew, crew.leo_seat)
    for scene in ("call", "words"):
        room.stop(session, run_id=crew.run, scenario=CASE, scene=scene, by_id=crew.farid)
    assert play(session, crew).held
    assert send(session, attempt, "call.ring", 0, "one") == StepResult("held", 0)
    assert send(session, attempt, "call.jump", 0) == StepResult("illegal", 0)
    assert send(session, elsewhere, "call.ring", 0) == StepResult("held", 0)
    room.lift(session, run_id=crew.run, scenario=CASE, scene="call")
    assert not play(session, crew).held
    assert send(session, attempt, "call.ring", 0, "one") == StepResult("taken", 1)
    assert send(session, attempt, "call.ring", 0, "one") == StepResult("repeated", 1)
    assert send(session, attempt, "words.", 1) == StepResult("held", 1)
    assert said(session, attempt) == []
    room.lift(session, run_id=crew.run, scenario=CASE, scene="words")
    assert send(session, attempt, "words.", 1) == StepResult("taken", 2)


def test_another_run_is_not_held(crew: Cast, session: Session) -> None:
    attempt = begin(session, crew)
    room.stop(session, run_id=crew.other_run, scenario=CASE, scene="call", by_id=crew.farid)
    assert not play(session, crew).held
    assert send(session, attempt, "call.ring", 0) == StepResult("taken", 1)
