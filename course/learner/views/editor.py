"""The page a learner writes, as it stands: closed, being written, handed in, answered."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from course import clock
from course.cohorts.rules.timetable import MINUTES_A_DAY
from course.content.schema import Block, Criterion, Reflection
from course.grading.queries import Feedback, feedback_of_seat
from course.learner.rules import Sent
from course.learner.views.place import Place, operation
from course.learner.views.texts import drawn, task
from course.library import queries as library
from course.reflections import queries as reflections
from course.reflections.queries import DraftText, Page
from course.reflections.rules import is_late
from course.reflections.service import DraftResult
from course.web.access import found
from course.web.drafts import DraftForm
from course.web.filters import clock_time
from course.web.transaction import session


@dataclass(frozen=True)
class Mark:
    """The feedback on one criterion."""

    title: str
    level: int | None
    level_text: str
    comment: str


@dataclass(frozen=True)
class Told:
    """Feedback as its learner reads it."""

    grade_id: int
    number: int
    marks: tuple[Mark, ...]
    next_step: str
    revise: bool
    unread: bool
    released_at: datetime


@dataclass(frozen=True)
class Refused:
    """What came of a draft that was not saved."""

    form: DraftForm
    errors: tuple[str, ...] = ()
    conflict: DraftResult | None = None


@dataclass(frozen=True)
class PagePart:
    """What a page shows below its block's text."""

    title: str
    task: Markup
    words: str
    opens: datetime
    closed: bool
    due: datetime
    late: bool
    number: int | None
    """Which page may be written now; none when it was handed in."""
    pages: tuple[Page, ...]
    told: tuple[Told, ...]
    person_id: int
    target: str
    draft_url: str
    hand_in_url: str
    feedback_url: str
    text: str = ""
    version: int = 0
    save_state: Markup = field(default_factory=Markup)
    operation_id: str = ""
    errors: tuple[str, ...] = ()
    other: str | None = None
    """The text of another tab or device, when two differ."""

    @property
    def begun(self) -> bool:
        return self.version > 0 or bool(self.pages)


@dataclass(frozen=True)
class Writing:
    """Where a learner is with one page: what was handed in, what was answered, which page comes next."""

    pages: tuple[Page, ...]
    feedback: tuple[Feedback, ...]
    number: int | None
    due: datetime
    draft: DraftText | None
    """The page that comes next, as far as it is written."""


def writing(here: Place, reflection_id: str) -> Writing:
    """Read what was written, what was handed in and what was answered."""
    written = reflections.written(session(), seat_id=here.row.seat_id, reflection=reflection_id)
    pages = written.pages
    # What was never handed in was never answered.
    feedback = feedback_of_seat(session(), seat_id=here.row.seat_id, reflection=reflection_id) if pages else ()
    sent = [Sent(told.number, told.revise, told.read_at is not None, told.released_at) for told in feedback]
    seated = replace(here.seated, pages={reflection_id: len(pages)}, feedback={reflection_id: sent[-1]} if sent else {})
    number = seated.page_number(reflection_id)
    draft = written.drafts.get(number or 0)
    return Writing(pages, feedback, number, seated.page_due(reflection_id), draft)


def part(here: Place, block: Block, reflection_id: str, refused: Refused | None = None) -> PagePart:
    """Return the page of a block as it stands."""
    reflection = found(here.module.reflection(reflection_id))
    stands = writing(here, reflection_id)
    opens = here.seated.page_opens(block)
    now = clock.now()
    shown = PagePart(
        title=reflection.title,
        task=task(here.row.version_hash, here.module, reflection),
        words=f"{reflection.words.min}-{reflection.words.max}",
        opens=opens,
        closed=now < opens,
        due=stands.due,
        late=is_late(now, stands.due),
        number=stands.number,
        pages=stands.pages,
        told=tuple(told(each, reflection) for each in stands.feedback),
        person_id=here.row.person_id,
        target=f"page-{here.row.seat_id}-{reflection_id}-{stands.number}",
        draft_url=here.with_query(here.block_url(block, "draft"), number=stands.number or 1),
        hand_in_url=here.block_url(block, "hand-in"),
        feedback_url=here.block_url(block, "feedback/"),
    )
    if stands.number is None or shown.closed:
        return shown
    return _being_written(here, shown, stands.draft, refused)


def _being_written(here: Place, shown: PagePart, draft: DraftText | None, refused: Refused | None) -> PagePart:
    # A revision begins with the text that was read.
    text = draft.text if draft is not None else shown.pages[-1].text if shown.pages else ""
    version = draft.version if draft is not None else 0
    if refused is None:
        saved = clock_time(draft.saved_at, here.row.zone) if draft is not None else None
        return replace(shown, operation_id=operation(), text=text, version=version, save_state=_save_state(saved))
    conflict = refused.conflict
    sent = conflict.version if conflict is not None else refused.form.base_version.data
    return replace(
        shown,
        operation_id=operation(),
        text=refused.form.text.data or "",
        version=sent if sent is not None else version,
        save_state=_save_state(None),
        errors=refused.errors,
        other=conflict.text if conflict is not None else None,
    )


@lru_cache(maxsize=MINUTES_A_DAY + 1)
def _save_state(saved: str | None) -> Markup:
    return drawn("components/grading.html", "save_state", saved)


def told(feedback: Feedback, reflection: Reflection) -> Told:
    """Return feedback with the words of the rubric it was given by, as it was then."""
    rubric = library.module(session(), feedback.version_hash).reflection(reflection.id) or reflection
    return Told(
        grade_id=feedback.grade_id,
        number=feedback.number,
        marks=tuple(_mark(criterion, feedback) for criterion in rubric.criteria),
        next_step=feedback.next_step,
        revise=feedback.revise,
        unread=feedback.read_at is None,
        released_at=feedback.released_at,
    )


def _mark(criterion: Criterion, feedback: Feedback) -> Mark:
    level = feedback.levels.get(criterion.id)
    words = next((each.text for each in criterion.levels if each.level == level), "")
    return Mark(criterion.title, level, words, feedback.comments.get(criterion.id, ""))
