"""Appointments of earlier days that nobody has finished: not begun, or begun and left without an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Min

from comptoir.liaison.models import UNFINISHED_STATUSES, Appointment, AppointmentQuerySet
from comptoir.roster.models import Professional
from comptoir.ui import clock

MOST = 20
"""As many as a notice above a page can name; the rest follows when these are done."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The oldest that one professional left unfinished, and how many there are in all."""

    appointments: tuple[Appointment, ...]
    count: int


@dataclass(frozen=True, slots=True)
class LeftBy:
    """How many one professional left unfinished, and since when."""

    professional: int
    name: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class LeftByAll:
    """Who left something unfinished, the oldest first; `count` over everybody, named or not."""

    people: tuple[LeftBy, ...]
    count: int


def of_professional(professional: Professional, today: date) -> Unfinished:
    """What the professional left unfinished before `today`; one query, two if there is much."""
    everything = _before(today).filter(professional=professional)
    related = everything.select_related("office__district", "day")
    found = list(related.order_by("starts_at", "pk")[: MOST + 1])
    count = len(found) if len(found) <= MOST else everything.count()
    return Unfinished(tuple(found[:MOST]), count)


def by_professional(today: date) -> LeftByAll:
    """What everybody left unfinished before `today`; one query over what is unfinished."""
    rows: Any = (
        _before(today)
        .values("professional", "professional__person__name")
        .annotate(count=Count("pk"), oldest=Min("starts_at"))
        .order_by("oldest", "professional")
    )
    people = [
        LeftBy(row["professional"], row["professional__person__name"], row["count"], row["oldest"])
        for row in rows
    ]
    return LeftByAll(tuple(people[:MOST]), sum(person.count for person in people))


def _before(today: date) -> AppointmentQuerySet:
    midnight = datetime.combine(today, time(), clock.service_zone())
    return Appointment.objects.filter(status__in=UNFINISHED_STATUSES, starts_at__lt=midnight)
