"""A command for authors who changed a key: score the plays that were finished before by it, too."""

import click

from course.cli import ground
from course.library import queries as library
from course.scenarios import service as scenarios
from course.web import transaction


@click.command()
@click.argument("module")
def rescore(module: str) -> None:
    """Score all finished plays of MODULE by the key of its live version. Earlier scores stay."""
    app = ground.application()
    with app.app_context(), transaction.unit(write=True) as session:
        version_hash = library.live_hash(session, module)
        if version_hash is None:
            raise ground.refuse(f"No module {module} was published.")
        live = library.module(session, version_hash)
        for scenario_id in dict.fromkeys(case_id for case_id, _skin in live.cases):
            done = scenarios.rescore(session, version_hash=version_hash, scenario=scenario_id)
            click.echo(
                f"{scenario_id}: scored {done.scored}, known {done.known}, not played like this any more {done.unfit}"
            )
