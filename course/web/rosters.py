"""Sentences about rosters that an LMS did not give us, and what would become of its members."""

from course.web.texts import _

NOT_FOUND, BUSY, SERVER = 404, 429, 500


def trouble(code: str, *, platform: str) -> tuple[str, str]:
    """Return what went wrong with reading a roster, and who must do what."""
    kind, _space, rest = code.partition(" ")
    if kind == "token":
        return _("%(platform)s gave us no access.", platform=platform), rest
    if kind == "status":
        return _status(int(rest), platform)
    if kind == "unreachable":
        reason, _space, host = rest.partition(" ")
        return _unreachable(reason, host, platform)
    return _odd(kind, platform)


def _status(status: int, platform: str) -> tuple[str, str]:
    if status == NOT_FOUND:
        return (
            _("%(platform)s does not find the course (404).", platform=platform),
            _("Was it deleted there? Open Oneday from the course once more, so that we learn where it is now."),
        )
    if status == BUSY:
        return _("%(platform)s asks us to wait (429).", platform=platform), _("Try again in a few minutes.")
    if status >= SERVER:
        return (
            _("%(platform)s had an error of its own (%(status)s).", platform=platform, status=status),
            _("Try again later. If it stays so, tell whoever runs the LMS."),
        )
    return (
        _("%(platform)s does not let us read the roster (%(status)s).", platform=platform, status=status),
        _("Whoever runs the LMS must allow Names and Role Provisioning for Oneday, and names for its members."),
    )


def _unreachable(reason: str, host: str, platform: str) -> tuple[str, str]:
    later = _("Try again later. If it stays so, tell whoever runs the LMS.")
    named = host or platform
    return {
        "timeout": (_("%(host)s did not answer in time.", host=named), later),
        "refused": (_("%(host)s takes no connection from us.", host=named), later),
        "no_such_host": (
            _("There is no server called %(host)s.", host=named),
            _("Your admin can correct the addresses."),
        ),
        "private": (
            _("%(host)s is an address inside a private network.", host=named),
            _("Your admin can allow this host in the settings, when it is meant so."),
        ),
        "not_https": (_("The roster's address is not https."), _("Whoever runs the LMS must serve it by https.")),
        "tls": (
            _("The certificate of %(host)s cannot be trusted.", host=named),
            _("Whoever runs the LMS must renew it."),
        ),
        "redirect": (
            _("%(host)s sends us on to another address, which we do not follow.", host=named),
            _("Open Oneday from the course once more, so that we learn where it is now."),
        ),
        "too_large": (_("One page of the roster is larger than we read."), later),
    }.get(reason, (_("The answer of %(host)s broke off.", host=named), later))


def _odd(kind: str, platform: str) -> tuple[str, str]:
    support = _("Nothing was changed. Tell whoever runs the LMS.")
    return {
        "stopped": (
            _("The connection with %(platform)s is stopped, or was never confirmed.", platform=platform),
            _("Your admin can start it again."),
        ),
        "no_service": (
            _("%(platform)s does not offer us this course's roster.", platform=platform),
            _(
                "Whoever runs the LMS must switch on Names and Role Provisioning for Oneday. After that, open Oneday "
                "from the course once."
            ),
        ),
        "not_json": (_("%(platform)s answered with a page instead of a roster.", platform=platform), support),
        "no_members": (_("What %(platform)s answered is no roster.", platform=platform), support),
        "other_place": (
            _("%(platform)s says that the next page is on another server. We did not ask there.", platform=platform),
            support,
        ),
        "loop": (_("The pages of the roster lead round in a circle."), support),
        "too_many": (
            _("There are more than 5,000 people in the course, or more than 100 pages."),
            _("A group is much smaller. Make a smaller course in the LMS, or take in a file."),
        ),
        "slow": (_("Reading took longer than a minute."), _("Try again at a quieter time.")),
        "meanwhile": (_("Somebody came while the roster was read."), _("Read it once more.")),
    }[kind]
