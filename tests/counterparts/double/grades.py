"""Line items (anchor lti.md, 1.5 and section 8, AGS): strict media types, addresses with a query, pages."""

from typing import Any
from urllib.parse import urlencode

from tests.counterparts.double import messages, tokens
from tests.counterparts.double.http import Asked, Refusal, Reply, as_json
from tests.counterparts.double.world import LINEITEM, LINEITEM_READ, Item, World

ONE = "application/vnd.ims.lis.v2.lineitem+json"
MANY = "application/vnd.ims.lis.v2.lineitemcontainer+json"


def make(
    world: World,
    *,
    course: str,
    client: str,
    label: str,
    maximum: float,
    resource: str = "",
    tag: str = "",
    link: str = "",
) -> Item:
    """Add a line item. A POST is not idempotent: twice makes two (anchor, 1.5)."""
    with world.lock:
        item = Item(next(world.numbers), course, client, label, maximum, resource, tag, link)
        world.items[item.id] = item
    return item


def items(world: World, asked: Asked, course: str) -> Reply:
    """Answer the container: GET finds, POST makes."""
    reads = asked.method == "GET"
    scopes = (LINEITEM, LINEITEM_READ) if reads else (LINEITEM,)
    client = tokens.allowed(world, asked, *scopes, deployment=asked.one("type_id"))
    world.course(course)
    if reads:
        handled(asked.accepts(MANY))
        return _found(world, asked, course, client.id)
    handled(asked.method == "POST" and asked.content_type == ONE)
    given = asked.json
    label, maximum = given.get("label"), given.get("scoreMaximum")
    if not isinstance(label, str) or not label or not _number(maximum) or maximum <= 0:
        raise Refusal(400, "invalid_request", "label and scoreMaximum")
    link = str(given.get("resourceLinkId") or "")
    if link and link not in world.links:
        raise Refusal(400, "invalid_request", "No such resource link")
    made = make(
        world,
        course=course,
        client=client.id,
        label=label,
        maximum=maximum,
        resource=str(given.get("resourceId") or ""),
        tag=str(given.get("tag") or ""),
        link=link,
    )
    return as_json(shown(world, made), status=201, kind=ONE)


def _found(world: World, asked: Asked, course: str, client: str) -> Reply:
    wanted = {name: asked.one(name) for name in ("resource_id", "resource_link_id", "tag")}

    def fits(item: Item) -> bool:
        has = {"resource_id": item.resource, "resource_link_id": item.link, "tag": item.tag}
        return world.refuses_filters or all(value in {"", has[name]} for name, value in wanted.items())

    found = [item for item in world.items.values() if (item.course, item.client) == (course, client) and fits(item)]
    limit, start = world.limit(asked.one("limit")), int(asked.one("from", "0"))
    more = bool(limit) and start + limit < len(found)
    page = found[start : start + limit] if limit else found
    query = urlencode(
        {**{name: values[0] for name, values in asked.query.items()}, "limit": limit, "from": start + limit}
    )
    link = {"Link": f'<{world.issuer}{asked.path}?{query}>; rel="next"'} if more else {}
    return as_json([shown(world, item) for item in page], kind=MANY, headers=link)


def item(world: World, asked: Asked, course: str, number: str) -> Reply:
    """Answer one line item: GET reads, PUT changes, DELETE removes."""
    scopes = (LINEITEM, LINEITEM_READ) if asked.method == "GET" else (LINEITEM,)
    client = tokens.allowed(world, asked, *scopes, deployment=asked.one("type_id"))
    found = known(world, course, number, client.id)
    match asked.method:
        case "GET":
            handled(asked.accepts(ONE))
        case "PUT":
            handled(asked.content_type == ONE)
            given = asked.json
            found.label, found.maximum = given["label"], given["scoreMaximum"]
            found.resource, found.tag = str(given.get("resourceId") or ""), str(given.get("tag") or "")
        case "DELETE":
            del world.items[found.id]
            return Reply(204)
        case _:
            handled(good=False)
    return as_json(shown(world, found), kind=ONE)


def known(world: World, course: str, number: str, client: str) -> Item:
    """Return a line item of this client, or refuse."""
    found = world.items.get(int(number)) if number.isdecimal() else None
    if found is None or found.course != course or found.client != client:
        raise Refusal(404, "not_found", "No such line item")
    return found


def shown(world: World, item: Item) -> dict[str, Any]:
    return {
        "id": messages.item_url(world, item),
        "label": item.label,
        "scoreMaximum": item.maximum,
        "resourceId": item.resource,
        "tag": item.tag,
        **({"resourceLinkId": item.link, "ltiLinkId": item.link} if item.link else {}),
    }


def handled(good: bool) -> None:
    """Refuse a request whose method or media type has no handler, in Moodle's words (anchor, 8, AGS)."""
    if not good:
        raise Refusal(400, "invalid_request", "No handler found")


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
