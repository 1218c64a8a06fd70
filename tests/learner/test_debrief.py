"""Looking back: one turning point first, the path, chances, sentences, what it cost, then and now; never too early."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Day, Membership, Role
from course.completions.service import settle
from course.content.schema import Module
from course.database import Engines, unit_of_work
from course.grading.models import Grade
from course.scenarios.models import Attempt, AttemptEvent, Partner, Saying
from tests import make
from tests.conftest import SignIn
from tests.debrief.modules import another_booster, decided_again
from tests.learner.conftest import hand_in, send_feedback
from tests.learner.test_sql_budget import counted
from tests.make import Cast

HERE = "/learn/all-kinds/"
BEST = "ask_site,ground,rig,report"
POOR = (("call", "mail"), ("words", "blame"), ("hands", "mine"), ("order", "ground,ask_site,report,rig"))
GOOD = (("call", "ring"), ("words", "date"), ("hands", "both"), ("order", BEST))
AGAIN = (("call", "ring"), ("words", "date"), ("order", BEST))

Enter = Callable[[int], FlaskClient]


def cast_on(engines: Engines, module: Module, *, days_ago: int = 1) -> Cast:
    """The cast on a module, whose day is over."""
    with unit_of_work(engines, write=True, before_commit=settle) as session:
        made = make.cast_of(session, module)
        session.execute(update(Day).values(date=clock.today("America/New_York") - timedelta(days=days_ago), starts=0))
        return made


@pytest.fixture
def cast(engines: Engines) -> Cast:
    return cast_on(engines, decided_again())


def play(engines: Engines, seat_id: int, *given: tuple[str, str], version_hash: str, **more: object) -> int:
    with unit_of_work(engines, write=True) as session:
        return make.played(session, seat_id, *given, version_hash=version_hash, **more).id  # type: ignore[arg-type]  # Passed on.


def say(session: Session, attempt_id: int, confidence: int, text: str) -> None:
    session.execute(update(Saying).where(Saying.attempt_id == attempt_id).values(confidence=confidence, text=text))


def order_of(page: str, *texts: str) -> list[int]:
    """Where some texts stand in a page, each of them once found."""
    found = [page.find(text) for text in texts]
    assert -1 not in found, [text for text in texts if text not in page]
    return found


def test_one_turning_point_comes_first_and_one_promise_last(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    page = sign_in(cast.lena).get(f"{HERE}the-crane/debrief/").text
    places = order_of(
        page,
        "<h1>The bridge stands</h1>",
        "Trust turned here",
        "You: Write Ines a mail with the haulier in copy.",
        "She reads it at noon.",
        "A mail covers you. It does not reach her.",
        "What this ending teaches",
        "Your path",
        "Month 1",
        "Month 2",
        "The chances you took",
        "Your words, and how sure you were",
        "More: what each decision cost",
        "One promise",
        "Promise it",
    )
    assert places == sorted(places)
    assert "Then and now" not in page


def test_votes_and_orders_are_told_in_words(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    play(engines, cast.leo_seat, *GOOD, version_hash=cast.version_hash)
    poor = sign_in(cast.lena).get(f"{HERE}the-crane/debrief/").text
    assert "A question to the room: whatever you answered" in poor
    assert "2 pairs of 6 stood the wrong way round" in poor
    order = [
        re.findall(r"<li>([^<]+)</li>", found) for found in re.findall(r'<ol class="order">(.*?)</ol>', poor, re.DOTALL)
    ]
    right = ["Ask the site what changed overnight", "Look at the ground", "Rig the first beam", "Write the report"]
    assert order == [[right[1], right[0], right[3], right[2]], right]
    good = sign_in(cast.leo).get(f"{HERE}the-crane/debrief/").text
    assert "This is the order of those who know the work." in good
    assert "wrong way round" not in good


@pytest.mark.parametrize(
    "told",
    [
        (POOR, 90, "90 of 100 sure, and it cost you."),
        (POOR, 10, "10 of 100 sure, and you were right to doubt: it cost you."),
        (GOOD, 90, "90 of 100 sure, and it paid."),
        (GOOD, 50, "50 of 100 sure, and it paid."),
        (GOOD, 10, "10 of 100 sure, and yet it was a good answer. You may trust yourself more."),
    ],
)
@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_confidence_stands_against_the_result(
    engines: Engines, cast: Cast, sign_in: SignIn, told: tuple[tuple[tuple[str, str], ...], int, str]
) -> None:
    given, sure, words = told
    attempt = play(engines, cast.lena_seat, *given, version_hash=cast.version_hash, nearer="poor")
    with unit_of_work(engines, write=True) as session:
        say(session, attempt, sure, "He let us down & more.")
    page = sign_in(cast.lena).get(f"{HERE}the-crane/debrief/").text
    assert f"<strong>{words}</strong>" in page
    assert '<blockquote class="typed">He let us down &amp; more.</blockquote>' in page
    assert "By your own mark your sentence was nearer to the poor one." in page


def test_sentences_that_are_graded_wait_until_they_are(engines: Engines, sign_in: SignIn) -> None:
    cast = cast_on(engines, decided_again().model_copy(update={"sentences": "first-minute"}))
    attempt = play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    browser = sign_in(cast.lena)
    waits = ("waiting for your facilitator", "Your facilitator reads these sentences.", "Level 3 of 4:")
    url = f"{HERE}the-crane/debrief/"
    assert [words in browser.get(url).text for words in waits] == [False, False, False]
    with unit_of_work(engines, write=True) as session:
        grade_id = hand_in(session, cast, operation_id=f"sentences-{attempt}").id
    assert [words in browser.get(url).text for words in waits] == [True, True, False]
    with unit_of_work(engines, write=True) as session:
        send_feedback(session, session.get_one(Grade, grade_id))
    assert [words in browser.get(url).text for words in waits] == [False, False, True]
    play(engines, cast.lena_seat, *GOOD, version_hash=cast.version_hash, number=2)
    assert [words in browser.get(url).text for words in waits] == [False, False, False]


def test_what_each_decision_cost_adds_up(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    page = sign_in(cast.lena).get(f"{HERE}the-crane/debrief/").text
    costs = re.findall(r"(\d) points? (?:was|were) out of reach from here on|(It cost nothing)", page)
    assert costs == [("2", ""), ("3", ""), ("", "It cost nothing"), ("2", "")]


def test_nothing_is_seen_before_the_end(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR[:3], version_hash=cast.version_hash)
    browser = sign_in(cast.lena)
    for page in ("the-crane/debrief/", "the-crane/debrief/?play=1", "once-more/debrief/"):
        answer = browser.get(HERE + page)
        assert (answer.status_code, "coach" in answer.text) == (303, False)
    form = {"when": "it rings", "then": "ask", "alias": "the Heron", "by": "2099-01-01", "operation_id": "early"}
    assert browser.post(f"{HERE}the-crane/promise", data=form).location == f"{HERE}the-crane/"
    assert "What you promised" not in browser.get("/learn/").text
    assert browser.post(
        f"{HERE}the-crane/debrief/rewind", data={"taken_over": 0, "operation_id": "early"}
    ).location.startswith(f"{HERE}the-crane/debrief/")
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Attempt.number)).scalars().all() == [1]


def rewind(browser: FlaskClient, page: str, place: int) -> str:
    """Press the button beside one decision; return where it leads."""
    forms = re.findall(
        r'name="taken_over" value="(\d+)">\s*<input type="hidden" name="operation_id" value="([^"]+)">', page
    )
    data = {"taken_over": forms[place][0], "operation_id": forms[place][1]}
    answer = browser.post(f"{HERE}the-crane/debrief/rewind", data=data)
    assert answer.status_code == 303
    return answer.location


def test_two_rewinds_as_practice_and_the_record_stays(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    browser = sign_in(cast.lena)
    first = browser.get(f"{HERE}the-crane/debrief/").text
    assert first.count("Try it from here:") == 3
    assert "Twice you may go back to a decision" in first
    assert rewind(browser, first, 1) == f"{HERE}the-crane/#play"
    assert rewind(browser, first, 1) == f"{HERE}the-crane/#play"
    assert "What is the first thing you say to her?" in browser.get(f"{HERE}the-crane/").text
    second = browser.get(f"{HERE}the-crane/debrief/?play=1").text
    assert "Once more you may go back" in second
    rewind(browser, second, 2)
    spent = browser.get(f"{HERE}the-crane/debrief/?play=1").text
    assert "You have gone back twice. Your record is as it was." in spent
    assert "Try it from here" not in spent
    assert rewind(browser, second, 0) == f"{HERE}the-crane/debrief/?play=1#closer"
    with unit_of_work(engines, write=False) as session:
        plays = session.execute(select(Attempt.number, Attempt.rewound).order_by(Attempt.number)).all()
        assert [tuple(each) for each in plays] == [(1, None), (2, 1), (3, 4)]
        record = select(AttemptEvent.choice).join(Attempt, Attempt.id == AttemptEvent.attempt_id)
        taken = session.execute(record.where(Attempt.number == 1).order_by(AttemptEvent.version)).scalars().all()
    assert taken == ["mail", "", "blame", "mine", "ground,ask_site,report,rig"]


def test_practice_says_so_and_is_not_gone_back_into(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    play(engines, cast.lena_seat, *GOOD, version_hash=cast.version_hash, number=2, rewound=1)
    browser = sign_in(cast.lena)
    practice = browser.get(f"{HERE}the-crane/debrief/").text
    assert "Look back on your first play, which is the record" in practice
    assert "Try it from here" not in practice
    record = browser.get(f"{HERE}the-crane/debrief/?play=1").text
    assert "which is the record" not in record
    assert record.count("Try it from here:") == 3


def test_morning_and_afternoon_stand_side_by_side(engines: Engines, cast: Cast, sign_in: SignIn) -> None:
    morning = play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    noon = play(engines, cast.lena_seat, *AGAIN, version_hash=cast.version_hash, scenario="crane-again")
    play(engines, cast.lena_seat, *GOOD, version_hash=cast.version_hash, number=2)
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Attempt).where(Attempt.id == noon).values(skin="web"))
        say(session, morning, 90, "He let us down.")
        say(session, noon, 40, "It comes on Wednesday.")
    page = sign_in(cast.lena).get(f"{HERE}once-more/debrief/").text
    heads = re.findall(r'<th scope="col">(.*?)(?:<br>|</th>)', page, re.DOTALL)
    assert [head.strip() for head in heads] == [
        *("Decision", "The first time", "Decided again"),
        *("Contrast", "The first time", "Decided again"),
    ]
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    cells = {
        title: [re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in found.split("</td>")[:-1]]
        for title, found in rows
    }
    told = {title: [" ".join(words) for words in found] for title, found in cells.items()}
    assert told["The call"] == ["Write Ines a mail with the haulier in copy.", "Call Marit now, before you know more."]
    assert told["Your first sentence"] == [
        "“He let us down.” Explain what the haulier did. 90 of 100 sure",
        "“It comes on Wednesday.” Name the new date and ask what it breaks. 40 of 100 sure",
    ]
    assert (told["What you are after"], told["Delivery"]) == (["0 of 2", "2 of 2"], ["1 of 3", "2 of 3"])
    assert "Who decides" not in told


def test_a_month_on_stands_beside_both(engines: Engines, sign_in: SignIn) -> None:
    cast = cast_on(engines, decided_again(), days_ago=31)
    for name, given in (("crane", POOR), ("crane-again", AGAIN), ("crane-later", AGAIN)):
        play(engines, cast.lena_seat, *given, version_hash=cast.version_hash, scenario=name)
    page = sign_in(cast.lena).get(f"{HERE}booster/debrief/").text
    heads = [head.strip() for head in re.findall(r'<th scope="col">(.*?)(?:<br>|</th>)', page, re.DOTALL)]
    assert heads[:4] == ["Decision", "The first time", "Decided again", "A month on"]
    assert heads[4:] == ["Contrast", "The first time", "Decided again", "A month on"]


def test_another_case_a_month_on_is_compared_by_contrasts_alone(engines: Engines, sign_in: SignIn) -> None:
    cast = cast_on(engines, another_booster(), days_ago=31)
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    lift = (("doors", "ask"), ("floor_six", "shift"))
    play(engines, cast.lena_seat, *lift, version_hash=cast.version_hash, scenario="lift")
    page = sign_in(cast.lena).get(f"{HERE}booster/debrief/").text
    heads = [head.strip() for head in re.findall(r'<th scope="col">(.*?)(?:<br>|</th>)', page, re.DOTALL)]
    assert heads == ["Contrast", "The first time", "A month on"]
    assert re.findall(r"\d of \d(?=\s*</td>)", page) == ["0 of 2", "2 of 2"]


def test_who_sat_beside_a_play_looks_back_on_it_until_they_played_themselves(
    engines: Engines, cast: Cast, sign_in: SignIn
) -> None:
    play(engines, cast.lena_seat, *GOOD, version_hash=cast.version_hash)
    shared = play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash, number=2)
    leo = sign_in(cast.leo)
    assert leo.get(f"{HERE}the-crane/debrief/").status_code == 303
    with unit_of_work(engines, write=True) as session:
        session.add(Partner(attempt_id=shared, seat_id=cast.leo_seat, at=clock.now()))
    found = re.findall(r'href="([^"]+)">Look back on it</a>', leo.get(f"{HERE}the-crane/").text)
    page = leo.get(found[0]).text
    assert ("You sat beside this play" in page, "The bridge stands" in page) == (True, True)
    assert ("Try it from here" in page, "Play it yourself" in page) == (False, True)
    play(engines, cast.leo_seat, *GOOD, version_hash=cast.version_hash)
    own = leo.get(f"{HERE}the-crane/debrief/").text
    assert ("You sat beside this play" in own, "She keeps you the hour free" in own) == (False, True)


def test_it_is_nobody_elses(engines: Engines, cast: Cast, sign_in: SignIn, client: FlaskClient) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    url = f"{HERE}the-crane/debrief/"
    assert sign_in(cast.lena).get(url).status_code == 200
    theirs = f"{url}?seat={cast.lena_seat}"
    assert [sign_in(who).get(theirs).status_code for who in (cast.leo, cast.otto)] == [404, 404]
    assert [sign_in(who).get(theirs).status_code for who in (cast.farid, cast.mona, cast.ada)] == [403, 403, 403]
    assert client.get(url).location == f"/sign-in?next={url}"
    assert sign_in(cast.lena).post(url).status_code == 405


def test_a_learner_of_the_run_who_facilitates_elsewhere_sees_no_more(
    engines: Engines, cast: Cast, sign_in: SignIn
) -> None:
    play(engines, cast.lena_seat, *POOR, version_hash=cast.version_hash)
    with unit_of_work(engines, write=True) as session:
        session.add(
            Membership(
                person_id=cast.farid, organisation_id=cast.organisation, role=Role.LEARNER, created_at=clock.now()
            )
        )
    assert sign_in(cast.farid).get(f"{HERE}the-crane/debrief/?seat={cast.lena_seat}").status_code == 404


def test_at_most_eight_statements(engines: Engines, sign_in: SignIn) -> None:
    module = decided_again().model_copy(update={"sentences": "first-minute"})
    cast = cast_on(engines, module, days_ago=31)
    for name, given in (("crane", POOR), ("crane-again", AGAIN), ("crane-later", AGAIN)):
        play(engines, cast.lena_seat, *given, version_hash=cast.version_hash, scenario=name)
    browser = sign_in(cast.lena)
    browser.get(f"{HERE}booster/debrief/")
    for page in ("the-crane", "once-more", "booster"):
        with counted(engines) as statements:
            assert browser.get(f"{HERE}{page}/debrief/").status_code == 200
        assert 0 < len(statements) <= 8, statements
