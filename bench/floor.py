"""The floor: what a bare Flask view costs on the same server, threads and database.

``GET /page?rows=N`` is one Core select and a Jinja loop over N rows; ``POST /row?rows=N`` is that plus one INSERT of
the same durability. Whatever our pages cost more than this is the price of what they do.
"""

import os

from flask import Flask, render_template, request
from jinja2 import DictLoader
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from course.database import Engines, unit_of_work

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Floor</title></head><body><ul>
{% for row in rows %}
<li class="row"><a href="/rows/{{ row.id }}/">{{ row.name }}</a> <span class="note">{{ row.note }}</span></li>
{% endfor %}
</ul></body></html>
"""
ROWS = 2000

metadata = MetaData()
rows_table = Table(
    "bench_row",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("note", String, nullable=False),
)
written_table = Table(
    "bench_written", metadata, Column("id", Integer, primary_key=True), Column("text", String, nullable=False)
)


def prepare(engines: Engines) -> None:
    """Make and fill the floor's own tables."""
    rows = [
        {"id": number, "name": f"A name of somebody {number:05d}", "note": f"and a note of some words {number:05d}"}
        for number in range(1, ROWS + 1)
    ]
    with engines.turn(write=True), engines.writer.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        connection.execute(insert(rows_table), rows)


def create() -> Flask:
    """Build the floor's application."""
    engines = Engines(os.environ["COURSE_DATABASE_URL"])
    app = Flask(__name__)
    # As a file of the application would be: compiled once and kept.
    app.jinja_loader = DictLoader({"page.html": PAGE})

    def listed(session: Session) -> str:
        wanted = select(rows_table.c.id, rows_table.c.name, rows_table.c.note)
        rows = session.execute(wanted.where(rows_table.c.id <= int(request.args["rows"]))).all()
        return render_template("page.html", rows=rows)

    @app.get("/page")
    def page() -> str:
        with unit_of_work(engines, write=False) as session:
            return listed(session)

    @app.post("/row")
    def row() -> str:
        with unit_of_work(engines, write=True) as session:
            session.execute(insert(written_table).values(text=request.form["text"]))
            return listed(session)

    return app
