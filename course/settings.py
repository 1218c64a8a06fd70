"""Settings, read once from ``COURSE_*`` in the environment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

KNOWN = {
    "COURSE_BASE_URL",
    "COURSE_DATABASE_URL",
    "COURSE_DEV",
    "COURSE_INSTANCE",
    "COURSE_LOG",
    "COURSE_LTI_HOSTS",
    "COURSE_MAIL_FROM",
    "COURSE_MAIL_URL",
    "COURSE_MODULES",
    "COURSE_SECRET_KEY",
    "COURSE_STYLEGUIDE",
    "COURSE_TEST_DATABASE_URL",
    "COURSE_TRUSTED_PROXIES",
}


SECRET_LEAST = 16
MAIL_PORTS = {"smtp": 25, "smtps": 465}


class SettingsError(Exception):
    """A setting that cannot be used; its text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this installation runs."""

    database_url: str
    secret_key: str
    """Empty: made when the application is, and kept in the instance folder."""
    instance: Path
    base_url: str = ""
    """Address that mails and QR codes name, without a slash at its end; empty: taken from the request."""
    modules: Path | None = None
    """A folder of modules searched before the bundled one."""
    mail_url: str = ""
    """``smtp://user:password@host:587`` or ``smtps://``; empty: mails are kept and nothing leaves."""
    mail_from: str = "Oneday <oneday@localhost>"
    trusted_proxies: int = 0
    lti_hosts: frozenset[str] = frozenset()
    """Hosts (``host`` or ``host:port``) of LMS platforms that may be on a private network, and may lack https."""
    log_format: str = "json"
    styleguide: bool = False
    dev: bool = False
    """Set by ``course serve --dev``: every page tells what the checker found in the modules."""

    @property
    def secure(self) -> bool:
        """Whether people reach this site by https, so that its cookies are Secure."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises SettingsError for an unknown ``COURSE_*`` name or an unusable value.
        """
        unknown = sorted(name for name in environ if name.startswith("COURSE_") and name not in KNOWN)
        if unknown:
            raise SettingsError(f"{unknown[0]} is not a setting. Known are: {', '.join(sorted(KNOWN))}.")
        given = {name: value for name, value in environ.items() if name.startswith("COURSE_") and value}
        instance = Path(given.get("COURSE_INSTANCE", "instance")).absolute()
        return cls(
            database_url=_database(given.get("COURSE_DATABASE_URL", f"sqlite:///{instance / 'oneday.sqlite3'}")),
            secret_key=_secret(given.get("COURSE_SECRET_KEY", "")),
            instance=instance,
            base_url=_address(given.get("COURSE_BASE_URL", "")),
            modules=_folder(given.get("COURSE_MODULES", "")),
            mail_url=_mail(given.get("COURSE_MAIL_URL", "")),
            mail_from=_sender(given.get("COURSE_MAIL_FROM", cls.mail_from)),
            trusted_proxies=_count(given.get("COURSE_TRUSTED_PROXIES", "0")),
            lti_hosts=_hosts(given.get("COURSE_LTI_HOSTS", "")),
            log_format=_one_of("COURSE_LOG", given.get("COURSE_LOG", "json"), ("json", "plain")),
            styleguide=_one_of("COURSE_STYLEGUIDE", given.get("COURSE_STYLEGUIDE", "0"), ("0", "1")) == "1",
            dev=_one_of("COURSE_DEV", given.get("COURSE_DEV", "0"), ("0", "1")) == "1",
        )


def _database(url: str) -> str:
    advice = (
        "COURSE_DATABASE_URL looks like sqlite:////folder/oneday.sqlite3 or postgresql://user:password@host/oneday."
    )
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(advice) from error
    file = parts.drivername == "sqlite" and parts.database not in {None, "", ":memory:"}
    if not file and parts.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise SettingsError(advice)
    return url


def _secret(key: str) -> str:
    if key and len(key) < SECRET_LEAST:
        raise SettingsError(f"COURSE_SECRET_KEY has at least {SECRET_LEAST} characters; leave it out, and one is made.")
    return key


def _address(url: str) -> str:
    if url and not (url.startswith(("http://", "https://")) and urlsplit(url).hostname):
        raise SettingsError("COURSE_BASE_URL is a whole address, such as https://oneday.example.org.")
    return url.rstrip("/")


def _folder(name: str) -> Path | None:
    if not name:
        return None
    folder = Path(name).absolute()
    if not folder.is_dir():
        raise SettingsError(f"COURSE_MODULES names {folder}, and there is no such folder.")
    return folder


def _mail(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = not url or (parts.scheme in MAIL_PORTS and parts.hostname and parts.port != 0)
    except ValueError:
        good = False
    if not good:
        raise SettingsError("COURSE_MAIL_URL looks like smtp://user:password@mail.example.org:587.")
    return url


def _sender(line: str) -> str:
    if "@" not in line or any(character in line for character in "\r\n"):
        raise SettingsError("COURSE_MAIL_FROM looks like Oneday <oneday@example.org>.")
    return line


def _count(text: str) -> int:
    if not text.isdecimal():
        raise SettingsError("COURSE_TRUSTED_PROXIES is the number of proxies in front, such as 1.")
    return int(text)


def _hosts(text: str) -> frozenset[str]:
    hosts = frozenset(host.strip().lower() for host in text.split(",") if host.strip())
    try:
        good = all(urlsplit(f"//{host}").port != 0 and not set(host) & set("/?#@ ") for host in hosts)
    except ValueError:
        good = False
    if not good:
        raise SettingsError("COURSE_LTI_HOSTS lists hosts, such as moodle.example.org or 10.0.0.5:8081, with commas.")
    return hosts


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise SettingsError(f"{name} is {' or '.join(known)}.")
    return value


def kept_secret(instance: Path) -> str:
    """Return the secret key of an instance folder, made on the first call and kept there for its owner only."""
    file = instance / "secret-key"
    if not file.exists():
        draft = instance / f"secret-key.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            # Two processes may start at once: a hard link is made by exactly one of them.
            file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
