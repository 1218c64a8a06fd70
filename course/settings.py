"""Settings, read once from ``COURSE_*`` in the environment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KNOWN = {
    "COURSE_BASE_URL",
    "COURSE_DATABASE_URL",
    "COURSE_INSTANCE",
    "COURSE_LOG",
    "COURSE_MAIL_FROM",
    "COURSE_MAIL_URL",
    "COURSE_MODULES",
    "COURSE_SECRET_KEY",
    "COURSE_STYLEGUIDE",
    "COURSE_TEST_DATABASE_URL",
    "COURSE_TRUSTED_PROXIES",
}


class SettingsError(Exception):
    """A setting that cannot be used; its text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How this installation runs."""

    database_url: str
    secret_key: str
    instance: Path
    base_url: str = ""
    """Address that mails and QR codes name, without a slash at its end; empty: taken from the request."""
    modules: Path | None = None
    """A folder of modules searched before the bundled one."""
    mail_url: str = ""
    """``smtp://user:password@host:587`` or ``smtps://``; empty: mails are kept and nothing leaves."""
    mail_from: str = "Oneday <oneday@localhost>"
    trusted_proxies: int = 0
    log_format: str = "json"
    styleguide: bool = False

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
        instance = Path(environ.get("COURSE_INSTANCE", "instance")).absolute()
        modules = environ.get("COURSE_MODULES", "")
        log_format = environ.get("COURSE_LOG", "json")
        if log_format not in {"json", "plain"}:
            raise SettingsError("COURSE_LOG is json or plain.")
        base_url = environ.get("COURSE_BASE_URL", "").rstrip("/")
        if base_url and not base_url.startswith(("http://", "https://")):
            raise SettingsError("COURSE_BASE_URL begins with http:// or https://.")
        proxies = environ.get("COURSE_TRUSTED_PROXIES", "0")
        if not proxies.isdecimal():
            raise SettingsError("COURSE_TRUSTED_PROXIES is the number of proxies in front, such as 1.")
        return cls(
            database_url=environ.get("COURSE_DATABASE_URL", "") or f"sqlite:///{instance / 'oneday.sqlite3'}",
            secret_key=environ.get("COURSE_SECRET_KEY", "") or kept_secret(instance),
            instance=instance,
            base_url=base_url,
            modules=Path(modules).absolute() if modules else None,
            mail_url=environ.get("COURSE_MAIL_URL", ""),
            mail_from=environ.get("COURSE_MAIL_FROM", cls.mail_from),
            trusted_proxies=int(proxies),
            log_format=log_format,
            styleguide=environ.get("COURSE_STYLEGUIDE", "") == "1",
        )


def kept_secret(instance: Path) -> str:
    """Return the secret key of an instance folder, made on the first call and kept there for its owner only."""
    file = instance / "secret-key"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
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
