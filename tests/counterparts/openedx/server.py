"""``OpenEdx``: Open edX's LTI code served in a process, and what its authors, its learners and its gradebook do."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.counterparts.browser import Answer, Browser
from tests.counterparts.openedx import install
from tests.machine.client import Answer as Plain
from tests.machine.client import Browser as Client
from tests.machine.site import free_port, refuses
from tests.machine.wait import until

REQUEST = re.compile(r'"[A-Z]+ (\S+) HTTP')
LMS = Path(__file__).with_name("lms.py")


@dataclass(frozen=True)
class Placed:
    """A component in Open edX's course: what Studio shows its author for the tool, in Studio's words."""

    name: str
    issuer: str
    client_id: str
    deployment_id: str
    keyset_url: str
    access_token_url: str
    login_url: str
    """Its OIDC callback, which Oneday calls the auth endpoint."""
    location: str
    """The resource link's id."""
    config: str


@dataclass(frozen=True)
class Grade:
    """What the gradebook shows for one learner; the score is of 1."""

    score: float
    comment: str


@dataclass(frozen=True)
class Score:
    """What a line item holds for one learner."""

    given: float | None
    maximum: float | None
    progress: str
    comment: str


@dataclass(frozen=True)
class Column:
    """A line item, and its scores by the ids that tools use."""

    component: str
    url: str
    resource: str
    tag: str
    label: str
    maximum: float
    scores: dict[str, Score]


class OpenEdx:
    """The served platform. Its course has the learners ``l1``, ``l2``, ... and the instructor ``farid``."""

    def __init__(self, port: int, log: Path, learners: int) -> None:
        self.port = port
        self.learners = [f"l{number}" for number in range(1, learners + 1)]
        self._log = log
        self.address = f"http://127.0.0.1:{port}"
        self._client = Client(port)

    def place(self, name: str, *, client_id: str = "", grades: str = "programmatic") -> Placed:
        """Add a component to the course, with a client id of its own unless it shares one."""
        wanted = {"name": name, "grades": grades, **({"client": client_id} if client_id else {})}
        shown = self._json(f"/test/place?{urlencode(wanted)}")
        return Placed(
            name=name,
            issuer=shown["issuer"],
            client_id=shown["client_id"],
            deployment_id=shown["deployment_id"],
            keyset_url=shown["keyset_url"],
            access_token_url=shown["token_url"],
            login_url=shown["oidc_callback"],
            location=shown["location"],
            config=shown["config"],
        )

    def click(self, browser: Browser, placed: Placed, user: str) -> Answer:
        """Open a component as somebody; return where the tool's launch ended."""
        return browser.walk(f"{self.address}/test/click?{urlencode({'config': placed.config, 'user': user})}")

    def pick(self, browser: Browser, placed: Placed, user: str = "farid") -> Answer:
        """Open the tool's picker for a component, as its author."""
        wanted = {"config": placed.config, "user": user, "pick": "1"}
        return browser.walk(f"{self.address}/test/click?{urlencode(wanted)}")

    def grade(self, placed: Placed, user: str) -> Grade | None:
        """Return what the gradebook shows."""
        found = self._json("/test/grades")["grades"].get(placed.location, {}).get(user)
        return None if found is None else Grade(found["score"], found["comment"])

    def items(self, placed: Placed) -> list[Column]:
        """Return the line items of a component, oldest first."""
        return [
            Column(**{**told, "scores": {user: Score(*score) for user, score in told["scores"].items()}})
            for told in self._json("/test/grades")["items"]
            if told["component"] == placed.location
        ]

    def results(self, column: Column, token: str) -> list[dict[str, Any]]:
        """Return what the results service shows to whoever has a tool's access token."""
        answer = self._client.get(f"{urlsplit(column.url).path}/results", {"Authorization": f"Bearer {token}"})
        assert answer.status == 200, answer.text[:2000]
        rows: list[dict[str, Any]] = json.loads(answer.body)
        return rows

    def asked(self, part: str) -> list[str]:
        """Return the addresses with this part that were asked for so far."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [found[1] for line in lines if (found := REQUEST.search(line)) and part in found[1]]

    def subject(self, user: str) -> str:
        """Return the id by which tools know somebody."""
        subject: str = self._json("/test/grades")["outside"][user]
        return subject

    def _json(self, path: str) -> Any:
        answer: Plain = self._client.get(path)
        assert answer.status == 200, answer.text[:2000]
        return json.loads(answer.body)


@contextmanager
def serving(folder: Path, *, tool: str, learners: int = 24) -> Iterator[OpenEdx]:
    """Serve Open edX's code for a tool's address until the end of the block."""
    port = free_port()
    command = [str(install.find()), "-I", str(LMS), str(port), str(folder), tool, str(learners)]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}
    with (folder / "openedx.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        until(lambda: server.poll() is not None or not refuses(port), what="Open edX answers")
        if server.poll() is not None:
            raise RuntimeError((folder / "openedx.log").read_text(encoding="utf-8")[-4000:])
        yield OpenEdx(port, folder / "openedx.log", learners)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
