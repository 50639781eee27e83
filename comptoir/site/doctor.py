"""`comptoir doctor`: everything the house stands on, looked at, and what is wrong said in words."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import socket
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django
import django.db
import psycopg
from django.conf import settings
from django.core import checks
from django.core.checks import Error
from procrastinate.contrib.django import app

from comptoir.enquiries.gateway import scanning as gateway
from comptoir.site import direct, disposal, environment, postgres, preparation, version

OLDEST_POSTGRES = 160000
SMTP_SECONDS = 5
SCANNER_SECONDS = 5
HEARTBEAT = "30 seconds"
"""A worker says that it lives every ten seconds."""

KNOWN_MOMENT = datetime(2026, 12, 15, 18, tzinfo=UTC)
"""British Columbia stays on summer time from 2026: 18:00 UTC is 11:00 there, 10:00 in older data."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what about, what was seen, and whether that is wrong."""

    subject: str
    words: str
    is_wrong: bool = False


def main(arguments: list[str]) -> int:
    """Print what was found; 1 if something is wrong, else 0."""
    argparse.ArgumentParser(prog="comptoir doctor", description=__doc__).parse_args(arguments)
    findings = list(examine())
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        mark = "WRONG" if finding.is_wrong else "ok"
        print(f"{mark:5}  {finding.subject:{width}}  {finding.words}")
    wrong = sum(finding.is_wrong for finding in findings)
    print("\nNothing is wrong." if not wrong else f"\n{wrong} wrong, marked above.")
    return 1 if wrong else 0


def examine() -> Iterator[Finding]:
    """Look at everything. What needs the database is looked at only when it answers."""
    yield Finding("versions", _versions())
    yield _settings()
    yield _zones()
    yield _mail()
    yield _scanner()
    yield _mailboxes()
    yield _assets()
    try:
        session = direct.connect()
    except psycopg.OperationalError as error:
        yield Finding("database", f"{_where()}: {' '.join(str(error).split())}", is_wrong=True)
        return
    with session:
        for look in (_database, _connections, _migrations, _worker, _periodic, _disposal):
            yield _safely(look, session)


def _safely(look: Callable[[Session], Finding], session: Session) -> Finding:
    """A table that is not there yet must not hide the findings after it."""
    try:
        return look(session)
    except (psycopg.Error, django.db.Error) as error:
        subject = look.__name__.removeprefix("_")
        return Finding(subject, str(error).splitlines()[0], is_wrong=True)


Session = psycopg.Connection[psycopg.rows.TupleRow]


def _versions() -> str:
    return (
        f"comptoir {version.product_version()}, Django {django.__version__}, "
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    )


def _settings() -> Finding:
    errors = [found for found in checks.run_checks() if found.level >= checks.ERROR]
    words = f"{settings.MODE}, at {settings.ADDRESS}, state in {postgres.state_folder()}"
    if errors:
        words += "; " + "; ".join(_said(error) for error in errors)
    return Finding("settings", words, is_wrong=bool(errors))


def _said(error: checks.CheckMessage | Error) -> str:
    return f"{error.id}: {error.msg}"


def _zones() -> Finding:
    """The data must be the wheel's: a system's copy may be years old without saying so."""
    wheel = importlib.metadata.version("tzdata")
    if zoneinfo.TZPATH:
        return Finding(
            "time zones",
            f"read from {', '.join(zoneinfo.TZPATH)}, not from the wheel",
            is_wrong=True,
        )
    there = KNOWN_MOMENT.astimezone(zoneinfo.ZoneInfo("America/Vancouver"))
    words = f"wheel tzdata {wheel}; 2026-12-15 18:00 UTC is {there:%H:%M} in Vancouver"
    return Finding("time zones", words, is_wrong=there.hour != 11)


def _mail() -> Finding:
    if not settings.SMTP_HOST:
        words = f"kept in files in {settings.MAIL_FOLDER}: nothing leaves this machine"
        if settings.PRODUCTION:
            words += "; set COMPTOIR_SMTP_HOST"
        return Finding("mail", words, is_wrong=settings.PRODUCTION)
    server = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    words = f"SMTP to {server[0]} port {server[1]}, from {settings.DEFAULT_FROM_EMAIL}"
    try:
        socket.create_connection(server, timeout=SMTP_SECONDS).close()
    except OSError as error:
        return Finding("mail", f"{words}: {error.strerror or error}", is_wrong=True)
    return Finding("mail", words)


def _scanner() -> Finding:
    if settings.CLAMD is None:
        return Finding("scanner", "none: every document says that it was not scanned")
    daemon = gateway.Clamd(settings.CLAMD, seconds=SCANNER_SECONDS)
    where = (
        settings.CLAMD
        if isinstance(settings.CLAMD, Path)
        else "port {1} of {0}".format(*settings.CLAMD)
    )
    try:
        return Finding("scanner", f"{daemon.version()} at {where}")
    except gateway.Unreachable as problem:
        return Finding("scanner", f"clamd at {where}: {problem}", is_wrong=True)


def _mailboxes() -> Finding:
    """Whether mail is read, and whether its server answers; nobody signs in for a look."""
    if not settings.IMAP_MAILBOXES:
        return Finding("mailboxes", "none is polled: set COMPTOIR_IMAP_HOST to take in mail")
    server = (settings.IMAP_HOST, settings.IMAP_PORT)
    names = ", ".join(mailbox.address for mailbox in settings.IMAP_MAILBOXES)
    words = (
        f"every minute by IMAP ({settings.IMAP_SECURITY}) at {server[0]} port {server[1]}: {names}"
    )
    try:
        socket.create_connection(server, timeout=SMTP_SECONDS).close()
    except OSError as error:
        return Finding("mailboxes", f"{words}: {error.strerror or error}", is_wrong=True)
    return Finding("mailboxes", words)


def _assets() -> Finding:
    vendor = Path(settings.PACKAGE, "ui", "static", "vendor")
    if not vendor.is_dir():
        return Finding(
            "browser files", f"{vendor} is missing: install the package again", is_wrong=True
        )
    if not preparation.assets_are_collected():
        return Finding(
            "browser files", "not those of this version: `comptoir prepare`", is_wrong=True
        )
    return Finding("browser files", f"in {settings.STATIC_ROOT}")


def _where() -> str:
    if postgres.is_embedded():
        return f"our own, in {postgres.location().host}"
    return f"{settings.DATABASES['default']['HOST'] or 'local socket'}"


def _database(session: Session) -> Finding:
    number = session.info.server_version
    row = session.execute("SELECT current_setting('server_version'), current_user").fetchone()
    encoding = session.info.parameter_status("server_encoding")
    assert row is not None
    words = f"PostgreSQL {row[0]}, {_where()}, as {row[1]}, {encoding}"
    if number < OLDEST_POSTGRES:
        return Finding("database", f"{words}: 16 or later is needed", is_wrong=True)
    return Finding("database", words, is_wrong=encoding != "UTF8")


def _connections(session: Session) -> Finding:
    """Pools are per process: their sum must fit the server, or the busiest hour finds out."""
    row = session.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert row is not None
    pool = environment.integer("COMPTOIR_DATABASE_POOL", 8, least=1)
    workers = environment.integer("COMPTOIR_WEB_WORKERS", 1, least=1)
    wanted = pool * (workers + 1) + 2  # the job worker's pool, its listener, and this command
    words = f"up to {wanted} wanted by one `comptoir run`, {row[0]} offered"
    return Finding("connections", words, is_wrong=wanted > row[0])


def _migrations(session: Session) -> Finding:
    pending = preparation.pending_migrations()
    if pending:
        words = f"{len(pending)} pending, {pending[0]} first: `comptoir prepare`"
        return Finding("migrations", words, is_wrong=True)
    return Finding("migrations", "all applied")


def _worker(session: Session) -> Finding:
    row = session.execute(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - %s::interval",
        [HEARTBEAT],
    ).fetchone()
    assert row is not None
    if not row[0]:
        return Finding(
            "job worker",
            "none alive: no message leaves and no reminder is made until `comptoir run` runs",
            is_wrong=True,
        )
    return Finding("job worker", f"{row[0]} alive")


def _periodic(session: Session) -> Finding:
    """What is done by itself, and when a worker last took each up."""
    rows = session.execute(
        "SELECT task_name, to_timestamp(max(defer_timestamp))"
        " FROM procrastinate_periodic_defers GROUP BY task_name"
    ).fetchall()
    last = {str(name): at for name, at in rows}
    names = sorted(
        {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    )
    told = [
        f"{name} ({last[name].astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
        if name in last
        else f"{name} (not yet)"
        for name in names
    ]
    return Finding("periodic jobs", ", ".join(told) or "none is registered", is_wrong=not names)


def _disposal(session: Session) -> Finding:
    try:
        held = disposal.hold()
    except disposal.UnknownHold as unknown:
        return Finding("disposal", str(unknown), is_wrong=True)
    words = f"every night: cases {settings.KEEP_CASES_DAYS} days after their last use"
    if held.everything:
        words = "none: everything is under legal hold"
    elif held.is_on:
        words += f"; {len(held.offices)} office(s) under legal hold"
    return Finding("disposal", words)
