"""Taking in a roster and taking it back, in the database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from course.cohorts.models import Cohort, CohortMember, Membership, Role, RosterImport, Seat
from course.cohorts.queries.roster import imports, known, one_import
from course.cohorts.rules.roster.plan import Act
from course.cohorts.rules.roster.reading import Reason, Row
from course.cohorts.service import calendar, membership
from course.cohorts.service.roster import taking, undoing
from course.database import Engines, unit_of_work
from course.outbox.service import take_notes
from course.people.models import Identity, Organisation, Person
from tests import make
from tests.make import Cast

FILE = (
    Row(2, "Lena Vogel", "lena@example.org", "E-1"),
    Row(3, "Leo Marsh", "", "E-2"),
    Row(4, "Nora Weiss", "nora@example.org", "E-9"),
    Row(5, "Milo Ott"),
    Row(6, "", reason=Reason.NO_NAME),
)


def nobody(_session: Session, _seat_ids: list[int]) -> set[int]:
    return set()


def all_seats(_session: Session, seat_ids: list[int]) -> set[int]:
    return set(seat_ids)


def take(session: Session, cast: Cast, rows: tuple[Row, ...] = FILE) -> RosterImport:
    return taking.take_in(session, cohort_id=cast.cohort, rows=rows, by_id=cast.mona, file_name="friday.csv")


def acts(taken: RosterImport) -> list[str]:
    return [entry["act"] for entry in taken.changes]


def people(session: Session, cast: Cast) -> list[tuple[str, str, str, bool, bool]]:
    return [
        (person.name, person.email, person.employee_id, person.learner, person.in_cohort)
        for person in known(session, organisation_id=cast.organisation, cohort_id=cast.cohort)
    ]


def test_a_roster_is_taken_in_and_again_changes_nothing(cast: Cast, session: Session) -> None:
    assert acts(take(session, cast)) == ["update", "same", "new", "new", "refused"]
    after = people(session, cast)
    assert after == [
        ("Lena Vogel", "lena@example.org", "E-1", True, True),
        ("Leo Marsh", "leo@example.org", "E-2", True, True),
        ("Farid Haddad", "farid@example.org", "", False, False),
        ("Mona Keller", "mona@example.org", "", False, False),
        ("Nora Weiss", "nora@example.org", "E-9", True, True),
        ("Milo Ott", "", "", True, True),
    ]
    assert take_notes(session) == {cast.lena_seat}
    assert acts(take(session, cast)) == ["same", "same", "same", "same", "refused"]
    assert people(session, cast) == after


def test_a_dry_run_writes_nothing(cast: Cast, engines: Engines) -> None:
    with unit_of_work(engines, write=False) as session:
        steps = taking.dry_run(session, cohort=session.get_one(Cohort, cast.cohort), rows=FILE)
        assert [step.act for step in steps] == [Act.UPDATE, Act.SAME, Act.NEW, Act.NEW, Act.REFUSED]
        assert not session.new
        assert session.execute(select(func.count()).select_from(Person)).scalar_one() == 8


def test_an_address_known_elsewhere_makes_a_new_person(cast: Cast, session: Session) -> None:
    taken = take(session, cast, (Row(2, "Otto Vance", "otto@example.org", "E-8"),))
    assert acts(taken) == ["new"]
    assert taken.changes[0]["person_id"] != cast.otto
    assert len(session.execute(select(Identity).where(Identity.subject == "otto@example.org")).all()) == 1


def test_somebody_of_two_organisations_keeps_name_and_address(cast: Cast, session: Session) -> None:
    membership.grant(session, person_id=cast.lena, organisation_id=cast.other_organisation, role=Role.LEARNER)
    taken = take(session, cast)
    assert acts(taken)[0] == "refused"
    assert taken.changes[0]["reason"] == Reason.KEPT_ELSEWHERE.value
    assert session.get_one(Person, cast.lena).name == "Lena Brandt"


def test_a_facilitator_may_learn_too(cast: Cast, session: Session) -> None:
    assert acts(take(session, cast, (Row(2, "Farid Haddad", "farid@example.org", "F-1"),))) == ["update"]
    roles = session.execute(
        select(Membership.role, Membership.employee_id)
        .where(Membership.person_id == cast.farid)
        .order_by(Membership.role)
    ).all()
    assert [tuple(row) for row in roles] == [("facilitator", None), ("learner", "F-1")]


def test_undo_leaves_everything_as_it_was(cast: Cast, session: Session) -> None:
    before = people(session, cast)
    taken = take(session, cast)
    undone = undoing.undo(session, import_id=taken.id, seats_with_work=nobody)
    assert (undone.removed, undone.restored, undone.kept, undone.corrected) == (2, 1, (), ())
    assert people(session, cast) == before
    again = undoing.undo(session, import_id=taken.id, seats_with_work=nobody)
    assert (again.removed, again.restored) == (0, 0)
    assert acts(take(session, cast)) == ["update", "same", "new", "new", "refused"]


def test_undo_of_an_employee_id_and_an_address(cast: Cast, session: Session) -> None:
    bare = make.person(session, "Nora Weiss", email="nora@example.org")
    make.membership(session, bare, Role.LEARNER, session.get_one(Organisation, cast.organisation))
    before = people(session, cast)
    rows = (Row(2, "Nora Weiss", "nora@example.org", "E-9"), Row(3, "Lena Brandt", "lena.b@example.org", "E-1"))
    taken = take(session, cast, rows)
    assert acts(taken) == ["update", "update"]
    assert session.execute(select(Identity.subject).where(Identity.person_id == cast.lena)).scalar_one() == (
        "lena.b@example.org"
    )
    undoing.undo(session, import_id=taken.id, seats_with_work=nobody)
    assert people(session, cast) == before


def test_undo_keeps_who_has_begun_and_frees_the_seats_of_others(cast: Cast, session: Session) -> None:
    taken = take(session, cast)
    nora, milo = taken.changes[2]["person_id"], taken.changes[3]["person_id"]
    calendar.add_seat(session, run_id=cast.run, person_id=nora)
    seat = calendar.add_seat(session, run_id=cast.run, person_id=milo)
    kept = undoing.undo(
        session,
        import_id=taken.id,
        seats_with_work=lambda _session, seats: {one for one in seats if one != seat.id},
    )
    assert (kept.removed, kept.kept) == (1, ("Nora Weiss",))
    live = session.execute(
        select(Seat.person_id).where(Seat.run_id == cast.run, Seat.cancelled_at.is_(None)).order_by(Seat.person_id)
    ).scalars()
    assert list(live) == [cast.lena, cast.leo, nora]


def test_undo_leaves_later_corrections(cast: Cast, session: Session) -> None:
    taken = take(session, cast)
    membership.correct_person(session, person_id=cast.lena, name="Lena Vogel-Brandt", email="lena@example.org")
    undone = undoing.undo(session, import_id=taken.id, seats_with_work=all_seats)
    assert (undone.restored, undone.corrected) == (0, ("Lena Vogel-Brandt",))
    assert session.get_one(Person, cast.lena).name == "Lena Vogel-Brandt"


def test_who_only_joined_leaves_this_group_alone(cast: Cast, session: Session) -> None:
    other = calendar.add_cohort(session, organisation_id=cast.organisation, name="November Friday")
    taken = taking.take_in(session, cohort_id=other.id, rows=FILE[1:2], by_id=cast.mona, file_name="")
    assert acts(taken) == ["join"]
    undoing.undo(session, import_id=taken.id, seats_with_work=nobody)
    groups = session.execute(
        select(CohortMember.cohort_id).where(CohortMember.person_id == cast.leo, CohortMember.left_at.is_(None))
    ).scalars()
    assert list(groups) == [cast.cohort]


def test_imports_are_listed_by_group(cast: Cast, session: Session) -> None:
    taken = take(session, cast)
    listed = imports(session, cohort_id=cast.cohort)
    assert [(one.import_id, one.file_name, one.by) for one in listed] == [(taken.id, "friday.csv", "Mona Keller")]
    assert one_import(session, cohort_id=cast.other_cohort, import_id=taken.id) is None


def test_five_thousand_rows_take_few_statements(cast: Cast, session: Session) -> None:
    rows = tuple(Row(line, f"Person {line}", f"p{line}@example.org", f"N-{line}") for line in range(2, 5002))
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    try:
        steps = taking.dry_run(session, cohort=session.get_one(Cohort, cast.cohort), rows=rows)
        dry = len(statements)
        take(session, cast, rows)
    finally:
        event.remove(bind, "before_cursor_execute", count)
    assert [step.act for step in steps] == [Act.NEW] * 5000
    assert dry == 2
    # Rows go in by the thousand; a hundred statements would be row by row in disguise.
    assert len(statements) < 100


def test_two_managers_take_in_the_same_file_at_once(cast: Cast, engines: Engines) -> None:
    start = Barrier(4)

    def work(_number: int) -> list[str]:
        start.wait()
        with unit_of_work(engines, write=True) as session:
            return acts(take(session, cast))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))
    assert sorted(done) == sorted(
        [["update", "same", "new", "new", "refused"], *[["same", "same", "same", "same", "refused"]] * 3]
    )
