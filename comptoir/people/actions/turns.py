"""Lists of legislators and transfers of offices are written one after the other."""

from __future__ import annotations

from django.db import connection

LOCK = 7_202_212


def take_turn() -> None:
    """Wait for whoever is opening offices now; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
