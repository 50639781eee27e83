"""One roster change at a time.

Whoever changes what hours are computed from, or computes them, holds one advisory lock to the end
of the transaction: so no absence is forgotten between somebody else's reading and writing. Bookings
do not take it; they meet a publication only at the day's own row, which comes after this lock.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg import errors

P = ParamSpec("P")
R = TypeVar("R")

ROSTER_LOCK = 7_202_214
"""Any number that nobody else locks; kept for ever."""


class RosterBusy(Exception):
    """The roster or one of its days was locked for too long. Nothing was written; try again."""


def roster_change(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action in one transaction under the roster's lock. Raises RosterBusy."""

    @wraps(action)
    def locked(*args: P.args, **kwargs: P.kwargs) -> R:
        inside = connection.in_atomic_block
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROSTER_LOCK])
                return action(*args, **kwargs)
        except OperationalError as error:
            waited = isinstance(error.__cause__, (errors.LockNotAvailable, errors.DeadlockDetected))
            if inside or not waited:
                raise
            raise RosterBusy from error

    return locked
