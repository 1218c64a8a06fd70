"""The one way to a text on the screen: every sentence people read goes through ``_``."""

from gettext import NullTranslations

# English is the source language, so its catalogue is empty; another language replaces this one object.
catalogue = NullTranslations()


def _(message: str, **facts: object) -> str:
    """Return ``message`` in the reader's language with its ``%(name)s`` places filled."""
    text = catalogue.gettext(message)
    return text % facts if facts else text


def gettext(message: str) -> str:
    """Return the bare translation, for Jinja, which fills the places itself."""
    return catalogue.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text that fits ``count``."""
    return catalogue.ngettext(one, many, count)
