"""What must be done before the house opens: its tables, its browser files, its demonstration."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from comptoir.demonstration.people import CAST
from comptoir.people.models import Person
from comptoir.site import direct, postgres


def prepare(arguments: list[str]) -> None:
    """Bring tables and browser files up to date; with `--demo`, fill an empty database.

    Doing it again changes nothing, and two at once take turns. Raises postgres.ServerError for tables that
    another version made: these steps would neither bring them up to date nor say so.
    """
    parser = argparse.ArgumentParser(prog="comptoir prepare", description=prepare.__doc__)
    parser.add_argument("--demo", action="store_true", help="load invented data if there is none")
    wanted = parser.parse_args(arguments)
    with direct.alone():
        if strange := strange_migrations():
            raise postgres.ServerError(
                f"another version of Comptoir made these tables (its step {strange[0]} is not known here): "
                "start that version, or this one with an empty database"
            )
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        collect_assets()
        if wanted.demo:
            demonstrate()


def demonstrate() -> None:
    """Load the demonstration into an empty database, or say again how to sign in to it."""
    if not Person.objects.exists():
        call_command("demo")
    elif Person.objects.filter(email=CAST[0].email).exists():
        call_command("demo", "people")


def pending_migrations() -> list[str]:
    """The steps by which the tables are behind this version, as `room.step`, the first one first."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]


def strange_migrations() -> list[str]:
    """The steps that were taken on these tables and that this version does not know, as `room.step`."""
    loader = MigrationExecutor(connection).loader
    known = set(loader.disk_migrations)
    return sorted(f"{room}.{step}" for room, step in set(loader.applied_migrations) - known)


def collect_assets() -> None:
    """Copy, name by content and compress the browser files, unless that was done for these."""
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_suffix(".stamp")
    present = assets_fingerprint()
    if stamp.exists() and stamp.read_text() == present:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(present)


def assets_are_collected() -> bool:
    """Whether the browser files served are those of this version."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    return stamp.exists() and stamp.read_text() == assets_fingerprint()


def assets_fingerprint() -> str:
    """Which files the installed version brings: their names, sizes and times."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]["BACKEND"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
