"""Where templates, static files, modules and migrations lie, in a checkout and in an installed wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _find(name: str) -> Path:
    # The checkout wins, because an editable install leaves a stale copy in site-packages; beside an
    # installed package there is no such folder, and the copy inside the wheel is the only one.
    beside = PACKAGE.parent / name
    if (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return PACKAGE / "_bundle" / name


TEMPLATES = _find("templates")
STATIC = _find("static")
MODULES = _find("modules")
MIGRATIONS = _find("migrations")
