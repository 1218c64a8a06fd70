"""Every document of the kit: accessible, complete, the same bytes each time, on both papers."""

from dataclasses import replace

import pytest

from course.content.schema import Handout, HandoutKind
from course.kit.catalogue import Document, documents, needed, printed, too_long
from course.kit.occasion import Occasion, Paper
from course.kit.press import pages
from tests.kit.samples import (
    DAY,
    MODULE,
    NAMES,
    NO_DAY,
    SMALL_MODULE,
    claims_ua,
    read,
    root_of,
    tags_of,
    text_of,
    with_handout,
)

PAGES = {
    Document.ROLE_CARDS: 1,
    Document.OBSERVER_CARDS: 1,
    Document.JOB_AID: 1,
    Document.POSTER: 1,
    Document.SIGN_IN_SHEET: 1,
    Document.NAME_TENTS: len(NAMES) + 1,
    Document.MANAGER_BRIEF: 1,
}
POINTS = {Paper.A4: (595, 842), Paper.LETTER: (612, 792)}
TITLES = {
    Document.GUIDE: "facilitator guide",
    Document.ROLE_CARDS: "role cards",
    Document.OBSERVER_CARDS: "observer cards",
    Document.JOB_AID: "job aid",
    Document.POSTER: "poster",
    Document.SIGN_IN_SHEET: "sign-in sheet",
    Document.NAME_TENTS: "name tents",
    Document.MANAGER_BRIEF: "manager brief",
}
ALL = [(document, paper) for document in Document for paper in Paper]


@pytest.mark.parametrize(("document", "paper"), ALL)
def test_it_is_accessible_titled_and_of_the_right_size(document: Document, paper: Paper) -> None:
    content = printed(document, MODULE, DAY, paper)
    root = root_of(content)
    assert claims_ua(content)
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own kind of true.
    assert str(root["/Lang"]) == "en"
    reader = read(content)
    assert reader.metadata is not None
    assert reader.metadata.title == f"{MODULE.title}: {TITLES[document]}"
    assert [tag for tag in tags_of(content) if tag.startswith("H")][:1] == ["H1"]
    sizes = {tuple(sorted((round(page.mediabox.width), round(page.mediabox.height)))) for page in reader.pages}
    assert sizes == {POINTS[paper]}
    assert len(reader.pages) == PAGES.get(document, len(reader.pages))
    assert pages(content) == len(reader.pages)


def test_it_speaks_the_modules_language() -> None:
    module = MODULE.model_copy(update={"lang": "de-CH"})
    assert str(root_of(printed(Document.POSTER, module, DAY, Paper.A4))["/Lang"]) == "de-CH"


@pytest.mark.parametrize("document", list(Document))
@pytest.mark.parametrize("day", [DAY, NO_DAY], ids=["a day", "no day"])
def test_the_same_bytes_each_time(document: Document, day: Occasion) -> None:
    content = printed(document, MODULE, day, Paper.A4)
    assert printed(document, MODULE, day, Paper.A4) == content
    assert claims_ua(content)


def test_a_module_has_the_documents_that_its_author_wrote() -> None:
    assert documents(MODULE) == tuple(Document)
    always = (Document.GUIDE, Document.SIGN_IN_SHEET, Document.NAME_TENTS)
    assert documents(SMALL_MODULE) == always
    with pytest.raises(LookupError):
        printed(Document.POSTER, SMALL_MODULE, DAY, Paper.A4)


def test_how_many_are_needed() -> None:
    counts = {document: [needed(document, people) for people in (0, 4, 12)] for document in Document}
    each, once = [0, 4, 12], [1, 1, 1]
    assert counts == {
        Document.GUIDE: once,
        Document.ROLE_CARDS: [0, 2, 4],
        Document.OBSERVER_CARDS: each,
        Document.JOB_AID: each,
        Document.POSTER: once,
        Document.SIGN_IN_SHEET: once,
        Document.NAME_TENTS: each,
        Document.MANAGER_BRIEF: each,
    }


def test_cards_say_what_the_author_wrote() -> None:
    text = text_of(printed(Document.ROLE_CARDS, MODULE, DAY, Paper.A4))
    for words in ("Role A: the client", "Say this first:", "“Why not today?”", "the fear", "Your plan is right."):
        assert words in text
    observer = printed(Document.OBSERVER_CARDS, MODULE, DAY, Paper.A4)
    assert text_of(observer).count("What you heard") == 4
    assert tags_of(observer).count("H1") == 1
    assert "[ ]" not in text_of(observer)
    assert "_" not in text_of(observer)


@pytest.mark.parametrize(("words", "pages", "copies"), [(60, 1, 4), (250, 1, 2), (450, 1, 1), (3000, 5, 1)])
def test_the_longer_a_card_the_fewer_stand_on_a_sheet(words: int, pages: int, copies: int) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    card = Handout(id="long", kind=HandoutKind.ROLE_CARD, title="A long one", text=text)
    content = printed(Document.ROLE_CARDS, with_handout(card), DAY, Paper.A4)
    assert len(read(content).pages) == pages
    assert text_of(content).count("A long one") == copies
    assert text_of(content).count(f"word{words - 1}") == copies


def test_what_is_too_long_for_a_page_goes_on_to_a_second_one() -> None:
    text = "\n\n".join(f"Line {number} of a job aid that nobody will read on Monday." for number in range(120))
    aid = Handout(id="aid", kind=HandoutKind.JOB_AID, title="Everything", text=text)
    content = printed(Document.JOB_AID, with_handout(aid), DAY, Paper.LETTER)
    assert len(read(content).pages) > 1
    assert "Line 119 of" in text_of(content)
    assert too_long(Document.JOB_AID, with_handout(aid), content)
    assert not too_long(Document.JOB_AID, MODULE, printed(Document.JOB_AID, MODULE, DAY, Paper.LETTER))
    assert not too_long(Document.GUIDE, MODULE, printed(Document.GUIDE, MODULE, DAY, Paper.A4))


def test_the_poster_ends_with_what_the_others_lead_to() -> None:
    text = text_of(printed(Document.POSTER, MODULE, DAY, Paper.A4))
    for words in ("Two jobs 1 Live and glad", "2 Called again They come back.", "Both are mine"):
        assert words in text
    assert "3 Both" not in text
    ruled = Handout(
        id="p", kind=HandoutKind.POSTER, title="P", text="Top\n\n## One\n\nText.\n\n## Two\n\n---\n\nThe end."
    )
    assert text_of(printed(Document.POSTER, with_handout(ruled), DAY, Paper.A4)) == "P Top 1 One Text. 2 Two The end."


def test_the_sign_in_sheet_names_everybody_and_leaves_lines() -> None:
    text = text_of(printed(Document.SIGN_IN_SHEET, MODULE, DAY, Paper.A4))
    for words in (*NAMES, "Friday 27 November 2026 · 08:30 · Room 2.14", "October Friday · Farid Haddad", "Signature"):
        assert words in text
    assert "page 1 of 1" in text
    empty = text_of(printed(Document.SIGN_IN_SHEET, MODULE, NO_DAY, Paper.A4))
    assert "16" in empty
    assert "17" not in empty
    many = replace(DAY, names=tuple(f"Person {number}" for number in range(60)))
    content = printed(Document.SIGN_IN_SHEET, MODULE, many, Paper.LETTER)
    assert len(read(content).pages) == 4
    assert [page.extract_text().count("Signature") for page in read(content).pages] == [1, 1, 1, 1]


def test_a_tent_shows_its_name_on_both_faces_and_one_stays_empty() -> None:
    content = printed(Document.NAME_TENTS, MODULE, DAY, Paper.A4)
    pages = [" ".join(page.extract_text().split()) for page in read(content).pages]
    for name, page in zip(NAMES, pages, strict=False):
        assert page.count(name) == 2
    assert pages[-1] == f"{MODULE.title} {MODULE.title}"
    assert tags_of(content).count("H1") == len(NAMES)
    alone = read(printed(Document.NAME_TENTS, MODULE, NO_DAY, Paper.A4))
    assert len(alone.pages) == 1


def test_the_brief_says_when_and_who() -> None:
    text = text_of(printed(Document.MANAGER_BRIEF, MODULE, DAY, Paper.A4))
    assert text.startswith("Ten minutes Friday 27 November 2026 · Room 2.14 · October Friday Ask one question.")
    assert "Farid Haddad" in text
    assert "November" not in text_of(printed(Document.MANAGER_BRIEF, MODULE, NO_DAY, Paper.A4))
