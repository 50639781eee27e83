"""How many promises of a period were kept, under the target they were made by and under another one.

received   promises that began in the period: by the day the clock started in the service's zone
met        stopped at or before the due moment
missed     stopped after it, or still running though it is past
open       running and not due yet, or paused: neither kept nor broken
rate       met of those that are met or missed; nothing where there are none

Counted for each line and promise. Left out are drills, enquiries that became part of another, and what is
restricted. Under the other target each due date is computed anew from the same receipt, calendar and pauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from comptoir.enquiries.models import Clock, Line, Promise, ServiceTarget, State
from comptoir.enquiries.queries import promises
from comptoir.enquiries.queries.running import CHUNK
from comptoir.ui import clock as clocks

MOST = 100_000
"""Promises that one question is about at most."""


class TooMuch(Exception):
    """More promises began in the period than one question may be about: ask for fewer days."""


@dataclass(slots=True)
class Kept:
    """How many promises became what."""

    met: int = 0
    missed: int = 0
    open: int = 0

    @property
    def rate(self) -> float | None:
        """Met of those decided, between 0 and 1."""
        decided = self.met + self.missed
        return self.met / decided if decided else None

    def count(
        self, stopped_at: datetime | None, due_at: datetime, paused: bool, now: datetime
    ) -> None:
        """Add one promise."""
        if stopped_at is None and (paused or due_at > now):
            self.open += 1
        elif (stopped_at or now) <= due_at:
            self.met += 1
        else:
            self.missed += 1


@dataclass(slots=True)
class Row:
    """One line's promise: under the targets it was received with, and under the other."""

    line: Line
    promise: Promise
    other: ServiceTarget | None
    own: Kept = field(default_factory=Kept)
    under_other: Kept = field(default_factory=Kept)

    @property
    def received(self) -> int:
        """How many promises there were."""
        return self.own.met + self.own.missed + self.own.open


def met(
    *,
    first: date,
    last: date,
    now: datetime,
    others: Mapping[tuple[int, Promise], ServiceTarget] | None = None,
) -> list[Row]:
    """The rows of a period, both days included, in the order of lines. Raises TooMuch.

    `others` has the other target for each line and promise; without it, that in force today.
    """
    if others is None:
        others = newest(clocks.service_date(now))
    calendars = promises.Calendars()
    rows: dict[tuple[int, Promise], Row] = {}
    for seen, clock in enumerate(_began(first, last)):
        if seen == MOST:
            raise TooMuch
        key = (clock.target.line_id, Promise(clock.promise))
        row = rows.setdefault(key, Row(clock.target.line, key[1], others.get(key)))
        paused = any(pause.ends_at is None for pause in clock.pauses.all())
        row.own.count(clock.stopped_at, clock.due_at, paused, now)
        due_at = clock.due_at
        if row.other is not None and row.other.pk != clock.target_id:
            due_at = promises.due_of(clock, calendars.at(clock.started_at), row.other)
        row.under_other.count(clock.stopped_at, due_at, paused, now)
    return sorted(rows.values(), key=lambda row: (row.line.pk, list(Promise).index(row.promise)))


def newest(on: date) -> dict[tuple[int, Promise], ServiceTarget]:
    """Of each line and promise the target in force on a day. One query."""
    begun = ServiceTarget.objects.filter(valid_from__lte=on).order_by("valid_from")
    return {(target.line_id, Promise(target.promise)): target for target in begun}


def _began(first: date, last: date) -> Iterable[Clock]:
    zone = clocks.service_zone()
    found = (
        Clock.objects.filter(
            started_at__gte=clocks.midnight(first, zone),
            started_at__lt=clocks.midnight(last + timedelta(days=1), zone),
            target__line__in=Line.objects.counted(),
            enquiry__line__in=Line.objects.counted(),
            enquiry__is_restricted=False,
        )
        .exclude(enquiry__state=State.JOINED)
        .select_related("target__line")
        .prefetch_related("pauses")
    )
    return found.order_by("pk").iterator(chunk_size=CHUNK)
