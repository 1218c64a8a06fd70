"""What a facilitator does to a room: hold it at a scene, show what it answered, put a sentence on the wall."""

from sqlalchemy import Insert, Update, bindparam, update
from sqlalchemy.orm import Session

from course import clock
from course.database import Base
from course.scenarios import rules
from course.scenarios.models import Pick, Reveal, Stop
from course.scenarios.queries import room
from course.statements import insert_once, write_row


def _end(model: type[Stop | Reveal | Pick], field: str, *keys: str, but: str | None = None) -> Update:
    """Build the UPDATE that ends what is live under these keys; what has ended keeps its moment."""
    table = Base.metadata.tables[model.__tablename__]
    mine = [table.c[key] == bindparam(f"of_{key}") for key in keys]
    mine += [table.c[but] != bindparam(f"of_{but}")] if but else []
    return update(table).where(*mine, table.c[field].is_(None)).values({field: bindparam("now")})


# The statements are built once: building one costs more than running it.
_STOP, _REVEAL, _PICK = insert_once(Stop), insert_once(Reveal), insert_once(Pick)
_LIFT = _end(Stop, "lifted_at", "run_id", "scenario", "scene")
_HIDE = _end(Reveal, "hidden_at", "run_id", "scenario", "scene")
_HIDE_OTHERS = _end(Reveal, "hidden_at", "run_id", "scenario", but="scene")
_TAKE_DOWN = _end(Pick, "taken_down_at", "run_id", "saying_id")


def stop(session: Session, *, run_id: int, scenario: str, scene: str, by_id: int) -> None:
    """Hold a run at a scene. Held already, it stays held since then."""
    _note(session, _STOP, run_id=run_id, scenario=scenario, scene=scene, by_id=by_id)


def lift(session: Session, *, run_id: int, scenario: str, scene: str) -> None:
    """Let a run go on from a scene."""
    _over(session, _LIFT, of_run_id=run_id, of_scenario=scenario, of_scene=scene)


def reveal(session: Session, *, run_id: int, scenario: str, scene: str, by_id: int) -> None:
    """Let a run see what it answered at a decision, as soon as enough have; what it saw before is hidden.

    One thing at a time is on the wall, and nobody has to remember what else is still shown.
    """
    _over(session, _HIDE_OTHERS, of_run_id=run_id, of_scenario=scenario, of_scene=scene)
    _note(session, _REVEAL, run_id=run_id, scenario=scenario, scene=scene, by_id=by_id)


def hide(session: Session, *, run_id: int, scenario: str, scene: str) -> None:
    """Take the answers of a decision off the wall."""
    _over(session, _HIDE, of_run_id=run_id, of_scenario=scenario, of_scene=scene)


def pick(session: Session, *, run_id: int, scenario: str, saying_id: int, by_id: int) -> bool:
    """Put a sentence on the wall of the run that it was said in. False when the room may not see it.

    It may not while fewer than five people let their sentences be shown, whoever asks.
    """
    offered = room.sentences(session, run_id=run_id, scenario=scenario)
    if saying_id not in {each.id for each in offered} or not rules.may_quote(room.authors(offered)):
        return False
    _note(session, _PICK, run_id=run_id, saying_id=saying_id, by_id=by_id)
    return True


def take_down(session: Session, *, run_id: int, saying_id: int) -> None:
    """Take a sentence off the wall."""
    _over(session, _TAKE_DOWN, of_run_id=run_id, of_saying_id=saying_id)


def _note(session: Session, statement: Insert, **row: object) -> None:
    write_row(session, statement, {**row, "at": clock.now()})


def _over(session: Session, statement: Update, **told: object) -> None:
    write_row(session, statement, {**told, "now": clock.now()})
