"""Every template: it compiles, stands on a frame, has a title, and holds nothing that the policy forbids."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from course.app import create_app
from course.paths import TEMPLATES
from course.settings import Settings
from tests.architecture.pages import read

FRAMES = {"base.html", "paper.html", "projector.html"}
PARTS = re.compile(r"components/.+\.html|(.+/)?_[^/]+\.html|(.+/)?(.+_)?parts\.html")
FRAGMENTS = {
    "facilitator/door_arrivals.html",
    "facilitator/criterion.html",
    "facilitator/door_wall_news.html",
    "manager/place_fields.html",
    "manager/roster_rows.html",
}
"""Parts of pages: included, imported, or exchanged by a script."""
ALL = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
PAGES = [name for name in ALL if name not in FRAMES | FRAGMENTS and not PARTS.fullmatch(name)]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("instance")
    url = f"sqlite:///{folder / 'oneday.sqlite3'}"
    return create_app(Settings(database_url=url, secret_key="a key for tests", instance=folder, log_format="plain"))


@pytest.fixture(scope="module")
def jinja(app: Flask) -> Environment:
    return app.jinja_env


def tree_of(jinja: Environment, name: str) -> nodes.Template:
    return jinja.parse((TEMPLATES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ALL)
def test_it_compiles_with_the_filters_and_tests_there_are(jinja: Environment, name: str) -> None:
    jinja.get_template(name)


def test_an_unknown_filter_would_be_found(jinja: Environment) -> None:
    with pytest.raises(Exception, match="No filter named 'no_such_filter'"):
        jinja.from_string("{{ 1|no_such_filter }}")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_on_a_frame_and_has_a_title(jinja: Environment, name: str) -> None:
    tree = tree_of(jinja, name)
    frames = [frame.template.value for frame in tree.find_all(nodes.Extends) if isinstance(frame.template, nodes.Const)]
    assert len(frames) == 1
    if frames[0] in FRAMES:
        titles = [block for block in tree.find_all(nodes.Block) if block.name == "title"]
        assert len(titles) == 1
        assert titles[0].body != []
    else:
        assert frames[0] in PAGES


@pytest.mark.parametrize("name", sorted(set(ALL) - set(PAGES) - FRAMES))
def test_a_part_stands_on_nothing(jinja: Environment, name: str) -> None:
    assert list(tree_of(jinja, name).find_all(nodes.Extends)) == []
    assert "<html" not in (TEMPLATES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL)
def test_what_it_imports_is_there(jinja: Environment, name: str) -> None:
    for imported in tree_of(jinja, name).find_all(nodes.FromImport):
        assert isinstance(imported.template, nodes.Const)
        offered = set(jinja.get_template(imported.template.value).module.__dict__)
        wanted = {one[0] if isinstance(one, tuple) else one for one in imported.names}
        assert wanted <= offered, (name, imported.template.value)


def forbidden(folder: Path, name: str) -> list[str]:
    """Return what a strict policy would refuse to run or to show."""
    page = read(folder, name)
    found = ["script"] * page.inline_scripts + ["style"] * page.style_tags
    found += [attribute for _tag, attribute, _value in page.attributes if attribute == "style"]
    found += [attribute for _tag, attribute, _value in page.attributes if attribute.startswith("on")]
    found += ["javascript:" for _tag, _name, value in page.attributes if value.strip().startswith("javascript:")]
    return found


@pytest.mark.parametrize("name", ALL)
def test_nothing_inline(name: str) -> None:
    assert forbidden(TEMPLATES, name) == []


def test_anything_inline_would_be_found(tmp_path: Path) -> None:
    bad = """
    <script>alert(1)</script><style>p {}</style>
    {% if x %}<p style="color: {{ colour }}" onclick="go()"><a href="javascript:go()">x</a></p>{% endif %}
    """
    good = '<script type="module" src="{{ x }}"></script><p class="style" data-style="a" id="on">{{ style }}</p>'
    (tmp_path / "bad.html").write_text(bad, encoding="utf-8")
    (tmp_path / "good.html").write_text(good, encoding="utf-8")
    assert forbidden(tmp_path, "bad.html") == ["script", "style", "style", "onclick", "javascript:"]
    assert forbidden(tmp_path, "good.html") == []


WITHOUT_COOKIES = {"lti/choose.html", "lti/chosen.html", "lti/storage_get.html", "lti/window.html"}
"""Pages in a frame that may keep no cookie to hold a token's secret: their forms carry one of their own, or go to the
platform."""


def test_every_form_that_posts_carries_the_token() -> None:
    """The walk in tests/web proves that it is asked for; this one proves that people have it."""
    assert set(ALL) >= WITHOUT_COOKIES
    for name in sorted(set(ALL) - WITHOUT_COOKIES):
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', source, re.DOTALL):
            assert re.search(r"csrf\(\)|csrf_token|{{ token }}", form), (name, form[:120])
