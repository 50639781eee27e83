"""Somebody else at the same time: work in a thread with a connection of its own, seen to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

PATIENCE = 60.0
"""Seconds after which a rival that should have ended is a failure."""


class Rival(threading.Thread):
    """One piece of work that has begun; `results` is empty until it returns, or raises."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.results: list[Any] = []
        self.start()

    def run(self) -> None:
        """Do it, over a connection that is closed at the end."""
        try:
            self.results.append(self.work())
        except Exception as error:
            self.results.append(error)
        finally:
            connection.close()

    def waits(self) -> bool:
        """Whether it comes to wait for a lock in the database, rather than to its end."""
        while self.is_alive():
            if somebody_waits():
                return True
        return False

    def result(self) -> Any:
        """What it returned or raised."""
        self.join(PATIENCE)
        assert self.results, "the rival did not end"
        return self.results[0]


def all_have_done(seconds: float = PATIENCE) -> bool:
    """Whether every other session of this database comes to be idle, such as one whose page was closed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND state <> 'idle')"
            )
            if cursor.fetchone()[0]:
                return True
    return False


def somebody_waits() -> bool:
    """Whether a session of this database waits for a lock; other workers' tests wait in theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks asked JOIN pg_locks had USING (pid)"
            " JOIN pg_database here ON here.oid = had.database"
            " WHERE NOT asked.granted AND here.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])
