"""A mail server on the loopback address: it takes mails, or refuses them, and remembers what came."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Received:
    """One mail as it came over the wire."""

    sender: str
    recipients: list[str]
    mail: EmailMessage


@dataclass
class Peer:
    port: int = 0
    refusing: bool = False
    """Answer 451 to every recipient, as a server does that wants to be asked later."""
    refused: str = ""
    """A recipient who does not exist here."""
    received: list[Received] = field(default_factory=list)
    visits: int = 0
    logins: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return sorted(recipient for one in self.received for recipient in one.recipients)

    def visited(self) -> None:
        with self._lock:
            self.visits += 1

    def keep(self, one: Received) -> None:
        with self._lock:
            self.received.append(one)


class Conversation(socketserver.StreamRequestHandler):
    """RFC 5321, as much of it as a client needs."""

    peer: Peer
    _sender = ""

    def handle(self) -> None:
        self.peer.visited()
        self._recipients: list[str] = []
        self._say("220 peer")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._take()
            else:
                self._say(self._answer(verb, line))

    def _answer(self, verb: str, line: str) -> str:
        if verb == "AUTH":
            self.peer.logins.append(line)
            return "235 in"
        if verb == "MAIL":
            self._sender, self._recipients = _address(line), []
        if verb == "RCPT":
            if self.peer.refusing:
                return "451 later"
            if _address(line) == self.peer.refused:
                return "550 nobody"
            self._recipients.append(_address(line))
        return "250-peer\r\n250-AUTH PLAIN\r\n250 8BITMIME" if verb == "EHLO" else "250 fine"

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self.peer.keep(Received(self._sender, self._recipients, mail))
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server() -> Iterator[Peer]:
    """Run a mail server as long as the block lasts."""
    peer = Peer()
    handler = type("Handler", (Conversation,), {"peer": peer})
    with Server(("127.0.0.1", 0), handler) as server:
        peer.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
