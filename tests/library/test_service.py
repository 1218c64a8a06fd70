"""Published versions never change; the live one switches; old ones stay readable."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.content.loader import load
from course.library import queries, service
from course.library.models import PictureFile, Version
from tests.content.wardrobe import dressed_up
from tests.make import SMALL, small_module


def test_publishing_twice_is_one_version(session: Session) -> None:
    loaded = load(SMALL)
    first = service.publish(session, module=loaded.module, pictures=loaded.pictures)
    second = service.publish(session, module=loaded.module, pictures=loaded.pictures)
    assert first == second
    assert session.execute(select(func.count()).select_from(Version)).scalar_one() == 1


def test_a_new_version_is_live_and_the_old_one_stays(session: Session) -> None:
    loaded = load(SMALL)
    old = service.publish(session, module=loaded.module, pictures=loaded.pictures)
    changed = loaded.module.model_copy(update={"title": "Small talk, again"})
    new = service.publish(session, module=changed, pictures=loaded.pictures)
    assert queries.live_hash(session, "small-talk") == new
    assert queries.module(session, old) == loaded.module
    assert queries.module(session, new).title == "Small talk, again"
    assert queries.live_modules(session) == [queries.LiveModule("small-talk", "Small talk, again", new)]


def test_only_the_very_same_content_is_known(session: Session) -> None:
    loaded = load(SMALL)
    assert not service.is_known(session, loaded.module)
    service.publish(session, module=loaded.module, pictures=loaded.pictures)
    assert service.is_known(session, loaded.module)
    assert not service.is_known(session, loaded.module.model_copy(update={"title": "Small talk, again"}))


def test_pictures_are_kept_by_hash(session: Session) -> None:
    loaded = load(SMALL)
    service.publish(session, module=loaded.module, pictures=loaded.pictures)
    kept = {file.hash: file.content for file in session.scalars(select(PictureFile))}
    assert kept == loaded.pictures
    assert len(kept) == len(small_module().pictures) > 0


def test_unknown_hash(session: Session) -> None:
    with pytest.raises(queries.UnknownVersion):
        queries.module(session, "0" * 64)


def test_unknown_slug_has_no_live_version(session: Session) -> None:
    assert queries.live_hash(session, "nothing") is None


def test_versions_are_found_by_how_their_hash_begins(session: Session) -> None:
    loaded = load(SMALL)
    one = service.publish(session, module=loaded.module, pictures=loaded.pictures)
    other = service.publish(
        session, module=loaded.module.model_copy(update={"title": "Again"}), pictures=loaded.pictures
    )
    assert queries.hashes(session, slug="small-talk", beginning=one[:8]) == [one]
    assert sorted(queries.hashes(session, slug="small-talk", beginning="")) == sorted([one, other])
    assert queries.hashes(session, slug="big-talk", beginning=one[:8]) == []
    assert queries.hashes(session, slug="small-talk", beginning="%") == []


def test_skins_and_decisions_again_are_published_with_their_module(session: Session, tmp_path: Path) -> None:
    loaded = load(dressed_up(tmp_path))
    version = service.publish(session, module=loaded.module, pictures=loaded.pictures)
    queries._modules.pop(version, None)
    kept = queries.module(session, version)
    assert set(kept.cases) == {("lift", ""), ("lift-again", ""), ("lift-again", "ferry")}
    worn = kept.scenario("lift-again", "ferry")
    assert worn == loaded.module.scenario("lift-again", "ferry")
    assert worn is kept.scenario("lift-again", "ferry")
    assert worn is not None
    assert (worn.trade, worn.title) == ("Engineer", "Once more")
