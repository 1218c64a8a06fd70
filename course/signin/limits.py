"""How often somebody may try: to sign in, to ask for a link, to guess a code."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session

from course.people.rules import fold_address, throttle_key
from course.people.throttle import forgive, tried, tries
from course.settings import Settings
from course.web.address import client


@dataclass(frozen=True)
class Limit:
    """So many tries in a window of time; ``name`` keeps the counts of two limits apart."""

    name: str
    window: timedelta
    tries: int


SIGN_IN_HERE = Limit("sign-in here", timedelta(minutes=10), 10)
"""For one address from one client. An attacker elsewhere does not lock its owner out."""
SIGN_IN_ADDRESS = Limit("sign-in address", timedelta(hours=1), 100)
"""For one address from everywhere."""
SIGN_IN_CLIENT = Limit("sign-in client", timedelta(minutes=10), 100)
"""For one client and all addresses: a whole room may share one."""
FORGOTTEN_ADDRESS = Limit("forgotten address", timedelta(hours=1), 3)
FORGOTTEN_CLIENT = Limit("forgotten client", timedelta(hours=1), 30)
CODE_WRONG = Limit("code wrong", timedelta(minutes=5), 20)
"""Wrong codes of one client that are answered at once: a whole room mistypes less often than that."""
CODE_SLOW = Limit("code slow", timedelta(seconds=1), 2)
"""After that, so many codes of this client are looked at in two seconds; the QR needs none of them."""
CODE_OLD = Limit("code old", timedelta(minutes=5), 60)
"""For one run: codes that it had until lately, which people still read from the wall, are no guesses."""
WALK_INS = Limit("walk-ins", timedelta(hours=1), 30)
"""For one run. Past it the facilitator adds who is missing."""
PASSWORD_CHANGE = Limit("password change", timedelta(minutes=10), 10)


def key_of(limit: Limit, *parts: str) -> str:
    settings: Settings = current_app.extensions["oneday-settings"]
    return throttle_key(settings.secret_key, limit.name, *parts)


def too_often(session: Session, limit: Limit, *parts: str) -> bool:
    """Count a try and return whether it was one too many."""
    return tried(session, key=key_of(limit, *parts), window=limit.window, limit=limit.tries)


def used_up(session: Session, limit: Limit, *parts: str) -> bool:
    """Return whether no try is left, without counting one."""
    return tries(session, key=key_of(limit, *parts), window=limit.window) >= limit.tries


def sign_in_too_often(session: Session, address: str) -> bool:
    """Count a sign-in before its password is looked at, so that tries at the same moment count too."""
    counted = [too_often(session, limit, *parts) for limit, parts in _sign_in(address)]
    return any(counted)


def sign_in_was_good(session: Session, address: str) -> None:
    for limit, parts in _sign_in(address):
        forgive(session, key=key_of(limit, *parts), window=limit.window)


def _sign_in(address: str) -> tuple[tuple[Limit, tuple[str, ...]], ...]:
    subject = fold_address(address)
    return (
        (SIGN_IN_HERE, (subject, client())),
        (SIGN_IN_ADDRESS, (subject,)),
        (SIGN_IN_CLIENT, (client(),)),
    )
