"""Sixteen connections that write: pages, plays and grades, two of them always at the same one."""

import json
import random
import re
from abc import ABC, abstractmethod
from html import unescape
from http.client import HTTPException

from tests.kill.ground import CASE_BLOCK, MODULE, PAGE_BLOCK, Ground
from tests.kill.ledger import Kind, Ledger, Operation, Said
from tests.machine.client import Answer, Browser

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
CHOICE = re.compile(r'name="choice"\s+(?:id="[^"]*"\s+)?value="(\w+)"')
BEGIN = re.compile(r'action="[^"]*/begin".*?name="play" value="(\d+)"', re.DOTALL)
AFTER = re.compile(r"after=(\d+)")
CRITERIA = re.compile(r'name="level\.(\w+)"')


class UnexpectedAnswerError(AssertionError):
    """The site answered something that it never should."""


class Actor(ABC):
    """One connection. What was not answered is sent again, under the same id, before anything new."""

    def __init__(self, port: int, token: str, page: str, done: list[Operation], seed: str) -> None:
        self.browser = Browser(port, token)
        self.page = page
        self.done = done
        self.dice = random.Random(seed)  # noqa: S311 - A failure must be repeatable by its seed.
        self._pending: Operation | None = None

    def act(self) -> bool:
        """Send one operation. Returns whether the site answered."""
        try:
            operation = self._pending or self._begin()
            operation.sent += 1
            answer = self.send(operation)
        except (OSError, HTTPException):
            self.browser.close()
            return False
        if answer.status >= 500:
            return False
        self.hear(operation, answer)
        self._pending = None
        return True

    def _begin(self) -> Operation:
        if not self.browser.form_token:
            self.open()
        # From here on it may have been written, so it must not be forgotten.
        self._pending = self.next()
        self.done.append(self._pending)
        return self._pending

    def open(self) -> str:
        """Open the page that is written on."""
        answer = self.browser.get(self.page)
        if answer.status >= 500:
            raise HTTPException(answer.status)
        if answer.status != 200:
            raise UnexpectedAnswerError(f"{self.page}: {answer.status}")
        return answer.text

    @abstractmethod
    def next(self) -> Operation: ...

    @abstractmethod
    def send(self, operation: Operation) -> Answer: ...

    @abstractmethod
    def hear(self, operation: Operation, answer: Answer) -> None: ...


class Saver(Actor):
    """What the two that save by a script have in common: the version is in the answer, a conflict keeps both."""

    kind: Kind
    address: str
    target: int
    version = 0

    def hear(self, operation: Operation, answer: Answer) -> None:
        if answer.status not in {200, 409}:
            raise UnexpectedAnswerError(f"{operation}: {answer.status} {answer.text[:200]}")
        operation.said = Said.KEPT if answer.status == 200 else Said.BESIDE
        self.version = int(json.loads(answer.text)["version"])
        # An answer to a second sending may tell how the target stands by now.
        operation.version = self.version if answer.status == 200 and operation.sent == 1 else None


class Writer(Saver):
    """Writes a page. Every text is one of its kind."""

    def __init__(self, port: int, token: str, seat_id: int, done: list[Operation], seed: str) -> None:
        super().__init__(port, token, f"/learn/{MODULE}/{PAGE_BLOCK}/", done, seed)
        self.target = seat_id

    def next(self) -> Operation:
        operation = Operation(Kind.DRAFT, self.target, "", self.version)
        operation.content = f"A page {operation.id} " + "of some words " * self.dice.randrange(60)
        operation.content = operation.content.strip()
        return operation

    def send(self, operation: Operation) -> Answer:
        data = {"text": operation.content, "base_version": operation.base_version, "operation_id": operation.id}
        return self.browser.json(f"{self.page}draft", data)


class Grader(Saver):
    """Grades a page."""

    def __init__(self, port: int, token: str, target: tuple[int, str], done: list[Operation], seed: str) -> None:
        super().__init__(port, token, f"/facilitate/grading/{target[1]}", done, seed)
        self.target = target[0]
        self._criteria: list[str] = []

    def next(self) -> Operation:
        if not self._criteria:
            self._criteria = sorted(set(CRITERIA.findall(self.open())))
        criterion = self.dice.choice(self._criteria)
        operation = Operation(Kind.GRADE, self.target, None, self.version)
        level = (f"level.{criterion}", self.dice.randint(1, 4))
        comment = (f"comment.{criterion}", f"A comment {operation.id}")
        operation.content = self.dice.choice((level, comment))
        return operation

    def send(self, operation: Operation) -> Answer:
        field, value = operation.content
        wish = {"field": field, "value": value}
        data = {**wish, "base_version": operation.base_version, "operation_id": operation.id}
        return self.browser.json(f"{self.page}/ops", data)


class Player(Actor):
    """Plays, by plain forms, and begins again when the play has ended."""

    def __init__(self, port: int, token: str, seat_id: int, done: list[Operation], seed: str) -> None:
        super().__init__(port, token, f"/learn/{MODULE}/{CASE_BLOCK}/", done, seed)
        self.target = seat_id

    def next(self) -> Operation:
        shown = self.open()
        while (begin := BEGIN.search(shown)) is not None:
            self.browser.form(f"{self.page}begin", {"play": begin[1]})
            shown = self.open()
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(shown)}
        choice = self.dice.choice(CHOICE.findall(shown))
        content = (int(hidden["play"]), hidden["scene"], choice)
        return Operation(Kind.STEP, self.target, content, int(hidden["version"]))

    def send(self, operation: Operation) -> Answer:
        play, scene, choice = operation.content
        step = {"play": play, "version": operation.base_version, "scene": scene, "choice": choice}
        return self.browser.form(f"{self.page}play", {**step, "operation_id": operation.id})

    def hear(self, operation: Operation, answer: Answer) -> None:
        if answer.status == 409:
            operation.said = Said.REFUSED
            return
        after = AFTER.search(answer.headers.get("location", ""))
        if answer.status != 303 or after is None:
            raise UnexpectedAnswerError(f"{operation}: {answer.status} {answer.text[:200]}")
        operation.said = Said.KEPT
        operation.version = int(after[1])


def actors(ground: Ground, port: int, ledger: Ledger, seed: str) -> list[Actor]:
    """Return sixteen connections: six that write, four that play, six that grade, two at each target."""
    made: list[Actor] = []
    for twin in "ab":
        for seat_id, token in ground.writers.items():
            made.append(Writer(port, token, seat_id, ledger.open(), f"{seed}w{seat_id}{twin}"))
        for seat_id, token in ground.players.items():
            made.append(Player(port, token, seat_id, ledger.open(), f"{seed}p{seat_id}{twin}"))
        made += [
            Grader(port, ground.grader, target, ledger.open(), f"{seed}g{target[0]}{twin}")
            for target in ground.grades.items()
        ]
    return made
