"""Why a registration did not come about, in words for whoever runs the LMS."""

from dataclasses import dataclass

from course.lti.rules.registration import Fault, Unfit
from course.lti.service.outside import Trouble
from course.web.texts import _


@dataclass(frozen=True)
class Said:
    """What happened, and what to change."""

    title: str
    what: str
    todo: str


def why(unfit: Unfit, host: str) -> Said:
    """Return the words for a refusal; ``host`` is the one that the LMS named."""
    if unfit.fault is Fault.UNREACHABLE:
        return _unreachable(Trouble(unfit.detail), host)
    facts = {"host": host or _("your LMS"), "detail": unfit.detail}
    title, what, todo = _SENTENCES[unfit.fault]()
    return Said(title % facts, what % facts, todo % facts)


def _link() -> tuple[str, str, str]:
    return (
        _("This registration link no longer works"),
        _("It works once, within 24 hours. It was used, taken back, or is too old."),
        _("Ask whoever runs Oneday for a new link."),
    )


def _status() -> tuple[str, str, str]:
    return (
        _("%(host)s did not show its configuration"),
        _("Its address for tools answered with the status %(detail)s instead of its settings."),
        _("Start the registration again from your LMS. If it stays like this, ask its support about that address."),
    )


def _not_json() -> tuple[str, str, str]:
    return (
        _("%(host)s answered with a page instead of settings"),
        _("Oneday asked for JSON and got something else (status %(detail)s), often a sign-in or an error page."),
        _("Check that the address can be opened without signing in, and that no firewall page stands before it."),
    )


def _shape() -> tuple[str, str, str]:
    return (
        _("The settings of %(host)s are incomplete"),
        _("A value that every LTI 1.3 platform names is missing or of a wrong kind. %(detail)s"),
        _("Connect it by hand instead: whoever runs Oneday finds the form under LMS platforms."),
    )


def _issuer() -> tuple[str, str, str]:
    return (
        _("This configuration speaks for another site"),
        _("The address is on %(host)s, but the issuer it names is on another host. Oneday does not accept that."),
        _("In your LMS, the site address (its wwwroot or base URL) and the address people use must be the same."),
    )


def _address() -> tuple[str, str, str]:
    return (
        _("Oneday may not call an address of %(host)s"),
        _("It is not https, or it leads into a private network. %(detail)s"),
        _("Give the LMS a public https address, or let whoever runs Oneday name its host in COURSE_LTI_HOSTS."),
    )


def _signing() -> tuple[str, str, str]:
    return (
        _("%(host)s does not sign with RS256"),
        _("Every LTI 1.3 platform must be able to, and Oneday accepts nothing else."),
        _("Switch RS256 on for tools in your LMS."),
    )


def _denied() -> tuple[str, str, str]:
    return (
        _("%(host)s did not take the registration"),
        _("It answered with %(detail)s."),
        _("Start again from your LMS: its own permission for this works once, for about an hour."),
    )


def _answer() -> tuple[str, str, str]:
    return (
        _("%(host)s did not say as whom it knows Oneday"),
        _("It took the registration but its answer has no client ID."),
        _("Look for Oneday in its list of tools. If it is there, connect it by hand with the values shown there."),
    )


def _taken() -> tuple[str, str, str]:
    return (
        _("This LMS is connected already"),
        _("Oneday knows it with other addresses and lets people in by it, so nothing was changed."),
        _("If the addresses have changed, whoever runs Oneday stops the platform first; then register again."),
    )


_SENTENCES = {
    Fault.LINK: _link,
    Fault.STATUS: _status,
    Fault.NOT_JSON: _not_json,
    Fault.SHAPE: _shape,
    Fault.ISSUER: _issuer,
    Fault.ADDRESS: _address,
    Fault.SIGNING: _signing,
    Fault.DENIED: _denied,
    Fault.ANSWER: _answer,
    Fault.TAKEN: _taken,
}


def _unreachable(trouble: Trouble, host: str) -> Said:
    title = _("Oneday cannot reach %(host)s", host=host or _("your LMS"))
    again = _("Then start the registration again from your LMS; the link still works.")
    what = {
        Trouble.NO_SUCH_HOST: _("From here, this name leads nowhere."),
        Trouble.REFUSED: _("Nothing answers at this address and port."),
        Trouble.TIMEOUT: _("It did not answer within ten seconds."),
        Trouble.TOO_LARGE: _("It answered with more than one megabyte, and settings are never that long."),
        Trouble.TLS: _("Its certificate is not valid for this name, or is not complete."),
        Trouble.REDIRECT: _("It sends us on to another address, and Oneday does not follow."),
    }.get(trouble, _("The address cannot be used, or the answer broke off."))
    return Said(title, what, again)
