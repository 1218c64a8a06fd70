"""``course serve --dev`` for authors: what was saved is checked, published when it is good, and told on the pages."""

from sqlalchemy import select

from course.cli import ground, prepare
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
    found = prepare.checked(ground.module_folders(settings))
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
    told = tuple(Told(each.folder.name, each.loaded is not None, tuple(each.findings)) for each in found)
    workshop.keep(settings.instance, told)
