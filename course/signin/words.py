"""The sentences with which a way in refuses something."""

from course.people.rules import PASSWORD_MIN, Weakness
from course.web.texts import _


def weakness_word(weak: Weakness) -> str:
    return {
        Weakness.SHORT: _("Use at least %(count)s characters. A few words are good.", count=PASSWORD_MIN),
        Weakness.LONG: _("That is too long: at most 200 characters."),
        Weakness.COMMON: _("Too many people use this one. Choose something of your own."),
        Weakness.ADDRESS: _("Your address is not a good password. Choose something else."),
    }[weak]
