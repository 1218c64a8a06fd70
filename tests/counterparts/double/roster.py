"""The roster (anchor lti.md, 1.6 and section 8, NRPS): short role names, pages whose address keeps its case."""

import base64
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.counterparts.double import messages, tokens
from tests.counterparts.double.http import Asked, Refusal, Reply, as_json
from tests.counterparts.double.world import LTI, ROSTER, Client, Course, Pending, World

KIND = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def memberships(world: World, asked: Asked, course_id: str, deployment: str) -> Reply:
    """Answer a course's members. ``limit`` pages them; ``role`` filters; ``rlid`` adds what a launch would say."""
    client = tokens.allowed(world, asked, ROSTER, deployment=deployment)
    course = world.course(course_id)
    if asked.method != "GET" or not asked.accepts(KIND):
        raise Refusal(400, "invalid_request", "No handler found")
    role = asked.one("role").rpartition("#")[2]
    found = [user for user, member in course.members.items() if not role or member.role == role]
    limit = world.limit(asked.one("limit"))
    start = _from(asked.one("page"))
    more = bool(limit) and start + limit < len(found)
    shown = found[start : start + limit] if limit else found
    answer = {
        "id": world.issuer + asked.path,
        "context": {"id": course.id, "label": course.label, "title": course.title},
        "members": [_member(world, client, course, user, asked.one("rlid")) for user in shown],
    }
    link = {"Link": _next(world, asked, limit, start + limit)} if more else {}
    return as_json(answer, kind=KIND, headers=link)


def _member(world: World, client: Client, course: Course, name: str, link: str) -> dict[str, Any]:
    user, member = world.users[name], course.members[name]
    shown: dict[str, Any] = {
        # Moodle says Active of everybody; Inactive and Deleted come from others (anchor, 1.6).
        "status": "Active" if member.active else "Inactive",
        "user_id": user.id,
        "roles": [member.role],
        "lis_person_sourcedid": "",
    }
    if client.names:
        shown |= {"name": f"{user.given} {user.family}", "given_name": user.given, "family_name": user.family}
        shown |= {"email": user.email}
    if link:
        pending = Pending(client.id, user.id, "", "LtiResourceLinkRequest", course.id, client.target, link)
        shown["message"] = [
            {LTI + "message_type": "LtiResourceLinkRequest", LTI + "custom": messages.custom(world, pending)}
        ]
    return shown


def _next(world: World, asked: Asked, limit: int, start: int) -> str:
    # Canvas's bookmarks are Base64: who lower-cases the address asks for another page (anchor, 2).
    given = {name: values[0] for name, values in asked.query.items()}
    query = urlencode({**given, "limit": limit, "page": _bookmark(start)}, safe=":")
    host = world.next_host or urlsplit(world.issuer).netloc
    return f'<http://{host}{asked.path}?{query}>; rel="next"'


def _bookmark(start: int) -> str:
    return "bookmark:" + base64.urlsafe_b64encode(f'["AbCd",{start}]'.encode()).decode().rstrip("=")


def _from(page: str) -> int:
    for start in range(10_000):
        if not page:
            return 0
        if page == _bookmark(start):
            return start
    raise Refusal(400, "invalid_request", f"No page {page!r}")
