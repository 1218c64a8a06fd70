"""Texts with places to fill, and the words that every page shares."""

import pytest

from course.cohorts.models import Role
from course.content.schema import BlockKind
from course.web import words
from course.web.texts import _, gettext, ngettext


def test_places_are_filled() -> None:
    assert _("%(count)s of %(all)s", count=3, all=12) == "3 of 12"
    assert _("At least 90 %") == "At least 90 %"
    with pytest.raises(KeyError):
        _("%(count)s", other=1)


def test_the_bare_text_keeps_its_places() -> None:
    assert gettext("%(count)s pages") == "%(count)s pages"
    assert [ngettext("one page", "many pages", count) for count in (0, 1, 2)] == [
        "many pages",
        "one page",
        "many pages",
    ]


def test_every_role_and_kind_of_block_has_its_word() -> None:
    assert len({words.role(role.value) for role in Role}) == len(Role)
    assert len({words.block_kind(kind.value) for kind in BlockKind}) == len(BlockKind)
    with pytest.raises(KeyError):
        words.role("boss")
