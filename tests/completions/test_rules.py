"""The rule of the small module (presence 90 %, case, page at level 2) applied to every kind of fact."""

from hypothesis import given
from hypothesis import strategies as st

from course.completions.rules import Facts, PageFacts, PageState, judge, minutes_needed
from tests.make import small_module

MODULE = small_module()
NEEDED = minutes_needed(MODULE, 90)
CASE = MODULE.scenarios[0].id
PAGE = MODULE.reflections[0].id
CRITERIA = [criterion.id for criterion in MODULE.reflections[0].criteria]
GOOD = PageFacts(PageState.SENT, dict.fromkeys(CRITERIA, 2))


def facts(**changed: object) -> Facts:
    whole: dict[str, object] = {"minutes": NEEDED, "finished": frozenset({CASE}), "pages": {PAGE: GOOD}}
    return Facts(**(whole | changed))  # type: ignore[arg-type]  # The keys are those of Facts.


def test_everything_done_is_completed() -> None:
    result = judge(MODULE, facts())
    assert (result.attended, result.completed, result.reasons) == (True, True, ())


def test_a_minute_too_few_is_neither() -> None:
    result = judge(MODULE, facts(minutes=NEEDED - 1))
    assert (result.attended, result.completed) == (False, False)
    assert result.reasons == ({"code": "presence_short", "minutes": NEEDED - 1, "needed": NEEDED},)


def test_presence_unknown_says_so() -> None:
    assert judge(MODULE, facts(minutes=None)).reasons == ({"code": "presence_unknown"},)


def test_open_case() -> None:
    result = judge(MODULE, facts(finished=frozenset()))
    assert (result.attended, result.completed) == (True, False)
    assert result.reasons == ({"code": "case_open", "scenario": CASE},)


def test_each_state_of_the_page() -> None:
    low = dict.fromkeys(CRITERIA, 2) | {CRITERIA[0]: 1}
    found = {
        state: judge(MODULE, facts(pages={PAGE: PageFacts(state, low)})).reasons
        for state in (PageState.REVISE, PageState.SENT, PageState.WAITING)
    }
    short = {"reflection": PAGE, "criteria": [CRITERIA[0]], "level": 2}
    assert found == {
        PageState.REVISE: ({"code": "page_revise", **short},),
        PageState.SENT: ({"code": "page_short", **short},),
        PageState.WAITING: ({"code": "page_waiting", "reflection": PAGE},),
    }
    assert judge(MODULE, facts(pages={})).reasons == ({"code": "page_not_written", "reflection": PAGE},)


def test_a_revision_that_waits_keeps_what_was_reached() -> None:
    waiting = PageFacts(PageState.WAITING, dict.fromkeys(CRITERIA, 2))
    assert judge(MODULE, facts(pages={PAGE: waiting})).completed is True


@given(
    minutes=st.one_of(st.none(), st.integers(0, MODULE.contact_minutes)),
    finished=st.booleans(),
    state=st.sampled_from(PageState),
    levels=st.lists(st.integers(1, 4), min_size=len(CRITERIA), max_size=len(CRITERIA)),
)
def test_completed_means_no_reason_and_attended(
    minutes: int | None, finished: bool, state: PageState, levels: list[int]
) -> None:
    sent = state is not PageState.NOT_WRITTEN
    page = PageFacts(state, dict(zip(CRITERIA, levels, strict=True)) if sent else {})
    result = judge(MODULE, Facts(minutes, frozenset({CASE} if finished else ()), {PAGE: page}))
    wanted = minutes is not None and minutes >= NEEDED and finished and sent and min(levels) >= 2
    assert result.completed is wanted
    assert result.completed is (result.reasons == ())
    assert result.attended is (minutes is not None and minutes >= NEEDED)
