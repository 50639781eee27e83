"""Hours on offer as they are shown: masks with what is booked of them, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.aggregates import BitOr
from django.db.models import Q
from django.db.models.functions import Coalesce

from comptoir.domain import business_days, grid
from comptoir.domain.grid import Grid
from comptoir.roster.models import ExtraHours, OfferedHours, Professional, ReservedHours, ServiceDay
from comptoir.roster.queries import calendar

MINUTES = grid.QUANTUM_MINUTES

BookedOf = Callable[[Collection[int]], Mapping[int, int]]
"""Answers, for ids of hours on offer, with the masks that are booked of them (see gateway)."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One professional's hours of one day. `kept` is the part that only some offices may book."""

    pk: int
    on: date
    grid: Grid
    professional: int
    code: str
    name: str
    languages: tuple[str, ...]
    mask: int
    extra: int
    kept: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Minutes: on offer (with what was sold before it was withdrawn), booked, and still to sell.

    What has begun is not free any more: `unused` is what went by unsold, so that offered time is
    booked, free or unused. `unattended` is the part of what is booked that nobody works any more.
    """

    offered: int = 0
    booked: int = 0
    free: int = 0
    unattended: int = 0

    @property
    def unused(self) -> int:
        """Minutes that nobody booked before they began."""
        return self.offered - self.booked - self.free

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.offered + other.offered,
            self.booked + other.booked,
            self.free + other.free,
            self.unattended + other.unattended,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a professional's fortnight."""

    on: date
    closed: calendar.Closure | None
    published: bool
    totals: Totals


def offered(first: date, last: date, professionals: Collection[int] | None = None) -> list[Offered]:
    """The hours on offer from `first` to `last`, by day and name. One query."""
    rows = OfferedHours.objects.filter(day__on__range=(first, last))
    if professionals is not None:
        rows = rows.filter(professional__in=professionals)
    found = (
        rows.annotate(
            extra=Coalesce(BitOr("reserved__mask"), 0),
            kept=Coalesce(BitOr("reserved__mask", filter=~Q(reserved__offices=[])), 0),
        )
        .select_related("day", "professional__person")
        .order_by("day__on", "professional__person__sort_name", "professional_id")
    )
    return [
        Offered(
            pk=row.pk,
            on=row.day.on,
            grid=Grid(row.day.starts_at, row.day.quanta),
            professional=row.professional_id,
            code=row.professional.code,
            name=row.professional.person.name,
            languages=tuple(row.professional.languages),
            mask=row.mask,
            extra=row.extra,
            kept=row.kept,
        )
        for row in found
    ]


def totals(hours: Iterable[Offered], booked: Mapping[int, int], now: datetime) -> Totals:
    """What hours add up to, given what is booked of each, as it stands at `now`."""
    return sum((_totals(one, booked.get(one.pk, 0), now) for one in hours), Totals())


def free(hours: Offered, booked: int, now: datetime) -> int:
    """The mask of quarter hours that are left to sell: worked, not booked, not begun.

    Which of them an office may have is another question, and `domain.admission` alone answers it.
    """
    begun = grid.bits(0, hours.grid.first_from(now))
    return hours.mask & ~booked & ~begun


def _totals(hours: Offered, booked: int, now: datetime) -> Totals:
    return Totals(
        offered=(hours.mask | booked).bit_count() * MINUTES,
        booked=booked.bit_count() * MINUTES,
        free=free(hours, booked, now).bit_count() * MINUTES,
        unattended=(booked & ~hours.mask).bit_count() * MINUTES,
    )


def fortnight_from(today: date) -> tuple[date, date]:
    """The two weeks that pages show: today and the thirteen days after it."""
    return today, today + timedelta(days=13)


def days_of(
    professional: Professional,
    first: date,
    last: date,
    booked_of: BookedOf,
    now: datetime,
) -> list[Day]:
    """A professional's weekdays from `first` to `last`. Three queries, and one for what is booked."""
    closed = calendar.closures(first, last)
    published = set(ServiceDay.objects.filter(on__range=(first, last)).values_list("on", flat=True))
    rows = {row.on: row for row in offered(first, last, [professional.pk])}
    booked = booked_of([row.pk for row in rows.values()])
    return [
        Day(
            on=on,
            closed=closed.get(on),
            published=on in published,
            totals=totals([rows[on]] if on in rows else [], booked, now),
        )
        for on in business_days.between(first, last, frozenset())
    ]


@dataclass(frozen=True, slots=True)
class ExtraUse:
    """Approved extra hours: minutes that reached the offer, and how many of them are booked."""

    published: int
    booked: int


def use_of_extras(extras: Collection[ExtraHours], booked_of: BookedOf) -> dict[int, ExtraUse]:
    """How much of each was used; those not published yet are left out. One query, and one for bookings."""
    rows = ReservedHours.objects.filter(extra__in=[extra.pk for extra in extras])
    found = list(rows)
    booked = booked_of([row.hours_id for row in found])
    return {
        row.extra_id: ExtraUse(
            published=row.mask.bit_count() * MINUTES,
            booked=(booked.get(row.hours_id, 0) & row.mask).bit_count() * MINUTES,
        )
        for row in found
    }
