"""What each LMS calls things in its own forms, in their order: ours to copy there, theirs to bring back.

Labels in quotes of a product stay as that product shows them.
"""

from dataclasses import dataclass, field

from course.admin.rules import Lms
from course.web.texts import _


@dataclass(frozen=True)
class Ours:
    """Our own addresses."""

    base_url: str

    @property
    def launch(self) -> str:
        return f"{self.base_url}/lti/launch"

    @property
    def login(self) -> str:
        return f"{self.base_url}/lti/login"

    @property
    def keys(self) -> str:
        return f"{self.base_url}/lti/jwks"

    @property
    def canvas(self) -> str:
        return f"{self.base_url}/lti/canvas.json"

    @property
    def host(self) -> str:
        return self.base_url.partition("://")[2]


@dataclass(frozen=True)
class Line:
    """One field of the LMS's form."""

    label: str
    value: str
    typed: bool = True
    """Whether it is a value to copy; otherwise something to choose."""


@dataclass(frozen=True)
class Theirs:
    """How the LMS calls the values that come back."""

    issuer: str = "Issuer"
    client_id: str = "Client ID"
    deployment: str = "Deployment ID"
    auth_url: str = "Authentication request URL"
    token_url: str = "Access token URL"  # noqa: S105 - A label.
    keys_url: str = "Public keyset URL"
    token_audience: str = "Token audience"  # noqa: S105 - A label.


@dataclass(frozen=True)
class Guide:
    """One LMS: where its form is, what goes in, where the values are that come out."""

    name: str
    where: str
    lines: tuple[Line, ...]
    after: str
    theirs: Theirs = field(default_factory=Theirs)


ADDRESSES = ("auth_url", "token_url", "keys_url", "token_audience")
HISTORY = "context_history=$Context.id.history\nlink_history=$ResourceLink.id.history"


def name(lms: Lms) -> str:
    return {
        Lms.MOODLE: "Moodle",
        Lms.CANVAS: "Canvas",
        Lms.BRIGHTSPACE: "Brightspace",
        Lms.BLACKBOARD: "Blackboard",
        Lms.OPEN_EDX: "Open edX",
        Lms.OTHER: _("Another LMS"),
    }[lms]


def guide(lms: Lms, base_url: str) -> Guide:
    """Return the words of one LMS with our addresses in their places."""
    return _GUIDES[lms](Ours(base_url))


def _moodle(ours: Ours) -> Guide:
    return Guide(
        name(Lms.MOODLE),
        _(
            "Site administration, Plugins, Activity modules, External tool, Manage tools: "
            "“configure a tool manually”. Fill in these fields, in this order."
        ),
        (
            Line("Tool name", "Oneday"),
            Line("Tool URL", ours.launch),
            Line("LTI version", "LTI 1.3", typed=False),
            Line("Public key type", "Keyset URL", typed=False),
            Line("Public keyset", ours.keys),
            Line("Initiate login URL", ours.login),
            Line("Redirection URI(s)", ours.launch),
            Line("Tool configuration usage", "Show in activity chooser and as a preconfigured tool", typed=False),
            Line("Default launch container", "Embed, without blocks", typed=False),
            Line("Supports Deep Linking (Content-Item Message)", _("tick it"), typed=False),
            Line("Content Selection URL", ours.launch),
            Line(
                "IMS LTI Assignment and Grade Services",
                "Use this service for grade sync and column management",
                typed=False,
            ),
            Line(
                "IMS LTI Names and Role Provisioning",
                "Use this service to retrieve members' information as per privacy settings",
                typed=False,
            ),
            Line("Share launcher's name with tool", _("Always; or learners appear as numbers"), typed=False),
            Line("Share launcher's email with tool", _("as you like"), typed=False),
            Line("Accept grades from the tool", "Always", typed=False),
        ),
        _("Save. On Oneday's card press “View configuration details” (the magnifying glass): it shows these values."),
        Theirs(issuer="Platform ID"),
    )


def _canvas(ours: Ours) -> Guide:
    return Guide(
        name(Lms.CANVAS),
        _(
            "Admin, your account, Developer Keys, + Developer Key, + LTI Key. Choose the Method “Enter URL” and paste "
            "the first value; the others are for “Manual Entry”, where a key cannot be made from an address."
        ),
        (
            Line("JSON URL", ours.canvas),
            Line("Redirect URIs", ours.launch),
            Line("Title", "Oneday"),
            Line("Target Link URI", ours.launch),
            Line("OpenID Connect Initiation Url", ours.login),
            Line("JWK Method", "Public JWK URL", typed=False),
            Line("Public JWK URL", ours.keys),
            Line("LTI Advantage Services", _("all about line items, results, scores, names and roles"), typed=False),
            Line("Custom Fields", HISTORY),
            Line("Privacy Level", "Public", typed=False),
            Line(
                "Placements",
                _("Assignment Selection and Link Selection, both with LtiDeepLinkingRequest"),
                typed=False,
            ),
        ),
        _(
            "Switch the key's State to ON. The long number under Details is the Client ID. Then Settings, Apps, "
            "View App Configurations, + App, “By Client ID”; the gear beside the app shows the Deployment ID. "
            "Instructure's cloud has the issuer that stands in the field; your own Canvas has its own address."
        ),
    )


def _brightspace(ours: Ours) -> Guide:
    return Guide(
        name(Lms.BRIGHTSPACE),
        _("Admin Tools, Manage Extensibility, LTI Advantage, Register Tool, “Standard”. These are its fields."),
        (
            Line("Name", "Oneday"),
            Line("Domain", ours.base_url),
            Line("Redirect URLs", ours.launch),
            Line("OpenID Connect Login URL", ours.login),
            Line("Target Link URI", ours.launch),
            Line("Keyset URL", ours.keys),
            Line(
                "Extensions",
                "Assignment and Grade Services, Deep Linking, Names and Role Provisioning Services",
                typed=False,
            ),
            Line("Substitution Parameters", HISTORY),
        ),
        _(
            "Register. Brightspace then shows these values. Enable the registration; View Deployments, New Deployment "
            "gives the Deployment Id. Its Security Settings decide whether names and e-mail addresses come along."
        ),
        Theirs(
            client_id="Client Id",
            deployment="Deployment Id",
            auth_url="OpenID Connect Authentication Endpoint",
            token_url="Brightspace OAuth2 Access Token URL",  # noqa: S106 - A label.
            keys_url="Brightspace Keyset URL",
            token_audience="Brightspace OAuth2 Audience",  # noqa: S106 - A label.
        ),
    )


def _blackboard(ours: Ours) -> Guide:
    return Guide(
        name(Lms.BLACKBOARD),
        _(
            "Whoever runs Oneday registers it once in Anthology's developer portal, developer.anthology.com: a new "
            "application with “My Integration supports LTI 1.3”. All your Blackboard customers share it."
        ),
        (
            Line("Application Name", "Oneday"),
            Line("Domain(s)", ours.host),
            Line("Login Initiation URL", ours.login),
            Line("Tool Redirect URL(s)", ours.launch),
            Line("Tool JWKS URL", ours.keys),
            Line("Signing Algorithm", "RS256", typed=False),
            Line("Custom Parameters", HISTORY),
        ),
        _(
            "The portal answers with the Application ID, which is the client ID. Each customer's admin pastes it in "
            "Integrations, LTI Tool Providers, Register LTI 1.3/Advantage Tool, allows grade and membership service "
            "access, and makes a placement “Deep Linking content tool” with the Target Link URI %(launch)s. "
            "That tool's page shows the Deployment ID.",
            launch=ours.launch,
        ),
        Theirs(
            client_id="Application ID",
            auth_url="OIDC auth request endpoint",
            token_url="Auth token endpoint",  # noqa: S106 - A label.
        ),
    )


def _open_edx(ours: Ours) -> Guide:
    return Guide(
        name(Lms.OPEN_EDX),
        _(
            'Studio: add "lti_consumer" to the Advanced Module List (Settings, Advanced Settings). In a unit: '
            "Advanced, LTI Consumer, Edit. These are its fields."
        ),
        (
            Line("LTI Version", "LTI 1.3", typed=False),
            Line("Launch URL", ours.launch),
            Line("Tool Initiate Login URL (OIDC)", ours.login),
            Line("Registered Redirect URIs", f'["{ours.launch}"]'),
            Line("Tool Public Key Mode", "Keyset URL", typed=False),
            Line("Tool Keyset URL", ours.keys),
            Line("Names & Roles (NRPS)", "True", typed=False),
            Line("Deep linking", "True", typed=False),
            Line("Deep Linking Launch URL", ours.launch),
            Line("Assignment and Grades", _("Allow tools to manage and submit grades (programmatic)"), typed=False),
            Line("Share Full name, Share Email", _("as you like"), typed=False),
        ),
        _(
            "Save. The unit then shows these values. The issuer is the address of your LMS (not of Studio). "
            "Every block has a client ID of its own: connect each one that you make."
        ),
        Theirs(auth_url="Login URL", token_url="Access Token URL", keys_url="Keyset URL"),  # noqa: S106 - A label.
    )


def _other(ours: Ours) -> Guide:
    return Guide(
        name(Lms.OTHER),
        _("Every LMS with LTI 1.3 asks for these values. It may call them a little differently."),
        (
            Line(_("Tool URL, launch URL, target link URI"), ours.launch),
            Line(_("Initiate login URL, OIDC login URL"), ours.login),
            Line(_("Redirection URI, redirect URL"), ours.launch),
            Line(_("Public keyset URL, JWKS URL"), ours.keys),
            Line(_("Deep linking URL, content selection URL"), ours.launch),
            Line(_("Custom parameters"), HISTORY),
            Line(_("Services"), _("assignment and grades; names and roles"), typed=False),
        ),
        _("The LMS then shows these values for its side of the connection."),
    )


_GUIDES = {
    Lms.MOODLE: _moodle,
    Lms.CANVAS: _canvas,
    Lms.BRIGHTSPACE: _brightspace,
    Lms.BLACKBOARD: _blackboard,
    Lms.OPEN_EDX: _open_edx,
    Lms.OTHER: _other,
}
