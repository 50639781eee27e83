"""What a line promises, and the calendar by which its due dates are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from comptoir.domain import clocks
from comptoir.enquiries.models import Clock, Line, Promise, ServiceTarget, Unit, WorkingHours
from comptoir.roster.queries import calendar as closures
from comptoir.ui import clock

YEARS_AHEAD = 2
"""Closed days are looked up to the end of the second year after a receipt: beyond any promise with its
pauses, since a clock that stands for longer is a matter for a person.
"""


class NothingPromised(Exception):
    """The line has no target of this kind in force: somebody has to set one."""


def target_in_force(line: Line, promise: Promise, on: date) -> ServiceTarget:
    """The line's last target that began by this date; raises NothingPromised."""
    return targets_in_force(line, (promise,), on)[promise]


def targets_in_force(
    line: Line, promises: Iterable[Promise], on: date
) -> dict[Promise, ServiceTarget]:
    """The same for several promises. One query. Raises NothingPromised."""
    wanted = set(promises)
    begun = line.targets.filter(promise__in=wanted, valid_from__lte=on).order_by("valid_from")
    found = {Promise(target.promise): target for target in begun}
    missing = wanted - found.keys()
    if missing:
        raise NothingPromised(f"{line.code} {sorted(missing)}")
    return found


def as_rule(target: ServiceTarget) -> clocks.Target:
    """The target as the rules know it."""
    unit = clocks.Unit.DAYS if target.unit == Unit.DAYS else clocks.Unit.HOURS
    return clocks.Target(unit, target.amount)


class Calendars:
    """The calendars of several moments: working hours and closed days are read once for all of them.

    A calendar has the working hours in force on the day it is asked for, and the closed days known now.
    Its version is a number made of these: other hours or another closed day, another number.
    """

    def __init__(self) -> None:
        self._hours = list(WorkingHours.objects.order_by("valid_from"))
        self._closed: dict[int, frozenset[date]] = {}
        self._made: dict[tuple[int, int], clocks.Calendar] = {}

    def at(self, at: datetime) -> clocks.Calendar:
        """The calendar for what begins then. Raises NothingPromised."""
        on = clock.service_date(at)
        begun = [hours for hours in self._hours if hours.valid_from <= on]
        if not begun:
            raise NothingPromised("working hours")
        key = (on.year, begun[-1].pk)
        if key not in self._made:
            hours, closed = hours_of(begun[-1].periods), self._closed_from(on.year)
            self._made[key] = clocks.Calendar(
                _version(hours, closed), clock.service_zone(), hours, closed
            )
        return self._made[key]

    def _closed_from(self, year: int) -> frozenset[date]:
        if year not in self._closed:
            last = min(year + YEARS_AHEAD, date.max.year)
            self._closed[year] = closures.closed_days(date(year, 1, 1), date(last, 12, 31))
        return self._closed[year]


def calendar_around(at: datetime) -> clocks.Calendar:
    """The calendar for what begins at an instant. Two queries. Raises NothingPromised."""
    return Calendars().at(at)


def hours_of(periods: Mapping[str, Sequence[Sequence[str]]]) -> clocks.Hours:
    """Working hours as the rules know them; raises BadHours."""
    days = (periods.get(str(weekday), ()) for weekday in range(7))
    return clocks.Hours(
        tuple(tuple((_minutes(first), _minutes(last)) for first, last in day) for day in days)
    )


def _minutes(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _version(hours: clocks.Hours, closed: frozenset[date]) -> int:
    days = ",".join(on.isoformat() for on in sorted(closed))
    digest = hashlib.blake2b(f"{hours} {days}".encode(), digest_size=7).digest()
    return int.from_bytes(digest)


def due(
    started_at: datetime,
    target: ServiceTarget,
    calendar: clocks.Calendar,
    pauses: Iterable[clocks.Pause] = (),
) -> datetime:
    """When it is due; every pause has ended, else there is no such moment."""
    found = clocks.due_at(started_at, as_rule(target), calendar, pauses)
    if found is None:
        raise clocks.BadPause("open")
    return found


def due_of(
    running: Clock, calendar: clocks.Calendar, target: ServiceTarget | None = None
) -> datetime:
    """When a clock is due by its own target or another, with the credit of every pause that ended."""
    pauses = [
        clocks.Pause(pause.starts_at, pause.ends_at)
        for pause in running.pauses.all()
        if pause.ends_at is not None
    ]
    return due(running.started_at, target or running.target, calendar, pauses)
