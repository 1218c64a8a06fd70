"""What LMS platforms are owed of results: written with the fact, computed when it is sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, true, update
from sqlalchemy.orm import Session

from course import clock
from course.cohorts.models import Run, Seat
from course.database import Base
from course.outbox import service as outbox
from course.outbox.models import Message
from course.outbox.service import Kind, Letter
from course.platforms.models import Context, LineItem, Score
from course.platforms.queries.results import Result, Results, result, results
from course.platforms.queries.scores import Errand, Target, targets
from course.platforms.rules import FINAL, Obstacle, Tag, Telling
from course.statements import columns, insert_once, write_row

APART = timedelta(seconds=1)
"""Between two timestamps of one score: Moodle refuses a second one within the same second."""
_SCORES = Base.metadata.tables[Score.__tablename__]
_NEW_ITEM, _NEW_SCORE = insert_once(LineItem), insert_once(Score)
_WISH = update(_SCORES).where(_SCORES.c.id == bindparam("score_id"))
_ITEMS = select(LineItem.context_id, LineItem.module, LineItem.tag, LineItem.id).where(
    LineItem.context_id.in_(bindparam("contexts", expanding=True))
)
_OWED = (
    # Whoever owes the same at the same time waits here, so that no wish is counted once for two causes.
    select(Score.id, Score.line_item_id, Score.seat_id, Score.wish, Score.state)
    .where(
        Score.seat_id.in_(bindparam("seat_ids", expanding=True)),
        Score.line_item_id.in_(bindparam("items", expanding=True)),
    )
    .order_by(Score.id)
    .with_for_update()
)
_OF_CONTEXT = (
    select(Seat.id)
    .join(Run, Run.id == Seat.run_id)
    .join(Context, Context.cohort_id == Run.cohort_id)
    .where(
        Context.id == bindparam("context_id"),
        Run.module == bindparam("module"),
        Seat.reported == true(),
        Seat.cancelled_at.is_(None),
    )
)
_CARRIED = select(Message.key, Message.payload).where(Message.key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True)
class _Owed:
    """A result and the score that tells it."""

    score_id: int
    wish: int
    platform_id: int
    result: Result


def owe(session: Session, seat_ids: Collection[int]) -> None:
    """Owe every LMS that is told of these seats what has changed, in the transaction of the change.

    What was owed before and has not left is taken back: what is sent is computed when it is sent. The number of
    statements does not grow with the seats.
    """
    # Most causes have come to nothing that anybody is told of yet.
    found = results(session, seat_ids) if seat_ids else {}
    told = targets(session, seat_ids) if found else []
    owed = _owed(session, told, found)
    digests = _carried(session, owed)
    _wish(session, [each for each in owed if digests.get(each.score_id) != each.result.digest])


def ask_page(session: Session, *, context_id: int, module: str) -> bool:
    """Let a context have a column for the page of a module, and owe it what was sent before. Says whether it is new."""
    row = {"context_id": context_id, "module": module, "tag": Tag.PAGE.value, "url": "", "created_at": clock.now()}
    if write_row(session, _NEW_ITEM, row).first() is None:
        return False
    owe(session, list(columns(session, _OF_CONTEXT, {"context_id": context_id, "module": module}).scalars()))
    return True


def resend(session: Session, *, run_id: int, seat_id: int | None = None) -> int:
    """Send the results of one learner of a run again, or all that were refused. Returns how many."""
    chosen = Score.state == Telling.REFUSED if seat_id is None else Seat.id == seat_id
    which = (
        select(Score.seat_id, Score.line_item_id)
        .join(Seat, Seat.id == Score.seat_id)
        .where(Seat.run_id == run_id, Score.state != Telling.WITHDRAWN, chosen)
    )
    wanted = {(row.seat_id, row.line_item_id) for row in session.execute(which)}
    if not wanted:
        return 0
    seats = {seat for seat, _item in wanted}
    owed = _owed(session, targets(session, seats), results(session, seats), wanted)
    _wish(session, owed, again=True)
    return len(owed)


def _owed(
    session: Session, told: list[Target], found: Results, wanted: Collection[tuple[int, int]] | None = None
) -> list[_Owed]:
    """Return every result of these targets that a line item is to hold, with its score, locked."""
    items = _items(session, told) if told else {}
    pairs = {
        (target.seat_id, items[target.context_id, target.module, tag]): (target.platform_id, (target.seat_id, tag))
        for target in told
        for tag in Tag
        if (target.seat_id, tag) in found and (target.context_id, target.module, tag) in items
    }
    if wanted is not None:
        pairs = {pair: value for pair, value in pairs.items() if pair in wanted}
    if not pairs:
        return []
    now = clock.now()
    fresh = {"wish": 0, "state": Telling.WAITING.value, "refusal": "", "changed_at": now}
    write_row(session, _NEW_SCORE, [{"seat_id": seat, "line_item_id": item, **fresh} for seat, item in pairs])
    which = {"seat_ids": sorted({seat for seat, _item in pairs}), "items": sorted({item for _seat, item in pairs})}
    rows = columns(session, _OWED, which).all()
    of = {(row.seat_id, row.line_item_id): row for row in rows}
    return [_Owed(of[pair].id, of[pair].wish, platform, found[key]) for pair, (platform, key) in pairs.items()]


def _items(session: Session, told: list[Target]) -> dict[tuple[int, str, str], int]:
    """Return the line items of these contexts. A completion's is made here, a page's where it is asked for."""
    contexts = sorted({target.context_id for target in told})
    known = _known_items(session, contexts)
    missing = {
        (target.context_id, target.module)
        for target in told
        if target.lineitems_url and (target.context_id, target.module, Tag.COMPLETION) not in known
    }
    if not missing:
        return known
    fresh = {"tag": Tag.COMPLETION.value, "url": "", "created_at": clock.now()}
    write_row(
        session, _NEW_ITEM, [{"context_id": context, "module": module, **fresh} for context, module in sorted(missing)]
    )
    return _known_items(session, contexts)


def _known_items(session: Session, contexts: list[int]) -> dict[tuple[int, str, str], int]:
    rows = columns(session, _ITEMS, {"contexts": contexts})
    return {(context, module, tag): item for context, module, tag, item in rows}


def _carried(session: Session, owed: list[_Owed]) -> dict[int, str]:
    """Return what the newest message of each score carries."""
    keys = {_key(each.score_id, each.wish): each.score_id for each in owed if each.wish}
    if not keys:
        return {}
    return {keys[key]: payload["digest"] for key, payload in columns(session, _CARRIED, {"keys": list(keys)})}


def _wish(session: Session, changed: list[_Owed], *, again: bool = False) -> None:
    """Count one more wish for each, and let a message carry it."""
    if not changed:
        return
    now = clock.now()
    state = {"state": Telling.WAITING.value, "refusal": "", "changed_at": now}
    write_row(session, _WISH, [{"score_id": each.score_id, "wish": each.wish + 1, **state} for each in changed])
    outbox.recall_all(session, groups=[_group(each.score_id) for each in changed])
    letters = [
        Letter(
            recipient=lane_of(each.platform_id),
            payload={"score": each.score_id, "wish": each.wish + 1, "digest": each.result.digest, "again": again},
            due_at=max(now, each.result.free_at),
            key=_key(each.score_id, each.wish + 1),
            group=_group(each.score_id),
        )
        for each in changed
    ]
    outbox.post(session, letters, kind=Kind.SCORE)


def lane_of(platform_id: int) -> str:
    """Return the recipient of a platform's messages."""
    return f"platform-{platform_id}"


def _key(score_id: int, wish: int) -> str:
    return f"score-{score_id}-{wish}"


def _group(score_id: int) -> str:
    return f"score-{score_id}"


@dataclass(frozen=True)
class Taken:
    """A score with the timestamp that it leaves with, which was stored before."""

    result: Result
    stamp: datetime
    doubtful: bool
    """Whether one that left before may have arrived without our knowing."""
    before: datetime | None
    """The timestamp that was the last one before."""

    @property
    def told(self) -> dict[str, Any]:
        """What is kept once the platform has taken it."""
        return {"given": self.result.given, "comment": self.result.comment, "stamp": self.stamp.isoformat()}


def take(session: Session, sent: Errand, *, again: bool) -> Taken | None:
    """Compute what a score says now and allocate its timestamp, which is stored before anything leaves.

    Returns None, with the score's state noted, when there is nothing to send: a newer wish carries it, it was taken
    back, or the platform has it already.
    """
    row = session.execute(select(Score).where(Score.id == sent.score_id).with_for_update()).scalar_one()
    now = clock.now()
    if row.wish != sent.wish:
        return None
    found = result(session, sent.seat_id, sent.tag) if sent.subject else None
    if found is None:
        row.state, row.changed_at = (Telling.SENT if row.told else Telling.WITHDRAWN), now
        return None
    before = row.told or {}
    if not again and (before.get("given"), before.get("comment")) == (found.given, found.comment):
        row.state, row.refusal, row.changed_at = Telling.SENT, "", now
        return None
    doubtful = row.stamp is not None and (before.get("stamp") != row.stamp.isoformat() or again)
    # Milliseconds are all that travels.
    stamp = now.replace(microsecond=now.microsecond // 1000 * 1000)
    last, row.stamp = row.stamp, stamp if row.stamp is None else max(stamp, row.stamp + APART)
    return Taken(found, row.stamp, doubtful, last)


def not_left(session: Session, sent: Errand, taken: Taken) -> None:
    """Note that a score certainly did not arrive, so that nobody looks for it."""
    session.execute(
        update(Score).where(Score.id == sent.score_id, Score.stamp == taken.stamp).values(stamp=taken.before)
    )


def accepted(session: Session, sent: Errand, taken: Taken) -> None:
    """Note that the platform has a score."""
    row = session.execute(select(Score).where(Score.id == sent.score_id).with_for_update()).scalar_one()
    row.told = taken.told
    if row.wish == sent.wish:
        row.state, row.refusal, row.changed_at = Telling.SENT, "", clock.now()


def not_taken(session: Session, sent: Errand, why: Obstacle, *, final: bool) -> None:
    """Note what is in the way of a score, for good or for now."""
    state = Telling.REFUSED if final or why in FINAL else Telling.WAITING
    session.execute(
        update(Score).where(Score.id == sent.score_id, Score.wish == sent.wish).values(state=state, refusal=why)
    )


def keep_item(session: Session, sent: Errand, url: str) -> None:
    """Keep where a line item is; an empty address: it must be found or made again."""
    session.execute(update(LineItem).where(LineItem.id == sent.item_id).values(url=url))
