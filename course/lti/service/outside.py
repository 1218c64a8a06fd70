"""The one HTTP client for addresses that others name: public hosts only, https only, 10 seconds and 1 MB at most."""

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationParseError, NewConnectionError
from urllib3.exceptions import SSLError as TlsError
from urllib3.exceptions import TimeoutError as WaitedTooLong
from urllib3.util import Url, parse_url

from course import __version__

USER_AGENT = f"Oneday/{__version__} (+LTI)"
"""Some platforms answer 403 to a request without one."""
SECONDS = 10.0
LARGEST = 1024 * 1024
NONE: Mapping[str, str] = MappingProxyType({})
INNER = (ip_network("192.0.0.0/24"), ip_network("168.63.129.16/32"))
"""Clouds answer machines of their own here, on addresses that look public to ``ipaddress``."""
CARRIES_IPV4 = ip_network("64:ff9b::/96")
"""NAT64: the last four bytes are where it goes."""
PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]


class Trouble(StrEnum):
    """Why an address could not be used."""

    NOT_HTTPS = "not_https"
    PRIVATE = "private"
    NO_SUCH_HOST = "no_such_host"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TLS = "tls"
    REDIRECT = "redirect"
    BROKEN = "broken"


class Unreachable(Exception):  # noqa: N818 - It is what a page tells its reader, not a fault of the program.
    """No answer that can be used. Its text names the host and nothing that may be secret."""

    def __init__(self, reason: Trouble, host: str = "") -> None:
        super().__init__(f"{reason} {host}".strip())
        self.reason = reason
        self.host = host


class NotJson(Exception):  # noqa: N818 - It says what came, and the caller decides what to make of it.
    """The answer is something else than JSON."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status; a redirect never does."""

    status: int
    headers: Mapping[str, str]
    """Read without regard to case."""
    body: bytes
    url: str

    def json(self) -> Any:  # noqa: ANN401 - Whatever they sent; whoever asked looks at it.
        """Read the body as JSON.

        Raises NotJson.
        """
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise NotJson from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


def system_addresses(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Outside:
    """Asks other people's servers. One is made for an application; it keeps no connection and no cookie."""

    def __init__(
        self, allowed: frozenset[str], *, resolve: Resolve = system_addresses, seconds: float = SECONDS
    ) -> None:
        """Take the hosts (``host`` or ``host:port``) that may be private and may lack TLS."""
        self.allowed = allowed
        self._resolve = resolve
        self._seconds = seconds

    def get(self, url: str, *, headers: Mapping[str, str] = NONE) -> Answer:
        """Get an address.

        Raises Unreachable.
        """
        return self._ask("GET", url, None, headers)

    def post(self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] = NONE) -> Answer:
        """Post a body.

        Raises Unreachable.
        """
        return self._ask("POST", url, body, {**headers, "Content-Type": content_type})

    def delete(self, url: str, *, headers: Mapping[str, str] = NONE) -> Answer:
        """Delete what an address names.

        Raises Unreachable.
        """
        return self._ask("DELETE", url, None, headers)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # The system's authorities, or those of SSL_CERT_FILE.
        return ssl.create_default_context()

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        ends = time.monotonic() + self._seconds
        parts = _parsed(url)
        host = parts.host or ""
        known = _known(parts, self.allowed)
        if parts.scheme != "https" and not known:
            raise Unreachable(Trouble.NOT_HTTPS, host)
        addresses = self._addresses(host.strip("[]"), _port(parts), ends)
        if not known and not all(is_public(address) for address in addresses):
            raise Unreachable(Trouble.PRIVATE, host)
        sent = {"User-Agent": USER_AGENT, "Accept": "*/*", **headers, "Host": parts.netloc or "", "Connection": "close"}
        with _troubles(host), self._connected(parts, addresses, ends) as connection:
            connection.request(method, parts.request_uri, body=body, headers=sent, preload_content=False)
            response = connection.getresponse()
            with response:
                if 300 <= response.status < 400:  # noqa: PLR2004 - The numbers of HTTP.
                    raise Unreachable(Trouble.REDIRECT, host)
                read = response.read(LARGEST + 1)
        if len(read) > LARGEST:
            raise Unreachable(Trouble.TOO_LARGE, host)
        return Answer(status=response.status, headers=response.headers, body=read, url=url)

    def _addresses(self, host: str, port: int, ends: float) -> list[Address]:
        found: list[str] = []

        def look_up() -> None:
            # An OSError says that there is no such host, a UnicodeError that there cannot be one.
            try:
                found.extend(self._resolve(host, port))
            except (OSError, UnicodeError):
                found.clear()

        # The system's resolver cannot be told how long it may take.
        asked = threading.Thread(target=look_up, daemon=True)
        asked.start()
        asked.join(max(0.0, ends - time.monotonic()))
        if asked.is_alive():
            raise Unreachable(Trouble.TIMEOUT, host)
        if not found:
            raise Unreachable(Trouble.NO_SUCH_HOST, host)
        return [ip_address(address) for address in dict.fromkeys(found)]

    @contextmanager
    def _connected(self, parts: Url, addresses: list[Address], ends: float) -> Iterator[HTTPConnection]:
        """Connect to the very addresses that were checked, one after the other, and hang up when the time is over."""
        connection = self._connect(parts, addresses, ends)
        connection.timeout = max(0.001, ends - time.monotonic())
        assert connection.sock is not None  # noqa: S101 - A connection that did not come about was raised.
        over = threading.Event()
        # A second handle of the same connection: whoever reads from the first one hears the end of it, however
        # slowly the bytes drip.
        line = socket.socket(fileno=os.dup(connection.sock.fileno()))

        def hang_up() -> None:
            over.set()
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side was quicker.
                return

        clock = threading.Timer(connection.timeout, hang_up)
        clock.daemon = True
        clock.start()
        try:
            yield connection
        except Unreachable:
            raise
        except (OSError, HTTPError, HTTPException):
            if not over.is_set():
                raise
        finally:
            clock.cancel()
            line.close()
            connection.close()
        if over.is_set():
            raise Unreachable(Trouble.TIMEOUT, parts.host or "")

    def _connect(self, parts: Url, addresses: list[Address], ends: float) -> HTTPConnection:
        trouble: Exception | None = None
        for address in addresses:
            # Half for the connection and half for the handshake, so that both together end in time.
            seconds = max(0.001, (ends - time.monotonic()) / 2)
            connection = self._connection(parts, str(address), seconds)
            try:
                connection.connect()
            except (NewConnectionError, ConnectTimeoutError) as error:
                trouble = error
                connection.close()
            except Exception:
                connection.close()
                raise
            else:
                return connection
        assert trouble is not None  # noqa: S101 - There is at least one address.
        raise trouble

    def _connection(self, parts: Url, address: str, seconds: float) -> HTTPConnection:
        if parts.scheme == "http":
            return HTTPConnection(address, _port(parts), timeout=seconds)
        name = (parts.host or "").strip("[]")
        return HTTPSConnection(address, _port(parts), timeout=seconds, server_hostname=name, ssl_context=self._tls)


def _parsed(url: str) -> Url:
    try:
        parts = parse_url(url)
    except LocationParseError as error:
        raise Unreachable(Trouble.BROKEN) from error
    if parts.scheme not in PORTS:
        raise Unreachable(Trouble.NOT_HTTPS, parts.host or "")
    if not parts.host or parts.auth is not None or not (parts.netloc or "").isascii():
        raise Unreachable(Trouble.BROKEN, parts.host or "")
    return parts


def _port(parts: Url) -> int:
    return parts.port or PORTS[parts.scheme or ""]


def _known(parts: Url, allowed: frozenset[str]) -> bool:
    return not allowed.isdisjoint({parts.host, f"{parts.host}:{_port(parts)}"})


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the open internet, also by the IPv4 address that an IPv6 one carries."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in CARRIES_IPV4:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    if any(address in network for network in INNER):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@contextmanager
def _troubles(host: str) -> Iterator[None]:
    """Say in one word what went wrong."""
    try:
        yield
    except (NewConnectionError, ConnectionRefusedError) as error:
        raise Unreachable(Trouble.REFUSED, host) from error
    except (WaitedTooLong, TimeoutError) as error:
        raise Unreachable(Trouble.TIMEOUT, host) from error
    except (TlsError, ssl.SSLError, ssl.CertificateError) as error:
        raise Unreachable(Trouble.TLS, host) from error
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise Unreachable(Trouble.BROKEN, host) from error
