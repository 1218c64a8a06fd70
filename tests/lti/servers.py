"""Servers on the loopback address that behave as badly as the tests need."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from course import clock

Talk = Callable[[socket.socket, str], None]
"""Gets the connection and the head of the request."""


def answering(body: bytes = b"{}", *, status: str = "200 OK", headers: str = "") -> Talk:
    def talk(line: socket.socket, head: str) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)

    return talk


def saying(said: bytes) -> Talk:
    """Say this and hang up."""

    def talk(line: socket.socket, head: str) -> None:
        line.sendall(said)

    return talk


def hanging(line: socket.socket, head: str) -> None:
    """Say nothing until the other side hangs up."""
    line.recv(1)


def dripping(start: bytes) -> Talk:
    """Begin and then send one byte after the other, each before a reader's patience for one byte is over."""

    def talk(line: socket.socket, head: str) -> None:
        line.sendall(start)
        line.settimeout(0.02)
        while True:
            line.sendall(b"x")
            try:
                if line.recv(1) == b"":
                    return
            except TimeoutError:
                continue

    return talk


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, talk: Talk, tls: ssl.SSLContext | None) -> None:
        self.talk = talk
        self.tls = tls
        self.heads: list[str] = []
        super().__init__(("127.0.0.1", 0), Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        try:
            line = self.request
            if self.server.tls is not None:
                line = self.server.tls.wrap_socket(line, server_side=True)
            head = _head(line)
            self.server.heads.append(head)
            self.server.talk(line, head)
            line.close()
        except OSError:
            # The client hung up, which is what some tests are about.
            return


def _head(line: socket.socket) -> str:
    text = b""
    while b"\r\n\r\n" not in text:
        text += (more := line.recv(65536))
        if not more:
            raise ConnectionError
    return text.decode()


@contextmanager
def serving(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server(talk, tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for a name. Returns the server's side and the file that a client must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = folder / "certificate.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context, shown
