"""What ``serve --dev`` does at every save: only what changed is proved again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course import paths
from course.cli import workshop
from course.settings import Settings
from course.web.application import Application
from course.web.workshop import FILE
from tests.make import SMALL


@pytest.fixture
def settings(settings: Settings, small: Path) -> Settings:
    return replace(settings, modules=small, dev=True)


def told(settings: Settings) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((settings.instance / FILE).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("engines", ["sqlite"], indirect=True)
def test_what_is_as_it_was_keeps_its_findings_and_is_not_proved_again(
    app: Application, settings: Settings, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Proving the modules that come with Oneday takes seconds, and says nothing here.
    monkeypatch.setattr(paths, "MODULES", tmp_path / "none")
    workshop.publish(app, settings)
    (first,) = told(settings)
    assert (first["slug"], first["published"], first["findings"]) == (SMALL.name, True, [])
    # Nobody would find this: it can only have been kept.
    kept = {"file": "module.yaml", "line": 1, "message": "It was kept.", "code": "kept", "severity": "warning"}
    (settings.instance / FILE).write_text(json.dumps([first | {"findings": [kept]}]), encoding="utf-8")
    workshop.publish(app, settings)
    assert [each["findings"] for each in told(settings)] == [[kept]]
    file = small / SMALL.name / "module.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    workshop.publish(app, settings)
    assert [each["findings"] for each in told(settings)] == [[]]
