"""A Chromium counts only when it renders a page that can be read."""

from pathlib import Path

import pytest

from tests.machine import chromium
from tests.machine.chromium import Rendering

pytestmark = pytest.mark.browser


def script(folder: Path, text: str) -> Path:
    file = folder / "chromium"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_the_one_of_these_tests_renders() -> None:
    assert chromium.rendering(chromium.find()) is Rendering.LEGIBLE


def test_one_without_a_font_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(fonts))
    assert chromium.rendering(chromium.find()) is Rendering.NO_LETTERS


@pytest.mark.parametrize("text", ["exit 0", "exit 1", "echo '<p>the page moved to a snap</p>'"])
def test_a_stub_does_not_count(tmp_path: Path, text: str) -> None:
    assert chromium.rendering(script(tmp_path, text)) is Rendering.NOTHING


def test_a_stub_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = chromium.find()
    for folder, text in (("first", "exit 1"), ("second", f'exec "{real}" "$@"')):
        (tmp_path / folder).mkdir()
        script(tmp_path / folder, text)
    (tmp_path / "second" / "chromium").rename(tmp_path / "second" / "google-chrome")
    monkeypatch.setattr(chromium, "REMEMBERED", tmp_path / "remembered")
    monkeypatch.setenv("PATH", f"{tmp_path}/first:{tmp_path}/second:/usr/bin:/bin")
    monkeypatch.setattr(chromium, "NAMES", ("chromium", "google-chrome"))
    assert chromium.find() == tmp_path / "second" / "google-chrome"
    assert chromium.REMEMBERED.read_text(encoding="utf-8") == f"{tmp_path}/second/google-chrome\n"
