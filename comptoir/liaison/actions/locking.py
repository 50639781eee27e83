"""Locks in one order, always, so that nobody waits in a circle:

1. the roster's advisory lock (`roster.actions.locking`), for what hours are computed from;
2. the professional;
3. service days, by date;
4. the appointment, then its case line, then its follow-up;
5. the office, where what it waits for is counted;
6. entries of the waiting list by key, then their offers;
7. the office's weeks, by date;
8. the office's hold, and the notices.

Taking time that others had given up late touches the weeks of their offices too, after one's own: two
who do that for each other on different days close a circle, and one of them begins again (`patient`).

An action takes those it needs and leaves out the others. Every change to a day serialises on that
day's row. Rows are locked without their key: a booking that only refers to one waits for nobody. The
wait is bounded by the connection's lock_timeout; who waited too long is told so and has lost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection
from psycopg import errors

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import OfficeWeek, seven_noes, seven_zeros
from comptoir.people.models import Office
from comptoir.ui import statements

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK_TRIES = 3


class DayBusy(Exception):
    """The day was locked by others for longer than a person should wait. Nothing was written."""


_LOCK_DAYS = """
SELECT day.on, EXISTS (
           SELECT 1 FROM liaison_waitingentry entry
            WHERE entry.ended_at IS NULL AND entry.first_on <= day.on AND entry.last_on >= day.on)
  FROM roster_serviceday day
 WHERE day.on = ANY(%s)
 ORDER BY day.on FOR NO KEY UPDATE OF day
"""


def lock_days(dates: Iterable[date]) -> dict[date, bool]:
    """Lock the rows of these service days in order of date; which of them are published, and waited for."""
    return dict(statements.rows(_LOCK_DAYS, [sorted(set(dates))]))


_LOCK_WEEK = """
INSERT INTO liaison_officeweek (office_id, week, booked, late, floor_gone)
     VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (office_id, week) DO UPDATE SET week = EXCLUDED.week
RETURNING id, booked, late, floor_gone
"""


def lock_weeks(office: Office, dates: Iterable[date]) -> dict[date, OfficeWeek]:
    """Lock the office's counters of the weeks of these dates, by Monday; a missing row is made.

    Made and locked in one statement: the update that changes nothing is what takes the lock.
    """
    mondays = sorted({monday_of(on) for on in dates})
    return {monday: _locked(office, monday) for monday in mondays}


def _locked(office: Office, monday: date) -> OfficeWeek:
    ((pk, booked, late, floor_gone),) = statements.rows(
        _LOCK_WEEK, [office.pk, monday, seven_zeros(), seven_zeros(), seven_noes()]
    )
    return OfficeWeek(
        pk=pk, office=office, week=monday, booked=booked, late=late, floor_gone=floor_gone
    )


def patient(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action again after a deadlock, a few times; turn a lock timeout into DayBusy.

    Inside somebody else's transaction nothing can be run again: the error rises.
    """

    @wraps(action)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, DEADLOCK_TRIES + 1):
            try:
                return action(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block:
                    raise
                if isinstance(error.__cause__, errors.LockNotAvailable):
                    raise DayBusy from error
                deadlock = isinstance(error.__cause__, errors.DeadlockDetected)
                if not deadlock or attempt == DEADLOCK_TRIES:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    return tried
