"""What is known of who works when, as the plain values that `domain.worked` computes with.

Six queries whatever the number of professionals and dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from comptoir.domain import business_days
from comptoir.domain import worked as domain
from comptoir.domain.grid import Grid
from comptoir.domain.patterns import OneOff, Weekly, wall_period
from comptoir.domain.periods import Period
from comptoir.domain.worked import Extra, Plan, Worked
from comptoir.people.models import Grant, Role
from comptoir.roster.models import (
    Absence,
    ExtraHours,
    PatternException,
    PatternKind,
    Professional,
    WeeklyPattern,
)
from comptoir.ui import clock

V = TypeVar("V")


def grid_of(on: date) -> Grid:
    """The grid of a service day that is not published yet; a published day keeps its own."""
    return domain.service_grid(
        on, settings.SERVICE_DAY_STARTS, settings.SERVICE_DAY_QUARTERS, clock.service_zone()
    )


def worked_mask(on: date, grid: Grid, plan: Plan, closed: AbstractSet[date]) -> Worked:
    """A professional's quarter hours of `on` and those of them that come from each extra.

    None on a closed day or in a weekend, whatever patterns, exceptions and extras say.
    """
    if not business_days.is_business_day(on, closed):
        return Worked()
    return domain.worked(on, grid, plan)


def plans(
    first: date, last: date, professionals: Collection[int] | None = None, *, now: datetime
) -> dict[int, Plan]:
    """The plan of each (or of these only) who takes appointments `now`, over the dates, both included."""
    people = Professional.objects.serving(now)
    if professionals is not None:
        people = people.filter(pk__in=professionals)
    zones = {pk: ZoneInfo(zone) for pk, zone in people.values_list("pk", "time_zone")}
    weekly = _by_professional(_weekly(first, last, zones))
    exceptions = _by_professional(_exceptions(first, last, zones))
    absences = _by_professional(
        [*_absences(first, last, zones), *_after_the_last_day(last, zones, now=now)]
    )
    extras = _by_professional(_extras(first, last, zones))
    return {
        pk: Plan(
            zone=zone,
            weekly=tuple(weekly[pk]),
            exceptions=tuple(exceptions[pk]),
            absences=tuple(absences[pk]),
            extras=tuple(extras[pk]),
        )
        for pk, zone in zones.items()
    }


def as_weekly(row: WeeklyPattern) -> Weekly:
    """A row of a weekly pattern as the domain's value."""
    return Weekly(
        weekday=row.weekday,
        starts=row.starts,
        ends=row.ends,
        first=row.valid_from,
        until=row.valid_until,
        is_break=row.kind == PatternKind.BREAK,
        every=row.every_weeks,
    )


def instants_of(first: date, last: date) -> tuple[datetime, datetime]:
    """The instants between which the dates, both included, lie on every clock in the country."""
    zone = clock.service_zone()
    day = timedelta(days=1)
    return (
        datetime.combine(first - day, time(), zone),
        datetime.combine(last + 2 * day, time(), zone),
    )


def within_service_days(
    zone: str, starts: time, ends: time, first: date, *, only: date | None = None
) -> bool:
    """Whether wall times lie inside the service day on `only`, or else all through the year from `first`.

    Zones do not change clocks on the same day, so every week of the year is looked at.
    """
    dates = [only] if only else [first + timedelta(weeks=week) for week in range(53)]
    clocks = (
        settings.SERVICE_DAY_STARTS,
        settings.SERVICE_DAY_QUARTERS,
        settings.SERVICE_TIME_ZONE,
    )
    return _within(zone, starts, ends, tuple(dates), clocks)


@lru_cache(maxsize=1024)
def _within(
    zone: str, starts: time, ends: time, dates: tuple[date, ...], clocks: tuple[object, ...]
) -> bool:
    """An import asks the same of many rows; the setting is part of the key."""
    periods = {on: wall_period(on, starts, ends, ZoneInfo(zone)) for on in dates}
    return not any(
        domain.beyond(grid_of(on), [period]) for on, period in periods.items() if period is not None
    )


def _weekly(first: date, last: date, who: Collection[int]) -> Iterable[tuple[int, Weekly]]:
    still = Q(valid_until=None) | Q(valid_until__gt=first)
    rows = WeeklyPattern.objects.filter(still, valid_from__lte=last, professional__in=list(who))
    return ((row.professional_id, as_weekly(row)) for row in rows.order_by("pk"))


def _exceptions(first: date, last: date, who: Collection[int]) -> Iterable[tuple[int, OneOff]]:
    rows = PatternException.objects.filter(on__range=(first, last), professional__in=list(who))
    return (
        (row.professional_id, OneOff(row.on, row.starts, row.ends)) for row in rows.order_by("pk")
    )


def _absences(first: date, last: date, who: Collection[int]) -> Iterable[tuple[int, Period]]:
    start, end = instants_of(first, last)
    rows = Absence.objects.filter(
        withdrawn_at=None, ends_at__gt=start, starts_at__lt=end, professional__in=list(who)
    )
    return (
        (row.professional_id, Period(row.starts_at, row.ends_at)) for row in rows.order_by("pk")
    )


def _after_the_last_day(
    last: date, who: Collection[int], *, now: datetime
) -> Iterable[tuple[int, Period]]:
    """Whose role ends by then is away from its end on: hours after it would find nobody there."""
    held = Grant.objects.in_force(now).filter(role=Role.PROFESSIONAL)
    ends = held.filter(person__professional__in=list(who)).values_list(
        "person__professional", "ends_at"
    )
    latest: dict[int, datetime | None] = {}
    for pk, end in ends:
        before = latest.get(pk, end)
        latest[pk] = None if end is None or before is None else max(before, end)
    _, beyond = instants_of(last, last)
    return [(pk, Period(end, beyond)) for pk, end in latest.items() if end and end < beyond]


def _extras(first: date, last: date, who: Collection[int]) -> Iterable[tuple[int, Extra]]:
    rows = approved_extras(first, last).filter(professional__in=list(who))
    return (
        (row.professional_id, Extra(row.pk, Period(row.starts_at, row.ends_at)))
        for row in rows.order_by("pk")
    )


def approved_extras(first: date, last: date) -> QuerySet[ExtraHours]:
    """The approved extra hours that touch these dates and were not withdrawn."""
    start, end = instants_of(first, last)
    return ExtraHours.objects.filter(
        approved_at__isnull=False, withdrawn_at=None, ends_at__gt=start, starts_at__lt=end
    )


def _by_professional(rows: Iterable[tuple[int, V]]) -> Mapping[int, list[V]]:
    found: dict[int, list[V]] = defaultdict(list)
    for pk, value in rows:
        found[pk].append(value)
    return found
