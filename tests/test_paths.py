"""In a checkout the folders beside the package are used."""

from pathlib import Path

import pytest

from course import paths

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (paths.TEMPLATES, "templates"),
        (paths.STATIC, "static"),
        (paths.MODULES, "modules"),
        (paths.MIGRATIONS, "migrations"),
    ],
)
def test_the_checkout_wins(found: Path, name: str) -> None:
    assert found == ROOT / name
    assert found.is_dir()


def test_without_one_the_copy_in_the_package_is_named() -> None:
    assert paths._find("nothing-of-that-name") == ROOT / "course" / "_bundle" / "nothing-of-that-name"
