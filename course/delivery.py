"""Draining the outbox: mails leave here, after the transaction that owed them."""

import hashlib
import smtplib
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from flask import Flask

from course import clock
from course.outbox import service as outbox
from course.outbox.service import Job
from course.settings import MAIL_PORTS, Settings
from course.web import transaction

EVERY_SECONDS = 5.0
SMTP_SECONDS = 20.0

log = structlog.get_logger()


def drain(app: Flask, settings: Settings) -> int:
    """Send what is due. Returns how many mails left; without ``COURSE_MAIL_URL`` none does, and all are kept."""
    if not settings.mail_url:
        return 0
    left = 0
    with app.app_context():
        # One at a time: a slow server must not let the leases of those behind run out, and what is taken back
        # while others are sent stays here. A mail that fails is due again later, so this ends.
        while (job := _next()) is not None:
            left += _deliver(job, settings)
    return left


def _next() -> Job | None:
    with transaction.unit(write=True) as session:
        return next(iter(outbox.claim(session, limit=1)), None)


def _deliver(job: Job, settings: Settings) -> bool:
    try:
        # No transaction is open here: a slow mail server must not hold up anybody's save.
        send(job, settings)
    except Exception as error:  # noqa: BLE001 - A mail that cannot even be written is its own failure, not the others'.
        with transaction.unit(write=True) as session:
            outbox.failed(session, message_id=job.id, error=f"{type(error).__name__}: {error}")
        log.warning("mail not sent", message=job.id, kind=type(error).__name__)
        return False
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
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = job.recipient
    mail["Subject"] = job.subject
    mail["Date"] = clock.now()
    # The same message delivered twice after a crash is recognised by its id; number 1 of another site is another one.
    mark = hashlib.sha256("\n".join((str(job.id), job.recipient, job.subject, job.body)).encode()).hexdigest()[:16]
    mail["Message-ID"] = f"<oneday-{job.id}-{mark}@{settings.mail_from.rpartition('@')[2].rstrip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(job.body)
    return mail


def start_thread(app: Flask, settings: Settings) -> Callable[[], None]:
    """Drain the outbox in a thread of this process. Returns how to stop it and wait for its end."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(EVERY_SECONDS):
            try:
                drain(app, settings)
            except Exception as error:  # noqa: BLE001 - One bad round must not end all later ones; it is in the log.
                log.error("delivery", kind=type(error).__name__)  # noqa: TRY400 - A trace may quote a mail.

    def end() -> None:
        stop.set()
        thread.join()

    thread = threading.Thread(target=work, name="delivery", daemon=True)
    thread.start()
    return end
