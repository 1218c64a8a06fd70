"""Under which address people reach this site, and that address as a QR."""

import ipaddress

import segno
from flask import current_app, request
from markupsafe import Markup

from course.settings import Settings

PATTERN = 3
"""Which of the eight patterns a QR that is seen from near has: any can be read."""


def base_url() -> str:
    """Return the site's address without a slash at its end: the setting, or what this browser called it."""
    settings: Settings = current_app.extensions["oneday-settings"]
    return settings.base_url or request.host_url.rstrip("/")


def short(url: str) -> str:
    """Return an address as people type it."""
    return url.removeprefix("https://").removeprefix("http://")


def is_loopback(host: str) -> bool:
    """Return whether a host, with or without a port, is this machine alone, which no phone can reach."""
    name = short(host).partition("/")[0]
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def on_this_machine() -> bool:
    """Return whether the browser runs on the machine that serves, and nobody stands in between."""
    return is_loopback(request.host) and is_loopback(request.remote_addr or "")


def client() -> str:
    """Return the network address that tries are counted for; of IPv6 the first half, which one household shares."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped is None:  # noqa: PLR2004 - The name of a protocol.
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def qr(url: str, *, near: bool = False) -> Markup:
    """Return an address as an inline SVG without any style.

    ``near``: it is held up to a camera and not read across a room, so one of the eight patterns will do, and
    looking for the best of them, which costs four times as much as all the rest, is left out.
    """
    code = segno.make_qr(url, error="m", mask=PATTERN if near else None)
    svg = code.svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - The drawing holds no text: the address is in it as squares only.
