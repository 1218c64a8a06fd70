from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work
from course.grading import queries, rules, service
from course.grading.models import Grade, GradeEvent
from course.grading.rules import Refusal
from course.grading.service import Kind
from tests.grading.build import CRITERIA, accepted, entered, events_of, filled, made_ready, operation, put
from tests.make import Cast

Write = Callable[..., service.WriteResult]


@pytest.fixture
def grade(session: Session, cast: Cast) -> Grade:
    return entered(session, cast.lena_seat)


@pytest.fixture
def write(session: Session, cast: Cast, grade: Grade) -> Write:
    def run(field: str, value: object, base: int, name: str | None = None) -> service.WriteResult:
        return service.write(
            session,
            grade_id=grade.id,
            field=field,
            value=value,
            base_version=base,
            operation_id=name or operation(),
            by_id=cast.farid,
        )

    return run


def test_entering_twice_is_entering_once(session: Session, grade: Grade) -> None:
    again = service.enter(
        session,
        kind="reflection",
        submission_id=grade.submission_id,
        run_id=grade.run_id,
        seat_id=grade.seat_id,
        author_id=grade.author_id,
        version_hash=grade.version_hash,
        rubric=grade.rubric,
        number=1,
    )
    assert again.id == grade.id
    assert session.scalar(select(func.count()).select_from(Grade)) == 1


def test_handles_are_128_random_bits_for_addresses(session: Session, cast: Cast, grade: Grade) -> None:
    other = entered(session, cast.leo_seat)
    assert {len(grade.handle), len(other.handle)} == {22}
    assert grade.handle != other.handle
    assert grade.position == rules.position(run_id=cast.run, rubric="first-minute", salt=grade.handle)


def test_a_write_is_an_event_and_a_version(session: Session, cast: Cast, grade: Grade, write: Write) -> None:
    result = write("level.person", 3, 0)
    assert (result.kind, result.version, result.named) == (Kind.SAVED, 1, False)
    assert result.missing == ("level.words", "level.when", "next_step")
    [event] = events_of(session, grade.id)
    assert (event.version, event.base_version, event.field, event.value, event.by_id, event.at) == (
        (1, 0, "level.person", 3, cast.farid, result.saved_at)
    )
    session.refresh(grade)
    assert (grade.version, grade.levels) == (1, {"person": 3})


def test_a_repeated_operation_answers_as_the_first_time(session: Session, grade: Grade, write: Write) -> None:
    first = write("next_step", "Ask A.", 0, "same")
    write("level.person", 2, 1)
    again = write("next_step", "Ask A.", 0, "same")
    assert (again.kind, again.saved_at, again.version) == (Kind.REPEATED, first.saved_at, 2)
    assert [event.field for event in events_of(session, grade.id)] == ["next_step", "level.person"]


def test_an_operation_id_never_stands_for_another_text(session: Session, grade: Grade, write: Write) -> None:
    write("next_step", "Ask A.", 0, "same")
    result = write("next_step", "Ask B.", 1, "same")
    assert (result.kind, result.refusal) == (Kind.REFUSED, Refusal.BAD_OPERATION)
    session.refresh(grade)
    assert grade.next_step == "Ask A."


def test_writes_to_different_fields_are_merged(session: Session, grade: Grade, write: Write) -> None:
    assert write("comment.person", "Good eye.", 0).kind is Kind.SAVED
    assert write("comment.words", "Say it aloud.", 0).kind is Kind.SAVED
    session.refresh(grade)
    assert grade.comments == {"person": "Good eye.", "words": "Say it aloud."}
    assert grade.version == 2


def test_a_conflict_keeps_both_texts(session: Session, grade: Grade, write: Write) -> None:
    write("next_step", "Theirs.", 0)
    result = write("next_step", "Mine.", 0, "mine")
    assert (result.kind, result.version, result.theirs) == (Kind.CONFLICT, 1, "Theirs.")
    assert [(event.version, event.value) for event in events_of(session, grade.id)] == [
        (1, "Theirs."),
        (None, "Mine."),
    ]
    session.refresh(grade)
    assert grade.next_step == "Theirs."
    again = write("next_step", "Mine.", 0, "mine")
    assert (again.kind, again.theirs) == (Kind.CONFLICT, "Theirs.")
    assert len(events_of(session, grade.id)) == 2
    assert write("next_step", "Mine.", result.version).kind is Kind.SAVED


def test_the_same_value_from_two_sides_is_no_conflict(grade: Grade, write: Write) -> None:
    write("level.person", 3, 0)
    assert write("level.person", 3, 0).kind is Kind.SAVED


def test_a_base_that_never_was_is_refused(session: Session, grade: Grade, write: Write) -> None:
    for base in (1, -1):
        assert write("next_step", "Ask A.", base).refusal is Refusal.BAD_OPERATION
    assert events_of(session, grade.id) == []
    assert write("next_step", "Ask A.", 0).kind is Kind.SAVED


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (("level.person", 0), Refusal.BAD_VALUE),
        (("level.person", 5), Refusal.BAD_VALUE),
        (("level.person", True), Refusal.BAD_VALUE),
        (("level.person", "3"), Refusal.BAD_VALUE),
        (("level.nobody", 3), Refusal.UNKNOWN_FIELD),
        (("ready", True), Refusal.UNKNOWN_FIELD),
        (("revise", "yes"), Refusal.BAD_VALUE),
        (("next_step", None), Refusal.BAD_VALUE),
        (("next_step", "nul \0 sign"), Refusal.BAD_VALUE),
        (("next_step", "half a sign \ud800"), Refusal.BAD_VALUE),
        (("next_step", "x" * 601), Refusal.TOO_LONG),
        (("comment.person", "x" * 2001), Refusal.TOO_LONG),
    ],
)
def test_what_does_not_fit_is_refused(
    session: Session, grade: Grade, write: Write, wish: tuple[str, object], refusal: Refusal
) -> None:
    result = write(*wish, 0)
    assert (result.kind, result.refusal) == (Kind.REFUSED, refusal)
    assert events_of(session, grade.id) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level.person", 4),
        ("level.person", None),
        ("revise", True),
        ("next_step", "x" * 600),
        ("comment.person", "x" * 2000),
        ("comment.person", "Zwölf Büros – 十二 🙂"),
    ],
)
def test_what_fits_is_saved(session: Session, grade: Grade, write: Write, field: str, value: object) -> None:
    assert write(field, value, 0).kind is Kind.SAVED
    assert queries.head(session, grade_id=grade.id).state.value(field) == value


def test_the_name_opens_with_the_last_level_and_stays_open(session: Session, grade: Grade, write: Write) -> None:
    assert write("level.person", 3, 0).named is False
    assert write("level.words", 2, 1).named is False
    assert write("level.when", 1, 2).named is True
    session.refresh(grade)
    opened = grade.named_at
    assert opened is not None
    assert write("level.when", None, 3).named is True
    session.refresh(grade)
    assert (grade.named_at, grade.levels) == (opened, {"person": 3, "words": 2})


def test_a_name_opened_before_the_levels_stand_is_an_event_of_its_own(
    session: Session, cast: Cast, grade: Grade, write: Write
) -> None:
    assert write("level.person", 3, 0).named is False
    opened = service.open_name(session, grade_id=grade.id, by_id=cast.farid)
    assert (opened.kind, opened.version, opened.named) == (Kind.SAVED, 2, True)
    session.refresh(grade)
    assert (grade.named_at, grade.version) == (opened.saved_at, 2)
    event = events_of(session, grade.id)[-1]
    assert (event.field, event.value, event.by_id, event.version) == ("name", True, cast.farid, 2)
    again = service.open_name(session, grade_id=grade.id, by_id=cast.farid)
    assert (again.kind, again.version, again.saved_at) == (Kind.REPEATED, 2, opened.saved_at)
    # A screen that was read before goes on writing, and the name keeps the moment it was opened.
    assert (write("level.words", 2, 1).kind, write("level.when", 1, 1).named) == (Kind.SAVED, True)
    session.refresh(grade)
    assert grade.named_at == opened.saved_at
    assert rules.fold(accepted(session, grade.id), CRITERIA).named_at == opened.saved_at


def test_no_name_opens_to_its_author_or_after_the_feedback_was_sent(session: Session, cast: Cast, grade: Grade) -> None:
    own = service.open_name(session, grade_id=grade.id, by_id=cast.lena)
    assert (own.kind, own.refusal) == (Kind.REFUSED, Refusal.OWN_WORK)
    made_ready(session, grade, by_id=cast.farid)
    service.release_run(session, run_id=cast.run, by_id=cast.farid, base_url="")
    sent = service.open_name(session, grade_id=grade.id, by_id=cast.farid)
    assert (sent.kind, sent.refusal) == (Kind.REFUSED, Refusal.RELEASED)
    assert "name" not in [event.field for event in events_of(session, grade.id)]


def test_a_name_is_not_written_as_a_field_is(write: Write) -> None:
    assert write("name", value=True, base=0).refusal is Refusal.UNKNOWN_FIELD


def test_ready_needs_every_level_and_a_next_step(session: Session, cast: Cast, grade: Grade, write: Write) -> None:
    def ready(base: int) -> service.WriteResult:
        return service.set_ready(
            session, grade_id=grade.id, base_version=base, operation_id=operation(), by_id=cast.farid
        )

    write("level.person", 3, 0)
    write("next_step", "  ", 1)
    result = ready(2)
    assert (result.kind, result.refusal, result.missing) == (
        (Kind.REFUSED, Refusal.MISSING, ("level.words", "level.when", "next_step"))
    )
    filled(session, grade, by_id=cast.farid)
    done = ready(grade.version)
    assert (done.kind, done.missing) == (Kind.SAVED, ())
    session.refresh(grade)
    assert grade.ready_at == done.saved_at


def test_a_change_reopens_and_the_same_value_does_not(session: Session, cast: Cast, grade: Grade) -> None:
    made_ready(session, grade, by_id=cast.farid)
    put(session, grade, "next_step", "Ask A.", by_id=cast.farid)
    session.refresh(grade)
    assert grade.ready_at is not None
    put(session, grade, "revise", value=True, by_id=cast.farid)
    session.refresh(grade)
    assert grade.ready_at is None


def test_nobody_grades_their_own_page(session: Session, cast: Cast, grade: Grade) -> None:
    result = service.write(
        session,
        grade_id=grade.id,
        field="level.person",
        value=4,
        base_version=0,
        operation_id=operation(),
        by_id=cast.lena,
    )
    assert (result.kind, result.refusal) == (Kind.REFUSED, Refusal.OWN_WORK)
    filled(session, grade, by_id=cast.farid)
    done = service.set_ready(
        session, grade_id=grade.id, base_version=grade.version, operation_id=operation(), by_id=cast.lena
    )
    assert done.refusal is Refusal.OWN_WORK
    assert {event.by_id for event in events_of(session, grade.id)} == {cast.farid}


def test_the_row_is_the_fold_of_its_events(session: Session, cast: Cast, grade: Grade) -> None:
    made_ready(session, grade, by_id=cast.farid)
    head = queries.head(session, grade_id=grade.id)
    assert head.state == rules.fold(accepted(session, grade.id), CRITERIA)
    two = queries.state_at(session, grade_id=grade.id, version=2, criteria=CRITERIA)
    assert (two.version, two.levels, two.ready_at) == (2, {"person": 3, "words": 2}, None)


def test_the_queue_goes_by_position_and_round(session: Session, cast: Cast, grade: Grade) -> None:
    other = entered(session, cast.leo_seat)
    first, second = sorted((grade, other), key=lambda each: each.position)

    def following(after: Grade | None, viewer: int = cast.farid) -> str | None:
        place = (after.position, after.id) if after is not None else None
        return queries.next_to_grade(session, run_id=cast.run, viewer_id=viewer, after=place)

    assert [following(None), following(first), following(second)] == [first.handle, second.handle, first.handle]
    made_ready(session, first, by_id=cast.farid)
    assert [following(None), following(first), following(second)] == [second.handle, second.handle, None]
    assert following(None, viewer=second.author_id) is None
    assert queries.next_to_grade(session, run_id=cast.other_run, viewer_id=cast.farid) is None


def test_feedback_is_read_once_it_was_sent(engines: Engines, cast: Cast) -> None:
    with unit_of_work(engines, write=True) as session:
        grade_id = made_ready(session, entered(session, cast.lena_seat), by_id=cast.farid).id
        service.mark_read(session, grade_id=grade_id)
        assert queries.feedback_of_seat(session, seat_id=cast.lena_seat, reflection="first-minute") == ()
        service.release_run(session, run_id=cast.run, by_id=cast.farid)
        [sent] = queries.feedback_of_seat(session, seat_id=cast.lena_seat, reflection="first-minute")
        assert (sent.grade_id, sent.number, sent.levels, sent.next_step, sent.revise, sent.read_at) == (
            (grade_id, 1, {"person": 3, "words": 2, "when": 4}, "Ask A.", False, None)
        )
        service.mark_read(session, grade_id=grade_id)
    with unit_of_work(engines, write=True) as session:
        first = session.get_one(Grade, grade_id).read_at
        assert first is not None
        service.mark_read(session, grade_id=grade_id)
        session.expire_all()
        assert session.get_one(Grade, grade_id).read_at == first
        assert queries.feedback_of_seat(session, seat_id=cast.leo_seat, reflection="first-minute") == ()
        assert session.scalar(select(func.count()).select_from(GradeEvent)) == 5
