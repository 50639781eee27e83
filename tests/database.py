"""Where the tests' databases come from. Loaded by `-p tests.database`, before any settings are read.

A run never sees the house it is started in: `COMPTOIR_*` variables and `DATABASE_URL` are taken away
(`COMPTOIR_TEST_DATABASE_URL` names another server to test against). All workers share one embedded
server under `var/tests`; the first to come migrates a template, named after what went into it, and
every worker clones a database of its own in a few hundredths of a second. A run without database
tests starts no server.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT_VARIABLES = ("COMPTOIR_CHROMIUM",)
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
"""Only a database that nobody will miss after a power cut may be run like this."""

PRISTINE = "pristine"
"""The schema, in every test database, that keeps the rows migrations wrote."""

WITHOUT_TRIGGERS = "SET session_replication_role = replica"
WITH_TRIGGERS = "SET session_replication_role = DEFAULT"
"""Between the two no trigger guards a row, and tables are written in any order."""

TEMPLATE_LOCK = 7_202_211
RUN_DATABASE = re.compile(r"test_(\d+)_\w+")


def _leave_the_house() -> None:
    server = os.environ.pop("COMPTOIR_TEST_DATABASE_URL", None)
    for name in [*os.environ]:
        own = name.startswith(("COMPTOIR_", "DATABASE_URL"))
        if own and name not in KEPT_VARIABLES:
            del os.environ[name]
    if server:  # read again by the workers, which inherit the environment
        os.environ["COMPTOIR_TEST_DATABASE_URL"] = os.environ["DATABASE_URL"] = server
    os.environ["COMPTOIR_STATE"] = str(_state_folder())


def _state_folder() -> Path:
    """`var/tests`, or for root in a checkout closed to others a folder the server can reach."""
    from comptoir.site.postgres.account import service_account

    account = service_account()
    if all(account.may_enter(folder) for folder in (ROOT, *ROOT.parents)):
        return ROOT / "var" / "tests"
    return Path("/var/tmp") / f"comptoir-tests-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"


_leave_the_house()


def create(worker: str) -> str:
    """Make this worker's database, a clone of the template, and have Django use it; its name."""
    from django.db import connection

    from comptoir.site import postgres

    postgres.acquire(options=FAST)
    # One connection at a time is needed here, and a pool would hold on to the wrong database.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    _empty_only_what_holds_rows()
    name = f"test_{os.getpid()}_{worker}"
    with connection._nodb_cursor() as cursor:
        # The house's own impatience is for bookings; another run may be migrating for a while.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        cursor.execute(
            "SELECT datname FROM pg_database WHERE NOT datname = ANY(%s)", [["postgres"]]
        )
        existing = {row[0] for row in cursor.fetchall()}
        for stale in filter(_is_of_an_ended_run, existing if postgres.is_embedded() else ()):
            cursor.execute(f'DROP DATABASE "{stale}" WITH (FORCE)')
        template = f"tpl_{_fingerprint()}"
        if template not in existing:
            for old in (other for other in existing if other.startswith("tpl_")):
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            cursor.execute("CREATE DATABASE tpl_draft")
            _migrate("tpl_draft")
            cursor.execute(f'ALTER DATABASE tpl_draft RENAME TO "{template}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = name
    return name


def _empty_only_what_holds_rows() -> None:
    """Have Django's flush delete rows. It truncates every table, which makes each of their files anew and
    waits for whoever reads one: a page that was closed may still be asking something.
    """
    from django.db import connection

    def sql_flush(of: Any, _style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
        held = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables
        )
        with of.connection.cursor() as cursor:
            cursor.execute(held)
            deletions = [f'DELETE FROM "{table}"' for [table] in cursor.fetchall()]
        return [WITHOUT_TRIGGERS, *deletions, WITH_TRIGGERS]

    # Of the class: a browser's tests have a connection of their own.
    operations: Any = type(connection.ops)
    operations.sql_flush = sql_flush


def drop(name: str) -> None:
    """Remove this worker's database."""
    from django.db import connection, connections

    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def restore() -> None:
    """Undo what Django's flush, after a test that commits, leaves or takes away.

    It does not know the job queue, whose models are unmanaged, nor the cache: both are emptied. It
    empties tables that migrations had filled: their rows come back.
    """
    from django.conf import settings
    from django.db import connection

    queue = [f"procrastinate_{part}" for part in ("jobs", "events", "periodic_defers", "workers")]
    tables = ", ".join([*queue, settings.CACHES["default"]["LOCATION"]])
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [PRISTINE])
        cursor.execute(
            WITHOUT_TRIGGERS
            + ";"
            + "".join(
                f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE '
                f'SELECT * FROM {PRISTINE}."{table}" '
                f'WHERE NOT EXISTS (SELECT FROM public."{table}");'
                for [table] in cursor.fetchall()
            )
            + WITH_TRIGGERS
        )


def _migrate(name: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    _keep_what_migrations_wrote()
    connection.close()


def _keep_what_migrations_wrote() -> None:
    """Copy the tables that hold rows, for `restore`."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {PRISTINE}")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename <> 'django_migrations'"
        )
        for [table] in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
            if cursor.fetchone() == (True,):
                cursor.execute(f'CREATE TABLE {PRISTINE}."{table}" AS TABLE public."{table}"')


def _is_of_an_ended_run(name: str) -> bool:
    found = RUN_DATABASE.fullmatch(name)
    return found is not None and not Path("/proc", found[1]).exists()


def _fingerprint() -> str:
    """What a migrated database depends on: migrations, models, versions of what brings its own."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    package = ROOT / "comptoir"
    yield ROOT / "requirements" / "run.txt"
    yield from sorted(package.glob("*/migrations/*.py"))
    yield from sorted(package.glob("*/models.py"))
    yield from sorted(package.glob("*/models/*.py"))
