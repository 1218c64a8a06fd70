"""What follows from an LMS's address, where it follows: three values are typed, the others are known."""

from dataclasses import dataclass
from enum import StrEnum


class Lms(StrEnum):
    """The products whose own words the form speaks."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    BRIGHTSPACE = "brightspace"
    BLACKBOARD = "blackboard"
    OPEN_EDX = "open-edx"
    OTHER = "other"


FAMILIES = {
    Lms.MOODLE: "moodle",
    Lms.CANVAS: "canvas",
    Lms.BRIGHTSPACE: "desire2learn",
    Lms.BLACKBOARD: "BlackboardLearn",
    Lms.OPEN_EDX: "openedx",
    Lms.OTHER: "",
}
"""Their product_family_code, as a registration would tell it."""
ISSUERS = {Lms.CANVAS: "https://canvas.instructure.com", Lms.BLACKBOARD: "https://blackboard.com"}
"""Where all customers share one."""
_BLACKBOARD = "https://developer.blackboard.com/api/v1"
_CANVAS = {
    "https://canvas.instructure.com": "https://sso.canvaslms.com",
    "https://canvas.beta.instructure.com": "https://sso.beta.canvaslms.com",
    "https://canvas.test.instructure.com": "https://sso.test.canvaslms.com",
}
"""Instructure's cloud answers on hosts of their own."""


@dataclass(frozen=True)
class Addresses:
    """Where a platform is asked; what does not follow is empty."""

    auth_url: str = ""
    token_url: str = ""
    keys_url: str = ""
    token_audience: str = ""


def addresses(lms: Lms, issuer: str, client_id: str) -> Addresses:
    """Return the addresses that follow from what an LMS calls itself."""
    base = issuer.rstrip("/")
    match lms:
        case Lms.MOODLE:
            return Addresses(f"{base}/mod/lti/auth.php", f"{base}/mod/lti/token.php", f"{base}/mod/lti/certs.php")
        case Lms.CANVAS:
            host = _CANVAS.get(base, base)
            return Addresses(
                f"{host}/api/lti/authorize_redirect", f"{host}/login/oauth2/token", f"{host}/api/lti/security/jwks"
            )
        case Lms.BRIGHTSPACE:
            return Addresses(
                f"{base}/d2l/lti/authenticate",
                "https://auth.brightspace.com/core/connect/token",
                f"{base}/d2l/.well-known/jwks",
                "https://api.brightspace.com/auth/token",
            )
        case Lms.BLACKBOARD:
            return Addresses(
                f"{_BLACKBOARD}/gateway/oidcauth",
                f"{_BLACKBOARD}/gateway/oauth2/jwttoken",
                f"{_BLACKBOARD}/management/applications/{client_id}/jwks.json",
            )
        case Lms.OPEN_EDX:
            # The other two name the block they belong to.
            return Addresses(f"{base}/api/lti_consumer/v1/launch/")
        case _:
            return Addresses()
