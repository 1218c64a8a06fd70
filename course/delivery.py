"""Draining the outbox: messages leave here, after the transaction that owed them."""

import hashlib
import smtplib
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from queue import Empty, SimpleQueue
from urllib.parse import unquote, urlsplit

import structlog
from flask import Flask

from course import clock
from course.lti.service import grades, roster
from course.outbox import service as outbox
from course.outbox.service import Job, Kind, Lane
from course.settings import MAIL_PORTS, Settings
from course.web import transaction

EVERY_SECONDS = 5.0
SMTP_SECONDS = 20.0
TURN = 20
"""How many messages a lane sends before another one that waits may have its place."""
MOST_LANES = 4
"""How many platforms are written to at the same time. Mails have a place of their own."""

log = structlog.get_logger()


@dataclass(frozen=True)
class _Turn:
    """What one turn of a lane came to."""

    lane: Lane
    claimed: int = 0
    left: int = 0


def drain(app: Flask, settings: Settings, *, stop: threading.Event | None = None) -> int:
    """Send what is due. Returns how many messages left; without ``COURSE_MAIL_URL`` no mail does, and all are kept.

    Mails and each platform have a lane of their own, so that a slow one holds up nobody else.
    """
    over = stop or threading.Event()
    ended: SimpleQueue[_Turn] = SimpleQueue()
    running: set[Lane] = set()
    resting: set[Lane] = set()
    turns: Counter[Lane] = Counter()
    left = 0
    while True:
        waiting = [] if over.is_set() else [each for each in _due(app, settings) if each not in running | resting]
        for lane in sorted(waiting, key=lambda each: turns[each]):
            if _has_place(lane, running):
                running.add(lane)
                turns[lane] += 1
                # A thread that waits for a platform must not keep the process from ending.
                threading.Thread(target=_take_turn, args=(app, settings, lane, over, ended), daemon=True).start()
        if not running:
            return left
        try:
            turn = ended.get(timeout=EVERY_SECONDS)
        except Empty:
            resting.clear()
            continue
        running.discard(turn.lane)
        left += turn.left
        if not turn.claimed:
            # Another process was faster, or something is wrong: asking at once would only heat the machine.
            resting.add(turn.lane)


def _has_place(lane: Lane, running: set[Lane]) -> bool:
    return lane.kind == Kind.MAIL or sum(each.kind != Kind.MAIL for each in running) < MOST_LANES


def _due(app: Flask, settings: Settings) -> list[Lane]:
    kinds = [kind for kind in HANDLERS if kind != Kind.MAIL or settings.mail_url]
    if not kinds:
        return []
    with app.app_context(), transaction.unit(write=False) as session:
        return outbox.lanes(session, kinds=kinds)


def _take_turn(app: Flask, settings: Settings, lane: Lane, over: threading.Event, ended: SimpleQueue[_Turn]) -> None:
    claimed = left = 0
    try:
        with app.app_context():
            # One at a time: a slow server must not let the leases of those behind run out, and what is taken back
            # while others are sent stays here. What fails is due again later, so this ends.
            while claimed < TURN and not over.is_set() and (job := _next(lane)) is not None:
                claimed += 1
                left += _deliver(app, settings, job)
    except Exception as error:  # noqa: BLE001 - One lane's trouble must not end the others; it is in the log.
        log.error("delivery", kind=type(error).__name__, lane=lane.kind)  # noqa: TRY400 - A trace may quote a mail.
        claimed = 0
    finally:
        ended.put(_Turn(lane, claimed, left))


def _next(lane: Lane) -> Job | None:
    with transaction.unit(write=True) as session:
        return next(iter(outbox.claim(session, kind=lane.kind, recipient=lane.recipient, limit=1)), None)


def _deliver(app: Flask, settings: Settings, job: Job) -> bool:
    try:
        return HANDLERS[job.kind](app, settings, job)
    except Exception as error:  # noqa: BLE001 - A message that cannot even be written is its own failure, not the others'.
        with transaction.unit(write=True) as session:
            outbox.failed(session, message_id=job.id, error=f"{type(error).__name__}: {error}")
        log.warning("message not sent", message=job.id, kind=job.kind, error=type(error).__name__)
        return False


def _deliver_mail(_app: Flask, settings: Settings, job: Job) -> bool:
    # No transaction is open here: a slow mail server must not hold up anybody's save.
    send(job, settings)
    with transaction.unit(write=True) as session:
        outbox.sent(session, message_id=job.id)
    return True


def send(job: Job, settings: Settings) -> None:
    """Hand one mail to the server that ``COURSE_MAIL_URL`` names.

    Raises what smtplib raises.
    """
    mail = letter(job, settings)
    url = urlsplit(settings.mail_url)
    host, port = url.hostname or "", url.port or MAIL_PORTS[url.scheme]
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
    with server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)


def letter(job: Job, settings: Settings) -> EmailMessage:
    """Return the mail as it is sent: plain text, marked as sent by a machine."""
    subject, body = job.payload["subject"], job.payload["body"]
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = job.recipient
    mail["Subject"] = subject
    mail["Date"] = clock.now()
    # The same message delivered twice after a crash is recognised by its id; number 1 of another site is another one.
    mark = hashlib.sha256("\n".join((str(job.id), job.recipient, subject, body)).encode()).hexdigest()[:16]
    mail["Message-ID"] = f"<oneday-{job.id}-{mark}@{settings.mail_from.rpartition('@')[2].rstrip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    return mail


def _deliver_score(app: Flask, _settings: Settings, job: Job) -> bool:
    return grades.deliver(transaction.unit, app.extensions["oneday-outside"], job)


def _follow_roster(app: Flask, _settings: Settings, job: Job) -> bool:
    return roster.deliver(transaction.unit, app.extensions["oneday-outside"], job)


Handler = Callable[[Flask, Settings, Job], bool]
HANDLERS: Mapping[str, Handler] = {
    Kind.MAIL: _deliver_mail,
    Kind.SCORE: _deliver_score,
    Kind.ROSTER: _follow_roster,
}
"""Who sends a message of a kind: returns whether it left, and notes what came of it."""


def start_thread(app: Flask, settings: Settings) -> Callable[[], None]:
    """Drain the outbox in a thread of this process. Returns how to stop it and wait for its end."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(EVERY_SECONDS):
            try:
                drain(app, settings, stop=stop)
            except Exception as error:  # noqa: BLE001 - One bad round must not end all later ones; it is in the log.
                log.error("delivery", kind=type(error).__name__)  # noqa: TRY400 - A trace may quote a mail.

    def end() -> None:
        stop.set()
        thread.join()

    thread = threading.Thread(target=work, name="delivery", daemon=True)
    thread.start()
    return end
