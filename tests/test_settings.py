"""Settings: what is known, what is refused, and the key that is made once."""

import stat
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from course.settings import KNOWN, Settings, SettingsError, kept_secret


def test_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environ({"HOME": "/nowhere"}) == Settings(
        database_url=f"sqlite:///{tmp_path}/instance/oneday.sqlite3",
        secret_key="",
        instance=tmp_path / "instance",
        base_url="",
        modules=None,
        mail_url="",
        mail_from="Oneday <oneday@localhost>",
        trusted_proxies=0,
        lti_hosts=frozenset(),
        log_format="json",
        styleguide=False,
        dev=False,
    )
    # Reading settings leaves nothing behind.
    assert list(tmp_path.iterdir()) == []


def test_everything_given(tmp_path: Path) -> None:
    given = {
        "COURSE_BASE_URL": "https://oneday.example.org/",
        "COURSE_DATABASE_URL": "postgresql://oneday:secret@db/oneday",
        "COURSE_DEV": "1",
        "COURSE_INSTANCE": str(tmp_path / "kept"),
        "COURSE_LOG": "plain",
        "COURSE_LTI_HOSTS": "Moodle.example.org, 10.0.0.5:8081,",
        "COURSE_MAIL_FROM": "Training <training@example.org>",
        "COURSE_MAIL_URL": "smtps://oneday:secret@mail.example.org",
        "COURSE_MODULES": str(tmp_path),
        "COURSE_SECRET_KEY": "sixteen or longer",
        "COURSE_STYLEGUIDE": "1",
        "COURSE_TEST_DATABASE_URL": "postgresql://somewhere/else",
        "COURSE_TRUSTED_PROXIES": "2",
    }
    assert set(given) == KNOWN
    found = Settings.from_environ(given)
    assert found == Settings(
        database_url="postgresql://oneday:secret@db/oneday",
        secret_key="sixteen or longer",
        instance=tmp_path / "kept",
        base_url="https://oneday.example.org",
        modules=tmp_path,
        mail_url="smtps://oneday:secret@mail.example.org",
        mail_from="Training <training@example.org>",
        trusted_proxies=2,
        lti_hosts=frozenset({"moodle.example.org", "10.0.0.5:8081"}),
        log_format="plain",
        styleguide=True,
        dev=True,
    )
    assert found.secure
    assert not Settings.from_environ({**given, "COURSE_BASE_URL": "http://oneday.example.org"}).secure


def test_an_empty_setting_is_none() -> None:
    assert Settings.from_environ(dict.fromkeys(KNOWN, "")) == Settings.from_environ({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COURSE_BASE_URL", "oneday.example.org"),
        ("COURSE_BASE_URL", "https://"),
        ("COURSE_DATABASE_URL", "oneday"),
        ("COURSE_DATABASE_URL", "mysql://db/oneday"),
        ("COURSE_DATABASE_URL", "sqlite://"),
        ("COURSE_DATABASE_URL", "sqlite:///:memory:"),
        ("COURSE_DATABASE_URL", "postgresql://db:port/oneday"),
        ("COURSE_LOG", "loud"),
        ("COURSE_LTI_HOSTS", "https://moodle.example.org"),
        ("COURSE_LTI_HOSTS", "moodle.example.org/lms"),
        ("COURSE_LTI_HOSTS", "moodle.example.org:port"),
        ("COURSE_LTI_HOSTS", "moodle.example.org learn.example.org"),
        ("COURSE_MAIL_FROM", "nobody"),
        ("COURSE_MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("COURSE_MAIL_URL", "mail.example.org:587"),
        ("COURSE_MAIL_URL", "http://mail.example.org"),
        ("COURSE_MAIL_URL", "smtp://mail.example.org:port"),
        ("COURSE_MODULES", "/nowhere/at/all"),
        ("COURSE_SECRET_KEY", "fifteen letters"),
        ("COURSE_STYLEGUIDE", "yes"),
        ("COURSE_DEV", "yes"),
        ("COURSE_TRUSTED_PROXIES", "all"),
        ("COURSE_TRUSTED_PROXIES", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} [^\n]+$"):
        Settings.from_environ({name: value})


def test_an_unknown_name_is_refused_and_the_known_ones_are_told() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ({"COURSE_DATABASE": "sqlite:///x"})
    assert str(caught.value) == f"COURSE_DATABASE is not a setting. Known are: {', '.join(sorted(KNOWN))}."


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    key = kept_secret(tmp_path)
    assert len(key) == 64
    assert kept_secret(tmp_path) == key
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert kept_secret(other) != key


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as processes:
        keys = list(processes.map(kept_secret, [tmp_path] * 16))
    assert len(set(keys)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]
