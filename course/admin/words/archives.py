"""What the desk says about a zipped module that is not taken."""

from course.content.archive import TEXTS_BYTES, ArchiveRefused, Refusal
from course.content.files import MOST_FILES
from course.web.texts import _


def refusal(refused: ArchiveRefused) -> str:
    """Return why an archive is refused, and what to do."""
    return _why(refused.why) % {"entry": refused.entry, "files": MOST_FILES, "kb": TEXTS_BYTES // 1024}


def _why(why: Refusal) -> str:
    sentences = {
        Refusal.NOT_ZIP: _("This is not a ZIP file. Pack the module's folder as a ZIP and send that."),
        Refusal.DAMAGED: _("This ZIP file is damaged, or it is not what it says it is. Pack the folder once more."),
        Refusal.LOCKED: _("This ZIP file is locked with a password. Pack it without one."),
        Refusal.PACKING: _("%(entry)s is packed in a way that is rarely used. Pack the folder as a plain ZIP."),
        Refusal.TOO_MANY: _("This ZIP file holds more than %(files)s files, and no module needs so many."),
        Refusal.TOO_LARGE: _("Unpacked this is too large. All texts together may have %(kb)s KB, all pictures 8 MB."),
        Refusal.OUTSIDE: _("%(entry)s would be written outside of the module's folder, so nothing was unpacked."),
        Refusal.LINK: _("%(entry)s is a link or a device. Put the file itself into the ZIP."),
        Refusal.TWICE: _("%(entry)s is in this ZIP file twice."),
        Refusal.NAME: _("A file in this ZIP has a name that cannot be used: %(entry)s"),
        Refusal.NO_MODULE: _("There is no module.yaml in this ZIP file, so it is not a module."),
        Refusal.TWO_MODULES: _("There are several modules in this ZIP file. Send them one by one."),
    }
    return sentences[why]
