"""Dynamic registration: what a platform says of itself, what we ask it to register, what it answers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from course.platforms.rules import HISTORIES, Message, origin_of

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope"
SCOPES = (
    f"{AGS}/lineitem",
    f"{AGS}/result.readonly",
    f"{AGS}/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
READING = f"{AGS}/lineitem.readonly"
"""Part of the first of them; some platforms want it named, so it is asked for where it is listed."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")
PLACES = {
    Message.RESOURCE: ("course_navigation",),
    Message.DEEP_LINKING: ("ContentArea", "assignment_selection", "link_selection"),
}
"""Where a message is to be offered, as far as the platform lists it."""
LONGEST = 2000
MADE = (200, 201)
"""Moodle answers the one and others the other."""
_CODE = re.compile(r"[a-z_]{1,40}")


class Fault(StrEnum):
    """Why a registration did not come about."""

    LINK = "link"
    """The invitation was used, taken back or is too old."""
    UNREACHABLE = "unreachable"
    STATUS = "status"
    """The configuration's address answered with another status than 200."""
    NOT_JSON = "not_json"
    SHAPE = "shape"
    """A value is missing or of a wrong kind."""
    ISSUER = "issuer"
    """The configuration speaks for another host than its own."""
    ADDRESS = "address"
    """An address is not https, or private."""
    SIGNING = "signing"
    """It does not sign with RS256."""
    DENIED = "denied"
    """The platform did not take our registration."""
    ANSWER = "answer"
    """It took it and did not say as whom."""
    TAKEN = "taken"
    """This platform is connected already, with other addresses."""


class Unfit(Exception):  # noqa: N818 - It is what the LMS admin is told, not a fault of the program.
    """The registration stops here."""

    def __init__(self, fault: Fault, detail: str = "", *, words: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail
        """A field, a host or a status: never a text of the platform's."""
        self.words = words
        """What the platform said, for its admin to read."""


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What a platform says of itself."""

    issuer: str
    auth_url: str
    token_url: str
    keys_url: str
    registration_url: str
    token_audience: str = ""
    family: str = ""
    scopes: frozenset[str] = frozenset()
    messages: Mapping[str, frozenset[str]]
    """The placements by message; nothing where it does not say."""
    variables: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ours:
    """Where we are."""

    base_url: str
    logo_url: str
    name: str = "Oneday"
    description: str = ""

    @property
    def launch_url(self) -> str:
        return f"{self.base_url}/lti/launch"

    @property
    def domain(self) -> str:
        """Host and port, which platforms compare with those of a link."""
        return urlsplit(self.base_url).netloc


def is_text(value: object, most: int = LONGEST) -> bool:
    """Tell whether a value is a text that can be kept and shown: neither empty nor with characters of control."""
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable()


def read_configuration(data: object, url: str, is_fit: Callable[[str], bool]) -> Configuration:
    """Return what the configuration at ``url`` says. ``is_fit`` tells whether an address may be used.

    Raises Unfit.
    """
    if not isinstance(data, dict):
        raise Unfit(Fault.SHAPE)
    issuer = _text(data, "issuer")
    if not origin_of(issuer) or _host(issuer) != _host(url):
        raise Unfit(Fault.ISSUER, _host(url))
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"):
        if not is_fit(_text(data, name)):
            raise Unfit(Fault.ADDRESS, name)
    signing = _texts(data.get("id_token_signing_alg_values_supported"))
    if signing and "RS256" not in signing:
        raise Unfit(Fault.SIGNING)
    more = data.get(PLATFORM)
    more = more if isinstance(more, dict) else {}
    family = more.get("product_family_code")
    server = data.get("authorization_server")
    return Configuration(
        issuer=issuer,
        auth_url=_text(data, "authorization_endpoint"),
        token_url=_text(data, "token_endpoint"),
        keys_url=_text(data, "jwks_uri"),
        registration_url=_text(data, "registration_endpoint"),
        # Canvas names a bare host here and takes the token's address; Brightspace names the address it takes.
        token_audience=server if is_text(server) and isinstance(server, str) and origin_of(server) else "",
        family=family if is_text(family, 100) and isinstance(family, str) else "",
        scopes=_texts(data.get("scopes_supported")),
        messages=_messages(more.get("messages_supported")),
        variables=frozenset(name.removeprefix("$") for name in _texts(more.get("variables"))),
    )


def asked(configuration: Configuration, ours: Ours) -> dict[str, Any]:
    """Return what we ask a platform to register."""
    tool: dict[str, Any] = {
        "domain": ours.domain,
        "description": ours.description,
        "target_link_uri": ours.launch_url,
        "custom_parameters": custom(configuration.variables),
        "claims": list(CLAIMS),
        "messages": [_message(kind, configuration, ours) for kind in Message if _takes(configuration, kind)],
    }
    if configuration.family == "canvas":
        tool |= {f"{CANVAS}/privacy_level": "public", f"{CANVAS}/tool_id": "oneday"}
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "client_name": ours.name,
        "client_uri": ours.base_url,
        "logo_uri": ours.logo_url,
        "initiate_login_uri": f"{ours.base_url}/lti/login",
        "redirect_uris": [ours.launch_url],
        "jwks_uri": f"{ours.base_url}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(_scopes(configuration.scopes)),
        TOOL: tool,
    }


def custom(variables: Iterable[str]) -> dict[str, str]:
    """Return the custom parameters of every launch, as far as the platform knows their variables."""
    known = frozenset(variables)
    return {name: f"${variable}" for name, variable in HISTORIES.items() if variable in known}


def read_answer(status: int, data: object) -> tuple[str, str]:
    """Return the client id that a platform gave us, and the deployment if it made one.

    Raises Unfit.
    """
    if status not in MADE:
        raise Unfit(Fault.DENIED, _why(status, data), words=_words(data))
    if not isinstance(data, dict):
        raise Unfit(Fault.ANSWER)
    client_id = _id(data.get("client_id"))
    if not client_id:
        raise Unfit(Fault.ANSWER)
    tool = data.get(TOOL)
    return client_id, _id(tool.get("deployment_id")) if isinstance(tool, dict) else ""


def _id(value: object) -> str:
    """Return an id, which some platforms send as a number."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    return value if isinstance(value, str) and is_text(value, 255) else ""


def _why(status: int, data: object) -> str:
    code = data.get("error") if isinstance(data, dict) else None
    return f"{status} {code}" if isinstance(code, str) and _CODE.fullmatch(code) else str(status)


def _words(data: object) -> str:
    """Return the platform's own words: RFC 7591 has one place for them, Canvas a list that may be empty."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    listed = errors if isinstance(errors, list) else ()
    found = [
        *(data.get(name) for name in ("error_description", "error", "message")),
        *(each.get("message") if isinstance(each, dict) else each for each in listed),
    ]
    words = [each.strip() for each in found if isinstance(each, str) and is_text(each.strip(), 500)]
    return words[0] if words else ""


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not (isinstance(value, str) and is_text(value)):
        raise Unfit(Fault.SHAPE, name)
    return value


def _texts(value: object) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()


def _messages(value: object) -> dict[str, frozenset[str]]:
    """Return the placements by message: a platform lists objects, or the bare names of messages."""
    found: dict[str, frozenset[str]] = {}
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str):
            found.setdefault(each, frozenset())
        elif isinstance(each, dict) and isinstance(each.get("type"), str):
            found[each["type"]] = found.get(each["type"], frozenset()) | _texts(each.get("placements"))
    return found


def _host(url: str) -> str:
    """Return host and port; none of them for what is no address."""
    return origin_of(url).partition("://")[2]


def _scopes(supported: frozenset[str]) -> list[str]:
    if not supported:
        return list(SCOPES)
    return [scope for scope in (*SCOPES, READING) if scope in supported]


def _takes(configuration: Configuration, kind: Message) -> bool:
    """Tell whether a message is worth registering: an unknown one is a reason to refuse us for some."""
    return kind is not Message.REVIEW or not configuration.messages or kind in configuration.messages


def _message(kind: Message, configuration: Configuration, ours: Ours) -> dict[str, Any]:
    message: dict[str, Any] = {"type": kind.value, "target_link_uri": ours.launch_url, "label": ours.name}
    listed = configuration.messages.get(kind, frozenset())
    places = [place for place in PLACES.get(kind, ()) if place in listed]
    if places:
        message["placements"] = places
    if "course_navigation" in places:
        message[f"{CANVAS}/course_navigation/default_enabled"] = False
    return message
