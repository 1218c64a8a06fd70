"""Scores and results (anchor lti.md, 1.5 and section 8, "Quirks that our AGS code must know")."""

from datetime import datetime
from typing import Any, TypeGuard

from tests.counterparts.double import grades, messages, tokens
from tests.counterparts.double.http import Asked, Refusal, Reply, as_json
from tests.counterparts.double.world import RESULT_READ, SCORE, Item, Result, World

KIND = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
ACTIVITY = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
GRADING = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}


def scores(world: World, asked: Asked, course: str, number: str) -> Reply:
    """Take a score. A good one is answered 200 without a body (quirk 5)."""
    client = tokens.allowed(world, asked, SCORE, deployment=asked.one("type_id"))
    item = grades.known(world, course, number, client.id)
    grades.handled(asked.method == "POST" and asked.content_type == KIND)
    given, stamp = _checked(asked.json)
    member = world.course(course).members.get(given["userId"])
    if member is None or member.role != "Learner" or not member.active:
        # For a teacher or somebody unknown the reason stands in the status line only (quirk 4).
        raise Refusal(400, "", body="[]")
    with world.lock:
        _store(item, given, stamp)
    return Reply(200)


def _checked(given: Any) -> tuple[dict[str, Any], datetime]:
    if not isinstance(given, dict):
        raise Refusal(400, "invalid_request", "A score is an object")
    if not isinstance(given.get("userId"), str) or not given["userId"]:
        raise Refusal(400, "invalid_request", "userId must be a string")
    if given.get("activityProgress") not in ACTIVITY or given.get("gradingProgress") not in GRADING:
        raise Refusal(400, "invalid_request", "activityProgress or gradingProgress")
    score, maximum = given.get("scoreGiven"), given.get("scoreMaximum")
    if score is not None and not (_number(score) and _number(maximum) and score >= 0 and maximum > 0):
        raise Refusal(400, "invalid_request", "scoreGiven needs a scoreMaximum above 0")
    if not isinstance(given.get("comment", ""), str):
        raise Refusal(400, "invalid_request", "comment must be a string")
    try:
        stamp = datetime.fromisoformat(str(given.get("timestamp")))
    except ValueError as error:
        raise Refusal(400, "invalid_request", "timestamp must be ISO 8601") from error
    # Seconds, milliseconds and microseconds are all taken (quirk 5); without a zone it names no moment.
    if stamp.tzinfo is None:
        raise Refusal(400, "invalid_request", "timestamp needs a zone")
    return given, stamp.replace(microsecond=0)


def _store(item: Item, given: dict[str, Any], stamp: datetime) -> None:
    result = item.results.setdefault(given["userId"], Result())
    if result.stamp is not None and stamp <= result.stamp:
        # Not later than the second that is stored: refused, and lost (quirk 1).
        raise Refusal(409, "", body="")
    result.stamp = stamp
    result.scores.append(given)
    graded = given["gradingProgress"] == "FullyGraded" and given.get("scoreGiven") is not None
    # What is not fully graded erases the grade (quirk 2); another maximum is rescaled (quirk 4).
    result.score = given["scoreGiven"] * item.maximum / given["scoreMaximum"] if graded else None
    # Each score brings its comment, or there is none (quirk 3); PendingManual wipes it too (anchor, 1.5).
    result.comment = given.get("comment", "") if graded else ""


def results(world: World, asked: Asked, course: str, number: str) -> Reply:
    """Show what is stored: one row for ``user_id`` even without a result, and then no resultScore (anchor, 1.5)."""
    client = tokens.allowed(world, asked, RESULT_READ, deployment=asked.one("type_id"))
    item = grades.known(world, course, number, client.id)
    grades.handled(asked.method == "GET" and asked.accepts(RESULTS))
    wanted = asked.one("user_id")
    users = [wanted] if wanted else sorted(item.results)
    return as_json([_shown(world, item, user) for user in users], kind=RESULTS)


def _shown(world: World, item: Item, user: str) -> dict[str, Any]:
    address = messages.item_url(world, item).replace("/lineitem?", f"/lineitem/results/{user}?")
    known = item.results.get(user, Result())
    return {
        "id": address,
        "userId": user,
        "scoreOf": messages.item_url(world, item),
        # 150 of 100 is kept and shown as 100 (quirk 4).
        **({} if known.score is None else {"resultScore": min(known.score, item.maximum)}),
        "resultMaximum": item.maximum,
        **({"comment": known.comment} if known.comment else {}),
    }


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
