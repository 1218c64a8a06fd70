"""Which address is answered by what."""

import re

from tests.counterparts.double import grades, openid, pages, registration, returning, roster, scores, tokens
from tests.counterparts.double.http import Asked, Refusal, Reply
from tests.counterparts.double.world import World

PAGES = {
    "/openid-configuration.php": openid.configured,
    "/certs.php": openid.keys,
    "/auth.php": openid.auth,
    "/token.php": tokens.token,
    "/register.php": registration.register,
    "/contentitem_return.php": returning.returned,
    "/view.php": pages.frame,
    "/launch.php": pages.launch,
    "/choose.php": pages.choose,
    "/return.php": pages.back,
}
PEOPLE = {"/view.php", "/launch.php", "/choose.php", "/auth.php", "/contentitem_return.php", "/return.php"}
"""Addresses that browsers come to."""
ITEM = r"/services\.php/([^/]+)/lineitems/([^/]+)/lineitem"


def answer(world: World, asked: Asked) -> Reply:
    """Answer a request; one without a User-Agent gets 403, as from some Moodles and from Canvas (anchor, 1.1)."""
    if not asked.headers.get("user-agent") and asked.path not in PEOPLE:
        raise Refusal(403, "forbidden", "No User-Agent")
    handle = PAGES.get(asked.path)
    return handle(world, asked) if handle is not None else _service(world, asked)


def _service(world: World, asked: Asked) -> Reply:
    if found := re.fullmatch(r"/services\.php/CourseSection/([^/]+)/bindings/([^/]+)/memberships", asked.path):
        return roster.memberships(world, asked, *found.groups())
    if found := re.fullmatch(r"/services\.php/([^/]+)/lineitems", asked.path):
        return grades.items(world, asked, *found.groups())
    if found := re.fullmatch(ITEM, asked.path):
        return grades.item(world, asked, *found.groups())
    if found := re.fullmatch(ITEM + "/scores", asked.path):
        return scores.scores(world, asked, *found.groups())
    if found := re.fullmatch(ITEM + "/results", asked.path):
        return scores.results(world, asked, *found.groups())
    raise Refusal(404, "not_found", f"Nothing is at {asked.path}")
