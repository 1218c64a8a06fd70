"""All checks of a loaded module, in one list."""

from course.content.checks.day import check_day
from course.content.checks.figures import check_figures
from course.content.checks.links import check_ids, check_links
from course.content.checks.pages import check_pages
from course.content.checks.pictures import check_pictures
from course.content.checks.plainness import check_plainness
from course.content.checks.skins import check_agains, check_skins
from course.content.checks.speech import check_speech
from course.content.checks.subject import Subject
from course.content.checks.unwritten import check_unwritten
from course.content.findings import Finding
from course.content.loader import LoadedModule

CHECKS = (
    check_ids,
    check_links,
    check_pages,
    check_agains,
    check_skins,
    check_day,
    check_pictures,
    check_speech,
    check_plainness,
    check_figures,
    check_unwritten,
)


def check_loaded(loaded: LoadedModule) -> list[Finding]:
    """Find everything that does not fit together; cases are proved elsewhere."""
    subject = Subject(loaded)
    return sorted(finding for check in CHECKS for finding in check(subject))
