"""The claims of a launch as Moodle 5.1 writes them (anchor lti.md, section 8, "Claims in a real launch")."""

from typing import Any
from urllib.parse import quote

from course import clock
from tests.counterparts.double.world import (
    AGS,
    DEEP,
    LTI,
    MEMBERSHIP,
    NRPS,
    ROSTER,
    Client,
    Course,
    Item,
    Pending,
    User,
    World,
)

SECONDS = 60
"""An id_token lives a minute (anchor, 8, keys)."""


def claims(world: World, pending: Pending, nonce: str) -> dict[str, Any]:
    """Return the payload of the id_token of a launch."""
    client, user, course = (
        world.client(pending.client),
        world.users[pending.user],
        world.course(pending.course),
    )
    now = int(clock.now().timestamp())
    member = course.members.get(user.id)
    return {
        "iss": world.issuer,
        "sub": user.id,
        "aud": client.id,
        "exp": now + SECONDS,
        "iat": now,
        "nonce": nonce,
        LTI + "version": "1.3.0",
        LTI + "message_type": pending.message,
        LTI + "deployment_id": client.deployment,
        LTI + "target_link_uri": pending.target,
        LTI + "roles": [*([MEMBERSHIP + member.role] if member else []), *user.roles],
        LTI + "context": _context(course),
        # Moodle sends them empty.
        LTI + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
        LTI + "ext": {"user_username": user.id, "lms": "moodle-2"},
        LTI + "launch_presentation": {
            "locale": "en",
            "document_target": "iframe",
            "return_url": f"{world.issuer}/return.php?course={course.id}",
        },
        LTI + "tool_platform": {
            "guid": "platform-double",
            "name": "Double",
            "version": "2025100600",
            "product_family_code": world.family,
        },
        **(_person(user) if client.names else {}),
        **_by_message(world, pending, client, course),
    }


def _context(course: Course) -> dict[str, Any]:
    # The type comes as a short name (anchor, 1.1).
    return {"id": course.id, "label": course.label, "title": course.title, "type": ["CourseSection"]}


def _person(user: User) -> dict[str, str]:
    name = f"{user.given} {user.family}"
    return {"name": name, "given_name": user.given, "family_name": user.family, "email": user.email}


def _by_message(world: World, pending: Pending, client: Client, course: Course) -> dict[str, Any]:
    common = {LTI + "custom": custom(world, pending), **_services(world, pending, client, course)}
    if pending.message == "LtiDeepLinkingRequest":
        return {**common, DEEP + "deep_linking_settings": pending.settings}
    link = world.links[pending.link or ""]
    placed = {LTI + "resource_link": {"id": link.id, "title": link.title, "description": ""}}
    if pending.message == "LtiSubmissionReviewRequest":
        of_user = world.users[pending.of_user]
        about = {"user_id": of_user.id, "roles": [MEMBERSHIP + course.members[of_user.id].role]}
        return {**common, **placed, LTI + "for_user": {**about, **(_person(of_user) if client.names else {})}}
    return {**common, **placed}


def custom(world: World, pending: Pending) -> dict[str, str]:
    """Return custom parameters; a variable that this platform does not know stays as it was written (anchor, 1.1)."""
    link = world.links.get(pending.link or "")
    course, user = world.course(pending.course), world.users[pending.user]
    known = {
        "$Context.id": course.id,
        "$Context.title": course.title,
        "$User.id": user.id,
        "$Person.email.primary": user.email,
        "$ResourceLink.id": link.id if link else "",
        "$Moodle.Person.userGroupIds": "",
        # Blackboard and D2L tell what a course was copied from, Moodle and Canvas do not (anchor, 1.1).
        **({"$Context.id.history": ",".join(course.history)} if world.family != "moodle" else {}),
    }
    written = {**world.client(pending.client).custom, **(link.custom if link else {})}
    if pending.message == "LtiSubmissionReviewRequest" and link and link.review:
        written |= link.review.get("custom", {})
    return {name: known.get(value, value) for name, value in written.items()}


def _services(world: World, pending: Pending, client: Client, course: Course) -> dict[str, Any]:
    grades = [scope for scope in client.scopes if scope.startswith(AGS)]
    found: dict[str, Any] = {}
    if grades:
        link = world.links.get(pending.link or "")
        own = {"lineitem": item_url(world, world.items[link.item])} if link and link.item else {}
        found[AGS + "claim/endpoint"] = {"scope": grades, "lineitems": items_url(world, client, course.id), **own}
    if ROSTER in client.scopes:
        binding = f"CourseSection/{quote(course.id)}/bindings/{client.deployment}"
        found[NRPS + "claim/namesroleservice"] = {
            "context_memberships_url": f"{world.issuer}/services.php/{binding}/memberships",
            "service_versions": ["1.0", "2.0"],
        }
    return found


def items_url(world: World, client: Client, course: str) -> str:
    """Return the address of a course's line items. It has a query of its own (anchor, 8, AGS)."""
    return f"{world.issuer}/services.php/{quote(course)}/lineitems?type_id={client.deployment}"


def item_url(world: World, item: Item) -> str:
    """Return the address of a line item: ``/scores`` goes before the question mark."""
    client = world.client(item.client)
    return f"{world.issuer}/services.php/{quote(item.course)}/lineitems/{item.id}/lineitem?type_id={client.deployment}"
