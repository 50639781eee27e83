"""A connection to the database that goes around Django's pool.

The pool answers every failure with "couldn't get a connection"; the cause is in libpq's own words.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

CONNECT_SECONDS = 5
PAUSE_SECONDS = 0.2
ASK = "SELECT pg_try_advisory_lock(%s)"
UPGRADE_LOCK = 7_202_210
"""Any number will do, as long as nothing else in this database takes the same."""


def connect() -> psycopg.Connection[psycopg.rows.TupleRow]:
    """A connection of its own, committing each statement. Raises `psycopg.OperationalError`."""
    parameters = {
        **connection.get_connection_params(),
        "connect_timeout": CONNECT_SECONDS,
        "cursor_factory": psycopg.Cursor,
    }
    parameters.pop("context", None)  # Django's adapters; plain rows are read here
    return psycopg.connect(**parameters, autocommit=True)


def why_unreachable() -> str | None:
    """Why no connection can be had, in the words of libpq or of the server; None if one can."""
    try:
        connect().close()
    except psycopg.OperationalError as error:
        return " ".join(str(error).split())
    return None


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock under which the schema changes: two migrations at once break each other.

    Waits for whoever holds it, by asking again: a session that waits inside the database holds a
    snapshot, for which an index made concurrently by the holder would wait in turn, for ever.
    Raises `psycopg.OperationalError`.
    """
    with connect() as session:
        while session.execute(ASK, [UPGRADE_LOCK]).fetchone() != (True,):
            time.sleep(PAUSE_SECONDS)
        yield
        session.execute("SELECT pg_advisory_unlock(%s)", [UPGRADE_LOCK])
