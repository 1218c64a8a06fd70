"""What a person at the platform sees: a course with its links, and the tool in a frame of it."""

from html import escape

from tests.counterparts.double import openid, returning
from tests.counterparts.double.http import Asked, Refusal, Reply, page
from tests.counterparts.double.world import Pending, World

STORAGE = """
const kept = new Map();
addEventListener("message", event => {
  const {subject, message_id, key, value} = event.data || {};
  if (subject === "lti.put_data") kept.set(event.origin + key, value);
  if (subject === "lti.put_data" || subject === "lti.get_data")
    event.source.postMessage({subject: subject + ".response", message_id, key, value: kept.get(event.origin + key)},
      event.origin);
  if (subject === "org.imsglobal.lti.close") document.title = "closed by the tool";
});
"""


def frame(world: World, asked: Asked) -> Reply:
    """Show a link in an iframe, as Moodle does, at ``/view.php?link=..&user=..``.

    With ``storage_target`` this page keeps data for the tool by postMessage (``_parent``).
    """
    script = STORAGE if world.storage_target else ""
    source = escape(asked.url.replace("/view.php", "/launch.php", 1))
    return page(
        f'<!doctype html><html lang="en"><title>Course</title><h1>{escape(world.family)}</h1>'
        f'<iframe id="tool" title="Tool" width="885" height="575" src="{source}"></iframe>'
        f"<script>{script}</script></html>"
    )


def launch(world: World, asked: Asked) -> Reply:
    """Begin a launch by a form that posts itself to the tool's login (anchor, 8, login)."""
    link = world.links.get(asked.one("link"))
    user = asked.one("user", "lena")
    if link is None or user not in world.users:
        raise Refusal(404, "not_found", "No such link or user")
    client = world.client(link.client)
    pending = Pending(client.id, user, "", "LtiResourceLinkRequest", link.course, link.url or client.target, link.id)
    return openid.posting(client.login_url, openid.fields_of_login(world, world.begin(pending)))


def choose(world: World, asked: Asked) -> Reply:
    """Begin a deep linking request by such a form, at ``/choose.php?client=..&course=..&user=..``."""
    client = world.client(asked.one("client", "oneday-1"))
    course, user = asked.one("course", "7"), asked.one("user", "farid")
    pending = Pending(client.id, user, "", "LtiDeepLinkingRequest", world.course(course).id, client.target)
    pending.settings = returning.settings(world, pending)
    return openid.posting(client.login_url, openid.fields_of_login(world, world.begin(pending)))


def back(world: World, asked: Asked) -> Reply:
    """Show what the tool sent the reader back with."""
    return page(
        f'<!doctype html><html lang="en"><title>Back</title><p id="said">{escape(asked.one("lti_errormsg"))}</p></html>'
    )
