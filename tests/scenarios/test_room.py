"""A case as a room plays it: counted by people, held, shown and quoted by its facilitator."""

from datetime import timedelta
from typing import TypedDict

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from course import clock
from course.cases.engine import Choose, Said
from course.cohorts.models import Run, Seat
from course.people.models import Organisation
from course.scenarios.models import Partner, Pick, Reveal, Saying, Stop
from course.scenarios.queries import room
from course.scenarios.rules import may_quote, may_show
from course.scenarios.service import room as service
from tests import make
from tests.make import Cast

RING, CHECK = ("call", "ring"), ("call", "check")
DATE, BLAME = ("words", "date"), ("words", "blame")
HERS = ("hands", "hers")
ORDER = ("order", "ground,ask_site,rig,report")


@pytest.fixture
def group(session: Session) -> Cast:
    return make.cast_of(session, make.all_kinds())


def more(session: Session, group: Cast, count: int) -> list[int]:
    """Give the cast's run that many more seats."""
    run = session.get_one(Run, group.run)
    return [make.seat(session, run, make.person(session, f"Person {each}")).id for each in range(count)]


def earlier(session: Session, group: Cast, *, days: int, where: int | None = None) -> int:
    """Make a run of the same module on an earlier day, with one seat; return the seat."""
    place = session.get_one(Organisation, where or group.organisation)
    day = make.day(session, place, on=clock.today("America/New_York") - timedelta(days=days))
    run = make.run(
        session,
        day,
        make.cohort(session, place, name=f"Group {days} {place.id}"),
        version_hash=group.version_hash,
        facilitator=None,
        module="all-kinds",
    )
    return make.seat(session, run, make.person(session, f"Person of {days}")).id


class Told(TypedDict):
    run_id: int
    scenario: str


def of(group: Cast) -> Told:
    """The case of the cast's run."""
    return {"run_id": group.run, "scenario": "crane"}


def test_people_are_counted_by_where_they_are(session: Session, group: Cast) -> None:
    third, fourth, gone = more(session, group, 3)
    session.get_one(Seat, gone).cancelled_at = clock.now()
    for seat, given in (
        (group.lena_seat, (RING,)),
        (group.leo_seat, (RING, DATE, HERS, ORDER)),
        (third, (CHECK,)),
        (gone, (CHECK,)),
        (group.otto_seat, (CHECK,)),
    ):
        make.played(session, seat, *given, version_hash=group.version_hash)
    assert fourth
    assert room.standing(session, **of(group)).at == {"": 1, "words": 2, "together": 1}
    assert room.standing(session, run_id=group.run, scenario="no-such-case").at == {"": 4}
    answers = room.given(session, **of(group))
    assert room.standing(session, **of(group)).given == answers
    assert answers == {
        "call": {"ring": 2, "check": 1},
        "words": {"date": 1},
        "hands": {"hers": 1},
        "order": {"ground,ask_site,rig,report": 1},
    }


def test_only_the_first_play_counts_and_no_rewind(session: Session, group: Cast) -> None:
    make.played(session, group.lena_seat, RING, version_hash=group.version_hash)
    make.played(session, group.lena_seat, CHECK, version_hash=group.version_hash, number=2, rewound=0)
    make.played(session, group.leo_seat, CHECK, DATE, version_hash=group.version_hash, number=1, rewound=1)
    assert room.given(session, **of(group)) == {"call": {"ring": 1}}
    assert room.standing(session, **of(group)).at == {"": 1, "words": 1}


def test_who_sat_beside_a_play_is_counted_with_it_unless_they_played_alone(session: Session, group: Cast) -> None:
    (third,) = more(session, group, 1)
    lena = make.played(session, group.lena_seat, RING, version_hash=group.version_hash)
    alone = make.played(session, third, CHECK, version_hash=group.version_hash)
    session.add(Partner(attempt_id=lena.id, seat_id=group.leo_seat, at=clock.now()))
    session.add(Partner(attempt_id=alone.id, seat_id=group.lena_seat, at=clock.now()))
    session.flush()
    assert room.standing(session, **of(group)).at == {"words": 3}
    assert room.given(session, **of(group)) == {"call": {"ring": 2, "check": 1}}


def test_former_groups_are_the_organisations_own_and_of_earlier_days(session: Session, group: Cast) -> None:
    make.played(session, group.lena_seat, RING, version_hash=group.version_hash)
    make.played(session, earlier(session, group, days=30), CHECK, version_hash=group.version_hash)
    make.played(session, earlier(session, group, days=60), RING, DATE, version_hash=group.version_hash)
    elsewhere = earlier(session, group, days=31, where=group.other_organisation)
    make.played(session, elsewhere, ("call", "mail"), version_hash=group.version_hash)
    beside = earlier(session, group, days=0)
    make.played(session, beside, ("call", "mail"), version_hash=group.version_hash)
    cancelled = earlier(session, group, days=32)
    make.played(session, cancelled, ("call", "mail"), version_hash=group.version_hash)
    session.get_one(Run, session.get_one(Seat, cancelled).run_id).cancelled_at = clock.now()
    session.flush()
    found = room.former(session, **of(group))
    assert sorted(map(repr, found)) == ["{'call': {'check': 1}}", "{'call': {'ring': 1}, 'words': {'date': 1}}"]


def test_sentences_are_those_that_may_be_shown(session: Session, group: Cast) -> None:
    lena = make.played(
        session, group.lena_seat, RING, DATE, version_hash=group.version_hash, said={"words": "Ring me."}, nearer="good"
    )
    make.played(session, group.leo_seat, RING, DATE, version_hash=group.version_hash)
    make.played(
        session, group.otto_seat, RING, DATE, version_hash=group.version_hash, said={"words": "Never of this room."}
    )
    (found,) = room.sentences(session, **of(group))
    assert (found.scene, found.text, found.nearer, found.confidence, found.picked) == (
        "words",
        "Ring me.",
        "good",
        60,
        False,
    )
    assert room.steps(session, attempt_ids=[found.attempt_id]) == {
        lena.id: (Choose("call", "ring"), Said("words"), Choose("words", "date"))
    }


def test_a_room_is_held_and_let_go(session: Session, group: Cast) -> None:
    for _twice in range(2):
        service.stop(session, **of(group), scene="hands", by_id=group.farid)
    assert room.held(session, **of(group)) == room.Held(stopped=("hands",))
    assert room.held(session, run_id=group.other_run, scenario="crane") == room.Held()
    for _twice in range(2):
        service.lift(session, **of(group), scene="hands")
    assert room.held(session, **of(group)) == room.Held()
    (row,) = session.execute(select(Stop)).scalars()
    assert (row.scene, row.by_id, row.lifted_at is not None) == ("hands", group.farid, True)
    service.stop(session, **of(group), scene="hands", by_id=group.farid)
    assert len(session.execute(select(Stop)).scalars().all()) == 2


def test_one_decision_is_shown_at_a_time(session: Session, group: Cast) -> None:
    for scene, shown in (("words", "words"), ("call", "call"), ("call", "call"), ("words", "words")):
        service.reveal(session, **of(group), scene=scene, by_id=group.farid)
        assert room.held(session, **of(group)) == room.Held(revealed=shown)
    service.hide(session, **of(group), scene="call")
    assert room.held(session, **of(group)) == room.Held(revealed="words")
    for _twice in range(2):
        service.hide(session, **of(group), scene="words")
    assert room.held(session, **of(group)) == room.Held()
    rows = session.execute(select(Reveal).order_by(Reveal.id)).scalars().all()
    assert [(row.scene, row.by_id, row.hidden_at is not None) for row in rows] == [
        (scene, group.farid, True) for scene in ("words", "call", "words")
    ]


def offered(session: Session, group: Cast, count: int) -> list[int]:
    """Let that many people of the run say a sentence that may be shown; return the sentences."""
    seats = [group.lena_seat, group.leo_seat, *more(session, group, count - 2)]
    for number, seat in enumerate(seats):
        said = {"words": f"Sentence {number}."}
        make.played(session, seat, RING, DATE, version_hash=group.version_hash, said=said)
    return list(session.execute(select(Saying.id).order_by(Saying.id)).scalars())


def test_a_sentence_is_picked_from_five_authors_on(session: Session, group: Cast) -> None:
    told = of(group)
    first = offered(session, group, 4)[0]
    assert not service.pick(session, **told, saying_id=first, by_id=group.farid)
    assert session.execute(select(Pick)).scalars().all() == []
    (fifth,) = more(session, group, 1)
    make.played(session, fifth, RING, DATE, version_hash=group.version_hash, said={"words": "The fifth."})
    for _twice in range(2):
        assert service.pick(session, **told, saying_id=first, by_id=group.farid)
    picked = [each.id for each in room.sentences(session, **of(group)) if each.picked]
    assert picked == [first]
    service.take_down(session, run_id=group.other_run, saying_id=first)
    assert [each.picked for each in room.sentences(session, **of(group))].count(True) == 1
    for _twice in range(2):
        service.take_down(session, run_id=group.run, saying_id=first)
    assert [each.picked for each in room.sentences(session, **of(group))].count(True) == 0
    assert len(session.execute(select(Pick)).scalars().all()) == 1


def test_only_what_was_said_here_and_may_be_shown_is_picked(session: Session, group: Cast) -> None:
    offered(session, group, 5)
    silent = make.played(session, more(session, group, 1)[0], RING, DATE, version_hash=group.version_hash)
    elsewhere = make.played(
        session, group.otto_seat, RING, DATE, version_hash=group.version_hash, said={"words": "Not here."}
    )
    for attempt in (silent.id, elsewhere.id):
        said = session.execute(select(Saying.id).where(Saying.attempt_id == attempt)).scalar_one()
        assert not service.pick(session, **of(group), saying_id=said, by_id=group.farid)
    assert session.execute(select(Pick)).scalars().all() == []


def test_the_marks_change_with_what_is_shown(session: Session, group: Cast) -> None:
    said = offered(session, group, 5)
    (late,) = more(session, group, 1)
    told = of(group)

    def marks() -> tuple[room.Mark, room.Mark]:
        return room.live_mark(session, **told), room.wall_mark(session, **told)

    last = [marks()]

    def changed() -> tuple[bool, bool]:
        last.append(marks())
        return last[-1][0] != last[-2][0], last[-1][1] != last[-2][1]

    assert changed() == (False, False)
    service.stop(session, **told, scene="hands", by_id=group.farid)
    assert changed() == (True, True)
    service.lift(session, **told, scene="hands")
    assert changed() == (True, True)
    service.pick(session, **told, saying_id=said[0], by_id=group.farid)
    assert changed() == (True, True)
    service.take_down(session, run_id=group.run, saying_id=said[0])
    assert changed() == (True, True)
    make.played(session, late, RING, version_hash=group.version_hash)
    # Somebody's step is on the facilitator's page at once, and on the wall only while counts are.
    assert changed() == (True, False)
    service.reveal(session, **told, scene="hands", by_id=group.farid)
    assert changed() == (True, True)
    make.played(session, more(session, group, 1)[0], RING, version_hash=group.version_hash)
    assert changed() == (True, True)
    service.hide(session, **told, scene="hands")
    assert changed() == (True, True)
    assert changed() == (False, False)


def test_who_may_see_what() -> None:
    assert [may_show(answered, revealed=True) for answered in (0, 4, 5, 60)] == [False, False, True, True]
    assert [may_show(answered, revealed=False) for answered in (4, 5, 60)] == [False, False, False]
    assert [may_quote(authors) for authors in (0, 4, 5)] == [False, False, True]


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_no_statement_reads_all_events_or_plays_of_the_site(session: Session, group: Cast) -> None:
    wanted = ("_STANDING", "_ANSWERS", "_FORMER_ANSWERS", "_SENTENCES", "_HOLDS", "_LIVE_MARK", "_WALL_MARK")
    for name in wanted:
        statement = getattr(room, name).params(**of(group))
        spelt = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {spelt}"))]
        assert [line for line in plan if line.startswith("SCAN scenarios_")] == [], (name, plan)
        assert [line for line in plan if line.startswith("SEARCH ")], name
