"""`comptoir doctor`: a sound house passes, and each thing that can be wrong is said in words."""

from __future__ import annotations

import socket
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from comptoir.site import direct, doctor
from comptoir.site.postgres import folders
from tests.people.factories import OfficeFactory
from tests.site.houses import House
from tests.site.test_running import free_port

Session = psycopg.Connection[psycopg.rows.TupleRow]


@pytest.fixture
def session(transactional_db: None) -> Iterator[Session]:
    with direct.connect() as session:
        yield session


def test_it_finds_only_the_worker_missing_in_a_house_that_is_closed(prepared_house: House) -> None:
    code, said, _ = prepared_house.told_by("doctor")

    wrong = [line for line in said.splitlines() if line.startswith("WRONG")]
    assert code == 1
    assert len(wrong) == 1, said
    assert "comptoir run" in wrong[0]
    assert "PostgreSQL 18" in said
    assert "18:00 UTC is 11:00 in Vancouver" in said
    assert "1 wrong" in said


def test_a_database_elsewhere_is_reached_with_any_password(prepared_house: House) -> None:
    """Over TCP, with a password that holds every character an address gives a meaning to."""
    port = free_port()
    prepared_house.ready_user("listen_addresses=127.0.0.1", f"port={port}")
    rules = prepared_house.place.data / "pg_hba.conf"
    before = rules.read_text()
    try:
        rules.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        with psycopg.connect(
            host=str(prepared_house.place.socket), port=port, user=folders.ROLE, dbname="comptoir"
        ) as admin:
            admin.execute("CREATE ROLE \"o@ttawa\" LOGIN SUPERUSER PASSWORD 'p@ss/w:rd?#%'")
            admin.execute("SELECT pg_reload_conf()")
        address = f"127.0.0.1:{port}/comptoir?application_name=doctor"

        _, said, _ = prepared_house.told_by(
            "doctor", DATABASE_URL=f"postgresql://o%40ttawa:p%40ss%2Fw%3Ard%3F%23%25@{address}"
        )
        _, refused, _ = prepared_house.told_by(
            "doctor", DATABASE_URL=f"postgresql://o%40ttawa:wrong@{address}"
        )
    finally:
        rules.write_text(before)

    assert "127.0.0.1, as o@ttawa, UTF8" in said
    assert "migrations     all applied" in said
    assert 'password authentication failed for user "o@ttawa"' in refused


def test_zones_read_from_the_system_are_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ("/usr/share/zoneinfo",))

    found = doctor._zones()

    assert found.is_wrong
    assert "/usr/share/zoneinfo" in found.words


def test_mail_kept_in_files_is_wrong_only_in_production(settings: Any) -> None:
    settings.SMTP_HOST = ""
    settings.PRODUCTION = False
    assert not doctor._mail().is_wrong

    settings.PRODUCTION = True
    assert doctor._mail().is_wrong
    assert "COMPTOIR_SMTP_HOST" in doctor._mail().words


def test_a_mail_server_that_does_not_answer_is_wrong(settings: Any) -> None:
    settings.SMTP_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    assert doctor._mail().is_wrong

    with socket.create_server(("127.0.0.1", settings.EMAIL_PORT)):
        assert not doctor._mail().is_wrong


def test_a_scanner_that_does_not_answer_is_wrong_and_none_is_not(settings: Any) -> None:
    settings.CLAMD = None
    assert not doctor._scanner().is_wrong
    assert "not scanned" in doctor._scanner().words

    settings.CLAMD = ("127.0.0.1", free_port())
    assert doctor._scanner().is_wrong


def test_browser_files_of_another_version_are_wrong(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"

    assert doctor._assets().is_wrong


def test_browser_files_that_were_never_built_are_wrong(settings: Any, tmp_path: Path) -> None:
    settings.PACKAGE = tmp_path

    found = doctor._assets()

    assert found.is_wrong
    assert "install" in found.words


@pytest.mark.django_db(transaction=True)
def test_pools_that_ask_for_more_than_the_server_offers_are_wrong(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not doctor._connections(session).is_wrong

    monkeypatch.setenv("COMPTOIR_WEB_WORKERS", "50")

    assert doctor._connections(session).is_wrong


@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_as_alive_while_its_heart_beats(session: Session) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert not doctor._worker(session).is_wrong

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )
    assert doctor._worker(session).is_wrong


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_was_not_applied_is_wrong(session: Session) -> None:
    assert not doctor._migrations(session).is_wrong
    session.execute("DELETE FROM django_migrations WHERE app = 'liaison'")
    try:
        found = doctor._migrations(session)
    finally:
        session.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "SELECT 'liaison', unnest(%s::text[]), now()",
            [_names_of_migrations("liaison")],
        )

    assert found.is_wrong
    assert "liaison" in found.words


@pytest.mark.django_db(transaction=True)
def test_a_missing_table_does_not_hide_what_follows(session: Session) -> None:
    found = doctor._safely(_look_for_a_table, session)

    assert found.is_wrong
    assert "nowhere" in found.words


def _look_for_a_table(session: Session) -> doctor.Finding:
    session.execute("SELECT FROM nowhere")
    return doctor.Finding("table", "there")


def _names_of_migrations(room: str) -> list[str]:
    folder = Path(doctor.__file__).parent.parent / room / "migrations"
    return [path.stem for path in sorted(folder.glob("0*.py"))]


def test_every_periodic_job_is_named_with_when_it_was_last_begun(session: Session) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id)"
            " VALUES ('site.dispose', 1795592460, '')"
        )

    found = doctor._periodic(session)

    assert not found.is_wrong
    assert "site.dispose (2026-11-25 07:41 UTC)" in found.words
    assert "notices.deliver_each_minute (not yet)" in found.words


def test_a_legal_hold_is_told_and_one_with_a_slip_is_wrong(session: Session, settings: Any) -> None:
    settings.LEGAL_HOLD = []
    assert "731 days" in doctor._disposal(session).words

    settings.LEGAL_HOLD = [OfficeFactory.create().reference]
    assert "1 office(s) under legal hold" in doctor._disposal(session).words

    settings.LEGAL_HOLD = ["all"]
    assert "everything is under legal hold" in doctor._disposal(session).words

    settings.LEGAL_HOLD = ["no-such-office"]
    found = doctor._disposal(session)
    assert found.is_wrong
    assert "no-such-office" in found.words


def test_a_question_django_cannot_ask_yet_is_one_finding(session: Session, settings: Any) -> None:
    """Before the first migration there are no offices to look for."""
    settings.LEGAL_HOLD = ["mp-10001"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_office RENAME TO away")
    try:
        found = doctor._safely(doctor._disposal, session)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO people_office")

    assert found.is_wrong
    assert "people_office" in found.words
