"""A platform's keys: kept for an hour, asked for again when a token names another one, never inside a transaction."""

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from course import clock
from course.database import Units
from course.lti.rules.reasons import Reason, Refused
from course.lti.service.outside import NotJson, Outside, Unreachable
from course.lti.service.proof import Key, usable
from course.platforms.queries import launching as queries
from course.platforms.queries.launching import Keys, Known
from course.platforms.service import keysets as rows

FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
"""Keys that cannot be read again are used for so long: an LMS whose keys hang for an hour stops no class."""
PATIENCE = 3.0
"""Seconds for which a launch waits for the answer that another one asked for."""
UNDER_WAY = timedelta(seconds=10)
GOOD = 200

log = structlog.get_logger()


def at_hand(kept: Keys, kid: str) -> Key | None:
    """Return the platform's key of this name, if it was read not long ago."""
    return named(kept.keys, kid) if _younger(kept, FRESH) else None


def find(units: Units, outside: Outside, platform: Known, kept: Keys, kid: str) -> Key | Refused:
    """Return the platform's key of this name."""
    found = named(kept.keys, kid)
    if found is not None and _younger(kept, FRESH):
        return found
    with units(write=True) as session:
        ours = rows.ask(session, platform_id=platform.platform_id, first=kept.asked_at is None)
    if ours:
        read = refresh(units, outside, platform)
        if isinstance(read, list):
            return named(read, kid) or Refused(Reason.UNKNOWN_KEY, {"kid": kid[:100]})
    elif found is None:
        kept = _wait(units, platform.platform_id)
        found = named(kept.keys, kid)
    if found is not None and _younger(kept, STALE):
        return found
    unread = ours or kept.fetched_at is None or (kept.asked_at is not None and kept.fetched_at < kept.asked_at)
    return Refused(Reason.NO_KEYS if unread else Reason.UNKNOWN_KEY, {"kid": kid[:100]})


def refresh(units: Units, outside: Outside, platform: Known) -> list[Key] | str:
    """Read the platform's keys and keep them. Returns them, or in one word what went wrong.

    Whoever calls has noted that the platform is asked.
    """
    try:
        answer = outside.get(platform.keys_url, headers={"Accept": "application/json"})
        trouble = "" if answer.status == GOOD else f"status_{answer.status}"
        keys = usable(answer.json()) if not trouble else []
    except Unreachable as unreachable:
        trouble, keys = unreachable.reason.value, []
    except NotJson:
        trouble, keys = "not_json", []
    if not trouble and not keys:
        trouble = "no_keys"
    if trouble:
        log.warning("lti keys unread", platform=platform.platform_id, trouble=trouble)
        return trouble
    with units(write=True) as session:
        rows.keep(session, platform_id=platform.platform_id, keys=keys)
    return keys


def named(keys: Sequence[Key], kid: str) -> Key | None:
    return next((key for key in keys if key["kid"] == kid), None)


def _younger(kept: Keys, age: timedelta) -> bool:
    return kept.fetched_at is not None and clock.now() - kept.fetched_at < age


def _read(units: Units, platform_id: int) -> Keys:
    with units(write=False) as session:
        return queries.keys(session, platform_id)


def _wait(units: Units, platform_id: int) -> Keys:
    """Wait for what another launch asked for just now: a whole class clicks at once."""
    ends = time.monotonic() + PATIENCE
    while True:
        kept = _read(units, platform_id)
        asked = kept.asked_at
        answered = asked is None or (kept.fetched_at is not None and kept.fetched_at >= asked)
        if answered or asked is None or clock.now() - asked > UNDER_WAY or time.monotonic() > ends:
            return kept
        time.sleep(0.1)
