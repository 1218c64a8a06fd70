"""The floor: what a bare Flask view costs on the same server, threads and database.

``/page?bytes=N`` is one Core select and a Jinja loop to about N bytes; ``POST /row`` is one INSERT of the same
durability. Whatever our pages cost more than this is the price of what they do.
"""

import os

from flask import Flask, render_template_string, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from course.database import Engines, unit_of_work

ROW = '<li class="row"><a href="/rows/{{ row.id }}/">{{ row.name }}</a> <span class="note">{{ row.note }}</span></li>\n'
PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>Floor</title></head><body><ul>\n"
    "{% for row in rows %}" + ROW + "{% endfor %}</ul></body></html>"
)
BYTES_A_ROW = 145
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
    with engines.turn(write=True), engines.writer.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        connection.execute(
            insert(rows_table),
            [
                {
                    "id": number,
                    "name": f"A name of somebody {number:05d}",
                    "note": f"and a note of some words {number:05d}",
                }
                for number in range(1, ROWS + 1)
            ],
        )


def create() -> Flask:
    """Build the floor's application."""
    engines = Engines(os.environ["COURSE_DATABASE_URL"])
    app = Flask(__name__)

    @app.get("/page")
    def page() -> str:
        wanted = int(request.args["bytes"]) // BYTES_A_ROW
        with unit_of_work(engines, write=False) as session:
            rows = session.execute(
                select(rows_table.c.id, rows_table.c.name, rows_table.c.note).where(rows_table.c.id <= wanted)
            ).all()
        return render_template_string(PAGE, rows=rows)

    @app.post("/row")
    def row() -> tuple[str, int]:
        with unit_of_work(engines, write=True) as session:
            session.execute(insert(written_table).values(text=request.form["text"]))
        return "", 303

    return app
