"""``course serve --dev`` for authors: what was saved is checked, published when it is good, and told on the pages."""

import hashlib
from pathlib import Path

from sqlalchemy import select

from course import paths
from course.cli import ground, prepare
from course.cli.prepare import Checked
from course.cli.reload import state
from course.cohorts.models import Run
from course.cohorts.service import calendar
from course.library import service as library
from course.manager.queries.runs import has_work
from course.settings import Settings
from course.web import transaction, workshop
from course.web.application import Application
from course.web.workshop import Told


def publish(app: Application, settings: Settings) -> None:
    """Publish every module that passes its check, and take courses that nobody has begun along to it."""
    folders = ground.module_folders(settings)
    marks = {folder: _mark(folder) for folder in folders}
    same = _unchanged(app, settings, marks)
    checked = {each.folder: each for each in prepare.checked(folder for folder in folders if folder not in same)}
    found = [same.get(folder) or checked[folder] for folder in folders]
    with app.app_context(), transaction.unit(write=True) as session:
        for each in found:
            if each.loaded is None:
                continue
            module = each.loaded.module
            version_hash = library.publish(session, module=module, pictures=each.loaded.pictures)
            older = select(Run.id).where(
                Run.module == module.slug, Run.version_hash != version_hash, Run.cancelled_at.is_(None)
            )
            for run_id in session.execute(older).scalars().all():
                if not has_work(session, run_id):
                    calendar.use_live_version(session, run_id=run_id, has_work=has_work)
    told = (Told(each.folder.name, each.loaded is not None, tuple(each.findings), marks[each.folder]) for each in found)
    workshop.keep(settings.instance, tuple(told))


def _unchanged(app: Application, settings: Settings, marks: dict[Path, str]) -> dict[Path, Checked]:
    """Return the modules that were published just as they are now: proving them again would say the same."""
    before = {told.mark: told for told in workshop.kept(settings.instance) if told.mark and told.published}
    with app.app_context(), transaction.unit(write=False) as session:
        known = {folder: prepare.known(session, folder) for folder in marks}
    return {
        folder: Checked(folder, loaded, list(before[marks[folder]].findings))
        for folder, loaded in known.items()
        if loaded is not None and marks[folder] in before
    }


def _mark(folder: Path) -> str:
    seen = sorted((str(file), at) for file, at in state([folder, paths.PACKAGE]).items())
    return hashlib.sha256(repr(seen).encode()).hexdigest()
