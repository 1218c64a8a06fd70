"""The facilitator's guide: the times of this day, everything of every block, in reading order."""

from dataclasses import replace
from itertools import pairwise

import pytest

from course.content.schema import BlockKind, FacilitatorPart, Step
from course.kit.catalogue import Document, printed
from course.kit.occasion import Occasion, Paper
from tests.kit.samples import DAY, MODULE, NO_DAY, claims_ua, read, tags_of, text_of


def guide(day: Occasion = DAY) -> bytes:
    return printed(Document.GUIDE, MODULE, day, Paper.A4)


def test_the_cover_says_what_when_where_and_who() -> None:
    cover = " ".join(read(guide()).pages[0].extract_text().split())
    for words in (
        MODULE.title,
        MODULE.summary,
        "Friday 27 November 2026 · 08:30 to 15:30 · Europe/Berlin",
        "Room 2.14",
        "October Friday · 4 people",
        "Farid Haddad",
        *(outcome.text for outcome in MODULE.outcomes),
    ):
        assert words in cover


def test_the_timetable_has_the_times_of_this_day() -> None:
    text = text_of(guide())
    for row in ("08:30 – 08:50 Hello 20 must closed", "09:15 – 11:15 The lift 120 must open", "11:15 – 12:15 Lunch 60"):
        assert row in text
    assert "laptops open for 2 h of it" in text
    assert "Times are those of Europe/Berlin." in text


def test_without_a_day_it_begins_when_the_module_usually_does() -> None:
    text = text_of(guide(NO_DAY))
    assert "09:00 – 09:20 Hello 20 must closed" in text
    assert "November" not in text
    assert "Times are those" not in text


def test_a_day_that_ends_after_midnight() -> None:
    assert "17:20 to 00:20" in text_of(guide(replace(DAY, starts=17 * 60 + 20)))


def test_each_step_has_its_time_by_the_clock() -> None:
    text = text_of(guide())
    assert "08:50 10 Draw the two circles; ask what belongs where. 09:00 15 In pairs" in text


def test_a_block_is_told_whole_and_in_order() -> None:
    block = MODULE.block("two-jobs")
    assert block is not None
    part = block.facilitator
    text = text_of(guide())
    begins = text.index("08:50 Two jobs until 09:15 25 min must laptops closed Say about 1 min aloud")
    told = [part.say[:40], "What happens", part.expect[1:30], "ask what their last surprise cost", "You have two jobs"]
    places = [text.index(words, begins) for words in told]
    assert places == sorted(places)


def test_what_is_done_before_is_collected_and_keeps_its_place() -> None:
    first = MODULE.blocks[0]
    steps = (Step(minutes=0, text="Put **pens** on the tables."), *first.facilitator.do)
    part = first.facilitator.model_copy(update={"do": steps})
    module = MODULE.model_copy(update={"blocks": (first.model_copy(update={"facilitator": part}), *MODULE.blocks[1:])})
    text = text_of(printed(Document.GUIDE, module, DAY, Paper.A4))
    assert "Set up Hello, 08:30. Put pens on the tables." in text
    assert "before Put pens on the tables. 08:30 5" in text
    assert "Set up" not in text_of(guide())


def test_it_lists_what_to_print() -> None:
    text = text_of(guide())
    for words in (
        "Role cards: a set for each three people, cut apart (2)",
        "Job aid: one for each person (4)",
        "Sign-in sheet: once",
    ):
        assert words in text
    assert "Facilitator guide: once" not in text
    assert "Job aid: one for each person Poster" in text_of(guide(NO_DAY))


def test_it_ends_with_its_sources() -> None:
    text = text_of(guide())
    (source,) = MODULE.sources
    assert text.index("Sources") < text.index(f"{source.title}. {source.author}.")
    assert text.index("Sources") > text.rindex("On their phones")
    assert " ".join(read(guide()).pages[-1].extract_text().split()).startswith(
        f"{MODULE.title} 12:15 – 15:30 Your page"
    )


def test_what_an_author_types_is_set_with_real_quotes() -> None:
    module = MODULE.model_copy(update={"summary": 'A client\'s "need" -- *not* the demand'})
    text = text_of(printed(Document.GUIDE, module, NO_DAY, Paper.A4))
    assert "A client’s “need” – not the demand" in text


def test_a_facilitators_own_notes_stand_in_their_block_and_nowhere_else() -> None:
    words = "The Heron of *Southeast*:\n\n#ask for Ruth"
    day = replace(DAY, notes={"two-jobs": words, "lunch": "Room 3", "gone": "An earlier block"})
    text = text_of(guide(day))
    begins = text.index("08:50 Two jobs")
    note = text.index("Your notes The Heron of *Southeast*: #ask for Ruth")
    assert begins < note < text.index("Say", begins)
    assert "back at 12:15 Room 3" in text
    assert "An earlier block" not in text
    assert claims_ua(guide(day))
    for document in Document:
        if document is not Document.GUIDE:
            assert printed(document, MODULE, day, Paper.A4) == printed(document, MODULE, DAY, Paper.A4)
    assert "Your notes" not in text_of(guide())


def test_headings_are_tagged_level_by_level() -> None:
    tags = tags_of(guide())
    levels = [int(tag[1:]) for tag in tags if tag[0] == "H" and tag[1:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []
    assert {"Table", "TH", "L", "LI"} <= set(tags)


@pytest.mark.parametrize("paper", list(Paper))
def test_every_page_says_where_one_is(paper: Paper) -> None:
    pages = [" ".join(page.extract_text().split()) for page in read(printed(Document.GUIDE, MODULE, DAY, paper)).pages]
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page
    assert pages[2].startswith(f"{MODULE.title} 08:30 – 08:50 Hello")


def filled(lines: int) -> FacilitatorPart:
    say = "\n\n".join(["A paragraph of what is said, which takes more than one line when it is set on paper."] * lines)
    return FacilitatorPart(say=say, do=(Step(minutes=20, text="Do it."),), expect="- This.", what_if="- That.")


@pytest.mark.parametrize("lines", [1, 20, 30, 31, 32, 33, 34, 36, 38])
def test_no_title_and_no_part_is_left_alone_at_the_foot_of_a_page(lines: int) -> None:
    first = MODULE.blocks[0].model_copy(update={"facilitator": filled(lines), "learner": "One line."})
    pause = MODULE.blocks[3]
    assert pause.kind is BlockKind.BREAK
    module = MODULE.model_copy(update={"blocks": (first, pause, first.model_copy(update={"id": "again"}))})
    content = printed(Document.GUIDE, module, DAY, Paper.A4)
    assert claims_ua(content)
    assert [page for page in read(content).pages if stranded(page.extract_text())] == []


def stranded(page: str) -> bool:
    """Whether the last line above a page's foot is a title."""
    lines = [words.strip() for words in page.split("\n") if words.strip()]
    foot = next(place for place, words in enumerate(lines) if "Friday 27 November 2026" in words and place > 2)
    return lines[foot - 1] in {"Say", "Do", "Expect", "If", "On their phones", "Hello"}


def test_a_stranded_title_would_be_found() -> None:
    page = "Small talk\nHello\n{}\nFriday 27 November 2026 · October Friday\npage 4 of 6"
    assert stranded(page.format("- This.\nIf"))
    assert not stranded(page.format("If\n- That."))
