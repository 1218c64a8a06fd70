"""Flask-SQLAlchemy at the edge, on our own Base, engines and unit of work."""

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as EdgeSession
from sqlalchemy import Connection, Engine

from course.database import Base, Engines


class PortalSession(EdgeSession):
    """A session that stays on the engine it was opened on: the reading one or the writing one."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine | Connection:  # noqa: ANN401 - SQLAlchemy's own signature.
        if self.bind is None:
            raise RuntimeError("A session is opened by the unit of work, never by itself.")
        return self.bind


class Portal(SQLAlchemy):
    """The named extension; its engines are ours."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:  # noqa: ARG002 - Its own signature.
        engines: Engines = app.extensions["oneday-engines"]
        return engines.engine(write=bind_key == "writer")


db = Portal(metadata=Base.metadata, disable_autonaming=True, session_options={"class_": PortalSession})


def install(app: Flask, engines: Engines) -> None:
    app.extensions["oneday-engines"] = engines
    app.config["SQLALCHEMY_DATABASE_URI"] = engines.url
    app.config["SQLALCHEMY_BINDS"] = {"writer": engines.url}
    db.init_app(app)
