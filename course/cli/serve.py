"""``course serve``: Granian with one process of eight threads, and one delivery thread in it."""

import ipaddress
import logging
import multiprocessing
import socket
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

import click
import segno
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from course import paths
from course.cli import demo, ground, prepare, workshop
from course.cli.reload import serve_again
from course.cli.story import fill
from course.settings import Settings
from course.web import transaction
from course.web.application import Application

THREADS = 8
PATIENCE = 60.0


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="0.0.0.0 lets the room in.")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes; PostgreSQL only.")
@click.option("--demo", "with_demo", is_flag=True, help="Make the tables, publish the modules, seed the demo first.")
@click.option("--dev", is_flag=True, help="For authors: check and publish at every save.")
def serve(host: str, port: int, workers: int, *, with_demo: bool, dev: bool) -> None:
    """Serve the site and send its mails."""
    settings = ground.settings()
    if dev:
        arguments = ["--host", host, "--port", str(port), "--workers", str(workers), *(["--demo"] if with_demo else [])]
        serve_again(arguments, [paths.PACKAGE, paths.TEMPLATES, paths.STATIC, settings.modules or paths.MODULES])
        return
    app = ground.application()
    engines = app.extensions["oneday-engines"]
    if workers > 1 and engines.sqlite:
        raise ground.refuse("SQLite is served by one process. Use PostgreSQL for more: COURSE_DATABASE_URL.")
    _free(host, port)
    address = settings.base_url or f"http://{_shown(host)}:{port}"
    lines = _demo(app, settings, address, links=_loopback(host)) if with_demo else []
    if settings.dev and not with_demo:
        workshop.publish(app, settings)
    engines.dispose()
    # A process, not a thread: Granian forks its workers, and a fork beside a running thread may inherit a held lock.
    announcer = multiprocessing.get_context("fork").Process(
        target=_announce, args=(host, port, address, lines), daemon=True
    )
    announcer.start()
    logging.getLogger("_granian").addFilter(_news)
    Granian(
        "course.app:create_served_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def _news(record: logging.LogRecord) -> bool:
    """Keep Granian's advice to have fewer threads than 8 from whoever starts us; its other warnings are for them."""
    return "Python threads" not in record.getMessage()


def _demo(app: Application, settings: Settings, address: str, *, links: bool) -> list[str]:
    """Have a demo. Returns the sign-in links of its people, if they are wanted and this is no site with people."""
    prepare.tables(app)
    publish = workshop.publish if settings.dev else prepare.modules
    publish(app, settings)
    with app.app_context(), transaction.unit(write=True) as session:
        prepare.first_admin(session)
        if demo.is_empty(session):
            fill(session)
        return demo.links(session, address) if links else []


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(host: str) -> str:
    """Return the address that other machines reach, when the host stands for all of them."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - Compared, not bound.
        return f"[{host}]" if ":" in host else host
    # No packet is sent: connecting a datagram socket only chooses the interface that leads outside.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _free(host: str, port: int) -> None:
    """Refuse early, in one line, when somebody else has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ground.refuse(
                f"Port {port} cannot be used ({error.strerror}). Try another: PORT={port + 1}"
            ) from error


def _answers(host: str, port: int) -> bool:
    # Straight to the port: a proxy in the environment knows nothing of this machine's own addresses.
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _announce(host: str, port: int, address: str, lines: list[str]) -> None:
    """Say where the site is once it answers, and nothing before."""
    until = time.monotonic() + PATIENCE
    while not _answers("127.0.0.1" if host in {"0.0.0.0", "::"} else host, port):  # noqa: S104 - Compared, not bound.
        if time.monotonic() < until:
            time.sleep(0.1)
            continue
        click.echo(f"course: nothing answers on port {port}; the lines above say why.", err=True)
        return
    click.echo(f"Oneday is at {address}")
    if not _loopback(host):
        segno.make(address).terminal(out=sys.stdout, compact=True)
    for line in lines:
        click.echo(line)
    sys.stdout.flush()
