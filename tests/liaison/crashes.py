"""Crashes between any two statements: the server ends a connection before its n-th exchange with it.

All that is sent goes through one place, psycopg's `Connection.wait`: queries of the ORM, statements
written out (`ui.statements`), savepoints, COMMIT. It is real that the connection breaks, and what becomes
of the transaction is the server's own doing.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import Error, connection
from django.db.models import Exists, OuterRef, QuerySet
from psycopg import sql

from comptoir.liaison.actions import counting
from comptoir.liaison.models import (
    LIVE_STATUSES,
    PENDING_ANSWERS,
    Answer,
    Appointment,
    Claim,
    Offer,
    OfficeWeek,
    PendingCharge,
    Status,
    WaitingEntry,
)
from comptoir.liaison.queries import messages, waiting_messages
from comptoir.notices.models import Notice

OF_AN_APPOINTMENT = (
    messages.BOOKED,
    messages.MOVED,
    messages.REASSIGNED,
    messages.CANCELLED,
    messages.REMINDER_DAY,
    messages.REMINDER_HOUR,
)

Contents = dict[str, str | None]


class Server:
    """A second connection, which ends the first before or after a given exchange, and looks at the rows."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        connection.ensure_connection()
        self._own = psycopg.connect(**connection.get_connection_params(), autocommit=True)
        self._passed, self._last, self._answered = 0, 0, False
        self._wait = psycopg.Connection.wait
        patch.setattr(psycopg.Connection, "wait", self._meanwhile())

    def close(self) -> None:
        self._last = 0
        self._own.close()

    @contextmanager
    def ending_it(self, *, at: int, after_the_answer: bool = False) -> Iterator[None]:
        """Inside, Django's connection breaks when it sends for the `at`-th time, or is then answered."""
        connection.close()
        connection.ensure_connection()
        self._passed, self._last, self._answered = 0, at, after_the_answer
        try:
            yield
        finally:
            self._last = 0
            connection.close()

    def contents(self) -> Contents:
        """What stands in each table, as a checksum."""
        tables = self._own.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        parts = sql.SQL(" UNION ALL ").join(
            sql.SQL(
                "SELECT {}, md5(string_agg(row::text, chr(10) ORDER BY row::text)) FROM {} row"
            ).format(sql.Literal(name), sql.Identifier(name))
            for (name,) in tables.fetchall()
        )
        return dict(self._own.execute(parts).fetchall())

    def _meanwhile(self) -> Callable[..., Any]:
        def wait(of: psycopg.Connection[Any], *args: Any, **options: Any) -> Any:
            if of is not connection.connection or not self._last:
                return self._wait(of, *args, **options)
            self._passed += 1
            if self._passed != self._last:
                return self._wait(of, *args, **options)
            if not self._answered:
                self._end(of)
                return self._wait(of, *args, **options)
            self._wait(of, *args, **options)
            self._end(of)
            raise psycopg.OperationalError("the answer was lost")

        return wait

    def _end(self, of: psycopg.Connection[Any]) -> None:
        # What it sends next it sends in vain: the server looks for this before it reads a command.
        ended = self._own.execute("SELECT pg_terminate_backend(%s)", [of.info.backend_pid])
        assert ended.fetchone() == (True,), "the connection was not there"


def crash_everywhere(server: Server, action: Callable[[], object]) -> int:
    """Crash an action at each of its statements in turn until it gets through; how often it crashed.

    Each time it left nothing: every table is as before, and before all agreed. So each attempt is also
    the one after a crash, and the last one shows that the change can be made all the same.
    """
    assert wrong() == []
    before, crashed = server.contents(), 0
    with _cursors_left_open():
        while not _gets_through(server, action, at=crashed + 1):
            crashed += 1
            assert server.contents() == before, f"crash {crashed} left something"
    assert server.contents() != before, "it wrote nothing"
    assert wrong() == []
    return crashed


@contextmanager
def _cursors_left_open() -> Iterator[None]:
    """What was being read when the connection broke cannot be closed, and psycopg complains of that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def _gets_through(server: Server, action: Callable[[], object], *, at: int) -> bool:
    with server.ending_it(at=at):
        try:
            action()
        except (Error, psycopg.Error):  # a cursor of the server is closed past Django
            return False
    return True


def wrong() -> list[str]:
    """What does not agree among the rows, read on a fresh connection."""
    weeks = set(OfficeWeek.objects.values_list("week", flat=True))
    found = [str(difference) for difference in counting.recount(weeks)]
    found += [f"{one} does not hold its time" for one in counting.adrift(weeks)]
    found += [name for name, rows in _impossible().items() if rows.exists()]
    sequences = dict(Appointment.objects.values_list("pk", "sequence"))
    told = Notice.objects.filter(kind__in=OF_AN_APPOINTMENT)
    return found + [
        f"told of what does not stand: {notice}"
        for notice in told
        if notice.version > sequences.get(notice.subject_id, -1)
    ]


def _impossible() -> dict[str, QuerySet[Any]]:
    ended = WaitingEntry.objects.exclude(ended_at=None)
    same_time = Claim.objects.filter(
        professional_id=OuterRef("professional_id"), starts_at=OuterRef("starts_at")
    )
    cancelled = Appointment.objects.filter(status=Status.CANCELLED).values("pk")
    return {
        "a claim without a live appointment": Claim.objects.exclude(
            appointment__status__in=LIVE_STATUSES
        ),
        "an ended entry with its cases": ended.exclude(cases=[]),
        "an offer to an ended entry": Offer.objects.filter(
            entry__in=ended, answer__in=PENDING_ANSWERS
        ),
        "an offer that was booked by nobody": Offer.objects.filter(
            answer=Answer.BOOKED, entry__appointment=None
        ),
        "time that is booked and given up": PendingCharge.objects.filter(Exists(same_time)),
        "a cancellation that does not stand, told": Notice.objects.filter(
            kind=messages.CANCELLED
        ).exclude(subject_id__in=cancelled),
        "an offer that does not stand, told": Notice.objects.filter(
            kind=waiting_messages.OFFERED
        ).exclude(subject_id__in=Offer.objects.values("pk")),
        "an end that does not stand, told": Notice.objects.filter(
            kind=waiting_messages.IN_VAIN
        ).exclude(subject_id__in=ended.values("pk")),
    }
