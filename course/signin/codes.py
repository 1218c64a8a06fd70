"""From what was typed to the door that it opens, with guessing slowed down and nobody in the room locked out."""

import hmac
from dataclasses import dataclass

from sqlalchemy.orm import Session

from course.cohorts.queries.door import OpenDoor, door_by_code, run_of_old_code
from course.cohorts.rules.door import read_code
from course.signin import limits
from course.web import transaction
from course.web.address import client
from course.web.texts import _


@dataclass(frozen=True)
class Turned:
    """Not let in by this code: the status and the sentence that says what to do."""

    status: int
    sentence: str


def by_key(session: Session, typed: str, key: str) -> OpenDoor | None:
    """Return the door that the QR named. Its key is too long to guess, so nothing is counted."""
    code = read_code(typed)
    door = door_by_code(session, code) if code is not None and key else None
    return door if door is not None and hmac.compare_digest(door.key.encode(), key.encode()) else None


def by_code(typed: str) -> OpenDoor | Turned:
    """Return the door with a code that somebody typed, in units of its own."""
    code = read_code(typed)
    if code is None:
        return Turned(422, _("A code has six letters and digits, such as K7M-4QX. Look at the wall again."))
    with transaction.unit(write=False) as session:
        guessing = limits.used_up(session, limits.CODE_WRONG, client())
        door = None if guessing else door_by_code(session, code)
    if door is not None:
        return door
    with transaction.unit(write=True) as session:
        if not guessing:
            return _wrong(session, code)
        # Only codes that were looked at count here: a flood must not close the last gap for the room.
        if limits.used_up(session, limits.CODE_SLOW, client()):
            return Turned(429, _("Many wrong codes came from this network. Scan the QR, or send your code again now."))
        limits.too_often(session, limits.CODE_SLOW, client())
        return door_by_code(session, code) or _wrong(session, code)


def _wrong(session: Session, code: str) -> Turned:
    run_id = run_of_old_code(session, code)
    if run_id is not None and not limits.too_often(session, limits.CODE_OLD, str(run_id)):
        return Turned(422, _("This code is no longer good. Look at the wall for the new one."))
    limits.too_often(session, limits.CODE_WRONG, client())
    return Turned(422, _("This code opens no door. Look at the wall again."))
