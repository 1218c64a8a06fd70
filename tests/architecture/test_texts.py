"""Every text on the screen goes through one catalogue, and the catalogue is up to date."""

import subprocess
import sys
from pathlib import Path

import pytest

from course.paths import TEMPLATES
from tests.architecture.pages import outside_the_catalogue

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "course" / "web" / "texts.pot"
ALL = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
SHOWN_TO_MAKERS = {"styleguide.html"}
"""A page of the developers, in English."""


@pytest.mark.parametrize("name", [name for name in ALL if name not in SHOWN_TO_MAKERS])
def test_no_text_of_a_template_is_outside(name: str) -> None:
    assert outside_the_catalogue(TEMPLATES, name) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<p>{{ _("Hello there") }}</p>', []),
        ('<img alt="A picture">', ["A picture"]),
        ("""<img alt="{{ _('A picture') }}" class="a-picture wide">""", []),
        ('{{ button("Send it") }}', ["Send it"]),
        ('{{ button(_("Send it"), kind="quiet") }}', []),
        ('{{ name|default("Nobody") }}', ["Nobody"]),
        ('{% if kind == "Nobody" %}{{ _("Nobody") }}{% endif %}', []),
        ("<p>{{ count }} people</p>", ["· people"]),
        ('<p>{{ _("%(count)s people", count=count) }} · 3 %</p>', []),
        ("{% trans %}Hello there{% endtrans %}", []),
        ("<title>{{ title }} · Oneday</title>{# A remark for makers #}", []),
    ],
)
def test_one_outside_would_be_found(tmp_path: Path, source: str, found: list[str]) -> None:
    (tmp_path / "page.html").write_text(source, encoding="utf-8")
    assert [text.strip("· ") for text in outside_the_catalogue(tmp_path, "page.html")] == [
        text.strip("· ") for text in found
    ]


def test_the_catalogue_is_up_to_date(tmp_path: Path) -> None:
    """`make texts` would change nothing."""
    fresh = tmp_path / "texts.pot"
    options = ["--mapping", "pyproject.toml", "--omit-header", "--no-location", "--sort-output", "--output", str(fresh)]
    pybabel = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run([pybabel, "--quiet", "extract", *options, "."], cwd=ROOT, check=True, capture_output=True)
    assert CATALOGUE.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8")
    assert CATALOGUE.read_text(encoding="utf-8").count("msgid") > 300
