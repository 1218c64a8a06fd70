"""Ten thousand tokens that are nearly good ones: no fault, no session, nobody made who is not proved."""

import base64
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, update
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from course import clock
from course.database import Engines, unit_of_work
from course.people.rules import fingerprint
from course.platforms.models import KeySet, Login
from tests.lti.coming import COOKIE, kept
from tests.lti.platform import LTI, TARGET, Signer, encoded, post

PORTION = 500
"""Mutated from one good token: however slow the machine is, that one is still good when its last mutation comes."""
SIGNED = 1_000
"""Of claims that were changed and signed again."""
HALF = 0.5
NONCE, SECRET = "n" * 43, "b" * 43

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e400,
    10**400,
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e",
    "x" * 5000,
    "https://[",
    "http://x:99999999/",
    "$Unknown.variable",
    "' OR 1=1 --",
    "%(x)s {{7*7}} <script>",
    [],
    [[]],
    [None],
    ["x"] * 2000,
    {},
    {"id": None},
    {"": ""},
    {"id": {"id": "x"}},
]
"""What no claim should be."""


def anything(dice: random.Random, depth: int = 0) -> Any:
    if depth < 2 and dice.random() < 0.2:
        names = [dice.choice(["id", "scope", "lineitems", "return_url", "module", "x"]) for _ in range(3)]
        return {name: anything(dice, depth + 1) for name in names}
    return dice.choice(ODD)


def turn_a_bit(dice: random.Random, token: str) -> str:
    place = dice.randrange(len(token))
    return token[:place] + chr(ord(token[place]) ^ (1 << dice.randrange(7))) + token[place + 1 :]


def cut(dice: random.Random, token: str) -> str:
    start, end = sorted(dice.sample(range(len(token) + 1), 2))
    return token[:start] + (token[end:] if dice.random() < 0.7 else "")


def swap_parts(dice: random.Random, token: str) -> str:
    parts = token.split(".")
    dice.shuffle(parts)
    return ".".join(parts[: dice.randint(1, 3)])


def put_in(dice: random.Random, token: str) -> str:
    place = dice.randrange(len(token))
    return token[:place] + dice.choice([".", "=", "\x00", "é", "\U0001f393", " ", "-", "A" * 300]) + token[place:]


def other_header(dice: random.Random, token: str) -> str:
    header, rest = token.split(".", 1)
    said = json.loads(base64.urlsafe_b64decode(header + "=="))
    said[dice.choice(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c", "zip", "enc"])] = anything(dice)
    return f"{encoded(said)}.{rest}"


def other_claim(dice: random.Random, token: str) -> str:
    header, payload, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said[dice.choice(sorted(said))] = anything(dice)
    return f"{header}.{encoded(said)}.{signature}"


Mutation = Callable[[random.Random, str], str]
MUTATIONS: list[Mutation] = [turn_a_bit, turn_a_bit, cut, swap_parts, put_in, other_header, other_claim]


def begun(engines: Engines, platform_id: int, count: int) -> list[str]:
    """Let so many launches begin at once, with one nonce and one secret of the browser. Returns their states."""
    states = [f"{number:043}" for number in range(count)]
    row = {
        "nonce": NONCE,
        "platform_id": platform_id,
        "target": TARGET,
        "browser_hash": fingerprint(SECRET),
        "expires_at": clock.now() + timedelta(hours=1),
    }
    with unit_of_work(engines, write=True) as session:
        session.execute(insert(Login), [{**row, "state_hash": fingerprint(state)} for state in states])
    return states


def keys_stay(engines: Engines) -> None:
    """Let the platform's keys be known for as long as this takes: nobody asks for them meanwhile."""
    later = clock.now() + timedelta(hours=1)
    with unit_of_work(engines, write=True) as session:
        session.execute(update(KeySet).values(asked_at=later, fetched_at=later))


@pytest.fixture
def no_waiting_for_disks(engines: Engines) -> Iterator[None]:
    """Ten thousand launches spend ten thousand logins. That they last is tested elsewhere."""

    def hurry(connection: Any, *_more: object) -> None:
        if engines.sqlite:
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(engines.writer, "checkout", hurry)
    yield
    event.remove(engines.writer, "checkout", hurry)


def mutated(lms: Signer, count: int) -> Iterator[str]:
    """Yield so many different tokens, none of which the platform signed."""
    dice = random.Random(5)  # noqa: S311 - No secret: a failure must come again with the same mutations.
    before = {""}
    for _portion in range(count // PORTION):
        good = lms.token(NONCE)
        before.add(good)
        tokens = {mutation(dice, good) for _round in range(PORTION // 2) for mutation in MUTATIONS} - before
        chosen = dice.sample(sorted(tokens), PORTION)
        before.update(chosen)
        yield from chosen


@pytest.mark.long
@pytest.mark.usefixtures("no_waiting_for_disks")
@pytest.mark.parametrize(("engines", "count"), [("sqlite", 10_000), ("postgres", 1_000)], indirect=["engines"])
def test_no_mutated_token_lets_anybody_in(
    client: FlaskClient, engines: Engines, lms: Signer, platform_id: int, count: int
) -> None:
    keys_stay(engines)
    *states, last = begun(engines, platform_id, count + 1)
    before = kept(engines)
    reasons: Counter[str] = Counter()
    with capture_logs() as lines:
        for state, token in zip(states, mutated(lms, count), strict=True):
            answer = come_back(client, state, token)
            (line,) = (line for line in lines if line["event"] == "lti refused")
            assert answer.status_code == 400, (token, line)
            reasons[line["reason"]] += 1
            lines.clear()
    assert kept(engines) == before
    assert reasons.total() == count
    # It is the proof that stops most of them, and not a fault of this test.
    assert set(reasons) == {"malformed", "algorithm", "critical", "no_kid", "unknown_key", "signature"}
    assert reasons["signature"] > count / 3
    assert come_back(client, last, lms.token(NONCE)).status_code == 200
    assert kept(engines).people == before.people + 1


@pytest.mark.long
@pytest.mark.usefixtures("no_waiting_for_disks")
def test_no_claim_that_is_odd_is_a_fault(client: FlaskClient, engines: Engines, lms: Signer, platform_id: int) -> None:
    keys_stay(engines)
    dice = random.Random(7)  # noqa: S311 - The same claims each time.
    states = begun(engines, platform_id, SIGNED)
    usual = lms.claims(NONCE)
    names = [*usual, f"{LTI}for_user", f"{LTI}lis", "azp", "nbf", f"{LTI}message_type"]
    inner = [name for name, value in usual.items() if isinstance(value, dict)]
    outcomes: Counter[str] = Counter()
    now = kept(engines)
    for state in states:
        # Each time anew: none of them is refused for its age, however slow the machine is.
        claims = lms.claims(NONCE)
        if dice.random() < HALF:
            name = dice.choice(inner)
            claims[name][dice.choice([*claims[name], "id", "x"])] = anything(dice)
        else:
            claims[dice.choice(names)] = anything(dice)
        with capture_logs() as lines:
            answer = come_back(client, state, lms.sign(claims))
        before, now = now, kept(engines)
        events = [line["event"] for line in lines]
        assert answer.status_code in {200, 303, 400, 403, 404}, claims
        assert events.count("lti refused") + events.count("lti launch") == 1, (claims, lines)
        if "lti refused" in events:
            assert now == before, claims
        outcomes[
            next(line.get("reason", "in") for line in lines if line["event"] in {"lti refused", "lti launch"})
        ] += 1
    assert outcomes["in"] > SIGNED / 10
    assert len(outcomes) > 15


def come_back(client: FlaskClient, state: str, token: str) -> TestResponse:
    client.set_cookie(f"{COOKIE}{state[:12]}", SECRET)
    return post(client, state, token)
