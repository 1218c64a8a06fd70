"""The roster of a platform's course (NRPS 2.0): its pages read, however short or odd the platform writes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urljoin

from course.lti.rules.claims import identifier
from course.lti.rules.roles import read_roles
from course.lti.rules.texts import address, cleaned
from course.platforms.rules import origin_of

ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LIMIT = 200
"""How many members a page should have: a large course in one answer would be larger than we read."""
MOST_PAGES = 100
MOST_MEMBERS = 5_000
"""As many as a roster file may have."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESS = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([!#$%&*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?')


class Odd(StrEnum):
    """Why the answers make no roster."""

    NOT_JSON = "not_json"
    NO_MEMBERS = "no_members"
    """JSON, and not a membership container."""
    OTHER_PLACE = "other_place"
    """The next page is said to be on another server, who would get our token."""
    LOOP = "loop"
    TOO_MANY = "too_many"


class NoRoster(Exception):  # noqa: N818 - It is what the manager is told, not a fault of the program.
    """No roster can be read from what came."""

    def __init__(self, reason: Odd) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in a platform's course. Name and address are empty when the platform keeps them to itself."""

    subject: str
    name: str = ""
    email: str = ""
    learner: bool = False
    teacher: bool = False
    test: bool = False
    active: bool = True


def first_page(url: str) -> str:
    """Return the roster's address with a wish for pages of a size that we read, where it has none of its own."""
    base, hash_, fragment = url.partition("#")
    if "limit" in parse_qs(base.partition("?")[2], keep_blank_values=True):
        return url
    mark = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{mark}limit={LIMIT}{hash_}{fragment}"


def next_page(link: str, *, asked: str) -> str | None:
    """Return where the next page is, letter by letter as the platform wrote it; None after the last one.

    Raises NoRoster when it is on another server.
    """
    for url, relations in _links(link):
        if "next" not in relations:
            continue
        # An address of its own is not joined: joining would mend what it finds.
        whole = url if _SCHEME.match(url) else _joined(asked, url)
        if not origin_of(whole) or origin_of(whole) != origin_of(asked):
            raise NoRoster(Odd.OTHER_PLACE)
        return whole
    return None


def _joined(asked: str, url: str) -> str:
    try:
        return urljoin(asked, url)
    except ValueError:
        return ""


def _links(header: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each address of a Link header with its relations."""
    place = 0
    while found := _ADDRESS.search(header, place):
        place, relations = found.end(), ""
        while parameter := _PARAMETER.match(header, place):
            place = parameter.end()
            if parameter[1].lower() == "rel":
                relations = relations or parameter[2] or parameter[3] or ""
        yield found[1], relations.lower().split()


def read_page(payload: object) -> list[Member]:
    """Return the members on one page. Whoever has no id is left out: nothing could ever be told about them.

    Raises NoRoster.
    """
    members = payload.get("members") if isinstance(payload, Mapping) else None
    if not isinstance(members, list):
        raise NoRoster(Odd.NO_MEMBERS)
    read = (_member(each) for each in members if isinstance(each, Mapping))
    return [member for member in read if member is not None]


def once(members: Iterable[Member]) -> tuple[Member, ...]:
    """Return everybody once: a list that changes while it is read says some twice."""
    found: dict[str, Member] = {}
    for member in members:
        found.setdefault(member.subject, member)
    return tuple(found.values())


def _member(said: Mapping[str, Any]) -> Member | None:
    subject = said.get("user_id")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not identifier(subject):
        return None
    roles = read_roles(said.get("roles"))
    status = said.get("status")
    name = cleaned(said.get("name")) or f"{cleaned(said.get('given_name'))} {cleaned(said.get('family_name'))}".strip()
    return Member(
        subject=identifier(subject),
        name=name,
        email=address(said.get("email")),
        learner=roles.learner,
        teacher=roles.teacher,
        test=roles.test,
        active=not isinstance(status, str) or status.lower() in {"", "active"},
    )
