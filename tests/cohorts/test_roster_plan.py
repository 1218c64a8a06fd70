"""What a roster would do: who is known by what, every refusal, and that doing it twice changes nothing."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from course.cohorts.rules.roster.plan import Act, Known, Step, carried_out, plan
from course.cohorts.rules.roster.reading import Reason, Row, fold_email

LENA = Known(1, "Lena Brandt", "lena@example.org", "E-1", in_cohort=True)
LEO = Known(2, "Leo Marsh", "leo@example.org")
NORA = Known(3, "Nora Weiss")


def acts(steps: tuple[Step, ...]) -> list[Act]:
    return [step.act for step in steps]


def reasons(steps: tuple[Step, ...]) -> list[tuple[Reason | None, str]]:
    return [(step.reason, step.other) for step in steps]


def test_each_act() -> None:
    steps = plan(
        [
            Row(2, "Lena Brandt", "", "E-1"),
            Row(3, "Leo Marsh", "LEO@example.org"),
            Row(4, "Nora Weiss"),
            Row(5, "Milo Ott", "milo@example.org", "E-9"),
            Row(6, "", reason=Reason.NO_NAME),
        ],
        [LENA, LEO, replace(NORA, in_cohort=True)],
    )
    assert acts(steps) == [Act.SAME, Act.JOIN, Act.SAME, Act.NEW, Act.REFUSED]


def test_the_employee_id_comes_before_the_address() -> None:
    (step,) = plan([Row(2, "Lena Vogel", "lena.vogel@example.org", "E-1")], [LENA, LEO])
    assert (step.act, step.before) == (Act.UPDATE, LENA)
    assert step.after == replace(LENA, name="Lena Vogel", email="lena.vogel@example.org")


def test_an_address_brings_an_employee_id() -> None:
    (step,) = plan([Row(2, "Leo Marsh", "leo@example.org", "E-2")], [LENA, LEO])
    assert (step.act, step.after) == (Act.UPDATE, replace(LEO, employee_id="E-2", in_cohort=True))


def test_an_empty_cell_takes_nothing_away() -> None:
    (step,) = plan([Row(2, "Lena Brandt", "", "E-1")], [LENA])
    assert step.after == LENA


def test_two_people_may_exchange_their_addresses() -> None:
    steps = plan(
        [Row(2, "Lena Brandt", "leo@example.org", "E-1"), Row(3, "Leo Marsh", "lena@example.org", "E-2")],
        [LENA, replace(LEO, employee_id="E-2")],
    )
    assert acts(steps) == [Act.UPDATE, Act.UPDATE]


def test_a_refused_exchange_refuses_what_hangs_on_it() -> None:
    steps = plan(
        [
            Row(2, "Lena Brandt", "leo@example.org", "E-1"),
            Row(3, "Leo Marsh", "ward@example.org", "E-2"),
        ],
        [LENA, replace(LEO, employee_id="E-2"), Known(4, "Ward Ito", "ward@example.org")],
    )
    assert reasons(steps) == [(Reason.EMAIL_OF_ANOTHER, "Leo Marsh"), (Reason.EMAIL_OF_ANOTHER, "Ward Ito")]


def test_repetitions_in_the_file() -> None:
    steps = plan(
        [
            Row(2, "Ana", "ana@example.org", "E-5"),
            Row(3, "Ben", "", "E-5"),
            Row(4, "Cid", "ANA@example.org"),
            Row(5, "Dora"),
            Row(6, "dora"),
        ],
        [],
    )
    assert reasons(steps) == [
        (None, ""),
        (Reason.SAME_ID_IN_FILE, "2"),
        (Reason.SAME_EMAIL_IN_FILE, "2"),
        (None, ""),
        (Reason.SAME_NAME_IN_FILE, "5"),
    ]


def test_one_person_on_two_lines() -> None:
    steps = plan([Row(2, "Lena Brandt", "", "E-1"), Row(3, "Lena Brandt", "lena@example.org")], [LENA])
    assert reasons(steps) == [(None, ""), (Reason.SAME_PERSON_IN_FILE, "2")]


def test_addresses_that_are_somebody_elses() -> None:
    twin = Known(5, "Leo Twin", "leo@example.org")
    assert reasons(plan([Row(2, "Milo Ott", "lena@example.org", "E-9")], [LENA])) == [
        (Reason.EMAIL_OF_ANOTHER, "Lena Brandt")
    ]
    assert reasons(plan([Row(2, "Leo Marsh", "leo@example.org")], [LEO, twin])) == [(Reason.EMAIL_OF_MANY, "")]


def test_a_bare_name_is_nobody_with_an_id() -> None:
    assert reasons(plan([Row(2, "Lena Brandt")], [LENA])) == [(Reason.NAME_OF_ANOTHER, "Lena Brandt")]
    assert acts(plan([Row(2, "Nora Weiss")], [LENA, NORA])) == [Act.JOIN]


def test_names_and_addresses_kept_elsewhere_stay() -> None:
    shared = replace(LENA, shared=True)
    assert acts(plan([Row(2, "Lena Brandt", "lena@example.org", "E-1")], [shared])) == [Act.SAME]
    assert reasons(plan([Row(2, "Lena Vogel", "", "E-1")], [shared])) == [(Reason.KEPT_ELSEWHERE, "")]
    assert reasons(plan([Row(2, "Leo Vogel", "leo@example.org")], [replace(LEO, shared=True)])) == [
        (Reason.KEPT_ELSEWHERE, "")
    ]


names = st.sampled_from(["Ana", "Ben", "Cid"])
emails = st.sampled_from(["", "a@x.org", "b@x.org", "c@x.org", "A@x.org"])
numbers = st.sampled_from(["", "1", "2", "3"])


@st.composite
def organisations(draw: st.DrawFn) -> list[Known]:
    known: list[Known] = []
    for person_id in range(1, draw(st.integers(0, 4)) + 1):
        number = draw(numbers)
        if number in {person.employee_id for person in known}:
            number = ""
        known.append(
            Known(
                person_id,
                draw(names),
                draw(emails),
                number,
                in_cohort=draw(st.booleans()),
                shared=draw(st.booleans()),
            )
        )
    return known


@st.composite
def files(draw: st.DrawFn) -> list[Row]:
    cells = draw(st.lists(st.tuples(names, emails, numbers), max_size=5))
    return [Row(line, *row) for line, row in enumerate(cells, start=2)]


def carry_out(steps: tuple[Step, ...], known: list[Known]) -> list[Known]:
    people = {person.person_id: person for person in known}
    for step in steps:
        if step.before:
            people[step.before.person_id] = carried_out(step.before, step.row)
        elif step.act is Act.NEW:
            new = len(people) + 1
            people[new] = Known(new, step.row.name, step.row.email, step.row.employee_id, in_cohort=True)
    return list(people.values())


@settings(max_examples=400)
@given(organisations(), files())
def test_doing_it_again_changes_nothing(known: list[Known], rows: list[Row]) -> None:
    first = plan(rows, known)
    after = carry_out(first, known)
    again = plan(rows, after)
    assert [step.row for step in first] == rows
    assert [step.act is Act.REFUSED for step in again] == [step.act is Act.REFUSED for step in first]
    assert {step.act for step in again} <= {Act.SAME, Act.REFUSED}
    numbered = [person.employee_id for person in after if person.employee_id]
    assert sorted(numbered) == sorted(set(numbered))


@given(organisations(), files())
def test_no_row_gives_two_people_one_address(known: list[Known], rows: list[Row]) -> None:
    def shared_addresses(people: list[Known]) -> set[str]:
        folded = [fold_email(person.email) for person in people if person.email]
        return {email for email in folded if folded.count(email) > 1}

    assert shared_addresses(carry_out(plan(rows, known), known)) <= shared_addresses(known)
