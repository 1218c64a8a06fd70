"""Scoring once more by the live key, from the command line."""

from pathlib import Path

from sqlalchemy import func, select

from course.database import Engines, unit_of_work
from course.scenarios import service
from course.scenarios.models import Score
from tests.cli.conftest import Run
from tests.make import SMALL, cast_of, small_module

LIFT = Path("scenarios", "lift.yaml")


def test_rescore_scores_what_was_finished_before(run: Run, small: Path) -> None:
    module = small / SMALL.name
    assert run("migrate").returncode == 0
    assert run("publish", str(module)).returncode == 0
    assert run("rescore", "small-talk").stdout == "lift: scored 0, known 0, not played like this any more 0\n"
    engines = Engines(f"sqlite:///{small.parent / 'instance' / 'oneday.sqlite3'}")
    with unit_of_work(engines, write=True) as session:
        cast = cast_of(session, small_module())
        service.begin(session, seat_id=cast.lena_seat, scenario_id="lift", version_hash=cast.version_hash)
        for base, (scene, choice) in enumerate([("doors", "plan"), ("floor_six", "report")]):
            taken = service.step(
                session,
                seat_id=cast.lena_seat,
                scenario="lift",
                number=1,
                scene=scene,
                choice=choice,
                base_version=base,
                operation_id=str(base),
            )
            assert taken.kind == "taken"
    assert run("rescore", "small-talk").stdout == "lift: scored 0, known 1, not played like this any more 0\n"
    text = (module / LIFT).read_text(encoding="utf-8")
    (module / LIFT).write_text(text.replace("key: {objective: 1}", "key: {objective: 2}"), encoding="utf-8")
    assert run("publish", str(module)).returncode == 0
    assert run("rescore", "small-talk").stdout == "lift: scored 1, known 0, not played like this any more 0\n"
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(func.count(Score.id))).scalar_one() == 2
    engines.dispose()


def test_rescore_names_a_module_that_is_not_there(run: Run) -> None:
    assert run("migrate").returncode == 0
    done = run("rescore", "small-walk")
    assert (done.returncode, done.stderr) == (1, "Error: No module small-walk was published.\n")
