"""What a line promises, and the calendar by which its due dates are counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from comptoir.domain import clocks
from comptoir.enquiries.models import Line, Promise, ServiceTarget, Unit, WorkingHours
from comptoir.roster.queries import calendar as closures
from comptoir.ui import clock

REACH = timedelta(days=400)
"""How far before and after an instant closed days are looked up: beyond any promise and its pauses."""


class NothingPromised(Exception):
    """The line has no target of this kind in force: somebody has to set one."""


def target_in_force(line: Line, promise: Promise, on: date) -> ServiceTarget:
    """The line's last target that began by this date; raises NothingPromised."""
    found = line.targets.filter(promise=promise, valid_from__lte=on).order_by("valid_from").last()
    if found is None:
        raise NothingPromised(f"{line.code} {promise}")
    return found


def as_rule(target: ServiceTarget) -> clocks.Target:
    """The target as the rules know it."""
    unit = clocks.Unit.DAYS if target.unit == Unit.DAYS else clocks.Unit.HOURS
    return clocks.Target(unit, target.amount)


def calendar_around(at: datetime) -> clocks.Calendar:
    """Working hours and closed days around an instant. Two queries.

    Its version is a number made of their contents: other hours or another closed day, another number.
    """
    on = clock.service_date(at)
    hours = _hours_on(on)
    closed = closures.closed_days(on - REACH, on + REACH)
    return clocks.Calendar(_version(hours, closed), clock.service_zone(), hours, closed)


def _hours_on(on: date) -> clocks.Hours:
    found = WorkingHours.objects.filter(valid_from__lte=on).order_by("valid_from").last()
    if found is None:
        raise NothingPromised("working hours")
    days = (found.periods.get(str(weekday), ()) for weekday in range(7))
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
