"""Why a launch was refused: what happened, in words for whoever clicked, and what whoever runs the LMS must change."""

from dataclasses import dataclass
from http import HTTPStatus

from course.lti.rules.reasons import CLOCK, Reason, Refused
from course.web.texts import _

_STATUSES = {
    Reason.PLATFORM_PENDING: HTTPStatus.FORBIDDEN,
    Reason.PLATFORM_STOPPED: HTTPStatus.FORBIDDEN,
    Reason.DEPLOYMENT_PENDING: HTTPStatus.FORBIDDEN,
    Reason.DEPLOYMENT_STOPPED: HTTPStatus.FORBIDDEN,
    Reason.NO_ORGANISATION: HTTPStatus.FORBIDDEN,
    Reason.NO_COOKIE: HTTPStatus.FORBIDDEN,
    Reason.OTHER_BROWSER: HTTPStatus.FORBIDDEN,
    Reason.NO_KEYS: HTTPStatus.BAD_GATEWAY,
}


@dataclass(frozen=True)
class Said:
    """``what`` is for whoever clicked, ``todo`` for whoever can change it."""

    what: str
    todo: str


def status(reason: Reason) -> int:
    return _STATUSES.get(reason, HTTPStatus.BAD_REQUEST)


def why(refused: Refused, *, platform: str) -> Said:
    """Return the words for a refusal; ``platform`` is the LMS's name, or empty when it is not known."""
    named = platform or _("your LMS")
    facts = {"platform": named, **refused.facts}
    if refused.reason in CLOCK:
        return _clock(refused, facts)
    for sentences in (_login, _confirming, _coming_back, _token, _contents):
        found = sentences(refused.reason)
        if found is not None:
            return Said(found[0] % facts, found[1] % facts)
    raise KeyError(refused.reason)


Pair = tuple[str, str]


def _login(reason: Reason) -> Pair | None:
    """Return what to say when the two sites do not know each other well enough to begin."""
    return {
        Reason.LOGIN_INCOMPLETE: (
            _("This page opens from a link in your course, and something is missing in how it was opened."),
            _("The login must say iss, login_hint and target_link_uri. Open the link in the course again."),
        ),
        Reason.UNKNOWN_PLATFORM: (
            _("Oneday does not know the LMS that sent you here."),
            _(
                "The LMS calls itself %(issuer)s and names the client ID “%(client_id)s”. Connect it in Oneday with "
                "exactly these two values."
            ),
        ),
        Reason.AMBIGUOUS_PLATFORM: (
            _("Oneday cannot tell which LMS sent you here."),
            _(
                "Several are connected as %(issuer)s, and the login named no client_id. In the LMS, set the tool up so "
                "that its login names the client ID."
            ),
        ),
        Reason.TARGET_ELSEWHERE: (
            _("The link in your course leads to another site than this one."),
            _("In the LMS, the address of the link (target_link_uri) must begin with %(ours)s."),
        ),
    }.get(reason)


def _confirming(reason: Reason) -> Pair | None:
    """Return what to say when whoever runs Oneday has to say yes."""
    return {
        Reason.PLATFORM_PENDING: (
            _("Oneday and %(platform)s are not connected yet."),
            _("Ask whoever runs Oneday to confirm it, under LMS platforms."),
        ),
        Reason.PLATFORM_STOPPED: (
            _("The connection between Oneday and %(platform)s was stopped."),
            _("Whoever runs Oneday can start it again, under LMS platforms."),
        ),
        Reason.DEPLOYMENT_PENDING: (
            _("Oneday was installed in a new place of %(platform)s, and waits to be confirmed."),
            _("Ask whoever runs Oneday to confirm the deployment “%(deployment)s”, under LMS platforms."),
        ),
        Reason.DEPLOYMENT_STOPPED: (
            _("This place of %(platform)s may no longer open Oneday."),
            _("Whoever runs Oneday has stopped the deployment “%(deployment)s”, and can confirm it again."),
        ),
        Reason.NO_ORGANISATION: (
            _("Oneday does not know yet whose people come by %(platform)s."),
            _("Ask whoever runs Oneday to choose the organisation, under LMS platforms."),
        ),
    }.get(reason)


def _coming_back(reason: Reason) -> Pair | None:
    """Return what to say when the browser comes back with something else than it left with."""
    again = _("Go back to your course and click the link once more.")
    lost = _("This page belongs to a click that is over.")
    return {
        Reason.NO_STATE: (
            lost,
            _("The LMS must send back the state that it was given. If it happens each time, tell its support."),
        ),
        Reason.UNKNOWN_STATE: (lost, again),
        Reason.STATE_SPENT: (_("This click was used already. Each one works once."), again),
        Reason.STATE_EXPIRED: (_("It took more than ten minutes to come back from %(platform)s."), again),
        Reason.NO_COOKIE: (
            _("Your browser keeps Oneday out of this frame: it blocks the cookies of pages inside other pages."),
            _(
                "Open the link in a new window, or in another browser. In the LMS, the tool can be set to open in a "
                "new window for everybody."
            ),
        ),
        Reason.OTHER_BROWSER: (_("This click was begun in another browser or another window."), again),
        Reason.LMS_ERROR: (
            _("%(platform)s did not let you through to Oneday."),
            _(
                "It answered with the error “%(error)s”. Sign in to it again and click the link once more; if that "
                "does not help, check that the tool is switched on there."
            ),
        ),
    }.get(reason)


def _token(reason: Reason) -> Pair | None:
    """Return what to say when the message cannot be proved."""
    unproved = _("Oneday could not make sure that this message comes from %(platform)s.")
    return {
        Reason.NO_TOKEN: (unproved, _("The id_token is missing in what the LMS sent.")),
        Reason.MALFORMED: (unproved, _("The id_token that the LMS sent is no signed message.")),
        Reason.ALGORITHM: (unproved, _("The LMS must sign with RS256. Change the algorithm in its settings.")),
        Reason.CRITICAL: (unproved, _("The id_token demands an extension (crit) that LTI does not know.")),
        Reason.NO_KID: (unproved, _("The header of the id_token must name its key (kid).")),
        Reason.NO_KEYS: (
            _("Oneday could not read the keys of %(platform)s."),
            _(
                "Its key address (JWKS) must be reachable from outside and show at least one RSA key. Check it with "
                "the connection check in Oneday, then click the link once more."
            ),
        ),
        Reason.UNKNOWN_KEY: (
            unproved,
            _(
                "It is signed by the key “%(kid)s”, which is not at the key address (JWKS) that Oneday was given. "
                "Correct that address, or wait a minute if the keys have just changed."
            ),
        ),
        Reason.SIGNATURE: (
            unproved,
            _("The signature does not fit the key. Check that the key address (JWKS) in Oneday is this LMS's own."),
        ),
    }.get(reason)


def _contents(reason: Reason) -> Pair | None:
    """Return what to say when the message is the platform's, and not as LTI has it."""
    odd = _("%(platform)s sent Oneday something that it cannot use.")
    return {
        Reason.ISSUER: (odd, _("The iss claim must be %(issuer)s, as the LMS was connected.")),
        Reason.AUDIENCE: (odd, _("The aud claim must name the client ID %(client_id)s.")),
        Reason.AUTHORISED_PARTY: (odd, _("The azp claim must be the client ID %(client_id)s.")),
        Reason.NO_EXPIRY: (odd, _("The exp claim is missing.")),
        Reason.NO_ISSUE_TIME: (odd, _("The iat claim is missing.")),
        Reason.NONCE: (odd, _("The nonce is not the one that this login was given. Click the link once more.")),
        Reason.VERSION: (odd, _("The version claim must be 1.3.0. Set the tool up as LTI 1.3.")),
        Reason.MESSAGE: (
            odd,
            _("Oneday knows resource links, deep linking and submission review, and no other message."),
        ),
        Reason.SUBJECT: (
            _("%(platform)s did not say who you are."),
            _("The sub claim is missing. Anonymous launches do not work here: let the LMS send the user's id."),
        ),
        Reason.DEPLOYMENT: (odd, _("The deployment_id claim is missing.")),
        Reason.TARGET: (odd, _("The target_link_uri of the message is another one than that of its login.")),
        Reason.ROLES: (odd, _("The roles claim is missing, or is not a list.")),
        Reason.CONTEXT: (odd, _("The context claim has no id.")),
        Reason.LINK: (odd, _("The resource_link claim has no id. Open Oneday from an activity in a course.")),
        Reason.FOR_USER: (odd, _("The for_user claim does not say whose work is to be looked at.")),
    }.get(reason)


def _clock(refused: Refused, facts: dict[str, str]) -> Said:
    what = {
        Reason.EXPIRED: _("This click is too old: it ended %(seconds)s seconds ago."),
        Reason.ISSUED_LATER: _("This click seems to come %(seconds)s seconds from the future."),
        Reason.ISSUED_LONG_AGO: _("This click is %(seconds)s seconds old."),
    }[refused.reason]
    todo = _(
        "Click the link once more. If it happens each time, the clock of the LMS and that of Oneday differ: let both "
        "set their time by the network (NTP)."
    )
    return Said(what % facts, todo)
