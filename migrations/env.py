"""Alembic's entry: the connection is given by `course migrate`; batch mode because SQLite cannot alter much."""

from alembic import context

from course.cohorts import models as _cohorts
from course.commitments import models as _commitments
from course.completions import models as _completions
from course.database import Base, UtcDateTime
from course.grading import models as _grading
from course.library import models as _library
from course.outbox import models as _outbox
from course.people import models as _people
from course.platforms import models as _platforms
from course.preparing import models as _preparing
from course.reflections import models as _reflections
from course.scenarios import models as _scenarios

# Every room with tables is imported by name: a table that Alembic does not see would never be made.
ROOMS = (
    _cohorts,
    _commitments,
    _completions,
    _grading,
    _library,
    _outbox,
    _people,
    _platforms,
    _preparing,
    _reflections,
    _scenarios,
)


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column type as the plain one under it: a migration must outlive the code of its day."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
