"""The connection check in plain words: what was found, what it means, who must change what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from course.lti.rules.checking import Finding, Mark, Part
from course.platforms.models import Platform
from course.web import rosters
from course.web.filters import moment
from course.web.texts import _, ngettext


@dataclass(frozen=True)
class Line:
    """One line of the page."""

    part: str
    title: str
    mark: str
    what: str
    todo: str = ""


def line(finding: Finding, platform: Platform, base_url: str) -> Line:
    """Return a finding as a reader gets it."""
    what, todo = _WORDS[finding.part](finding, platform, base_url)
    return Line(finding.part.value, _title(finding.part), finding.mark.value, what, todo)


def mark(found: str) -> str:
    return {Mark.OK.value: _("ok"), Mark.NOT_OK.value: _("not ok"), Mark.UNKNOWN.value: _("not known yet")}[found]


def ticket(
    platform: Platform,
    lines: Sequence[Line],
    *,
    now: datetime,
    base_url: str,
    kids: Sequence[str],
    deployments: Sequence[str],
) -> str:
    """Return a text to copy into a support ticket. Nothing in it opens a door."""
    facts = (
        ("Oneday", base_url),
        (_("LMS"), f"{platform.name} ({platform.family or _('product unknown')})"),
        (_("Issuer"), platform.issuer),
        (_("Client ID"), platform.client_id),
        (_("Deployment IDs"), ", ".join(deployments) or _("none yet")),
        (_("Authentication request URL"), platform.auth_url),
        (_("Access token URL"), platform.token_url),
        (_("Public keyset URL"), platform.keys_url),
        (_("Our keyset URL"), f"{base_url}/lti/jwks"),
        (_("Our key IDs"), ", ".join(kids) or _("none yet")),
    )
    head = _("Oneday connection check, %(when)s UTC. “We” is Oneday, “it” is the LMS.", when=moment(now, "UTC"))
    told = [f"{label}: {value}" for label, value in facts]
    found = [f"[{mark(each.mark)}] {each.title}: {' '.join(filter(None, (each.what, each.todo)))}" for each in lines]
    return "\n".join((head, "", *told, "", *found))


def _title(part: Part) -> str:
    return {
        Part.THEIR_KEYS: _("Its keys reach us"),
        Part.CLOCK: _("Its clock and ours"),
        Part.OUR_KEYS: _("Our keys reach it"),
        Part.COOKIE: _("Launches come back"),
        Part.ROSTER: _("Roster"),
        Part.SCORE: _("A test score"),
    }[part]


def _their_keys(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:  # noqa: ARG001 - All parts are asked alike.
    facts = finding.facts
    correct = _("Compare the public keyset URL here with the one that the LMS shows.")
    match finding.code:
        case "unread":
            return _("Nobody has launched yet, so its keys were never asked for."), ""
        case "kept":
            at = facts["at"]
            when = moment(at, "UTC") if isinstance(at, datetime) else ""
            return _keys(facts) + " " + _("Last read %(when)s UTC.", when=when), ""
        case "read":
            return _keys(facts), ""
        case "status":
            return _("Its keyset address answered with the status %(status)s.", **facts), correct
        case "page":
            return _("Its keyset address answered with a page instead of keys."), correct
        case "none":
            return _("Its keyset address shows no RSA key that we could use."), correct
    return unreachable(facts)


def _keys(facts: Mapping[str, object]) -> str:
    count = int(str(facts["count"]))
    return ngettext("%(num)s key was read.", "%(num)s keys were read.", count) % {"num": count}


def _clock(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:  # noqa: ARG001 - All parts are asked alike.
    seconds = finding.facts.get("seconds", 0)
    todo = _("Whoever runs that server sets its clock by NTP, and you yours. Thirty seconds apart refuse launches.")
    match finding.code:
        case "together":
            return _("They are %(seconds)s seconds apart; up to 20 do no harm.", seconds=seconds), ""
        case "ahead":
            return _("Its clock is %(seconds)s seconds ahead of ours.", seconds=seconds), todo
        case "behind":
            return _("Its clock is %(seconds)s seconds behind ours.", seconds=seconds), todo
    return _("Its answers tell no time, or it was not asked yet."), ""


def _our_keys(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:
    match finding.code:
        case "unasked":
            return _(
                "We cannot look from its side. Run the check: it gives us access only when it can read our keys."
            ), ""
        case "kept" | "taken":
            return _("It gave us access, so it could read our keys and check our signature."), ""
        case "services":
            return (
                _("It read our keys but allows us none of the services."),
                _("Its admin switches on grades (AGS) and the roster (NRPS) for this tool."),
            )
        case "keys":
            return (
                _("It could not read our keys, or does not know us by this client ID: no roster and no grades."),
                _blocked(platform, base_url),
            )
        case "refused":
            return str(finding.facts["words"]), _(
                "Compare client ID and access token URL with those that the LMS shows."
            )
    return unreachable(finding.facts)


def _blocked(platform: Platform, base_url: str) -> str:
    """Return what keeps an LMS from fetching our keys: Moodle has two settings for it, and both count."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if platform.family.casefold() == "moodle":
        return _(
            "In Moodle: Site administration, General, Security, HTTP security. Two settings, and both count: "
            "%(host)s must not be under “cURL blocked hosts list”, and %(port)s must be in “cURL allowed ports list”. "
            "The sign of it is a 404 with an HTML page from token.php; launches work all the same.",
            host=host,
            port=port,
        )
    return _(
        "Its server must be able to open %(url)s: no firewall between, and neither the host %(host)s nor the port "
        "%(port)s blocked there.",
        url=f"{base_url}/lti/jwks",
        host=host,
        port=port,
    )


def _cookie(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:  # noqa: ARG001 - All parts are asked alike.
    facts = {name: value for name, value in finding.facts.items() if isinstance(value, int)}
    match finding.code:
        case "no_launch":
            return (
                _("Nobody began a launch within the last hour."),
                _("Open Oneday from a course, then look at this page again."),
            )
        case "lost":
            return (
                _("Launches of the last hour: %(began)s began, %(lost)s did not come back.", **facts),
                _(
                    "Somebody may have closed the page. If it goes on, the browser keeps no cookies inside the LMS's "
                    "frame: let the LMS open Oneday in a new window."
                ),
            )
        case "windows":
            return (
                _(
                    "Every launch of the last hour came back (%(began)s); %(windows)s went on in a window of its own, "
                    "because the browser keeps no cookies in the frame. That is fine.",
                    **facts,
                ),
                "",
            )
    return (
        ngettext(
            "%(num)s launch began in the last hour, and came back.",
            "%(num)s launches began in the last hour, and all came back.",
            facts["began"],
        )
        % {"num": facts["began"]},
        "",
    )


def _roster(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:  # noqa: ARG001 - All parts are asked alike.
    if finding.mark is Mark.UNKNOWN:
        return _waits(finding)
    if finding.code == "failed":
        return rosters.trouble(str(finding.facts["code"]), platform=platform.name)
    facts = finding.facts
    count, nameless = facts["count"], facts["nameless"]
    read = _("%(count)s people read from %(course)s.", count=count, course=facts["course"])
    if nameless:
        return (
            read,
            _(
                "%(nameless)s of them without a name: the LMS keeps it to itself. Its admin may share names with "
                "this tool; without them learners appear as numbers.",
                nameless=nameless,
            ),
        )
    return read, ""


def _score(finding: Finding, platform: Platform, base_url: str) -> tuple[str, str]:  # noqa: ARG001 - All parts are asked alike.
    if finding.mark is Mark.UNKNOWN:
        return _waits(finding)
    facts = finding.facts
    by_hand = _("Please delete the column “Oneday connection check” there by hand: it stayed.")
    match finding.code:
        case "taken" | "heard":
            return _("A column of ours was made, took a score for nobody who learns there, and was deleted."), ""
        case "left":
            return _("The score got through, but the LMS did not let us delete our test column."), by_hand
        case "no_service":
            return (
                _("%(course)s offers us no gradebook.", course=facts["course"]),
                _("Its admin switches on grade sync (AGS) for this tool. Then open Oneday from the course once more."),
            )
        case "not_made":
            return (
                _("The LMS did not let us make a column (%(status)s).", status=facts["status"]),
                _("Its admin allows column management (“grade sync and column management” in Moodle)."),
            )
        case "not_heard":
            todo = _("Its admin allows scores for this tool; if that is so already, send them this page's text.")
            return (
                _("Our column was made, but the score did not get through (%(obstacle)s).", obstacle=facts["obstacle"]),
                todo if facts["gone"] else f"{todo} {by_hand}",
            )
        case "refused":
            return str(facts["words"]), ""
    return unreachable(facts)


def _waits(finding: Finding) -> tuple[str, str]:
    match finding.code:
        case "no_course":
            return _("No course is known yet."), _("Open Oneday from a course of the LMS, then run the check.")
        case "no_token":
            return _("Needs access first: see “Our keys reach it”."), ""
        case "no_columns":
            return _("The LMS lets us write scores but make no column, so there is nothing to try it on safely."), ""
    return _("Run the check to find out."), ""


def unreachable(facts: Mapping[str, object]) -> tuple[str, str]:
    """Return why an address of the LMS could not be used from here."""
    host = str(facts.get("host") or _("The address"))
    hint = _("From our server, open its address, and look at firewalls on both sides.")
    return {
        "no_such_host": (_("From here, %(host)s leads nowhere.", host=host), _("Correct the addresses of this LMS.")),
        "refused": (_("%(host)s takes no connection from us.", host=host), hint),
        "timeout": (_("%(host)s did not answer within ten seconds.", host=host), hint),
        "private": (
            _("%(host)s is inside a private network.", host=host),
            _("If it is meant so, name the host in COURSE_LTI_HOSTS."),
        ),
        "not_https": (
            _("%(host)s is not asked without https.", host=host),
            _("Serve the LMS by https, or name the host in COURSE_LTI_HOSTS."),
        ),
        "tls": (
            _("The certificate of %(host)s cannot be trusted.", host=host),
            _("Whoever runs the LMS renews it, with all its intermediate certificates."),
        ),
        "redirect": (_("%(host)s sends us on to another address.", host=host), _("Correct the addresses of this LMS.")),
    }.get(str(facts.get("trouble", "")), (_("The answer of %(host)s broke off or is too large.", host=host), hint))


_WORDS: dict[Part, Callable[[Finding, Platform, str], tuple[str, str]]] = {
    Part.THEIR_KEYS: _their_keys,
    Part.CLOCK: _clock,
    Part.OUR_KEYS: _our_keys,
    Part.COOKIE: _cookie,
    Part.ROSTER: _roster,
    Part.SCORE: _score,
}
